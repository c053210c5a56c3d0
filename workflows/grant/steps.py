"""What completing each user task of the grant's diagram does.

===================  ===================================================================
grant.assess         ``stay_start``, ``stay_end``, ``enrolled``, ``crous_holder``,
                     ``cycle_days`` (days of aid already had in this cycle of studies)
grant.decide         ``exception`` (why, where a rule is not met); ``award``, ``return``
                     or ``reject``
grant.sign           nothing; ``sign`` or ``decline``
grant.arrival        ``arrived_on``
grant.prefinance     ``paid_on``, ``amount``, ``reference``
grant.report         ``stay_start``, ``stay_end`` (of the attestation), ``report_done``
grant.verify         nothing; ``approve`` or ``return``
grant.settle         ``paid_on``, ``amount`` (exactly the balance), ``reference``
===================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from workflows.answers import Answers
from workflows.contract.services import version_in_force
from workflows.grant.news import tell_decision, tell_settled
from workflows.grant.policy import prefinancing_due, state_of_balance
from workflows.grant.services import named_grant, note, read_stay, recompute
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from datetime import datetime

    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value
    from workflows.grant.models import Grant

MAX_CYCLE_DAYS = 3_600
END_OF_WORK = "18:00:00"
"""When a day is over for those who work; what is due on it is late from then on."""

MOST_REFERENCE = 100
MOST_TEXT = 2_000
NOTHING: Mapping[str, Value] = {}


class Assess:
    """RI establishes the facts the rules are applied to."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep them, and compute what the grant would be."""
        grant = grant_of(ctx)
        answers = Answers(ctx.data)
        first, last = read_stay(answers)
        cycle = answers.whole("cycle_days", 0, MAX_CYCLE_DAYS)
        enrolled, crous = answers.flag("enrolled"), answers.flag("crous_holder")
        answers.check()
        assert first is not None
        assert last is not None
        grant.monthly_amount = Decimal(str(ctx.variables.get("monthly_amount") or "0"))
        grant.days_per_month = _number(ctx, "days_per_month")
        grant.prefinancing_percent = _number(ctx, "prefinancing_percent")
        grant.enrolled, grant.crous_holder, grant.cycle_days = enrolled, crous, cycle or 0
        recompute(grant, first, last)
        note(ctx.session, grant, "assessed", ctx.actor, ctx.now)
        return {
            "stay_start": first.isoformat(),
            "stay_end": last.isoformat(),
            "days": grant.days,
            "enrolled": enrolled,
            "crous_holder": crous,
            "cycle_days": grant.cycle_days,
            "contract_signed": version_in_force(ctx.session, grant.mobility_id) is not None,
        }


class Decide:
    """RI decides, seeing which rules are not met."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Award it (with a written exception where a rule is not met), or refuse."""
        grant = grant_of(ctx)
        answers = Answers(ctx.data)
        exception = answers.text("exception", most=MOST_TEXT)
        answers.check()
        rules = grant.failed_rules.split()
        if ctx.outcome == "return":
            note(ctx.session, grant, "returned", ctx.actor, ctx.now, text=ctx.reason or "")
            return NOTHING
        awarded = ctx.outcome == "award"
        if awarded and rules and not exception:
            raise InvalidInput({"exception": ["grant_exception_required"]})
        grant.state = "eligible" if awarded else "refused"
        grant.exception = exception if awarded else ""
        kind, text = ("awarded", exception) if awarded else ("refused", ctx.reason or "")
        note(ctx.session, grant, kind, ctx.actor, ctx.now, text=text)
        tell_decision(ctx, grant)
        return NOTHING


class SignAgreement:
    """The student signs the grant agreement, or declines the grant."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Release the prefinancing, or end it."""
        grant = grant_of(ctx)
        Answers(ctx.data).check()
        if ctx.outcome != "sign":
            grant.state = "declined"
            note(ctx.session, grant, "declined", ctx.actor, ctx.now, text=ctx.reason or "")
            return NOTHING
        note(ctx.session, grant, "signed", ctx.actor, ctx.now)
        return _released(ctx, grant)


class ConfirmArrival:
    """RI records the confirmation of arrival."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Release the prefinancing."""
        grant = grant_of(ctx)
        answers = Answers(ctx.data)
        day = _past_day(answers, "arrived_on", ctx.now)
        answers.check()
        note(ctx.session, grant, "arrived", ctx.actor, ctx.now, day=day)
        return _released(ctx, grant)


def _released(ctx: TaskContext, grant: Grant) -> Mapping[str, Value]:
    grant.state = "prefinancing_due"
    assert grant.stay_start is not None
    within = str(ctx.variables["prefinancing_within"])
    day = prefinancing_due(ctx.now, within, grant.stay_start)
    return {"prefinancing_due": f"{day.isoformat()}T{END_OF_WORK}"}


