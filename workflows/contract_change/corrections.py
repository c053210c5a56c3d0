"""Corrections of contacts and dates: no new version, no signatures, kept with the contract.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput
from engine.texts import checked
from workflows.contract.drafts import MAX_TEXT, read_draft
from workflows.contract.reading import version_in_force
from workflows.contract_change.models import Correction
from workflows.contract_change.news import tell_corrected
from workflows.contract_change.policy import MINOR, correction_errors, may_correct
from workflows.contract_change.window import window_of
from workflows.mobility.agreement import Agreement, stay
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility
from workflows.mobility.stays import tell_changed

if TYPE_CHECKING:
    from engine import Engine, Unit


def corrections_of(session: Session, mobility_id: int) -> list[Correction]:
    """Every correction of a mobility's contacts and dates, oldest first."""
    statement = select(Correction).where(Correction.mobility_id == mobility_id)
    return list(session.scalars(statement.order_by(Correction.id)))


def correct(
    engine: Engine,
    unit: Unit,
    mobility_id: int,
    data: Mapping[str, object],
    reason: str = "",
) -> Correction:
    """Correct contacts or dates of a signed contract; nobody signs again.

    ``data`` holds fields of the agreement by name. Raises Forbidden for anybody but the
    department and RI; InvalidInput by field for one that is not minor or not well formed, at
    ``_schema`` where nothing differs or nothing is signed.
    """
    session = unit.session
    mobility = get_mobility(session, mobility_id)
    if not may_correct(unit.actor, mobility):
        raise Forbidden
    version = version_in_force(session, mobility_id)
    if version is None:
        raise InvalidInput({"_schema": ["not_signed_yet"]})
    why = checked("reason", reason, MAX_TEXT)
    before = mobility.agreement
    days = window_of(engine, session, mobility, unit.now).correction_days
    mobility.agreement = _corrected(mobility, data, days)
    correction = Correction(
        mobility_id=mobility_id,
        version_id=version.id,
        changes=json.dumps(_differences(before, mobility.agreement), ensure_ascii=False),
        reason=why or None,
        actor=unit.actor.id,
        corrected_by=unit.actor.name,
        at=unit.now,
    )
    session.add(correction)
    session.flush()
    tell_corrected(unit, mobility, correction)
    _, last = stay(mobility.agreement)
    if last is not None and last != stay(before)[1]:
        tell_changed(unit, mobility_id, last)
    return correction


def _corrected(mobility: Mobility, data: Mapping[str, object], days: int) -> Agreement:
    """The fields with ``data`` put in; raises InvalidInput where that is no correction."""
    foreign = {name: ["not_minor"] for name in data if name not in MINOR}
    if foreign:
        raise InvalidInput(foreign)
    before = mobility.agreement
    after = read_draft(data, before).agreement
    errors = correction_errors(after, before, mobility, days)
    if not errors and not _differences(before, after):
        errors = {"_schema": ["no_change"]}
    if errors:
        raise InvalidInput(errors)
    return after


def _differences(before: Agreement, after: Agreement) -> list[list[str | None]]:
    return [
        [name, getattr(before, name), getattr(after, name)]
        for name in MINOR
        if getattr(before, name) != getattr(after, name)
    ]
