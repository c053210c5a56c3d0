"""What people are told of meetings: their place, a reminder, a change of plans, the minutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.notices.news import tell
from workflows.office_work.local_time import ZONE
from workflows.people.services import RI, coordinator_group, people_in

if TYPE_CHECKING:
    from engine import Unit
    from workflows.meeting.models import Meeting
    from workflows.people.models import Person

MAILS = "workflows.meeting"


def tell_published(unit: Unit, meeting: Meeting) -> None:
    """The coordinators of its departments and RI: students can sign up now."""
    groups = [RI, *(coordinator_group(code) for code in meeting.department_codes)]
    people = {each.id: each for group in groups for each in people_in(unit.session, group)}
    _tell(unit, meeting, "published", f"published-{meeting.id}", people.values())


def tell_signed_up(unit: Unit, meeting: Meeting, person: Person) -> None:
    """Somebody has a place."""
    news = f"place-{meeting.id}-{unit.at}"
    _tell(unit, meeting, "place", news, [person])


def tell_reminder(unit: Unit, meeting: Meeting, people: Iterable[Person]) -> None:
    """It is soon."""
    _tell(unit, meeting, "soon", f"soon-{meeting.id}", people)


def tell_cancelled(unit: Unit, meeting: Meeting, people: Iterable[Person]) -> None:
    """It does not take place, and why."""
    _tell(unit, meeting, "cancelled", f"cancelled-{meeting.id}", people)


def tell_minutes(unit: Unit, meeting: Meeting, people: Iterable[Person]) -> None:
    """What was said can be read."""
    _tell(unit, meeting, "minutes", f"minutes-{meeting.id}", people)


def _tell(unit: Unit, meeting: Meeting, kind: str, news: str, people: Iterable[Person]) -> None:
    local = meeting.starts_at.astimezone(ZONE)
    tell(
        unit,
        mails=MAILS,
        kind=kind,
        news=f"meeting-{news}",
        to=people,
        values={
            "title": meeting.title,
            "when": f"{local:%Y-%m-%d %H:%M}",
            "where": ", ".join(filter(None, (meeting.place, meeting.url))),
            "reason": meeting.reason,
        },
        link=f"/meetings/{meeting.id}",
    )
