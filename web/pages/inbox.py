"""The inbox: what needs me, most urgent first?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.values import InboxQuery
from web import current
from web.addresses import number
from web.display import remember_names
from web.i18n import translated
from web.lifecycles import task_page
from web.lifecycles.base import Typed
from web.pages import colleagues, saved_entries, selection
from web.pages.inbox_queries import NOT_SAVING, Saving, query_from
from workflows.office_work.mentions import unread_cases
from workflows.office_work.saved_views import shareable
from workflows.partners.services import departments, institutions

pages = Blueprint("inbox", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str


@pages.get("/inbox")
def show() -> ResponseReturnValue:
    """One page of work items, with views and filters beside it."""
    return page(request.args)


def page(arguments: Mapping[str, str], saving: Saving = NOT_SAVING) -> str:
    """The inbox at these arguments of its address; ``saving`` is what was typed to keep it."""
    engine, viewer = current.engine(), current.signed_in()
    actor, now = viewer.actor, engine.clock.now()
    g.inbox_arguments = arguments
    query = query_from(arguments, now)
    found = engine.inbox(actor=actor, query=query)
    g.inbox_counts = engine.inbox_counts(actor=actor)
    for_whom = {item.id: actor.acting_on(item).on_behalf_of for item in found.items}
    remember_names(
        [item.assignee or f"person:{item.candidate.partition(':')[2]}" for item in found.items]
        + [name for item in found.items for name in (item.owner, for_whom[item.id])]
    )
    with current.reading() as rows:
        named = unread_cases(rows, viewer.person_id)
    return render_template(
        "inbox/inbox.html",
        query=query,
        page=found,
        counts=g.inbox_counts,
        now=now,
        news=_news_address(max((item.id for item in found.items), default=0)),
        filters=_filters(),
        colleagues=colleagues.of(actor),
        link=_link,
        arguments=arguments,
        filtered=_filtered(query),
        for_whom=for_whom,
        named=named,
        saved=saved_entries.entries(arguments),
        saving=saving,
        groups=shareable(actor),
        undo=saved_entries.undoable(),
        many=any(item.bulk for item in found.items),
    )


def _news_address(newest: int) -> str:
    return f"{url_for('inbox.news')}?{urlencode({**_kept(), 'since': newest})}"


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
    arguments: Mapping[str, str] = g.get("inbox_arguments", request.args)
    return {
        name: value for name, value in arguments.items() if name not in {"after", "since"} and value
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
    """Claim, release, assign or complete all selected items; each is told what became of it."""
    return selection.handle()
