"""The application on pages: what its tasks and its case show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import ExpressionError
from engine.values import Instance, Value, WorkItem
from web import current, words
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.submissions import Node
from workflows.application.conflicts import may_review
from workflows.application.drafts import MAX_LANGUAGES, MAX_WISHES, read_draft
from workflows.application.models import DOCUMENT_KINDS
from workflows.application.policy.scoring import CRITERIA
from workflows.application.reading import application_view, place_view
from workflows.application.services import application_of_case, facts, places_of
from workflows.application.uploads import WRITING
from workflows.application.withdrawals import may_withdraw
from workflows.mobility.agreement import CEFR_LEVELS

ROWS = {"wishes": MAX_WISHES, "languages": MAX_LANGUAGES}
"""The lists of the editor, and how many rows each may have."""


def _shown(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    with current.reading() as rows:
        application = application_of_case(rows, item.business_key)
        view = application_view(rows, application) if application is not None else None
    return {"application": view, "criteria": CRITERIA}


def _writing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The editor: what was typed, else what is kept; the places; the rules not met so far."""
    with current.reading() as rows:
        application = application_of_case(rows, item.business_key)
        if application is None:
            return {"application": None}
        view = application_view(rows, application)
        places = places_of(application)
        said = {**view.said, **(typed.data or {})}
        draft = read_draft(said, places)
        asked = facts(draft, places, allow_debt=application.campaign.allow_debt)
        offered = [place_view(rows, place) for place in places.values()]
        note = application.campaign.note
    return {
        "application": view,
        "said": {**said, **{name: _padded(said.get(name), name) for name in ROWS}},
        "offered": sorted(offered, key=lambda place: (place.name, place.id)),
        "unmet": _unmet(item, asked, draft.wishes),
        "note": note,
        "levels": CEFR_LEVELS,
        "kinds": DOCUMENT_KINDS,
        "may_write": view.status in WRITING,
    }


def _padded(rows: object, name: str) -> list[Mapping[str, Any]]:
    """The rows of a list as typed; always three choices, and at least one language."""
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    least = MAX_WISHES if name == "wishes" else 1
    empty: list[Mapping[str, Any]] = [{} for _ in range(max(0, least - len(found)))]
    return [*found, *empty][: ROWS[name]]


def _unmet(
    item: WorkItem, asked: Mapping[str, Value], wishes: tuple[int, ...]
) -> dict[int, list[str]]:
    """The rules each wish does not meet as things are typed now, by place.

    It only warns: whoever is refused is told by the case itself. So a table that cannot
    answer about a half-written file is no error here.
    """
    definition = current.engine().definition(item.definition_id)
    found: dict[int, list[str]] = {}
    each = asked["wishes"]
    assert isinstance(each, list)
    for place, wish in zip(wishes, each, strict=True):
        try:
            failed = definition.decide("eligibility", {**asked, "wish": wish}).get("failed")
        except ExpressionError:
            continue
        found[place] = [str(code) for code in failed] if isinstance(failed, list) else []
    return found


def _appointing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    with current.reading() as rows:
        application = application_of_case(rows, item.business_key)
        people = may_review(rows, application) if application is not None else []
        choices = [(str(each.id), each.name, sorted(each.groups)) for each in people]
    return {**_shown(item, typed), "choices": choices}


def submission(data: dict[str, Node]) -> dict[str, Node]:
    """The editor's data as the domain takes it: rows in which nothing is chosen are no rows."""
    kept = dict(data)
    for name in ROWS:
        rows = kept.get(name)
        if isinstance(rows, list):
            kept[name] = [row for row in rows if not isinstance(row, dict) or any(row.values())]
    return kept


def with_row_action(data: dict[str, Node], action: str) -> dict[str, Node]:
    """``data`` with a row moved (``up:wishes:1``), added or removed; for pages without script.

    An action that means nothing changes nothing.
    """
    verb, _, rest = action.partition(":")
    name, _, number = rest.partition(":")
    rows = data.get(name)
    if name not in ROWS:
        return data
    listed = list(rows) if isinstance(rows, list) else []
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if verb == "add" and len(listed) < ROWS[name]:
        listed.append({})
    elif verb == "remove" and 0 <= place < len(listed):
        listed[place : place + 1] = [{}] if name == "wishes" else []
    elif verb in {"up", "down"}:
        other = place - 1 if verb == "up" else place + 1
        if 0 <= place < len(listed) and 0 <= other < len(listed):
            listed[place], listed[other] = listed[other], listed[place]
    return {**data, name: listed}


def _section(case: Instance) -> Mapping[str, Any] | None:
    viewer = current.signed_in()
    with current.reading() as rows:
        application = application_of_case(rows, case.business_key)
        if application is None:
            return None
        view = application_view(rows, application)
        to_withdraw = may_withdraw(rows, application, current.engine().clock.now())
    own = view.person_id == viewer.person_id
    return {
        "application": view,
        "criteria": CRITERIA,
        "own": own,
        # Points are the reviewers' own business until the places are given.
        "shows_points": view.allocated or not own,
        "may_withdraw": (own or viewer.is_ri) and to_withdraw,
    }


_PREVIEW = "application/_preview.html"
_FRAME = "application/task.html"
_READ = TaskPage(body="application/_file.html", preview=_PREVIEW, context=_shown, template=_FRAME)

TASK_PAGES: Mapping[str, TaskPage] = {
    "application": _READ,
    "application.apply": TaskPage(
        template="application/apply.html",
        preview=_PREVIEW,
        context=_writing,
        submission=submission,
        row_action=with_row_action,
    ),
    "application.check": TaskPage(
        body="application/_file.html",
        inputs="application/_check.html",
        preview=_PREVIEW,
        context=_shown,
        template=_FRAME,
        reasons=words.application_reasons,
    ),
    "application.score": TaskPage(
        body="application/_file.html",
        inputs="application/_points.html",
        preview=_PREVIEW,
        context=_shown,
        template=_FRAME,
    ),
    "application.appoint": TaskPage(
        body="application/_file.html",
        inputs="application/_appoint.html",
        preview=_PREVIEW,
        context=_appointing,
        template=_FRAME,
    ),
    "application.confirm": TaskPage(
        body="application/_offer.html",
        inputs="application/_confirm.html",
        preview=_PREVIEW,
        context=_shown,
        template=_FRAME,
    ),
    "application.nominate": TaskPage(
        body="application/_nomination.html", preview=_PREVIEW, context=_shown, template=_FRAME
    ),
    "application.partner": TaskPage(
        body="application/_nominated.html",
        inputs="application/_answer.html",
        preview=_PREVIEW,
        context=_shown,
        template=_FRAME,
        partner="application/partner.html",
    ),
    "application.year": TaskPage(
        body="application/_nomination.html", preview=_PREVIEW, context=_shown, template=_FRAME
    ),
}

CASE = CaseSection("application/_case.html", _section)
