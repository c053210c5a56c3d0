"""What scenarios can do with a meeting, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflows.meeting.models import Meeting
from workflows.meeting.services import cancel, plan, seats_of, sign_off, sign_up
from workflows.people.services import coordinator_group, get_person

if TYPE_CHECKING:
    from engine import Unit
    from workflows.people.models import Person
    from workflows.scenarios.stage import Stage


def _plan(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Plan a meeting of the department; arguments replace what it says."""
    given = {
        "title": "Partir en Erasmus+",
        "description": "Qui peut partir, où, comment.",
        "starts_at": "2026-03-18T14:00",
        "ends_at": "2026-03-18T16:00",
        "place": "Amphi 5",
        "languages": ["fr"],
        "departments": ["lea"],
        **arguments,
    }
    with stage.unit() as unit:
        planned = plan(stage.engine, unit, given, organizer=coordinator_group("lea"))
    return planned.meeting_id


def _sign_up(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Take a place."""
    stage.given(arguments)
    with stage.unit() as unit:
        sign_up(unit, _latest(stage).id, _self(stage, unit))


def _sign_off(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Give it back."""
    stage.given(arguments)
    with stage.unit() as unit:
        sign_off(unit, _latest(stage).id, _self(stage, unit))


def _cancel(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Call the meeting off; argument ``reason``."""
    given = stage.given(arguments, reason="")
    with stage.unit() as unit:
        cancel(stage.engine, unit, _latest(stage).id, reason=given["reason"])


def _self(stage: Stage, unit: Unit) -> Person:
    return get_person(unit.session, stage.person_id(stage.member))


def _latest(stage: Stage) -> Meeting:
    with stage.reading() as session:
        return session.scalars(select(Meeting).order_by(Meeting.id.desc())).first() or Meeting()


def _seats(stage: Stage, _: Mapping[str, Any]) -> dict[str, bool | None]:
    with stage.reading() as session:
        return {s.person.login: s.attended for s in seats_of(session, _latest(stage).id)}


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "plan_meeting": _plan,
    "sign_up": _sign_up,
    "sign_off": _sign_off,
    "cancel_meeting": _cancel,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "meeting_state": lambda stage, _: _latest(stage).state,
    "meeting_seats": _seats,
}
