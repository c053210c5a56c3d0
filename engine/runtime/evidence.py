"""Exports the sealed evidence of one case."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidState
from engine.history import anchoring
from engine.history.evidence import sealed
from engine.history.jobs import EXPORT
from engine.history.keys import KeyRing
from engine.history.verifying import verify_one
from engine.runtime.access import require_sight
from engine.runtime.deployed import Definitions
from engine.runtime.locked import LockedInstance
from engine.unit import Unit


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
    case = {
        "instance_id": locked.id,
        "business_key": locked.business_key,
        "process": definition.key,
        "version": definition.version,
        "version_digest": definition.bundle.digest,
        "issuer": issuer,
        "made_at": unit.now.isoformat(),
        "made_by": unit.actor.id,
    }
    folder = f"process/{definition.key}-{definition.version}"
    process = {f"{folder}/{name}": data for name, data in definition.bundle.files.items()}
    return sealed(unit.connection, keys, anchor, case, {**files, **process})
