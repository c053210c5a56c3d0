"""Changes: asking for one, withdrawing it, correcting what needs no signature.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput, InvalidState
from engine.tables import instance
from engine.texts import checked
from engine.values import InstanceStatus, Started, Value
from workflows.contract.reading import latest_version, version_in_force
from workflows.contract.services import PROCESS as CONTRACT
from workflows.contract.views import CHANGE, VersionStatus
from workflows.contract_change.models import ChangeRequest
from workflows.contract_change.news import tell_withdrawn
from workflows.contract_change.policy import (
    SUBJECTS,
    WITHOUT_CHANGES,
    parties_of,
)
from workflows.contract_change.receiving import wait_for_sending
from workflows.contract_change.window import PROCESS, Window, window_of
from workflows.mobility.models import Mobility
from workflows.mobility.services import case_of, get_mobility, is_outgoing, labels_for
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit

WITHDRAWN = "contract_change_withdrawn"
"""The message by which a running change is taken back."""

MAX_REASON = 4000
REFUSED, SIGNED, TAKEN_BACK, LAPSED = "refused", "signed", "withdrawn", "lapsed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that has been asked for: its request, its case, the first work items."""

    request_id: int
    instance_id: int
    work_items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, as typed.

    ``writes`` tells who writes the proposal: ``student``, or ``requester`` for whoever asks.
    """

    party: str
    about: str
    reason: str
    late_reason: str = ""
    writes: str = "student"


def obstacle(session: Session, mobility: Mobility) -> str | None:
    """The code of what keeps a mobility's contract from being changed; None if nothing."""
    if mobility.mobility_type in WITHOUT_CHANGES:
        return "no_change_for_type"
    if version_in_force(session, mobility.id) is None:
        return "not_signed_yet"
    running = case_of(session, mobility.id, CONTRACT, active=True)
    under_way = running is not None or open_request(session, mobility.id) is not None
    return "change_under_way" if under_way else None


