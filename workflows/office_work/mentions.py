"""Mentions: ``@login`` in a comment tells somebody of the case that they are meant.

Only those who may see the case can be meant; any other ``@word`` is just text, whether
somebody is called so or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from engine.tables import comment, instance
from workflows.office_work.cases import people_of_case
from workflows.office_work.models import Mention
from workflows.people.models import Person
from workflows.people.services import actor_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Actor, Engine, Unit

MENTIONED = "office.mention"
"""The job kind that tells of mentions; payload ``comment`` and ``people``."""

LONGEST = 100
MOST = 20
"""As many people as one comment can name."""

_AT = re.compile(r"(?<![\w@.+-])@([^\s@,;:!?()<>\"'«»]+)")
_TRAILING = ".…)]}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A mention of somebody, as their inbox lists it."""

    id: int
    instance_id: int
    at: datetime
    author: str
    text: str
    subject: str
    counterparty: str
    seen: bool


def logins_in(text: str) -> list[str]:
    """The words after an @ sign, in lower case, each once, in their order."""
    found = [word.rstrip(_TRAILING).lower() for word in _AT.findall(text)]
    return list(dict.fromkeys(word for word in found if 0 < len(word) <= LONGEST))


def add_comment(
    engine: Engine,
    instance_id: int,
    *,
    actor: Actor,
    text: str,
    work_item_id: int | None = None,
) -> int:
    """Add a remark to a case and tell those it names; returns the comment's id.

    Raises what :meth:`engine.Engine.comment` raises.
    """
    with engine.unit(actor) as unit:
        number = engine.comment(
            instance_id, actor=actor, text=text, work_item_id=work_item_id, unit=unit
        )
        _mention(unit, number, instance_id, text)
        return number


def _mention(unit: Unit, comment_id: int, instance_id: int, text: str) -> None:
    named = set(logins_in(text))
    if not named:
        return
    people = people_of_case(unit.session, instance_id, unit.now)
    meant = [p for p in people if p.login in named and actor_id(p.id) != unit.actor.id][:MOST]
    for person in meant:
        unit.session.add(
            Mention(
                comment_id=comment_id,
                instance_id=instance_id,
                person_id=person.id,
                at=unit.now,
            )
        )
    if meant:
        unit.session.flush()
        unit.enqueue(MENTIONED, {"comment": comment_id, "people": [p.id for p in meant]})


def named_in(session: Session, instance_id: int) -> dict[int, list[Person]]:
    """Whom the comments on a case have named, by comment; one statement or two."""
    rows = session.execute(
        select(Mention.comment_id, Person)
        .join(Person, Person.id == Mention.person_id)
        .where(Mention.instance_id == instance_id)
        .order_by(Mention.id)
    ).all()
    found: dict[int, list[Person]] = {}
    for row in rows:
        found.setdefault(row.comment_id, []).append(row[1])
    return found


def unread_cases(session: Session, person_id: int, limit: int = 100) -> dict[int, int]:
    """How often somebody is named unread, by case; the newest ``limit`` are counted."""
    newest = (
        select(Mention.instance_id)
        .where(Mention.person_id == person_id, Mention.seen_at.is_(None))
        .order_by(Mention.id.desc())
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        select(newest.c.instance_id, func.count().label("number")).group_by(newest.c.instance_id)
    )
    return {row.instance_id: row.number for row in rows}


def mentions_of(session: Session, person_id: int, limit: int = 50) -> list[Unread]:
    """The newest mentions of somebody, unread ones first."""
    rows = session.execute(
        select(
            Mention,
            comment.c.author,
            comment.c.text,
            instance.c.subject,
            instance.c.counterparty,
        )
        .join(comment, comment.c.id == Mention.comment_id)
        .join(instance, instance.c.id == Mention.instance_id)
        .where(Mention.person_id == person_id)
        .order_by(Mention.seen_at.is_(None).desc(), Mention.id.desc())
        .limit(limit)
    ).all()
    return [
        Unread(
            id=row.Mention.id,
            instance_id=row.Mention.instance_id,
            at=row.Mention.at,
            author=row.author,
            text=row.text,
            subject=row.subject,
            counterparty=row.counterparty,
            seen=row.Mention.seen_at is not None,
        )
        for row in rows
    ]


def read(session: Session, person_id: int, now: datetime, mentions: Iterable[int] = ()) -> None:
    """Mark mentions of somebody as read: those with these ids, or all where none is given."""
    statement = update(Mention).where(Mention.person_id == person_id, Mention.seen_at.is_(None))
    ids = list(mentions)
    if ids:
        statement = statement.where(Mention.id.in_(ids))
    session.execute(statement.values(seen_at=now))


def mention_of(session: Session, person_id: int, mention_id: int) -> Mention | None:
    """One mention of somebody; None where it is not theirs or not there."""
    found = session.get(Mention, mention_id)
    return found if found is not None and found.person_id == person_id else None
