"""What a substitution does while it is in force: who acts for whom, and who hears of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from engine.database import Statement
from engine.identity import Actor, Replaced
from engine.tables import definition
from engine.tables.types import to_micros
from workflows.office_work.models import Substitution
from workflows.people.models import Person
from workflows.people.services import (
    ADMIN,
    AUDITOR,
    PARTNER_DESK,
    RI,
    RI_CARE,
    actor_for,
    actor_id,
)

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """One side of a substitution in force, as the other sees it; ``processes`` empty is all."""

    person_id: int
    name: str
    until: datetime
    processes: tuple[str, ...]
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who replaces ``absent``, with which of their groups, and until when."""

    person: Person
    absent: Person
    until: datetime
    groups: frozenset[str]

    def gets(self, candidate: str) -> bool:
        """Whether what is asked of ``candidate`` passes from the absent to the substitute."""
        return candidate in self.groups or candidate == actor_id(self.absent.id)


def passed_on(person: Person, processes: Sequence[str]) -> frozenset[str]:
    """The groups of ``person`` that a substitute gets for those processes (none: all)."""
    groups = set(person.groups) - {ADMIN, AUDITOR}
    if RI in groups:
        groups.add(PARTNER_DESK)
    if not processes:
        groups.discard(RI_CARE)
    return frozenset(groups)


_own = cast("Table", Substitution.__table__).c
_in_force = (
    _own.starts_at <= bindparam("now"),
    _own.ends_at > bindparam("now"),
    _own.ended_at.is_(None),
)
_either = or_(_own.person_id == bindparam("person"), _own.substitute_id == bindparam("person"))
_anybody = Statement(select(_own.id).where(*_in_force).limit(1))
_concerned = Statement(select(_own.id).where(*_in_force, _either).limit(1))
"""Hardly anybody is replaced: whether is asked in little time, by every page and every mail."""


def acting(
    session: Session, person: Person, now: datetime
) -> tuple[Actor, tuple[Standing, ...], tuple[Standing, ...]]:
    """The actor a person is now, whom they replace, and who replaces them."""
    actor = actor_for(session, person)
    mine = {"now": to_micros(now), "person": person.id}
    if _concerned(session.connection(), mine).first() is None:
        return actor, (), ()
    absent, other = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Substitution, absent, other)
        .join(absent, absent.id == Substitution.person_id)
        .join(other, other.id == Substitution.substitute_id)
        .where(_either, *_in_force, absent.active, other.active)
        .order_by(Substitution.id),
        {"now": now, "person": person.id},
    ).all()
    replacing = tuple(
        Standing(away.id, away.name, row.until, row.keys, passed_on(away, row.keys))
        for row, away, _ in rows
        if row.substitute_id == person.id
    )
    replaced_by = tuple(
        Standing(there.id, there.name, row.until, row.keys)
        for row, _, there in rows
        if row.person_id == person.id
    )
    replaces = tuple(
        Replaced(actor_id(each.person_id), each.groups, _definitions(session, each.processes))
        for each in replacing
    )
    return replace(actor, replaces=replaces), replacing, replaced_by


def substitutes(
    session: Session, people: Iterable[Person], process: str, now: datetime
) -> list[Substitute]:
    """Who replaces one of ``people`` in a process now."""
    known = {person.id: person for person in people}
    if not known or _anybody(session.connection(), {"now": to_micros(now)}).first() is None:
        return []
    rows = session.execute(
        select(Substitution, Person)
        .join(Person, Person.id == Substitution.substitute_id)
        .where(Substitution.person_id.in_(known), *_in_force, Person.active)
        .order_by(Substitution.id),
        {"now": now},
    ).all()
    return [
        Substitute(
            person, known[row.person_id], row.until, passed_on(known[row.person_id], row.keys)
        )
        for row, person in rows
        if not row.keys or process in row.keys
    ]


def _definitions(session: Session, processes: Sequence[str]) -> frozenset[int] | None:
    if not processes:
        return None
    return frozenset(
        session.scalars(select(definition.c.id).where(definition.c.key.in_(processes)))
    )
