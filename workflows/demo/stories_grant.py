"""Grants: decided, signed, paid in part and, after the stay, settled."""

from __future__ import annotations

from datetime import date, timedelta

from workflows.demo.dates import Pace
from workflows.demo.people import DESK
from workflows.demo.script import Answer, Data, Do, Moment, Telling
from workflows.demo.stays import Stay
from workflows.grant.models import Grant
from workflows.grant.services import open_grant
from workflows.office_work.local_time import ZONE

OPENED, ASSESSED, AWARDED, AGREED, PREFINANCED, REPORTED, VERIFIED, SETTLED = range(8)
"""How far a grant comes."""

Line = tuple[date, str, str, str | None, Data]
"""When who answers which task, with which outcome and what data."""


def grant(stay: Stay, pace: Pace, first: date, reach: int = SETTLED) -> Telling:
    """An Erasmus grant, opened on ``first``."""

    def start(moment: Moment) -> int:
        number = int(stay.case(moment.session))
        found = open_grant(
            moment.engine, moment.unit, number, scheme="erasmus", home_hei_id=moment.home
        )
        return found.grant_id

    number = yield Do(pace.on(first), DESK, start)
    for day, who, element, outcome, data in _lines(stay, first, number)[:reach]:
        yield Answer(pace.on(day), who, "grant", element, stay.case, outcome, None, data)


def _lines(stay: Stay, first: date, number: int) -> list[Line]:
    days = {"stay_start": stay.start.isoformat(), "stay_end": stay.end.isoformat()}
    facts = {**days, "enrolled": True, "crous_holder": False, "cycle_days": "0"}
    report = {**days, "report_done": True}
    after = stay.end + timedelta(days=6)
    return [
        (first + timedelta(days=1), DESK, "assess", None, facts),
        (first + timedelta(days=2), DESK, "decide", "award", {}),
        (first + timedelta(days=4), stay.student, "sign_agreement", "sign", {}),
        (first + timedelta(days=15), DESK, "prefinance", None, _paid(number, "prefinancing")),
        (after, stay.student, "report", None, report),
        (after + timedelta(days=4), DESK, "verify", "approve", {}),
        (after + timedelta(days=16), DESK, "settle", None, _paid(number, "balance")),
    ]


def _paid(number: int, what: str) -> Data:
    """What the finance office has paid: exactly what was due."""

    def data(moment: Moment) -> dict[str, object]:
        amount = getattr(moment.session.get_one(Grant, number), what)
        day = moment.unit.now.astimezone(ZONE).date()
        return {"paid_on": day.isoformat(), "amount": str(amount), "reference": f"MDT-{number:05d}"}

    return data
