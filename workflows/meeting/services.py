"""Meetings: planning one, signing up, calling it off, the list.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState, NotFound
from engine.values import Labels
from workflows.answers import Answers
from workflows.meeting.models import (
    CANCELLED,
    CLOSED,
    HELD,
    PLANNED,
    PUBLISHED,
    Meeting,
    MeetingDepartment,
    MeetingSeat,
)
from workflows.meeting.news import tell_cancelled, tell_signed_up
from workflows.office_work.local_time import ZONE
from workflows.partners.services import departments
from workflows.people.models import LOCALES, Person
from workflows.people.services import RI, coordinator_group
from workflows.years import academic_year

if TYPE_CHECKING:
    from engine import Engine, Unit

PROCESS = "meeting"
CANCEL = "meeting_cancelled"
MOST_TITLE = 200
MOST_TEXT = 5_000
MOST_PEOPLE = 2_000
LONGEST = timedelta(hours=12)
SHOWN_TO_ALL = (PUBLISHED, CANCELLED, HELD, CLOSED)


@dataclass(frozen=True, slots=True)
class Planned:
    """A new meeting, its case, and the first work items."""

    meeting_id: int
    instance_id: int
    work_items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting in the list: how many have signed up, and whether the reader has."""

    meeting: Meeting
    taken: int
    mine: bool

    @property
    def full(self) -> bool:
        """Whether there is no place left."""
        return self.meeting.capacity is not None and self.taken >= self.meeting.capacity


def plan(engine: Engine, unit: Unit, data: Mapping[str, object], *, organizer: str) -> Planned:
    """Plan a meeting and start its case; ``organizer`` is the group that answers for it.

    Takes ``title``, ``description``, ``starts_at`` and ``ends_at`` (local time), ``place``
    or ``url``, ``languages``, ``departments`` (none: all), ``capacity``. Raises InvalidInput.
    """
    session = unit.session
    meeting = Meeting(
        organizer=organizer, state=PLANNED, created_at=unit.now, changed_at=unit.now, revision=0
    )
    read_meeting(session, meeting, data, now=unit.now)
    session.add(meeting)
    session.flush()
    own = organizer.removeprefix("coordinator:") if organizer != RI else ""
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=f"meeting-{meeting.id}",
        variables={
            "meeting": meeting.id,
            "organizer": organizer,
            "department": own,
            "academic_year": academic_year(meeting.starts_at.astimezone(ZONE).date()),
            "starts_at": meeting.starts_at.astimezone(ZONE).isoformat(),
            "ends_at": meeting.ends_at.astimezone(ZONE).isoformat(),
        },
        labels=Labels(subject=meeting.title, org_unit=own, counterparty=""),
        links=dict.fromkeys(
            [RI, organizer, *(coordinator_group(code) for code in meeting.department_codes)]
        ),
        unit=unit,
    )
    meeting.instance_id = started.instance_id
    session.flush()
    return Planned(meeting.id, started.instance_id, started.work_items)


def read_meeting(
    session: Session, meeting: Meeting, data: Mapping[str, object], *, now: datetime
) -> None:
    """Put what was typed into a meeting; raises InvalidInput by field."""
    answers = Answers(data)
    title = answers.text("title", most=MOST_TITLE, required=True)
    description = answers.text("description", most=MOST_TEXT)
    place = answers.text("place", most=MOST_TITLE)
    url = answers.text("url", most=500)
    if not place and not url:
        answers.refuse("place", "meeting_place_or_url")
    if url and not _is_web_address(url):
        answers.refuse("url", "not_a_url")
    starts = answers.moment("starts_at", required=True)
    ends = answers.moment("ends_at", required=True)
    if starts is not None and starts <= now:
        answers.refuse("starts_at", "in_the_past")
    if starts is not None and ends is not None and not timedelta(0) < ends - starts <= LONGEST:
        answers.refuse("ends_at", "meeting_length")
    codes = answers.listed("departments", [each.code for each in departments(session)])
    languages = answers.listed("languages", LOCALES, required=True)
    capacity = answers.whole("capacity", 1, MOST_PEOPLE)
    answers.check()
    assert starts is not None
    assert ends is not None
    meeting.title, meeting.description, meeting.place, meeting.url = title, description, place, url
    meeting.starts_at, meeting.ends_at = starts, ends
    meeting.languages, meeting.capacity = " ".join(languages), capacity
    meeting.departments = [MeetingDepartment(department=code) for code in codes]


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and url.isprintable()


