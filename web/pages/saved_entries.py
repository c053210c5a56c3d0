"""The saved views in the left column of the inbox, and what can be undone of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import session, url_for

from web import current
from workflows.office_work import saved_views
from workflows.office_work.models import SavedView

UNDO = "inbox-undo"
"""Where a session keeps what was just changed, until the inbox has offered to undo it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A saved view in the left column of the inbox."""

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
    viewer = current.signed_in()
    with current.reading() as rows:
        found = saved_views.views_for(rows, viewer.person_id, viewer.actor)
    present = {name: arguments[name] for name in saved_views.ARGUMENTS if arguments.get(name)}
    return [
        Entry(
            view.id,
            view.name,
            address(view),
            view.person_id == viewer.person_id,
            view.group,
            saved_views.arguments_of(view) == present,
        )
        for view in found
    ]


def address(view: SavedView) -> str:
    """Where the inbox shows a saved view."""
    return f"{url_for('inbox.show')}?{urlencode(saved_views.arguments_of(view))}"


def undoable() -> Mapping[str, object] | None:
    """What was just renamed or deleted and can be undone; told once."""
    found = session.pop(UNDO, None)
    return found if isinstance(found, dict) else None
