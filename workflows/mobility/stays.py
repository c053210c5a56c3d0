"""How long a stay really lasts: agreed, prolonged by contract, or cut short.

That a stay ends before its time is told once, by RI, and kept with the mobility; whatever
depends on it reads it here. Who has to act at once hears of it by message:

- ``stay_cut_short`` starts or moves the case of the exam waiver;
- ``stay_changed`` goes to every case of the mobility that waits for the end of the stay, by
  that case's own correlation.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput
from engine.tables import instance, subscription
from engine.texts import checked
from workflows.mobility.agreement import stay
from workflows.mobility.models import Mobility, ShortenedStay
from workflows.mobility.services import get_mobility, is_outgoing
from workflows.people.services import RI

if TYPE_CHECKING:
    from engine import Unit
    from engine.values import Value

CUT_SHORT, CHANGED = "stay_cut_short", "stay_changed"
MAX_REASON = 2000
_MESSAGE = "message"
"""The engine's job kind for a message: delivered after the commit, one case at a time."""


def shortening_of(session: Session, mobility_id: int) -> ShortenedStay | None:
    """What was told last about a stay that ends before its time; None where nothing was."""
    statement = (
        select(ShortenedStay)
        .where(ShortenedStay.mobility_id == mobility_id)
        .order_by(ShortenedStay.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def last_day_if_shortened(session: Session, mobility_id: int) -> date | None:
    """The last day of a stay that was cut short; None where it was not."""
    told = shortening_of(session, mobility_id)
    return told.last_day if told else None


def cut_short(
    unit: Unit, mobility_id: int, *, last_day: str, reason: str, home_hei_id: str
) -> ShortenedStay:
    """RI tells that a stay ends before its time, or corrects what was told.

    Raises Forbidden for who is not RI; InvalidInput at ``last_day`` for a day that is none,
    lies outside the stay or is known already, and at ``reason``.
    """
    if RI not in unit.actor.groups:
        raise Forbidden
    mobility = locked(unit, mobility_id)
    day = _told(unit.session, mobility, last_day, reason)
    told = ShortenedStay(
        mobility_id=mobility.id,
        last_day=day,
        reason=checked("reason", reason, MAX_REASON),
        actor=unit.actor.id,
        told_by=unit.actor.name,
        at=unit.now,
    )
    unit.session.add(told)
    unit.session.flush()
    tell_changed(unit, mobility.id, day)
    if is_outgoing(mobility, home_hei_id):
        _tell_cut_short(unit, mobility)
    return told


def locked(unit: Unit, mobility_id: int) -> Mobility:
    """The mobility; of two who write about it at once the second waits for the first.

    Its cases are locked before it, as whoever completes a task locks them; rows that only
    refer to the mobility may be written by others meanwhile. Raises NotFound.
    """
    cases = select(instance.c.id).where(instance.c.business_key == str(mobility_id))
    unit.session.execute(cases.order_by(instance.c.id).with_for_update())
    found = select(Mobility.id).where(Mobility.id == mobility_id)
    unit.session.execute(found.with_for_update(key_share=True))
    return get_mobility(unit.session, mobility_id)


def tell_changed(unit: Unit, mobility_id: int, last_day: date) -> None:
    """Tell every case that waits for the end of the stay that it ends on another day."""
    waiting = select(subscription.c.instance_id, subscription.c.correlation).where(
        subscription.c.message == CHANGED, subscription.c.business_key == str(mobility_id)
    )
    for case, correlation in unit.connection.execute(waiting).all():
        known = orjson.loads(correlation) if correlation else {}
        variables = {**known, "stay_end": last_day.isoformat()}
        unit.enqueue(_MESSAGE, {"name": CHANGED, "variables": variables}, instance_id=case)


def _told(session: Session, mobility: Mobility, last_day: str, reason: str) -> date:
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = ["required"]
    day: date | None = None
    try:
        day = date.fromisoformat(last_day.strip())
    except ValueError:
        errors["last_day"] = ["not_a_date" if last_day.strip() else "required"]
    wrong = _obstacle(session, mobility, day) if day is not None else None
    if wrong is not None:
        errors["last_day"] = [wrong]
    if errors or day is None:
        raise InvalidInput(errors)
    return day


def _obstacle(session: Session, mobility: Mobility, day: date) -> str | None:
    first, last = stay(mobility.agreement)
    known = last_day_if_shortened(session, mobility.id)
    if (first and day < first) or (last and day >= last and known is None):
        return "outside_stay"
    return "already_cut_short" if day == known else None


def _tell_cut_short(unit: Unit, mobility: Mobility) -> None:
    """Have the message thrown on behalf of the mobility's first case that is open to all parties.

    Delivered here it would take the lock of its business key after those of the cases.
    """
    key = str(mobility.id)
    cases = select(func.min(instance.c.id)).where(
        instance.c.business_key == key, instance.c.restricted.is_(False)
    )
    thrower = unit.connection.execute(cases).scalar()
    if thrower is None:
        return
    variables: dict[str, Value] = {
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
    }
    unit.enqueue(_MESSAGE, {"name": CUT_SHORT, "variables": variables}, instance_id=thrower)
