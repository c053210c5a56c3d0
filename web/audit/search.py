"""Search over all cases and events of the history, and the searches that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput
from engine.values import Found, FoundCase, FoundEvent
from web import current, words
from web.audit.asking import Asked, asked, chips
from web.audit.facets import facets, periods, questions, staff
from web.display import remember_names
from web.pages import saved_entries
from web.pages.diagrams import element_names
from web.pages.inbox_queries import NOT_SAVING, Saving
from web.tabs import tabs
from workflows.office_work import saved_views
from workflows.people.services import ADMIN, AUDITOR

pages = Blueprint("history", __name__)

PAGE = 50
SHARED = (AUDITOR, ADMIN)
"""The groups that read the history."""


@pages.app_context_processor
def _shared() -> dict[str, object]:
    return {"history_tabs": tabs}


@pages.get("/history")
def search() -> ResponseReturnValue:
    """The cases or events that a filter finds."""
    found = asked(request.args.to_dict(flat=False), "history.search")
    if found.who and not found.errors:
        return redirect(found.address("history.search"))
    return page(found), 422 if found.errors else 200


def page(found: Asked, saving: Saving = NOT_SAVING) -> str:
    """The page at what is asked for; ``saving`` is what was typed to keep it."""
    result: Found[FoundCase] | Found[FoundEvent] = Found(())
    names: Mapping[int, Mapping[str, str]] = {}
    if not found.errors and found.show == "cases":
        result = _cases(found)
    elif not found.errors:
        result = events = _events(found)
        names = _element_names(events)
    return render_template(
        "audit/search.html",
        asked=found,
        found=result,
        chips=chips(found, "history.search"),
        facets=facets(found),
        staff=staff(),
        periods=periods(found, "history.search"),
        questions=questions(url_for("history.search")),
        element_names=names,
        saved=saved_entries.entries_of_history(found.query()),
        saving=saving,
        groups=_shareable(),
        undo=saved_entries.undoable(),
    )


def _cases(found: Asked) -> Found[FoundCase]:
    return current.engine().search_cases(
        found.wanted, actor=current.actor(), after=found.after, limit=PAGE
    )


def _events(found: Asked) -> Found[FoundEvent]:
    events = current.engine().search_events(
        found.wanted, actor=current.actor(), after=found.after, limit=PAGE
    )
    remember_names(
        name for each in events.items for name in (each.event.actor, each.event.on_behalf_of)
    )
    return events


def _element_names(result: Found[FoundEvent]) -> Mapping[int, Mapping[str, str]]:
    """The names of elements by version."""
    versions = {each.case.definition_id for each in result.items}
    return {each: element_names(current.engine().definition(each)) for each in versions}


def _shareable() -> Sequence[str]:
    return [group for group in SHARED if current.signed_in().has(group)]


@pages.post("/history/saved")
def save() -> ResponseReturnValue:
    """Keep the present search under a name."""
    viewer = current.signed_in()
    sent = request.form.to_dict(flat=False)
    name, group = request.form.get("name", ""), request.form.get("group", "")
    own = ("csrf_token", "name", "group")
    found = asked({key: sent[key] for key in sent if key not in own}, "history.search")
    if found.errors:
        return page(found), 422
    if group and group not in _shareable():
        errors = words.field_errors({"group": ["not_an_option"]})
        return page(found, Saving(name, group, errors)), 422
    try:
        with current.engine().unit(viewer.actor) as unit:
            query, home = found.query(), saved_views.HISTORY
            view = saved_views.keep(unit, viewer.person_id, name, query, group, page=home)
            target = saved_entries.address(view)
    except InvalidInput as refused:
        return page(found, Saving(name, group, words.field_errors(refused.errors))), 422
    flash(_("“%(name)s” is saved; you find it among the saved searches.", name=view.name), "done")
    return redirect(target)
