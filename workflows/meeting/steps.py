"""What completing each user task of the meeting's diagram does, and its one service.

===================  ===================================================================
meeting.publish      nothing; ``publish`` or ``drop``
meeting.attendance   ``present``: numbers of the people who came; ``added``: logins of those
                     who came without signing up, separated by blanks or commas
meeting.minutes      ``minutes``
===================  ===================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from workflows.answers import Answers
from workflows.meeting.models import CLOSED, HELD, PUBLISHED, Meeting, MeetingSeat
from workflows.meeting.news import tell_minutes, tell_published, tell_reminder
from workflows.meeting.services import call_off, get_meeting, seats_of
from workflows.people.services import coordinator_group, find_person, people_in

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext, TaskContext, TaskHandler
    from engine.values import Value
    from workflows.people.models import Person

MOST_MINUTES = 20_000
MOST_ADDED = 4_000
NOTHING: Mapping[str, Value] = {}


class Publish:
    """The organizer publishes the meeting, or drops it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Open the sign-up; a meeting that is past cannot be published."""
        meeting = meeting_of(ctx)
        Answers(ctx.data).check()
        if ctx.outcome != "publish":
            call_off(ctx.unit, meeting, ctx.reason or "")
            return NOTHING
        if meeting.starts_at <= ctx.now:
            raise InvalidInput({"_schema": ["meeting_past"]})
        meeting.state, meeting.changed_at = PUBLISHED, ctx.now
        tell_published(ctx.unit, meeting)
        return NOTHING


class Attendance:
    """The organizer records who came."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep it for each who signed up, and add those who came without."""
        meeting = meeting_of(ctx)
        seats = {str(seat.person_id): seat for seat in seats_of(ctx.session, meeting.id)}
        answers = Answers(ctx.data)
        present = answers.listed("present", list(seats))
        added = _people(ctx.session, answers)
        answers.check()
        for number, seat in seats.items():
            seat.attended = number in present
        for person in added:
            known = seats.get(str(person.id))
            if known is not None:
                known.attended = True
            else:
                ctx.session.add(
                    MeetingSeat(meeting_id=meeting.id, person_id=person.id, attended=True)
                )
        meeting.state = HELD
        return NOTHING


def _people(session: Session, answers: Answers) -> list[Person]:
    """The people whose logins were typed; an unknown one is named."""
    text = answers.text("added", most=MOST_ADDED)
    found: dict[int, Person] = {}
    for login in filter(None, re.split(r"[\s,;]+", text)):
        person = find_person(session, login)
        if person is None or not person.active:
            answers.refuse("added", f"unknown_login:{login[:40].replace(':', ' ')}")
        else:
            found[person.id] = person
    return list(found.values())


class Minutes:
    """The organizer writes the minutes."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep them, and tell those who came, signed up or coordinate."""
        meeting = meeting_of(ctx)
        answers = Answers(ctx.data)
        text = answers.text("minutes", most=MOST_MINUTES, required=True)
        answers.check()
        meeting.minutes, meeting.state = text, CLOSED
        people = {seat.person.id: seat.person for seat in seats_of(ctx.session, meeting.id)}
        for code in meeting.department_codes:
            people |= {p.id: p for p in people_in(ctx.session, coordinator_group(code))}
        tell_minutes(ctx.unit, meeting, people.values())
        return NOTHING


class Remind:
    """The service ``meeting.remind``: those signed up hear that it is soon."""

    parameters: frozenset[str] = frozenset()

    def perform(self, job: Job) -> Value:
        """Nothing outside the database."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Tell them."""
        number = ctx.job.variables.get("meeting")
        if not isinstance(number, int):
            raise InvalidState("This case names no meeting.")
        meeting = get_meeting(ctx.session, number)
        people = [seat.person for seat in seats_of(ctx.session, meeting.id)]
        tell_reminder(ctx.unit, meeting, people)
        return {}


def meeting_of(ctx: TaskContext) -> Meeting:
    """The meeting a task is about; raises InvalidState where the case names none."""
    value = ctx.variables.get("meeting")
    if not isinstance(value, int):
        raise InvalidState("This case names no meeting.")
    return get_meeting(ctx.session, value)


HANDLERS: Mapping[str, TaskHandler] = {
    "meeting.publish": Publish(),
    "meeting.attendance": Attendance(),
    "meeting.minutes": Minutes(),
}
"""Task handlers by the name a diagram gives them."""
