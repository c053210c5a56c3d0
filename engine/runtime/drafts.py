"""Drafts of process definitions: kept beside the deployed versions until they become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.definitions import Bundle
from engine.errors import Conflict
from engine.ids import new_id
from engine.tables import definition_draft, definition_draft_editor, definition_draft_file
from engine.tables.types import from_micros
from engine.unit import Unit

STALE = timedelta(seconds=30)
_STALE_MICROS = STALE // timedelta(microseconds=1)


@dataclass(frozen=True)
class Draft:
    """The next version of a process as it was last saved.

    ``revision`` names this state of it and no other. ``based_on`` is the number of the version
    that was in force when the draft was begun, 0 where none was.
    """

    key: str
    revision: int
    based_on: int
    saved_at: datetime
    saved_by: str
    bundle: Bundle


def find(connection: Connection, key: str) -> Draft | None:
    """The draft of a process, if there is one.

    One statement reads it, so that it is never half of one state and half of the next.
    """
    rows = connection.execute(
        select(definition_draft, definition_draft_file.c.name, definition_draft_file.c.content)
        .outerjoin(definition_draft_file, definition_draft_file.c.key == definition_draft.c.key)
        .where(definition_draft.c.key == key)
    ).all()
    if not rows:
        return None
    row = rows[0]
    return Draft(
        key=row.key,
        revision=row.revision,
        based_on=row.based_on,
        saved_at=from_micros(row.saved_at),
        saved_by=row.saved_by,
        bundle=Bundle(
            row.key, {each.name: bytes(each.content) for each in rows if each.name is not None}
        ),
    )


def keys(connection: Connection) -> dict[str, str]:
    """Who has saved a draft last, by the key of the process."""
    rows = connection.execute(select(definition_draft.c.key, definition_draft.c.saved_by))
    return {row.key: row.saved_by for row in rows}


def save(unit: Unit, bundle: Bundle, *, revision: int | None, based_on: int) -> int:
    """Keep ``bundle`` as the draft of its process, and return the new revision.

    ``revision`` is the one it was made from, None for a first draft. Raises Conflict where the
    draft is another by now, and leaves that as it is.
    """
    values: dict[str, Any] = {
        "revision": new_id(),
        "saved_at": unit.at,
        "saved_by": unit.actor.id,
    }
    if revision is None:
        _begin(unit, {"key": bundle.key, "based_on": based_on, **values})
    else:
        _require(
            unit.connection.execute(
                update(definition_draft)
                .where(
                    definition_draft.c.key == bundle.key, definition_draft.c.revision == revision
                )
                .values(**values)
            ).rowcount
        )
        unit.connection.execute(
            delete(definition_draft_file).where(definition_draft_file.c.key == bundle.key)
        )
    rows = [{"key": bundle.key, "name": n, "content": data} for n, data in bundle.files.items()]
    if rows:
        unit.connection.execute(insert(definition_draft_file), rows)
    return int(values["revision"])


def discard(unit: Unit, key: str, revision: int) -> None:
    """Drop a draft; raises Conflict where it is another by now."""
    _require(
        unit.connection.execute(
            delete(definition_draft).where(
                definition_draft.c.key == key, definition_draft.c.revision == revision
            )
        ).rowcount
    )


def open_with(unit: Unit, key: str) -> list[str]:
    """Note that the unit's actor has the draft of a process open; gives the others who have.

    Who has not said so for :data:`STALE` has it no longer open.
    """
    table = definition_draft_editor
    unit.connection.execute(
        delete(table).where(
            table.c.key == key,
            or_(table.c.actor == unit.actor.id, table.c.seen_at < unit.at - _STALE_MICROS),
        )
    )
    unit.connection.execute(
        _inserting(unit, table)
        .values(key=key, actor=unit.actor.id, seen_at=unit.at)
        .on_conflict_do_nothing()
    )
    others = select(table.c.actor).where(table.c.key == key, table.c.actor != unit.actor.id)
    return list(unit.connection.scalars(others.order_by(table.c.actor)))


def _inserting(unit: Unit, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if unit.connection.dialect.name == "sqlite" else postgresql.insert)(table)


def _begin(unit: Unit, values: dict[str, Any]) -> None:
    begun = unit.connection.execute(
        _inserting(unit, definition_draft)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(definition_draft.c.key)
    )
    _require(len(begun.all()))


def _require(rows: int) -> None:
    if rows != 1:
        raise Conflict
