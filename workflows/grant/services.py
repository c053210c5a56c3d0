"""Grants: opening one, computing it, reading them.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState, NotFound
from engine.values import Value
from workflows.answers import Answers
from workflows.grant.models import SCHEMES, Grant, GrantEvent
from workflows.grant.policy import MAX_STAY_DAYS, Rates, compute
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, is_outgoing, labels_for
from workflows.partners.services import find_institution
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

PROCESS = "grant"
OVER = frozenset({"refused", "declined"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A new grant, its case, and the first work items."""

    grant_id: int
    instance_id: int
    work_items: tuple[int, ...]


def open_grant(
    engine: Engine, unit: Unit, mobility_id: int, *, scheme: str, home_hei_id: str
) -> Opened:
    """Open a grant of one scheme for an outgoing mobility and start its case.

    Raises InvalidInput for an unknown scheme, an incoming mobility, or where the mobility
    has a grant of the scheme that was neither refused nor declined.
    """
    session = unit.session
    if scheme not in SCHEMES:
        raise InvalidInput({"scheme": ["not_an_option"]})
    # Two people opening the same grant are settled one after the other.
    mobility = session.get(Mobility, mobility_id, with_for_update=True)
    if mobility is None:
        raise NotFound
    if not is_outgoing(mobility, home_hei_id):
        raise InvalidInput({"scheme": ["grant_only_outgoing"]})
    if any(g.scheme == scheme and g.state not in OVER for g in grants_of(session, mobility.id)):
        raise InvalidInput({"scheme": ["grant_open_already"]})
    grant = Grant(
        mobility_id=mobility.id,
        scheme=scheme,
        state="assessment",
        academic_year=mobility.receiving_academic_year_id or "",
        created_at=unit.now,
    )
    session.add(grant)
    session.flush()
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=_variables(session, grant, mobility),
        labels=labels_for(session, mobility),
        links=[student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI],
        unit=unit,
    )
    grant.instance_id = started.instance_id
    note(session, grant, "opened", unit.actor, unit.now)
    return Opened(grant.id, started.instance_id, started.work_items)


def _variables(session: Session, grant: Grant, mobility: Mobility) -> dict[str, Value]:
    host = find_institution(session, mobility.receiving_hei_id)
    return {
        "grant": grant.id,
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": grant.academic_year,
        "country": (host.country if host else None) or "",
        "scheme": grant.scheme,
    }


def read_stay(answers: Answers) -> tuple[date | None, date | None]:
    """First and last day of a stay as typed; what is wrong is noted in ``answers``."""
    first = answers.day("stay_start", required=True)
    last = answers.day("stay_end", required=True)
    if first is not None and last is not None:
        if last < first:
            answers.refuse("stay_end", "before_start")
        elif (last - first).days > MAX_STAY_DAYS:
            answers.refuse("stay_end", "stay_too_long")
    return first, last


def recompute(grant: Grant, first: date, last: date) -> None:
    """Compute a grant anew for a stay, at its own rates."""
    rates = Rates(grant.monthly_amount, grant.days_per_month, grant.prefinancing_percent)
    computed = compute(first, last, rates)
    grant.stay_start, grant.stay_end = first, last
    grant.days, grant.total = computed.days, computed.total
    if grant.paid == 0:
        grant.prefinancing = computed.prefinancing
    grant.balance = grant.total - grant.paid


def note(
    session: Session,
    grant: Grant,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    day: date | None = None,
    amount: Decimal | None = None,
    reference: str = "",
    text: str = "",
) -> None:
    """Add an event to what happened to a grant."""
    session.add(
        GrantEvent(
            grant_id=grant.id,
            kind=kind,
            day=day,
            amount=amount,
            total=grant.total,
            reference=reference,
            note=text,
            actor=actor.id,
            at=now,
        )
    )
    session.flush()


def get_grant(session: Session, grant_id: int) -> Grant:
    """The grant with that id; raises NotFound."""
    found = session.get(Grant, grant_id)
    if found is None:
        raise NotFound
    return found


def named_grant(session: Session, variables: Mapping[str, Value]) -> Grant:
    """The grant the variables of a case name; raises InvalidState where they name none."""
    number = variables.get("grant")
    if not isinstance(number, int):
        raise InvalidState("This case names no grant.")
    return get_grant(session, number)


def grant_of_case(session: Session, instance_id: int) -> Grant | None:
    """The grant a case is about."""
    return session.scalar(select(Grant).where(Grant.instance_id == instance_id))


def grants_of(session: Session, mobility_id: int) -> list[Grant]:
    """A mobility's grants, oldest first."""
    statement = select(Grant).where(Grant.mobility_id == mobility_id).order_by(Grant.id)
    return list(session.scalars(statement))


def mobility_of(session: Session, grant: Grant) -> Mobility:
    """The mobility a grant is for."""
    return get_mobility(session, grant.mobility_id)
