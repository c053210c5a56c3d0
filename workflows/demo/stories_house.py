"""What happens in the house itself: somebody is away, people talk, a certificate is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from workflows.demo.dates import Pace
from workflows.demo.grades import record_tables
from workflows.demo.people import ABSENT, CARE, DESK, RECORDS, SECOND_COORDINATOR
from workflows.demo.script import Answer, Do, Moment, Outage, Telling
from workflows.demo.stays import Stay
from workflows.demo.stories_abroad import ENDORSED, waiver
from workflows.mobility.services import mobility_of_case
from workflows.office_work.local_time import ZONE
from workflows.office_work.mail_settings import (
    DAILY,
    DECISION,
    ESCALATION,
    NEVER,
    REMINDER,
    TASK,
    choose,
)
from workflows.office_work.substitutions import arrange, plan

GONE, BACK = time(17, 40), time(23, 30)
"""Between these hours of the last evening nothing can be sealed; nobody else works then."""


def tables(pace: Pace, day: date, years: tuple[str, ...]) -> Telling:
    """RI enters the grading tables of all universities."""
    yield Do(
        pace.on(day),
        DESK,
        lambda moment: record_tables(moment.session, moment.home, years, moment.unit.now),
    )


HEARS = {
    DESK: {TASK: DAILY, REMINDER: DAILY, ESCALATION: DAILY},
    CARE: {TASK: NEVER, REMINDER: NEVER, DECISION: DAILY},
    SECOND_COORDINATOR: {TASK: NEVER, REMINDER: DAILY},
    RECORDS: {TASK: DAILY},
}
"""How those who would get the most mails want to hear of things."""


def mail_wishes(pace: Pace, day: date) -> Telling:
    """Some of the staff choose one mail a day, or none."""
    for login, wishes in HEARS.items():
        yield Do(pace.on(day), login, _chosen(wishes))


def _chosen(wishes: Mapping[str, str]) -> Callable[[Moment], None]:
    return lambda moment: choose(moment.session, moment.who, wishes)


def absence(pace: Pace, first: date, last: date) -> Telling:
    """A coordinator is away; a colleague stands in, for every process."""

    def away(moment: Moment) -> int:
        said = {
            "person": str(moment.person(ABSENT).id),
            "substitute": str(moment.person(SECOND_COORDINATOR).id),
            "first": first.isoformat(),
            "last": last.isoformat(),
            "processes": [],
        }
        found = plan(moment.session, moment.unit.actor, said, moment.unit.now)
        return arrange(moment.unit, found).id

    yield Do(pace.on(first - timedelta(days=3)), ABSENT, away)


def remark(pace: Pace, day: date, who: str, stay: Stay, text: str) -> Do:
    """Somebody adds a remark to a stay's latest case."""

    def add(moment: Moment) -> int:
        mobility = mobility_of_case(moment.session, stay.case(moment.session))
        assert mobility is not None
        assert mobility.instance_id is not None
        return moment.engine.comment(
            mobility.instance_id, actor=moment.unit.actor, text=text, unit=moment.unit
        )

    return Do(pace.on(day), who, add)


def sealless(stay: Stay, pace: Pace, first: date, evening: date) -> Telling:
    """The head decides on an evening when the certificate for seals is not in its place.

    The letter cannot be made, attempt after attempt, and an incident waits for somebody.
    The certificate is back in the morning: to try again is enough.
    """
    yield from waiver(stay, pace, first, ENDORSED)
    yield Outage(datetime.combine(evening, GONE, ZONE), begins=True)
    decides = datetime.combine(evening, GONE, ZONE) + timedelta(minutes=7)
    yield Answer(decides, stay.head, "exam_waiver", "decide", stay.case, "approve")
    yield Outage(datetime.combine(evening, BACK, ZONE), begins=False)
