"""The way of one mobility through its lifecycles: what is done, what runs, what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from engine.values import Instance, InstanceQuery, InstanceStatus
from web import current
from workflows.application.services import application_of_case, applications_of
from workflows.mobility.agreement import Agreement, stay
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, mobility_of_case
from workflows.mobility.stays import last_day_if_shortened
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.application.file_models import Application

STAY = "stay"
OUTGOING = ("application", "contract", "exam_waiver", STAY, "recognition")
INCOMING = ("admission", "contract", STAY, "grade_transfer")
MOST = 50
"""More cases than one mobility ever has."""

PARTS = {"contract_change": "contract", "validation_plan": "contract"}
"""Lifecycles that are a part of another one's stage."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One lifecycle on the way; ``state`` is done, now or later."""

    label: str
    state: str
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A mobility's stages and its cases that the viewer may see, oldest first.

    ``department`` and ``academic_year`` are those of the mobility, or of the application
    while there is none.
    """

    stages: tuple[Stage, ...] = ()
    cases: tuple[Instance, ...] = ()
    agreement: Agreement | None = None
    department: str = ""
    academic_year: str = ""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a case is about: an application, a mobility, or the one that led to the other."""

    mobility: Mobility | None
    application: Application | None

    @property
    def keys(self) -> list[str]:
        """The business keys of its cases."""
        found = [self.application.business_key] if self.application is not None else []
        return [*found, str(self.mobility.id)] if self.mobility is not None else found


def way_of(case: Instance) -> Way:
    """The way of the mobility or the application a case is about; empty where it is of none."""
    with current.reading() as rows:
        subject = _subject(rows, case.business_key)
        mobility, application = subject.mobility, subject.application
        if mobility is None and application is None:
            return Way()
        outgoing = mobility is None or is_outgoing(mobility, current.settings().home_hei)
        agreement = mobility.agreement if mobility is not None else None
        department = mobility.department if mobility is not None else ""
        year = (mobility.receiving_academic_year_id or "") if mobility is not None else ""
        if application is not None:
            department = department or application.ranking.department
            year = year or application.campaign.academic_year
        shortened = last_day_if_shortened(rows, mobility.id) if mobility is not None else None
        keys = subject.keys
    cases = tuple(each for key in keys for each in _cases(key))
    names: Sequence[str] = OUTGOING if outgoing else INCOMING
    if mobility is None and not any(each.status == InstanceStatus.ACTIVE for each in cases):
        # An application that led nowhere: nothing is to come.
        names = OUTGOING[:1]
    now = current.engine().clock.now()
    stages = tuple(
        Stage(_("Stay"), stay_state(agreement, now, shortened) if agreement else "later")
        if key == STAY
        else _stage(key, cases)
        for key in names
        if _shown(key, cases)
    )
    return Way(stages, cases, agreement, department, year)


def _subject(rows: Session, business_key: str) -> _Subject:
    mobility = mobility_of_case(rows, business_key)
    application = application_of_case(rows, business_key)
    if mobility is not None and mobility.person_id is not None:
        application = next(
            (
                each
                for each in applications_of(rows, mobility.person_id)
                if each.nomination is not None and each.nomination.mobility_id == mobility.id
            ),
            None,
        )
    elif application is not None and application.nomination is not None:
        number = application.nomination.mobility_id
        mobility = rows.get(Mobility, number) if number is not None else None
    return _Subject(mobility, application)


def _cases(business_key: str) -> list[Instance]:
    query = InstanceQuery(business_key=business_key, limit=MOST)
    found = current.engine().instances(actor=current.actor(), query=query).items
    return list(reversed(found))


def _shown(key: str, cases: Sequence[Instance]) -> bool:
    """Not every mobility has a waiver, nor began with an application in this house."""
    return key not in {"application", "admission", "exam_waiver"} or any(
        case.key == key for case in cases
    )


def _stage(key: str, cases: Sequence[Instance]) -> Stage:
    mine = [case for case in cases if PARTS.get(case.key, case.key) == key]
    label = _label("validation_plan" if _is_plan(mine) else key)
    if any(case.status == InstanceStatus.ACTIVE for case in mine):
        running = next(case for case in mine if case.status == InstanceStatus.ACTIVE)
        return Stage(label, "now", running.id)
    done = [case for case in mine if case.status == InstanceStatus.COMPLETED]
    return Stage(label, "done" if done else "later", done[-1].id if done else None)


def _is_plan(cases: Sequence[Instance]) -> bool:
    """Whether a mobility outside the programme rests on a plan in place of a contract."""
    keys = {case.key for case in cases}
    return "validation_plan" in keys and "contract" not in keys


def _label(key: str) -> str:
    labels = {
        "application": _("Application"),
        "admission": _("Admission"),
        "contract": _("Learning agreement"),
        "validation_plan": _("Recognition plan"),
        "exam_waiver": _("Exam waiver"),
        "recognition": _("Recognition"),
        "grade_transfer": _("Grades"),
    }
    return str(labels[key])


def stay_state(agreement: Agreement, now: datetime, shortened: date | None = None) -> str:
    """Whether the stay is over, running or to come; a month counts to its end.

    ``shortened`` is the last day of a stay that was cut short.
    """
    first, last = stay(agreement)
    today = now.astimezone(ZONE).date()
    if first is None or today < first:
        return "later"
    ends_on = shortened or (_end(last, agreement) if last else None)
    return "done" if ends_on is not None and today > ends_on else "now"


def _end(last: date, agreement: Agreement) -> date:
    if agreement.end_date:
        return last
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
