"""The inbox: what needs me, most urgent first?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.errors import EngineError, InvalidInput
from engine.values import InboxQuery
from web import current
from web.addresses import cursor, number, wanted
from web.display import remember_names
from web.i18n import translated
from web.lifecycles import task_page
from web.lifecycles.base import Typed
from web.navigation import safe_target
from web.pages import colleagues
from workflows.partners.services import departments, institutions

pages = Blueprint("inbox", __name__)

View = Literal["mine", "groups", "all"]
VIEWS: tuple[View, ...] = ("mine", "groups", "all")
PAGE = 50
THIS_WEEK = timedelta(days=7)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str


def query_from(arguments: Mapping[str, str], now: datetime) -> InboxQuery:
    """The inbox query an address asks for; what it does not know it leaves out."""
    view = arguments.get("view", "groups")
    due = arguments.get("due", "")
    return InboxQuery(
        view=view if view in VIEWS else "groups",
        text=wanted(arguments.get("q")),
        process=wanted(arguments.get("process")),
        element=wanted(arguments.get("step")),
        org_unit=wanted(arguments.get("department")),
        counterparty=wanted(arguments.get("partner")),
        overdue=due == "late",
        due_before=now + THIS_WEEK if due == "week" else None,
        after=cursor(arguments.get("after")),
        limit=PAGE,
        sort="newest" if arguments.get("sort") == "newest" else "due",
    )


@pages.get("/inbox")
def show() -> ResponseReturnValue:
    """One page of work items, with views and filters beside it."""
    engine, actor = current.engine(), current.actor()
    now = engine.clock.now()
    query = query_from(request.args, now)
    page = engine.inbox(actor=actor, query=query)
    g.inbox_counts = engine.inbox_counts(actor=actor)
    remember_names(item.assignee for item in page.items)
    newest = max((item.id for item in page.items), default=0)
    return render_template(
        "inbox/inbox.html",
        query=query,
        page=page,
        counts=g.inbox_counts,
        now=now,
        news=f"{url_for('inbox.news')}?{urlencode({**_kept(), 'since': newest})}",
        filters=_filters(),
        colleagues=colleagues.of(actor),
        link=_link,
        filtered=_filtered(query),
    )


def _filtered(query: InboxQuery) -> bool:
    narrowed = (query.text, query.process, query.element, query.org_unit, query.counterparty)
    return any(narrowed) or query.overdue or query.due_before is not None


def _link(**changes: str | None) -> str:
    """The present list with other arguments; a change starts at the first page."""
    merged = {**_kept(), **changes}
    given = {name: value for name, value in merged.items() if value}
    return f"{url_for('inbox.show')}?{urlencode(given)}" if given else url_for("inbox.show")


def _kept() -> dict[str, str]:
    """The arguments of the present list, without the place in it."""
    return {
        name: value
        for name, value in request.args.items()
        if name not in {"after", "since"} and value
    }


def _filters() -> dict[str, list[Choice]]:
    definitions = current.engine().definitions()
    with current.reading() as rows:
        units = [Choice(each.code, _department(each)) for each in departments(rows)]
        partners = [Choice(each.name, each.name) for each in institutions(rows)]
    return {
        "process": [Choice(each.key, translated(each.model.names)) for each in definitions],
        "step": [
            Choice(element.id, translated(element.names) or element.id)
            for each in definitions
            for element in each.model.elements.values()
            if element.type == "userTask"
        ],
        "department": units,
        "partner": partners,
    }


def _department(row: object) -> str:
    names = {lang: str(getattr(row, f"name_{lang}")) for lang in ("fr", "en", "es")}
    return translated(names)


@pages.get("/inbox/news")
def news() -> ResponseReturnValue:
    """A line saying how many work items came since ``since``; empty where none did."""
    query = query_from(
        {**request.args, "after": "", "sort": "newest"}, current.engine().clock.now()
    )
    known = number(request.args.get("since", "")) or 0
    page = current.engine().inbox(actor=current.actor(), query=query)
    fresh = sum(1 for item in page.items if item.id > known)
    return render_template("inbox/news.html", fresh=fresh, link=_link(since=None))


@pages.get("/inbox/<id:item_id>/preview")
def preview(item_id: int) -> ResponseReturnValue:
    """The work item beside the list: what is asked, of what, until when."""
    item = g.work_item
    comments = current.engine().comments(item.instance_id, actor=current.actor())
    remember_names([item.assignee, item.owner, *(each.author for each in comments)])
    page = task_page(item)
    return render_template(
        "inbox/preview.html",
        item=item,
        comments=comments,
        page=page,
        **(page.context(item, Typed()) if page.preview else {}),
    )


@pages.post("/inbox/selection")
def bulk() -> ResponseReturnValue:
    """Claim, release or assign all selected items; those that refuse are counted, not hidden."""
    sent = [number(value) for value in request.form.getlist("item")[:AT_ONCE]]
    chosen = [item_id for item_id in sent if item_id is not None]
    done = 0
    for item_id in chosen:
        try:
            _act(request.form.get("action", ""), item_id)
        except EngineError:
            continue
        done += 1
    if done:
        flash(ngettext("%(num)d task changed.", "%(num)d tasks changed.", done), "done")
    refused = len(chosen) - done
    if refused:
        flash(
            ngettext(
                "%(num)d task could not be changed: somebody else holds it or it is done.",
                "%(num)d tasks could not be changed: somebody else holds them or they are done.",
                refused,
            ),
            "warning",
        )
    if not chosen:
        flash(_("Select at least one task first."), "warning")
    return redirect(safe_target(request.form.get("next")))


def _act(action: str, item_id: int) -> None:
    """One action on one item; raises EngineError where it is refused."""
    engine, actor = current.engine(), current.actor()
    if action == "claim":
        engine.claim(item_id, actor=actor)
    elif action == "release":
        engine.release(item_id, actor=actor)
    elif action == "assign":
        to = request.form.get("to", "")
        item = engine.work_item(item_id, actor=actor)
        if to not in dict(colleagues.of_group(item.candidate, actor)):
            raise InvalidInput({"to": ["not_an_option"]})
        engine.assign(item_id, actor=actor, to=to)
    else:
        raise InvalidInput({"action": ["not_an_option"]})
