"""The window of changes of one mobility: counted from a semester start, as long as a table says.

The decision table ``change_window`` of the deployed process gives every length, by academic
year and partner; nothing here is a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import InvalidState
from engine.schedule import parse_duration
from engine.values import Value
from workflows.contract_change.models import SemesterStart
from workflows.contract_change.policy import counted_from
from workflows.mobility.agreement import stay

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Definition, Engine
    from workflows.mobility.models import Mobility

PROCESS = "contract_change"
TABLE = "change_window"


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a change may be asked for without an exception.

    ``today`` is the day of the question in the time zone of the process; ``ends_on`` and
    ``extension_until`` are last days. ``agree_by`` is until when all would have to agree to
    a change that begins now. ``correction_days`` is how far a date may be corrected without
    a change.
    """

    today: date
    counted_from: date
    ends_on: date
    stay_ends: date | None
    extension_until: date | None
    agree_by: datetime
    correction_days: int

    def last_day(self, about: str) -> date:
        """The last day for a request of that kind."""
        if about == "extension" and self.extension_until is not None:
            return self.extension_until
        return self.ends_on

    def late(self, about: str) -> bool:
        """Whether a request made today needs an exception."""
        return self.today > self.last_day(about)

    @property
    def over(self) -> bool:
        """Whether the stay has ended."""
        return self.stay_ends is not None and self.today > self.stay_ends


def window_of(engine: Engine, session: Session, mobility: Mobility, now: datetime) -> Window:
    """The window of a mobility's current semester.

    Raises InvalidState where the agreement has no start or the process is not deployed.
    """
    definition = _deployed(engine)
    today = now.astimezone(definition.zone).date()
    start = counted_from(semester_starts(session, mobility), mobility.agreement, today)
    if start is None:
        raise InvalidState("The agreement does not say when the stay begins.")
    _, end = stay(mobility.agreement)
    table = definition.decide(TABLE, facts(mobility))
    context: dict[str, Value] = {
        **table,
        "counted_from": start.isoformat(),
        "stay_end": end.isoformat() if end else None,
    }
    (ends_on,) = definition.evaluate(["string(date(counted_from) + duration(window))"], context)
    extension_until: Value = None
    if end is not None:
        (extension_until,) = definition.evaluate(
            ["string(date(stay_end) - duration(extension_notice))"], context
        )
    return Window(
        today=today,
        counted_from=start,
        ends_on=date.fromisoformat(str(ends_on)),
        stay_ends=end,
        extension_until=date.fromisoformat(str(extension_until)) if extension_until else None,
        agree_by=parse_duration(str(table["agree_within"])).after(now, definition.zone),
        correction_days=int(str(table["correction_days"])),
    )


def facts(mobility: Mobility) -> dict[str, Value]:
    """What the decision table is asked with."""
    return {
        "academic_year": mobility.receiving_academic_year_id or "",
        "partner": mobility.receiving_hei_id,
    }


def semester_starts(session: Session, mobility: Mobility) -> list[date]:
    """The days on which semesters begin at the partner, in the year of the stay."""
    statement = select(SemesterStart.starts_on).where(
        SemesterStart.hei_id == mobility.receiving_hei_id,
        SemesterStart.academic_year == (mobility.receiving_academic_year_id or ""),
    )
    return sorted(date.fromisoformat(day) for day in session.scalars(statement))


def _deployed(engine: Engine) -> Definition:
    for definition in engine.definitions():
        if definition.key == PROCESS:
            return definition
    raise InvalidState("The process of changes is not deployed.")