def sign_up(unit: Unit, meeting_id: int, person: Person) -> None:
    """Take a place; again is the same. Of two who want the last one, exactly one gets it.

    Raises NotFound, InvalidState (not open any more), InvalidInput (full).
    """
    meeting = _locked(unit.session, meeting_id)
    if meeting.state != PUBLISHED or meeting.starts_at <= unit.now:
        raise InvalidState("Nobody can sign up for this meeting any more.")
    if _seat(unit.session, meeting_id, person.id) is not None:
        return
    taken = len(seats_of(unit.session, meeting_id))
    if meeting.capacity is not None and taken >= meeting.capacity:
        raise InvalidInput({"meeting": ["meeting_full"]})
    unit.session.add(MeetingSeat(meeting_id=meeting_id, person_id=person.id, signed_up_at=unit.now))
    unit.session.flush()
    tell_signed_up(unit, meeting, person)


def sign_off(unit: Unit, meeting_id: int, person: Person) -> None:
    """Give one's place back; again is the same. Raises NotFound, InvalidState once it is held."""
    meeting = _locked(unit.session, meeting_id)
    if meeting.state != PUBLISHED or meeting.starts_at <= unit.now:
        raise InvalidState("This meeting has begun.")
    seat = _seat(unit.session, meeting_id, person.id)
    if seat is not None:
        unit.session.delete(seat)
        unit.session.flush()


def cancel(engine: Engine, unit: Unit, meeting_id: int, *, reason: str) -> None:
    """Call a published meeting off, and tell those signed up why.

    Raises InvalidInput without a reason, InvalidState once it has begun.
    """
    answers = Answers({"reason": reason})
    reason = answers.text("reason", most=MOST_TEXT, required=True)
    answers.check()
    # The case is locked before the meeting, as everywhere.
    delivery = engine.correlate(
        CANCEL,
        {},
        message_id=f"meeting-{meeting_id}-{uuid.uuid4()}",
        business_key=f"meeting-{meeting_id}",
        actor=unit.actor,
        unit=unit,
    )
    meeting = _locked(unit.session, meeting_id)
    open_still = meeting.state == PUBLISHED and meeting.starts_at > unit.now
    if not delivery.delivered or not open_still:
        raise InvalidState("Only a published meeting that has not begun can be called off.")
    call_off(unit, meeting, reason)


def call_off(unit: Unit, meeting: Meeting, reason: str) -> None:
    """Write down that a meeting does not take place."""
    published = meeting.state == PUBLISHED
    meeting.state, meeting.reason = CANCELLED, reason
    meeting.revision, meeting.changed_at = meeting.revision + 1, unit.now
    unit.session.flush()
    if published:
        people = [seat.person for seat in seats_of(unit.session, meeting.id)]
        tell_cancelled(unit, meeting, people)


def _locked(session: Session, meeting_id: int) -> Meeting:
    """The meeting, so that nobody else changes who comes to it meanwhile."""
    statement = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None or found.state == PLANNED:
        raise NotFound
    return found


def _seat(session: Session, meeting_id: int, person_id: int) -> MeetingSeat | None:
    statement = select(MeetingSeat).where(
        MeetingSeat.meeting_id == meeting_id, MeetingSeat.person_id == person_id
    )
    return session.scalar(statement)


def seats_of(session: Session, meeting_id: int) -> list[MeetingSeat]:
    """Who has a place in a meeting, by name."""
    statement = (
        select(MeetingSeat)
        .join(Person, Person.id == MeetingSeat.person_id)
        .where(MeetingSeat.meeting_id == meeting_id)
        .order_by(Person.family_name, Person.given_names, MeetingSeat.id)
    )
    return list(session.scalars(statement))


def get_meeting(session: Session, meeting_id: int) -> Meeting:
    """The meeting with that id; raises NotFound."""
    found = session.get(Meeting, meeting_id)
    if found is None:
        raise NotFound
    return found


def listed(
    session: Session, *, person_id: int, states: Iterable[str] = SHOWN_TO_ALL, since: datetime
) -> list[Listed]:
    """The meetings in these states that end after ``since``, soonest first; one statement."""
    mine = func.count(MeetingSeat.id).filter(MeetingSeat.person_id == person_id)
    statement = (
        select(Meeting, func.count(MeetingSeat.id), mine)
        .outerjoin(MeetingSeat, MeetingSeat.meeting_id == Meeting.id)
        .where(Meeting.state.in_(list(states)), Meeting.ends_at > since)
        .group_by(Meeting.id)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [_listed(row) for row in session.execute(statement)]


def _listed(row: Any) -> Listed:
    return Listed(row[0], int(row[1]), bool(row[2]))


def organizers_for(groups: frozenset[str]) -> list[str]:
    """The groups in whose name somebody may plan a meeting."""
    own = sorted(group for group in groups if group.startswith("coordinator:"))
    return [RI, *own] if RI in groups else own
