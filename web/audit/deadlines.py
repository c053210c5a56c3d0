"""Deadlines of all lifecycles: who is late and by how much, what is due next, what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Definition
from engine.history.filters import HistoryFilter
from engine.runtime.deadlines import Deadline, DeadlineQuery, State, deadlines, late_holders
from engine.tables.types import to_micros
from web import current, words
from web.addresses import cursor, wanted
from web.display import department_name, remember_names
from web.i18n import translated
from workflows.grade_transfer.owed import owed
from workflows.partners.services import departments, institutions
from workflows.people.services import STUDENT

pages = Blueprint("deadlines", __name__)

PAGE = 50
OWED: Final = "owed"
STATES: Final[tuple[State | Literal["owed"], ...]] = (*get_args(State), OWED)
_FILTERS: Final = {
    "process": "processes",
    "element": "elements",
    "org_unit": "org_units",
    "counterparty": "counterparties",
}


@pages.get("/history/deadlines")
def show() -> ResponseReturnValue:
    """A page of deadlines, in the cases that the viewer may see."""
    engine, actor = current.engine(), current.actor()
    state, narrowed, after = _state(), _narrowed(), cursor(request.args.get("after"))
    now = to_micros(engine.clock.now())
    with current.reading() as session:
        if state == OWED:
            found = owed(session, actor, narrowed, after=after, limit=PAGE)
        else:
            query = DeadlineQuery(state, narrowed, after, PAGE)
            found = deadlines(session.connection(), actor, query, now)
        holders = []
        if state == "late" and after is None:
            holders = late_holders(session.connection(), actor, narrowed, now)
        units, partners = departments(session), institutions(session)
    _remember(found.items, [each.candidate for each in holders])
    versions = {each.definition_id for each in found.items}
    return render_template(
        "audit/deadlines.html",
        state=state,
        states=STATES,
        wanted=narrowed,
        page=found,
        holders=holders,
        versions={id_: engine.definition(id_) for id_ in versions},
        processes={each.key: translated(each.model.names) for each in engine.definitions()},
        departments=[(each.code, department_name(each.code)) for each in units],
        partners=[(each.name, each.name) for each in partners],
        step_name=_step_name(narrowed, engine.definitions()),
        lateness=_lateness,
        link=_link,
    )


def _state() -> State | Literal["owed"]:
    asked = request.args.get("state", "")
    return asked if asked in STATES else "late"


def _narrowed() -> HistoryFilter:
    """What the address narrows the list to; what it does not know it leaves out."""
    found = {
        attribute: (value,)
        for name, attribute in _FILTERS.items()
        if (value := wanted(request.args.get(name)))
    }
    return HistoryFilter(**found)  # type: ignore[arg-type]


def _step_name(narrowed: HistoryFilter, definitions: Sequence[Definition]) -> str:
    """The step that the list is narrowed to, in words where a lifecycle has it now."""
    asked = "".join(narrowed.elements)
    found = [each.model.elements[asked] for each in definitions if asked in each.model.elements]
    return translated(found[0].names) if found else asked


def _lateness(each: Deadline) -> str:
    """How long after its deadline a task was completed."""
    assert each.completed_at is not None, "only completed tasks have missed their deadline"
    return words.span((each.completed_at - each.due_at) // timedelta(microseconds=1))


def _remember(items: Sequence[Deadline], candidates: list[str]) -> None:
    """Look up at once all whom the page names."""
    asked = [*(each.candidate for each in items), *candidates]
    people = [f"person:{each.partition(':')[2]}" for each in asked if _is_person(each)]
    done = [
        name for each in items for name in (each.assignee, each.completed_by, each.on_behalf_of)
    ]
    remember_names([*people, *done])


def _is_person(candidate: str) -> bool:
    return candidate.startswith(("person:", STUDENT))


def _link(**changes: str | None) -> str:
    """The present list with other arguments; a change starts at the first page."""
    merged: dict[str, str | None] = {**request.args.to_dict(), "after": None, **changes}
    given = {name: value for name, value in merged.items() if value}
    address = url_for("deadlines.show")
    return f"{address}?{urlencode(given)}" if given else address
