"""How each person wants to hear of things: at once, in one mail a day, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import InvalidInput
from workflows.office_work.local_time import MORNINGS
from workflows.office_work.models import MailSetting
from workflows.people.models import Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


TASK, REMINDER, ESCALATION, DECISION, MENTION = ABOUT = (
    "task",
    "reminder",
    "escalation",
    "decision",
    "mention",
)
"""What a mail is about: a task put to somebody, its reminder, a delay, news, a comment."""

AT_ONCE, DAILY, NEVER = DELIVERIES = ("now", "digest", "never")
USUAL_HOUR = 7
STUDENTS_HEAR = frozenset({TASK, DECISION})
"""What a student cannot do without: what is asked of them, and what was decided about them."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person has chosen; what they have not is told at once."""

    deliveries: Mapping[str, str] = field(default_factory=dict)
    morning_hour: int = USUAL_HOUR

    def delivery(self, about: str) -> str:
        """``now``, ``digest`` or ``never`` for news about something."""
        return self.deliveries.get(about, AT_ONCE)


def choices(person: Person, about: str) -> tuple[str, ...]:
    """What a person may choose for one kind of news."""
    student = not person.groups
    return (AT_ONCE, DAILY) if student and about in STUDENTS_HEAR else DELIVERIES


def wishes(session: Session, ids: Iterable[int]) -> dict[int, Wishes]:
    """What each of the people has chosen, as far as it may be, by id.

    One statement; who asks for silence is read besides, for not everybody may.
    """
    wanted = list(ids)
    rows = session.scalars(select(MailSetting).where(MailSetting.person_id.in_(wanted)))
    found = {row.person_id: _read(session, row) for row in rows}
    return {number: found.get(number, Wishes()) for number in wanted}


def _read(session: Session, row: MailSetting) -> Wishes:
    chosen = {about: str(getattr(row, about)) for about in ABOUT}
    if NEVER in chosen.values():
        person = session.get_one(Person, row.person_id)
        chosen = {
            about: value if value in choices(person, about) else AT_ONCE
            for about, value in chosen.items()
        }
    return Wishes(chosen, row.morning_hour)


def choose(session: Session, person: Person, typed: Mapping[str, object]) -> None:
    """Keep what a person typed: a delivery by kind of news, and ``morning_hour``.

    Raises InvalidInput by field; a field that is not there keeps what it was.
    """
    before = wishes(session, [person.id])[person.id]
    values = {about: typed.get(about, before.delivery(about)) for about in ABOUT}
    errors = {
        about: ["not_an_option"]
        for about, value in values.items()
        if value not in choices(person, about)
    }
    earliest, latest = MORNINGS
    hour = str(typed.get("morning_hour", before.morning_hour))
    if hour not in {str(each) for each in range(earliest, latest + 1)}:
        errors["morning_hour"] = [f"out_of_range:{earliest}:{latest}"]
    if errors:
        raise InvalidInput(errors)
    session.merge(MailSetting(person_id=person.id, morning_hour=int(hour), **values))
    session.flush()
