"""The way of one mobility through its lifecycles: what is done, what runs, what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from engine.values import Instance, InstanceQuery, InstanceStatus
from web import current
from workflows.contract.policy import stay
from workflows.mobility.agreement import Agreement
from workflows.mobility.services import is_outgoing, mobility_of_case

ZONE = ZoneInfo("Europe/Paris")
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
    """A mobility's stages and its cases that the viewer may see, oldest first."""

    stages: tuple[Stage, ...] = ()
    cases: tuple[Instance, ...] = ()
    agreement: Agreement | None = None


def way_of(case: Instance) -> Way:
    """The way of the mobility a case belongs to; empty where it belongs to none."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None:
            return Way()
        outgoing = is_outgoing(mobility, current.settings().home_hei)
        agreement = mobility.agreement
    query = InstanceQuery(business_key=case.business_key, limit=MOST)
    found = current.engine().instances(actor=current.actor(), query=query).items
    cases = tuple(reversed(found))
    keys = OUTGOING if outgoing else INCOMING
    stages = tuple(_stage(key, cases, agreement) for key in keys if _shown(key, cases))
    return Way(stages, cases, agreement)


def _shown(key: str, cases: Sequence[Instance]) -> bool:
    """Not every mobility has a waiver, nor began with an application in this house."""
    return key not in {"application", "admission", "exam_waiver"} or any(
        case.key == key for case in cases
    )


def _stage(key: str, cases: Sequence[Instance], agreement: Agreement) -> Stage:
    if key == STAY:
        return Stage(_("Stay"), stay_state(agreement, current.engine().clock.now()))
    mine = [case for case in cases if PARTS.get(case.key, case.key) == key]
    label = _label(key)
    if any(case.status == InstanceStatus.ACTIVE for case in mine):
        running = next(case for case in mine if case.status == InstanceStatus.ACTIVE)
        return Stage(label, "now", running.id)
    done = [case for case in mine if case.status == InstanceStatus.COMPLETED]
    return Stage(label, "done" if done else "later", done[-1].id if done else None)


def _label(key: str) -> str:
    labels = {
        "application": _("Application"),
        "admission": _("Admission"),
        "contract": _("Learning agreement"),
        "exam_waiver": _("Exam waiver"),
        "recognition": _("Recognition"),
        "grade_transfer": _("Grades"),
    }
    return str(labels[key])


def stay_state(agreement: Agreement, now: datetime) -> str:
    """Whether the stay is over, running or to come; a month counts to its end."""
    first, last = stay(agreement)
    today = now.astimezone(ZONE).date()
    if first is None or today < first:
        return "later"
    if last is None:
        return "now"
    return "done" if today > _end(last, agreement) else "now"


def _end(last: date, agreement: Agreement) -> date:
    if agreement.end_date:
        return last
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
