"""Information meetings: published, joined and, once they are over, recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from workflows.demo.dates import Pace
from workflows.demo.people import COORDINATORS
from workflows.demo.script import Answer, Do, Moment, Telling
from workflows.meeting.services import plan, seats_of, sign_up
from workflows.people.services import coordinator_group

MINUTES = (
    "Présentation des destinations. Les candidatures ouvrent le mois prochain ; le niveau B1 "
    "est demandé partout. Questions sur les bourses : voir le service RI."
)
FORMAT = "%Y-%m-%dT%H:%M"
AHEAD = timedelta(days=18)
"""How long before a meeting it is announced."""


def meeting(title: str, pace: Pace, day: date, department: str, guests: Sequence[str]) -> Telling:
    """One meeting, on the afternoon of ``day``."""
    who = COORDINATORS[department]
    number = yield Do(pace.on(day - AHEAD), who, _planned(title, day, department))
    case = f"meeting-{number}"
    yield Answer(pace.on(day - AHEAD), who, "meeting", "publish", case, "publish")
    for position, guest in enumerate(guests):
        yield Do(pace.on(day - AHEAD + timedelta(days=1 + position)), guest, _joined(number))

    def present(moment: Moment) -> dict[str, object]:
        """Everybody but the last who signed up."""
        seats = seats_of(moment.session, number)
        return {"present": [str(seat.person_id) for seat in seats[:-1]], "added": ""}

    after = day + timedelta(days=1)
    yield Answer(pace.on(after), who, "meeting", "attendance", case, None, None, present)
    written = after + timedelta(days=3)
    data = {"minutes": MINUTES}
    yield Answer(pace.on(written), who, "meeting", "write_minutes", case, None, None, data)


def _planned(title: str, day: date, department: str) -> Callable[[Moment], int]:
    starts = datetime.combine(day, time(17))
    said = {
        "title": title,
        "description": "Destinations, calendrier, pièces à fournir ; questions.",
        "starts_at": starts.strftime(FORMAT),
        "ends_at": (starts + timedelta(hours=1, minutes=30)).strftime(FORMAT),
        "place": "Maison de la recherche, salle D28",
        "languages": ["fr", "en"],
        "departments": [department],
        "capacity": "40",
    }

    def start(moment: Moment) -> int:
        group = coordinator_group(department)
        return plan(moment.engine, moment.unit, said, organizer=group).meeting_id

    return start


def _joined(number: int) -> Callable[[Moment], None]:
    def join(moment: Moment) -> None:
        sign_up(moment.unit, number, moment.who)

    return join
