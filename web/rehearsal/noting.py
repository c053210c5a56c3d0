"""What is done on the pages of a rehearsal, as a step of a scenario.

Completed tasks are noted by the engine. Here is what opens or moves a case by a page of its own;
what is none of either and changes something is told as having no step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from web import current
from web.pages.start import OUTSIDE_ERASMUS
from web.submissions import nested
from workflows.people.services import find_person
from workflows.scenarios.cast import MEMBERS
from workflows.scenarios.recording import member_of, named
from workflows.scenarios.sheet import Row

DONE = "passerelle.rehearsal.done"
"""A list in the environment of a request; what was done is left there."""

_UNDISTURBED = 400
_ROUTED = frozenset(
    {"tasks.complete", "inbox.bulk", "partner.answer", "api.complete", "grades.save"}
)
"""They complete tasks, which the engine notes."""

_BESIDE = frozenset(
    {
        *("signin.enter", "signin.demo", "signin.leave", "signin.language"),
        *("saved.create", "saved.rename", "saved.delete", "saved.restore"),
        *("mentions.follow", "mentions.read", "settings.mail"),
        *("tasks.claim", "tasks.release", "tasks.draft", "tasks.comment", "cases.comment"),
        *("api.claim", "api.release", "documents.compare", "relay.send", "relay.answer"),
        *("recognition.upload", "applications.add", "applications.remove"),
    }
)
"""They change nothing of the way a case takes."""

_Typed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a request has done: a step besides completed tasks, or a page that has none."""

    row: Row | None = None
    page: str = ""


def init_app(app: Flask) -> None:
    """Have every request to the application of a rehearsal say what it has done."""

    @app.after_request
    def tell(response: Response) -> Response:
        if request.method == "POST" and response.status_code < _UNDISTURBED:
            request.environ[DONE].append(_done(request.endpoint or ""))
        return response


def _done(endpoint: str) -> Done:
    if endpoint in _ROUTED | _BESIDE or endpoint.startswith("rehearsal_stage."):
        return Done()
    told = _STEPS.get(endpoint)
    if told is None:
        return Done(page=request.path)
    action, arguments = told(nested(request.form.items(multi=True)))
    with current.reading() as rows:
        member = member_of(rows, current.actor())
    return Done({"do": action, "as": member, "with": named(arguments, {})})


def _opened(typed: _Typed) -> tuple[str, dict[str, Any]]:
    """A contract, or the plan that takes its place outside Erasmus."""
    with current.reading() as rows:
        login = str(typed.get("student") or "") or current.signed_in().login
        person = find_person(rows, login)
    parts = {each.login: name for name, each in MEMBERS.items()}
    arguments = {
        "student": parts.get(person.login if person else "", login),
        "department": typed.get("department"),
        "partner": typed.get("receiving_hei_id"),
        "academic_year": typed.get("academic_year"),
    }
    if typed.get("mobility_type") == OUTSIDE_ERASMUS:
        return "open_plan", arguments
    return "open_contract", {**arguments, "mobility_type": typed.get("mobility_type")}


def _nominated(typed: _Typed) -> tuple[str, dict[str, Any]]:
    return "nominate", {**typed, "departments": request.form.getlist("departments")}


def _with(action: str, *fields: str) -> Callable[[_Typed], tuple[str, dict[str, Any]]]:
    """An action whose arguments are called like the fields of its page."""
    return lambda typed: (action, {name: typed[name] for name in fields if typed.get(name)})


_STEPS: Mapping[str, Callable[[_Typed], tuple[str, dict[str, Any]]]] = {
    "start.create": _opened,
    "nominations.create": _nominated,
    "campaigns.begin": _with("start_application"),
    "rankings.allocate": _with("allocate_places"),
    "contract_change.send": _with(
        "ask_for_change", "party", "about", "reason", "late_reason", "writes"
    ),
    "contract_change.take_back": _with("withdraw_change", "reason"),
    "exam_waiver.send": _with("ask_for_waiver", "reason"),
    "difficulties.send": _with("report_difficulty", "kind", "description", "no_health"),
    "grants.create": _with("open_grant", "scheme"),
}
"""Pages that a scenario has an action for, by their endpoint."""
