"""What completing each user task of the recognition's diagram does.

Each class is registered under the name a diagram writes as ``handler``. What each takes as
data:

======================  ================================================================
recognition.transcript  the mapping of :mod:`workflows.recognition.entry`
recognition.match       ``lines``: a list of ``{"id": ..., "agreed": ... or ""}``; with the
                        outcome ``return`` nothing, and the transcript is asked for again
recognition.propose     the mapping of :mod:`workflows.recognition.decision`; ``return`` the
                        same as above
recognition.decide      the same with ``verdict``; ``return`` goes back to the coordinator
recognition.register    ``register_reference``; ``return`` goes back to the jury
======================  ================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from engine.schedule.durations import parse_duration
from engine.texts import checked
from workflows.mobility.services import get_mobility
from workflows.office_work.local_time import ZONE
from workflows.recognition.deciding import answer, apply, check_separation
from workflows.recognition.decision import Stage, read
from workflows.recognition.entry import read_entry
from workflows.recognition.models import PartnerTranscript, Recognition
from workflows.recognition.policy import Facts, Rule, Verdict
from workflows.recognition.recording import Case, complete_match, enter, relink
from workflows.recognition.services import entered
from workflows.recognition.standing import Standing, graded

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value
    from workflows.mobility.models import Mobility

OFFICE_CLOSES = time(18)
MAX_REFERENCE = 200
NOTHING: Mapping[str, Value] = {}


class EnterTranscript:
    """RI enters the partner's transcript, or looks over what it has uploaded."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep it, match it with the paper in force, propose grades, start the clock.

        A validation plan puts its own variant of the verdict in the place of the rule's.
        """
        typed = read_entry(ctx.data, ctx.now.astimezone(ZONE).date())
        case = Case(ctx.instance_id, ctx.work_item.definition_id)
        rule = Rule.of(ctx.variables)
        recognition, transcript = enter(
            ctx.session, case, _mobility(ctx), typed, rule, actor=ctx.actor.id, now=ctx.now
        )
        answer(ctx.session, recognition, ctx, "transcript")
        return {
            "matched": complete_match(transcript),
            "rule": Rule.from_json(recognition.rule).code,
            **_clock(ctx, typed.received_on),
        }


class Match:
    """The coordinator joins what the comparison with the contract has left over."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the links and propose anew; returned, RI asks for another transcript."""
        if not ctx.final:
            return NOTHING
        recognition, transcript = entered(ctx.session, ctx.instance_id)
        if ctx.outcome == "approve":
            links = _links(ctx.data)
            relink(ctx.session, recognition, _mobility(ctx), transcript, links)
        answer(ctx.session, recognition, ctx, "match")
        return NOTHING


class Propose:
    """The coordinator proposes grades to the jury."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the grades with their reasons, and give the rule its facts."""
        if not ctx.final:
            return NOTHING
        recognition, transcript = entered(ctx.session, ctx.instance_id)
        if ctx.outcome != "approve":
            answer(ctx.session, recognition, ctx, Stage.PROPOSE)
            return NOTHING
        check_separation(recognition, ctx, Stage.PROPOSE)
        settled = read(ctx.data, recognition, transcript, Stage.PROPOSE)
        apply(ctx.session, recognition, transcript, settled, Stage.PROPOSE)
        answer(ctx.session, recognition, ctx, Stage.PROPOSE)
        return facts_of(recognition, transcript).variables()


class Decide:
    """The jury decides."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the decision; returned, the coordinator proposes again."""
        if not ctx.final:
            return NOTHING
        recognition, transcript = entered(ctx.session, ctx.instance_id)
        if ctx.outcome == "approve":
            check_separation(recognition, ctx, Stage.DECIDE)
            by_rule = verdict_of_rule(ctx.variables)
            recognition.verdict_by_rule = by_rule.value if by_rule else None
            settled = read(ctx.data, recognition, transcript, Stage.DECIDE, by_rule)
            apply(ctx.session, recognition, transcript, settled, Stage.DECIDE)
        answer(ctx.session, recognition, ctx, Stage.DECIDE)
        return NOTHING


class Register:
    """The registrar enters the result in the student's record."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep where it was entered; returned, the jury looks at it again."""
        if not ctx.final:
            return NOTHING
        recognition, _ = entered(ctx.session, ctx.instance_id)
        for name in ctx.data:
            if name != "register_reference":
                raise InvalidInput({name: ["unknown_field"]})
        value = ctx.data.get("register_reference") or ""
        if not isinstance(value, str):
            raise InvalidInput({"register_reference": ["wrong_type"]})
        reference = checked("register_reference", value, MAX_REFERENCE)
        answer(ctx.session, recognition, ctx, "register", reference=reference or None)
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "recognition.transcript": EnterTranscript(),
    "recognition.match": Match(),
    "recognition.propose": Propose(),
    "recognition.decide": Decide(),
    "recognition.register": Register(),
}
"""Task handlers by the name a diagram gives them."""


def facts_of(recognition: Recognition, transcript: PartnerTranscript) -> Facts:
    """What the department's rule is asked with, as the grades stand."""
    return Standing(transcript, graded(transcript), Rule.from_json(recognition.rule)).facts


def verdict_of_rule(variables: Mapping[str, Value]) -> Verdict | None:
    """What the decision table has said; raises InvalidState for a word that is no verdict."""
    said = variables.get("verdict")
    if said is None:
        return None
    if said not in {each.value for each in Verdict}:
        raise InvalidState("The decision table gives a verdict that nobody knows.")
    return Verdict(str(said))


def _mobility(ctx: TaskContext) -> Mobility:
    value = ctx.variables.get("mobility")
    if not isinstance(value, int):
        raise InvalidState("This case names no mobility.")
    return get_mobility(ctx.session, value)


def _clock(ctx: TaskContext, received_on: date) -> dict[str, Value]:
    """When everything is due: counted from the day the transcript came, not from today.

    Source: European Commission, guidelines on the learning agreement: recognition within
    five weeks of receipt; how long, and when to alert, stands in the decision table.
    """
    start = datetime.combine(received_on, OFFICE_CLOSES, ZONE)
    due: dict[str, Value] = {}
    for name, parameter in (("decide_by", "recognise_within"), ("alert_at", "alert_after")):
        duration = ctx.variables.get(parameter)
        if not isinstance(duration, str):
            raise InvalidState(f"The decision table gives no {parameter}.")
        due[name] = parse_duration(duration).after(start, ZONE).isoformat()
    return due


def _links(data: Mapping[str, object]) -> dict[int, int | None]:
    """The links a page sends; raises InvalidInput for anything else."""
    unknown = [name for name in data if name != "lines"]
    if unknown:
        raise InvalidInput({name: ["unknown_field"] for name in unknown})
    rows = data.get("lines")
    links: dict[int, int | None] = {}
    for n, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict) or set(row) != {"id", "agreed"}:
            raise InvalidInput({f"lines.{n}": ["wrong_type"]})
        line, target = _number(row["id"]), _number(row["agreed"])
        if line is None or line in links or (target is None and row["agreed"] != ""):
            raise InvalidInput({f"lines.{n}.agreed": ["not_an_option"]})
        links[line] = target
    return links


def _number(value: object) -> int | None:
    text = value if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
