"""The saved views beside the list of a page, and what can be undone of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import session, url_for

from web import current
from workflows.office_work import saved_views
from workflows.office_work.models import SavedView

HOMES: Mapping[str, str] = {
    saved_views.INBOX: "inbox.show",
    saved_views.HISTORY: "history.search",
}
"""The endpoint of each page that has saved views."""

UNDO = "inbox-undo"
"""Where a session keeps what was just changed, until its page has offered to undo it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A saved view beside the list of its page."""

    id: int
    name: str
    address: str
    own: bool
    group: str | None
    current: bool


def entries(arguments: Mapping[str, str]) -> list[Entry]:
    """The viewer's own views and those shared with their groups.

    The one that ``arguments`` of the inbox's address stand for is the current one.
    """
    present = {name: arguments[name] for name in saved_views.ARGUMENTS if arguments.get(name)}
    return _entries(saved_views.INBOX, lambda view: saved_views.arguments_of(view) == present)


def entries_of_history(query: str) -> list[Entry]:
    """As :func:`entries`, of the history; ``query`` is the query string of the present page."""
    return _entries(saved_views.HISTORY, lambda view: view.query == query)


def _entries(page: str, present: Callable[[SavedView], bool]) -> list[Entry]:
    viewer = current.signed_in()
    with current.reading() as rows:
        found = saved_views.views_for(rows, viewer.person_id, viewer.actor, page)
    return [
        Entry(
            view.id,
            view.name,
            address(view),
            view.person_id == viewer.person_id,
            view.group,
            present(view),
        )
        for view in found
    ]


def address(view: SavedView) -> str:
    """Where its page shows a saved view."""
    return f"{url_for(HOMES[view.page])}?{view.query}"


def undoable() -> Mapping[str, object] | None:
    """What was just renamed or deleted and can be undone; told once."""
    found = session.pop(UNDO, None)
    return found if isinstance(found, dict) else None