class Prefinance:
    """RI records the prefinancing that the finance office has paid."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep date, amount and reference."""
        grant = grant_of(ctx)
        payment = _payment(ctx)
        if payment.amount > grant.total:
            raise InvalidInput({"amount": [f"grant_above_total:{grant.total}"]})
        grant.paid, grant.balance = payment.amount, grant.total - payment.amount
        grant.state = "prefinanced"
        payment.record(ctx, grant, "prefinanced")
        return NOTHING


class Report:
    """The student hands in the attestation of the stay and the participant report."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the actual dates; the amount follows once they are verified."""
        grant = grant_of(ctx)
        answers = Answers(ctx.data)
        first, last = read_stay(answers)
        if not answers.flag("report_done"):
            answers.refuse("report_done", "grant_report_required")
        if last is not None and last > ctx.now.astimezone(ZONE).date():
            answers.refuse("stay_end", "in_the_future")
        answers.check()
        assert first is not None
        assert last is not None
        grant.state = "evidence"
        text = f"{first.isoformat()} {last.isoformat()}"
        note(ctx.session, grant, "reported", ctx.actor, ctx.now, text=text)
        return {"stay_start": first.isoformat(), "stay_end": last.isoformat()}


class Verify:
    """RI compares the evidence with what is declared."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Compute the balance on the actual stay, or give it back to the student."""
        grant = grant_of(ctx)
        Answers(ctx.data).check()
        if ctx.outcome == "return":
            note(ctx.session, grant, "evidence_returned", ctx.actor, ctx.now, text=ctx.reason or "")
            return {"balance_open": False}
        first, last = (_day_variable(ctx, name) for name in ("stay_start", "stay_end"))
        changed = (first, last) != (grant.stay_start, grant.stay_end)
        recompute(grant, first, last)
        grant.state = state_of_balance(grant.balance)
        kind = "recomputed" if changed else "verified"
        note(ctx.session, grant, kind, ctx.actor, ctx.now, day=last, amount=grant.balance)
        if grant.state == "settled":
            tell_settled(ctx, grant)
        return {"balance_open": grant.balance != 0}


class Settle:
    """RI records the balance paid, or the overpayment refunded."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Close the grant; the amount must be exactly what is due."""
        grant = grant_of(ctx)
        payment = _payment(ctx)
        if payment.amount != abs(grant.balance):
            raise InvalidInput({"amount": [f"grant_amount_differs:{abs(grant.balance)}"]})
        kind = "balance_paid" if grant.balance > 0 else "refunded"
        grant.paid, grant.balance, grant.state = grant.total, Decimal(0), "settled"
        payment.record(ctx, grant, kind)
        tell_settled(ctx, grant)
        return NOTHING


@dataclass(frozen=True, slots=True)
class _Payment:
    day: date
    amount: Decimal
    reference: str

    def record(self, ctx: TaskContext, grant: Grant, kind: str) -> None:
        """Add it to what happened to the grant."""
        note(
            ctx.session,
            grant,
            kind,
            ctx.actor,
            ctx.now,
            day=self.day,
            amount=self.amount,
            reference=self.reference,
        )


def _payment(ctx: TaskContext) -> _Payment:
    answers = Answers(ctx.data)
    day = _past_day(answers, "paid_on", ctx.now)
    amount = answers.amount("amount", required=True)
    reference = answers.text("reference", most=MOST_REFERENCE, required=True)
    answers.check()
    assert day is not None
    assert amount is not None
    return _Payment(day, amount, reference)


def _past_day(answers: Answers, name: str, now: datetime) -> date | None:
    day = answers.day(name, required=True)
    if day is not None and day > now.astimezone(ZONE).date():
        answers.refuse(name, "in_the_future")
    return day


def grant_of(ctx: TaskContext) -> Grant:
    """The grant a task is about; raises InvalidState where the case names none."""
    return named_grant(ctx.session, ctx.variables)


def _number(ctx: TaskContext, name: str) -> int:
    value = ctx.variables.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value):
        raise InvalidState(f"The table of parameters gives no whole number as {name}.")
    return int(value)


def _day_variable(ctx: TaskContext, name: str) -> date:
    return date.fromisoformat(str(ctx.variables[name]))


HANDLERS: Mapping[str, TaskHandler] = {
    "grant.assess": Assess(),
    "grant.decide": Decide(),
    "grant.sign": SignAgreement(),
    "grant.arrival": ConfirmArrival(),
    "grant.prefinance": Prefinance(),
    "grant.report": Report(),
    "grant.verify": Verify(),
    "grant.settle": Settle(),
}
"""Task handlers by the name a diagram gives them."""
