"""Exports the sealed evidence of one case."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidState
from engine.history import anchoring, queries
from engine.history.evidence import sealed
from engine.history.jobs import EXPORT
from engine.history.keys import KeyRing
from engine.history.verifying import verify_one
from engine.runtime.access import require_sight
from engine.runtime.deployed import Definitions
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
    definition = definitions.get(unit.connection, locked.definition_id)
    followed = [
        definitions.numbered(unit.connection, definition.key, number)
        for number in sorted(_left(unit, locked.id) | {definition.version})
    ]
    case = {
        "instance_id": locked.id,
        "business_key": locked.business_key,
        "process": definition.key,
        "version": definition.version,
        "version_digest": definition.bundle.digest,
        "versions": [
            {"version": each.version, "version_digest": each.bundle.digest} for each in followed
        ],
        "issuer": issuer,
        "made_at": unit.now.isoformat(),
        "made_by": unit.actor.id,
    }
    process = {
        f"process/{each.key}-{each.version}/{name}": data
        for each in followed
        for name, data in each.bundle.files.items()
    }
    return sealed(unit.connection, keys, anchor, case, {**files, **process})


def _left(unit: Unit, instance_id: int) -> set[int]:
    """The numbers of the versions that a case was moved from."""
    return {
        int(str(event.payload["from"]))
        for event in queries.of_kind(unit.connection, instance_id, MIGRATED)
        if event.payload is not None
    }
