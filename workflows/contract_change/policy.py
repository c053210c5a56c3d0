"""Rules of changes: who may ask, until when, for which reasons, and what is minor.

Sources: the European Commission's guidelines on the learning agreement (a change is asked
for within five weeks of each semester start and agreed within two weeks of the request;
an extension is asked for a month before the end), the schema omobility-las v1.2.0 (reasons
of a change; blended and doctoral mobilities carry no proposal of changes).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.identity import Actor
from workflows.contract.policy import Errors, structure_errors
from workflows.mobility.agreement import Agreement, day_of, stay
from workflows.mobility.models import Mobility
from workflows.people.services import RI, coordinator_group, student_group

PARTIES = ("student", "coordinator", "ri", "partner")
"""Who asks for a change; a partner does so through the international office."""

SUBJECTS = ("components", "extension")
"""What is to be changed: components within the stay, or the end of the stay."""

DELETE_REASONS = ("not-available", "language-mismatch", "timetable-conflict")
INSERT_REASONS = ("substituting-deleted", "extending-mobility", "adding-virtual-component")
"""Reason codes of omobility-las v1.2.0, by what happens to the component."""

WITHOUT_CHANGES = frozenset({"blended", "doctoral"})
"""Types of mobility whose agreement cannot carry a proposal (omobility-las v1.2.0)."""

DATES = ("start_date", "start_year_month", "end_date", "end_year_month")
MINOR = (
    *(
        f"{side}_{name}"
        for side in ("sending", "receiving")
        for name in (
            "contact_given_names",
            "contact_family_name",
            "contact_email",
            "contact_phone_e164",
            "contact_phone_ext",
            "contact_phone_other_format",
        )
    ),
    *DATES,
)
"""Fields whose correction is minor: the id of the proposal stays, nobody signs again."""


def parties_of(actor: Actor, mobility: Mobility) -> tuple[str, ...]:
    """In whose name an actor may ask for a change or take it back; empty for nobody's.

    Partners have no account: the international office asks for them.
    """
    parties: list[str] = []
    if mobility.person_id is not None and student_group(mobility.person_id) in actor.groups:
        parties.append("student")
    if coordinator_group(mobility.department) in actor.groups:
        parties.append("coordinator")
    if RI in actor.groups:
        parties += ["ri", "partner"]
    return tuple(parties)


def may_correct(actor: Actor, mobility: Mobility) -> bool:
    """Whether an actor may correct contacts and dates: the department or RI."""
    return bool({"coordinator", "ri"} & set(parties_of(actor, mobility)))


def counted_from(semester_starts: Iterable[date], agreement: Agreement, today: date) -> date | None:
    """The day that the window of a request made ``today`` is counted from.

    It is the latest start of a semester of the stay that has come; until one has come, and
    for a partner whose dates are not known, the start of the stay. A semester that began
    before the student arrived counts from the arrival. None where the agreement says
    neither day nor month.
    """
    start, end = stay(agreement)
    if start is None:
        return None
    within = (max(day, start) for day in semester_starts if end is None or day <= end)
    return max((day for day in within if day <= today), default=start)


def correction_errors(
    agreement: Agreement, before: Agreement, mobility: Mobility, days: int
) -> Errors:
    """What is wrong with corrected fields, by name; empty when they may be kept.

    A date may move by ``days`` at most: more is no correction but another stay.
    """
    found = structure_errors(agreement, mobility.mobility_type, {})
    errors = {name: codes for name, codes in found.items() if name in MINOR}
    for name in ("start", "end"):
        old, new = _day(before, name), _day(agreement, name)
        if old and new and abs((new - old).days) > days:
            field = f"{name}_date" if getattr(agreement, f"{name}_date") else f"{name}_year_month"
            said = errors.setdefault(field, [])
            said += [] if "not_a_date" in said else [f"moved_too_far:{days}"]
    return errors


def _day(agreement: Agreement, name: str) -> date | None:
    month = getattr(agreement, f"{name}_year_month")
    return day_of(getattr(agreement, f"{name}_date") or (f"{month}-01" if month else None))
