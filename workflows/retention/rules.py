"""How long each kind of file is kept: proposed by the house, put into force by the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import Conflict, InvalidInput, Unit
from engine.runtime.erasing import reason_of
from engine.schedule.durations import Duration
from workflows.office_work.local_time import ZONE
from workflows.retention.models import ARCHIVE, DESTROY, FATES, RetentionRule

MAILS = "mails"
MOST_MONTHS = 1_200


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one kind of file.

    Months count from the end of the case, of a mail from when it was written. Revision 0 is
    what this house proposes: nothing is erased under it until an office has put it into force.
    """

    kind: str
    keep_active: int
    keep_intermediate: int
    fate: str
    revision: int = 0
    basis: str = ""
    set_at: datetime | None = None
    set_by: str = ""

    @property
    def months(self) -> int:
        """How long it is kept in all."""
        return self.keep_active + self.keep_intermediate

    @property
    def in_force(self) -> bool:
        """Whether the office has put it into force."""
        return self.revision > 0

    def cutoff(self, now: datetime) -> datetime:
        """What ended at this instant or before has been kept long enough."""
        return Duration(months=-self.months).after(now, ZONE)


PROPOSED: Mapping[str, Rule] = {
    rule.kind: rule
    for rule in (
        # A rejected application: short, set by the university (brief, 6: one year).
        Rule("rejected_application", 12, 0, DESTROY),
        # What proves a grant: five years after the balance (Erasmus+ grant agreement); the
        # selection and the learning agreement are part of it.
        Rule("application", 12, 48, DESTROY),
        Rule("agreement", 12, 48, DESTROY),
        Rule("grant", 12, 48, DESTROY),
        Rule("admission", 12, 48, DESTROY),
        # Grades: three years active and seven intermediate (Apogée RU-013, AMUE 2013).
        Rule("grades", 36, 84, ARCHIVE),
        Rule("recognition", 36, 84, ARCHIVE),
        # An exam waiver serves one examination year and its appeals.
        Rule("exam_waiver", 12, 12, DESTROY),
        # The more delicate, the shorter (brief, P13).
        Rule("difficulty", 12, 0, DESTROY),
        Rule(MAILS, 12, 0, DESTROY),
    )
}
"""By kind. Where the brief names a source it is kept; the rest is this house's proposal."""


def rules(session: Session) -> dict[str, Rule]:
    """The rule of every kind: the one in force, else the proposed one."""
    newest = (
        select(RetentionRule.kind, func.max(RetentionRule.revision).label("revision"))
        .group_by(RetentionRule.kind)
        .subquery()
    )
    statement = select(RetentionRule).join(
        newest,
        (newest.c.kind == RetentionRule.kind) & (newest.c.revision == RetentionRule.revision),
    )
    in_force = {row.kind: _rule(row) for row in session.scalars(statement)}
    return {kind: in_force.get(kind, proposed) for kind, proposed in PROPOSED.items()}


def revisions(session: Session, kind: str) -> list[Rule]:
    """Every rule there was for a kind, the newest first."""
    statement = select(RetentionRule).where(RetentionRule.kind == kind)
    return [
        _rule(row) for row in session.scalars(statement.order_by(RetentionRule.revision.desc()))
    ]


def put_into_force(unit: Unit, rule: Rule) -> None:
    """Let a rule hold from now on, as the revision after the one it was made from.

    Raises InvalidInput, and Conflict where another one came first.
    """
    errors: dict[str, list[str]] = {}
    for name in ("keep_active", "keep_intermediate"):
        if not 0 <= getattr(rule, name) <= MOST_MONTHS:
            errors[name] = [f"out_of_range:0:{MOST_MONTHS}"]
    if not rule.months:
        errors.setdefault("keep_active", ["required"])
    if rule.fate not in FATES or (rule.kind == MAILS and rule.fate != DESTROY):
        errors["fate"] = ["not_an_option"]
    if errors:
        raise InvalidInput(errors)
    basis = reason_of(rule.basis, "basis")
    if rules(unit.session)[rule.kind].revision != rule.revision:
        raise Conflict
    unit.session.add(
        RetentionRule(
            kind=rule.kind,
            revision=rule.revision + 1,
            keep_active=rule.keep_active,
            keep_intermediate=rule.keep_intermediate,
            fate=rule.fate,
            basis=basis,
            set_at=unit.now,
            set_by=unit.actor.id,
        )
    )


def _rule(row: RetentionRule) -> Rule:
    return Rule(
        row.kind,
        row.keep_active,
        row.keep_intermediate,
        row.fate,
        row.revision,
        row.basis,
        row.set_at,
        row.set_by,
    )