def open_request(session: Session, mobility_id: int) -> ChangeRequest | None:
    """The request whose case is running; None where there is none."""
    statement = (
        select(ChangeRequest)
        .join(instance, instance.c.id == ChangeRequest.instance_id)
        .where(
            ChangeRequest.mobility_id == mobility_id,
            ChangeRequest.result.is_(None),
            instance.c.status == int(InstanceStatus.ACTIVE),
        )
        .order_by(ChangeRequest.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def request_of(session: Session, instance_id: int) -> ChangeRequest:
    """The request a case is about; raises InvalidState where it is none of changes."""
    found = session.scalar(select(ChangeRequest).where(ChangeRequest.instance_id == instance_id))
    if found is None:
        raise InvalidState("This case is about no change.")
    return found


def requests_of(session: Session, mobility_id: int) -> list[ChangeRequest]:
    """Every request of a mobility, oldest first."""
    statement = select(ChangeRequest).where(ChangeRequest.mobility_id == mobility_id)
    return list(session.scalars(statement.order_by(ChangeRequest.id)))


def ask_for_change(
    engine: Engine, unit: Unit, mobility_id: int, wish: Wish, *, home_hei_id: str
) -> Asked:
    """Open the case of a change; the same wish of the same person again opens no other.

    For a student we have received it is the sending university that is asked.

    Raises Forbidden for who is no party. Raises InvalidInput: at ``_schema`` for what keeps
    the contract from being changed, at ``late_reason`` where a request outside the window
    does not say why.
    """
    session = unit.session
    # Two requests at once are settled one after the other.
    session.execute(select(Mobility.id).where(Mobility.id == mobility_id).with_for_update())
    mobility = get_mobility(session, mobility_id)
    parties = parties_of(unit.actor, mobility)
    if not parties:
        raise Forbidden
    again = _asked_before(session, mobility_id, wish, unit)
    if again is not None:
        return again
    code = obstacle(session, mobility)
    if code is not None:
        raise InvalidInput({"_schema": [code]})
    window = window_of(engine, session, mobility, unit.now)
    wish = _checked(wish, window, parties)
    request = _request(mobility, wish, window, unit)
    session.add(request)
    session.flush()
    opened = (
        _start(engine, unit, mobility, _variables(mobility, wish, window, unit))
        if is_outgoing(mobility, home_hei_id)
        else wait_for_sending(engine, unit, request)
    )
    request.instance_id = opened.instance_id
    session.flush()
    return Asked(request.id, opened.instance_id, opened.work_items)


def _start(engine: Engine, unit: Unit, mobility: Mobility, variables: dict[str, Value]) -> Started:
    return engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables,
        labels=labels_for(unit.session, mobility),
        links=[student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI],
        unit=unit,
    )


def _request(mobility: Mobility, wish: Wish, window: Window, unit: Unit) -> ChangeRequest:
    return ChangeRequest(
        mobility_id=mobility.id,
        party=wish.party,
        about=wish.about,
        reason=wish.reason,
        late_reason=wish.late_reason or None,
        counted_from=window.counted_from.isoformat(),
        window_ends=window.last_day(wish.about).isoformat(),
        agree_by=None if window.late(wish.about) else window.agree_by,
        actor=unit.actor.id,
        requester_name=unit.actor.name,
        case_before=mobility.instance_id,
        requested_at=unit.now,
    )


def _asked_before(session: Session, mobility_id: int, wish: Wish, unit: Unit) -> Asked | None:
    """The running request, where this is the same form sent twice."""
    running = open_request(session, mobility_id)
    if running is None or running.instance_id is None:
        return None
    same = (running.actor, running.party, running.about, running.reason)
    if same != (unit.actor.id, wish.party, wish.about, wish.reason.strip()):
        return None
    return Asked(running.id, running.instance_id, ())


def _checked(wish: Wish, window: Window, parties: Sequence[str]) -> Wish:
    errors: dict[str, list[str]] = {}
    for name, options in (
        ("party", parties),
        ("about", SUBJECTS),
        ("writes", ("student", "requester")),
    ):
        if getattr(wish, name) not in options:
            errors[name] = ["not_an_option"]
    texts = {}
    for name in ("reason", "late_reason"):
        try:
            texts[name] = checked(name, getattr(wish, name), MAX_REASON)
        except InvalidInput as refused:
            errors.update(refused.errors)
    if "reason" in texts and not texts["reason"]:
        errors["reason"] = ["required"]
    if not errors and window.over:
        errors["_schema"] = ["stay_is_over"]
    elif not errors and window.late(wish.about) and not texts["late_reason"]:
        errors["late_reason"] = ["late_reason_required"]
    if errors:
        raise InvalidInput(errors)
    # A student always writes for themselves.
    writes = "student" if wish.party == "student" else wish.writes
    return Wish(wish.party, wish.about, texts["reason"], texts["late_reason"], writes)


def _variables(mobility: Mobility, wish: Wish, window: Window, unit: Unit) -> dict[str, Value]:
    student = str(mobility.person_id or 0)
    return {
        "mobility": mobility.id,
        "student": student,
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
        "direction": "outgoing",
        "party": wish.party,
        "writes": wish.writes,
        "about": wish.about,
        "counted_from": window.counted_from.isoformat(),
        "stay_end": window.stay_ends.isoformat() if window.stay_ends else "",
        "requested_on": window.today.isoformat(),
        "agree_by": limit_of(window.agree_by),
    }


def withdraw(engine: Engine, unit: Unit, mobility_id: int, reason: str) -> ChangeRequest:
    """Take a running change back; what was signed before stays in force.

    Raises Forbidden for who is no party, InvalidState where no change is under way,
    InvalidInput without a reason.
    """
    if not parties_of(unit.actor, get_mobility(unit.session, mobility_id)):
        raise Forbidden
    text = checked("reason", reason, MAX_REASON)
    if not text:
        raise InvalidInput({"reason": ["required"]})
    request = open_request(unit.session, mobility_id)
    if request is None:
        raise InvalidState("No change is under way.")
    _end_case(engine, unit, request)
    close(request, TAKEN_BACK, unit.now, text)
    drop_proposal(unit.session, mobility_id)
    tell_withdrawn(unit, request)
    return request


def _end_case(engine: Engine, unit: Unit, request: ChangeRequest) -> None:
    """End the case of a change, or the one that waits for the sending university."""
    assert request.instance_id is not None
    if request.instance_id == request.mobility.instance_id:
        # Whoever may take a request back may end the case it has opened.
        with unit.acting(replace(unit.actor, oversees=True)):
            engine.terminate(request.instance_id, reason=TAKEN_BACK, unit=unit, actor=unit.actor)
        request.mobility.instance_id = request.case_before
        return
    delivery = engine.correlate(
        WITHDRAWN,
        {},
        message_id=f"{WITHDRAWN}-{request.id}",
        business_key=str(request.mobility_id),
        actor=unit.actor,
        unit=unit,
    )
    if not delivery.delivered or delivery.duplicate:
        raise InvalidState("No change is under way.")


def drop_proposal(session: Session, mobility_id: int) -> None:
    """What was proposed and not agreed to by all comes to nothing."""
    proposal = latest_version(session, mobility_id)
    if proposal.kind == CHANGE and proposal.status in {
        VersionStatus.DRAFT,
        VersionStatus.SUBMITTED,
    }:
        proposal.status = VersionStatus.WITHDRAWN.value
    session.flush()


def limit_of(agree_by: datetime) -> str:
    """The limit as the diagram counts to it."""
    return agree_by.isoformat(timespec="seconds")


def close(request: ChangeRequest, result: str, now: datetime, reason: str | None = None) -> None:
    """Write down how a request ended."""
    request.result = result
    request.closed_at = now
    request.closing_reason = reason
