"""The approval steps that come with the engine.

A negative outcome always ends a step that needs several voices: nobody is asked
to agree to what has already been refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import ClassVar

from engine.approvals.protocol import OptionProblem, Options, Outcome, Seat, StepContext, Vote
from engine.errors import InvalidInput
from engine.values import Value

COMMON_OPTIONS = frozenset({"outcomes", "reasonRequired", "exclude"})
"""Options the engine itself reads for every kind."""


class _Step:
    """What the built-in steps share: which options they know, and how votes count."""

    kind: ClassVar[str]
    expressions: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset()

    def check(self, options: Options) -> list[OptionProblem]:
        """Unknown options, and options that are missing."""
        known = self.required | self.optional | COMMON_OPTIONS
        unknown = sorted(set(options) - known)
        missing = sorted(self.required - set(options))
        return [
            OptionProblem(name, f"The step '{self.kind}' has no option '{name}'.")
            for name in unknown
        ] + [
            OptionProblem(name, f"The step '{self.kind}' needs the option '{name}'.")
            for name in missing
        ]


def _refusal(ctx: StepContext, votes: Iterable[Vote]) -> Outcome | None:
    for vote in votes:
        if vote.outcome != ctx.positive:
            return Outcome(vote.outcome)
    return None


def _unanimous(ctx: StepContext, votes: Sequence[Vote], seats: int) -> Outcome | None:
    refused = _refusal(ctx, votes)
    if refused is not None:
        return refused
    return Outcome(ctx.positive) if len(votes) >= seats else None


def _groups(value: Value, option: str) -> list[str]:
    """The groups an option names; raises InvalidInput when it names none."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        raise InvalidInput({option: ["not_a_list_of_groups"]})
    groups = [name for name in names if isinstance(name, str) and name]
    if len(groups) != len(names):
        raise InvalidInput({option: ["not_a_list_of_groups"]})
    return groups


def _count(value: Value, option: str, least: int) -> int:
    """A whole number of at least ``least``; raises InvalidInput otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise InvalidInput({option: ["not_a_number"]})
    if value < least:
        raise InvalidInput({option: [f"out_of_range:{least}:"]})
    return int(value)


class Single(_Step):
    """One person of the group decides."""

    kind = "single"

    def seats(self, ctx: StepContext) -> list[Seat]:
        """One seat for the lane's group."""
        return [Seat(ctx.candidate)]

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """The one vote."""
        return Outcome(votes[0].outcome) if votes else None


class FourEyes(_Step):
    """Two different persons of the group must agree."""

    kind = "four_eyes"

    def seats(self, ctx: StepContext) -> list[Seat]:
        """Two seats for the lane's group."""
        return [Seat(ctx.candidate), Seat(ctx.candidate)]

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """Positive with two positive votes, else the first negative one."""
        return _unanimous(ctx, votes, 2)


class All(_Step):
    """Every group in ``seats`` must agree; all are asked at once."""

    kind = "all"
    expressions = frozenset({"seats"})
    required = frozenset({"seats"})

    def seats(self, ctx: StepContext) -> list[Seat]:
        """A seat for each group."""
        return [Seat(group) for group in _groups(ctx.options["seats"], "seats")]

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """Positive when all are, else the first negative vote."""
        return _unanimous(ctx, votes, len(self.seats(ctx)))


class Sequential(All):
    """Every group in ``seats`` must agree; each is asked after the one before."""

    kind = "sequence"

    def seats(self, ctx: StepContext) -> list[Seat]:
        """A seat for each group, in order."""
        groups = _groups(ctx.options["seats"], "seats")
        return [Seat(group, order) for order, group in enumerate(groups)]


class FirstResponse(_Step):
    """Every group in ``seats`` is asked; the first answer decides."""

    kind = "first_response"
    expressions = frozenset({"seats"})
    required = frozenset({"seats"})

    def seats(self, ctx: StepContext) -> list[Seat]:
        """A seat for each group."""
        return [Seat(group) for group in _groups(ctx.options["seats"], "seats")]

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """The first vote."""
        return Outcome(votes[0].outcome) if votes else None


class Quorum(_Step):
    """``required`` positive votes out of ``size`` seats (or of the groups in ``seats``)."""

    kind = "quorum"
    expressions = frozenset({"required", "size", "seats"})
    required = frozenset({"required"})
    optional = frozenset({"size", "seats"})

    def check(self, options: Options) -> list[OptionProblem]:
        """Beside the names: exactly one of ``size`` and ``seats``."""
        problems = super().check(options)
        if ("size" in options) == ("seats" in options):
            problems.append(
                OptionProblem("size", "A quorum needs either 'size' or 'seats', and not both.")
            )
        return problems

    def seats(self, ctx: StepContext) -> list[Seat]:
        """The named groups, or ``size`` seats for the lane's group."""
        if "seats" in ctx.options:
            seats = [Seat(group) for group in _groups(ctx.options["seats"], "seats")]
        else:
            seats = [Seat(ctx.candidate)] * _count(ctx.options["size"], "size", 1)
        if self._needed(ctx) > len(seats):
            raise InvalidInput({"required": [f"out_of_range:1:{len(seats)}"]})
        return seats

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """Positive with enough positive votes; negative once that is out of reach.

        Of several negative outcomes the most frequent wins, the earliest among equals.
        """
        positive = sum(vote.outcome == ctx.positive for vote in votes)
        if positive >= self._needed(ctx):
            return Outcome(ctx.positive)
        negative = [vote.outcome for vote in votes if vote.outcome != ctx.positive]
        if len(self.seats(ctx)) - len(negative) >= self._needed(ctx):
            return None
        return Outcome(Counter(negative).most_common(1)[0][0])

    def _needed(self, ctx: StepContext) -> int:
        return _count(ctx.options["required"], "required", 1)


class Automatic(_Step):
    """A decision table decides; where it gives no answer, one person of the group does.

    ``decision`` names the table, ``output`` (default ``outcome``) its column.
    """

    kind = "automatic"
    required = frozenset({"decision"})
    optional = frozenset({"output"})

    def seats(self, ctx: StepContext) -> list[Seat]:
        """One seat, opened only when the table is silent."""
        return [Seat(ctx.candidate)]

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """The table's answer, else the one vote."""
        if votes:
            return Outcome(votes[0].outcome)
        answer = ctx.decide(str(ctx.options["decision"]))
        outcome = answer.get(str(ctx.options.get("output", "outcome")))
        if outcome is None:
            return None
        if outcome not in ctx.outcomes:
            raise InvalidInput({"decision": ["not_an_option"]})
        return Outcome(str(outcome))
