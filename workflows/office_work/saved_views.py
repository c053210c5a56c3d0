"""Views of a page that somebody keeps under a name, for themselves or for a group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Select, delete, or_, select

from engine.errors import InvalidInput, NotFound
from engine.texts import checked, unusable
from workflows.office_work.models import SavedView
from workflows.people.services import STUDENT

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Actor, Unit

ARGUMENTS = ("view", "q", "process", "step", "department", "partner", "due", "sort")
"""What of an inbox's address a saved view keeps, in this order."""

INBOX = "inbox"
HISTORY = "history"

MAX_NAME = 60
MAX_VALUE = 200
MOST = 50
KEPT = timedelta(days=1)
"""How long a deleted view can be taken back."""


def arguments_of(view: SavedView) -> dict[str, str]:
    """The arguments of the inbox's address that a view stands for."""
    return dict(parse_qsl(view.query))


def views_for(session: Session, person_id: int, actor: Actor, page: str = INBOX) -> list[SavedView]:
    """Somebody's own views of a page and those shared with their groups, by name."""
    mine = SavedView.person_id == person_id
    statement = (
        select(SavedView)
        .where(
            or_(mine, SavedView.group.in_(actor.groups)),
            SavedView.page == page,
            SavedView.deleted_at.is_(None),
        )
        .order_by(SavedView.name, SavedView.id)
        .limit(2 * MOST)
    )
    return list(session.scalars(statement))


def save(
    unit: Unit, person_id: int, name: str, arguments: Mapping[str, str], group: str
) -> SavedView:
    """Keep a view of the inbox, as :func:`keep` does."""
    return keep(unit, person_id, name, urlencode(_kept(arguments)), group, page=INBOX)


def keep(unit: Unit, person_id: int, name: str, query: str, group: str, *, page: str) -> SavedView:
    """Keep a view of a page, given the query string of its address.

    ``group`` shares it, empty keeps it to oneself. Raises InvalidInput.
    """
    name = _name(unit.session, person_id, name, page)
    if group and group not in shareable(unit.actor):
        raise InvalidInput({"group": ["not_an_option"]})
    own = _own(person_id, page)
    if len(unit.session.scalars(own).all()) >= MOST:
        raise InvalidInput({"name": [f"too_many:{MOST}"]})
    _forget(unit.session, person_id, unit.now)
    view = SavedView(
        person_id=person_id,
        name=name,
        query=query,
        group=group or None,
        created_at=unit.now,
        page=page,
    )
    unit.session.add(view)
    unit.session.flush()
    return view


def shareable(actor: Actor) -> list[str]:
    """The groups that somebody may share with: their own, but not themselves alone."""
    return sorted(group for group in actor.groups if not group.startswith(STUDENT))


def own_view(session: Session, person_id: int, view_id: int, *, deleted: bool = False) -> SavedView:
    """A view of somebody's own; raises NotFound for others, and for deleted ones (or not)."""
    found = session.get(SavedView, view_id)
    if found is None or found.person_id != person_id or (found.deleted_at is not None) != deleted:
        raise NotFound
    return found


def rename(unit: Unit, person_id: int, view_id: int, name: str) -> str:
    """Give a view another name; returns the one it had. Raises InvalidInput, NotFound."""
    view = own_view(unit.session, person_id, view_id)
    before = view.name
    if name.strip() != before:
        view.name = _name(unit.session, person_id, name, view.page)
        unit.session.flush()
    return before


def remove(unit: Unit, person_id: int, view_id: int) -> SavedView:
    """Delete a view; it can be taken back for a day. Raises NotFound."""
    view = own_view(unit.session, person_id, view_id)
    view.deleted_at = unit.now
    unit.session.flush()
    return view


def restore(unit: Unit, person_id: int, view_id: int) -> SavedView:
    """Take a deleted view back. Raises NotFound; InvalidInput where its name is taken now."""
    view = own_view(unit.session, person_id, view_id, deleted=True)
    _name(unit.session, person_id, view.name, view.page)
    view.deleted_at = None
    unit.session.flush()
    return view


def _own(person_id: int, page: str) -> Select[Any]:
    return select(SavedView.id).where(
        SavedView.person_id == person_id, SavedView.page == page, SavedView.deleted_at.is_(None)
    )


def _name(session: Session, person_id: int, name: str, page: str) -> str:
    name = checked("name", " ".join(name.split()), MAX_NAME)
    if not name:
        raise InvalidInput({"name": ["required"]})
    if session.scalar(_own(person_id, page).where(SavedView.name == name)) is not None:
        raise InvalidInput({"name": ["taken"]})
    return name


def _kept(arguments: Mapping[str, str]) -> dict[str, str]:
    found = {name: arguments.get(name, "")[:MAX_VALUE] for name in ARGUMENTS}
    return {name: value for name, value in found.items() if value and not unusable(value)}


def _forget(session: Session, person_id: int, now: datetime) -> None:
    """Delete for good what can no longer be taken back."""
    session.execute(
        delete(SavedView).where(SavedView.person_id == person_id, SavedView.deleted_at < now - KEPT)
    )
