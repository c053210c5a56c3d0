"""Exports the sealed evidence of one case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.errors import InvalidState
from engine.history import anchoring, queries
from engine.history.evidence import sealed
from engine.history.jobs import EXPORT
from engine.history.keys import KeyRing
from engine.history.verifying import verify_one
from engine.runtime.access import require_sight
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import LockedInstance
from engine.unit import Unit

MIGRATED = "migrated"


def export(
    unit: Unit,
    definitions: Definitions,
    instance_id: int,
    keys: KeyRing,
    issuer: str,
    files: Mapping[str, bytes],
) -> bytes:
    """Note the export in the case's history, anchor that, and seal the whole case."""
    require_sight(unit.connection, unit.actor, instance_id)
    locked = LockedInstance.load(unit, instance_id)
    if not verify_one(unit.connection, instance_id).intact:
        raise InvalidState("The history of this case is not what was written: it proves nothing.")
    locked.record("evidence_exported", unit.actor)
    locked.save(unit)
    anchor = anchoring.make(unit, keys, issuer)
    unit.enqueue(EXPORT, {"number": anchor.number})
    told, followed = described(
        unit.connection, definitions, locked.id, locked.business_key, locked.definition_id
    )
    case = {
        **told,
        "issuer": issuer,
        "made_at": unit.now.isoformat(),
        "made_by": unit.actor.id,
    }
    return sealed(unit.connection, keys, anchor, case, {**files, **process_files(followed)})


def described(
    connection: Connection,
    definitions: Definitions,
    instance_id: int,
    business_key: str,
    definition_id: int,
) -> tuple[dict[str, Any], list[Definition]]:
    """What evidence tells of a case, and every version of its process that it has followed."""
    definition = definitions.get(connection, definition_id)
    followed = [
        definitions.numbered(connection, definition.key, number)
        for number in sorted(_left(connection, instance_id) | {definition.version})
    ]
    case = {
        "instance_id": instance_id,
        "business_key": business_key,
        "process": definition.key,
        "version": definition.version,
        "version_digest": definition.bundle.digest,
        "versions": [
            {"version": each.version, "version_digest": each.bundle.digest} for each in followed
        ],
    }
    return case, followed


def process_files(followed: Iterable[Definition]) -> dict[str, bytes]:
    """The files of versions, each version in a folder of its own."""
    return {
        f"process/{each.key}-{each.version}/{name}": data
        for each in followed
        for name, data in each.bundle.files.items()
    }


def _left(connection: Connection, instance_id: int) -> set[int]:
    """The numbers of the versions that a case was moved from."""
    return {
        int(str(event.payload["from"]))
        for event in queries.of_kind(connection, instance_id, MIGRATED)
        if event.payload is not None
    }
