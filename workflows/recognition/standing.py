"""A transcript's lines and units as averages and verdicts see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.recognition.matching import Difference, difference
from workflows.recognition.models import PartnerTranscript
from workflows.recognition.policy import (
    Facts,
    Graded,
    Replaced,
    Rule,
    Verdict,
    acquired,
    credits_awarded,
    facts,
    fitting_units,
    settled,
    unit_errors,
)
from workflows.recognition.trace import Outcome
from workflows.validation_plan.policy import COMPENSATION


def graded(transcript: PartnerTranscript) -> list[Graded]:
    """The lines as averages and verdicts see them, with the grades as they stand."""
    return regraded(transcript, {})


def regraded(transcript: PartnerTranscript, grades: Mapping[int, Decimal | None]) -> list[Graded]:
    """The lines with other grades for some of them, by line id.

    Credits are those of the transcript; where it writes none and one course alone answers
    a component, those agreed.
    """
    alone = Counter(line.agreed_id for line in transcript.lines)
    found = []
    for line in transcript.lines:
        grade = grades.get(line.id, line.final_grade)
        outcome = Outcome(line.outcome)
        if outcome is Outcome.PASSED and grade is None:
            outcome = Outcome.UNGRADED
        weight = line.credits
        if weight is None and line.agreed is not None and alone[line.agreed_id] == 1:
            weight = line.agreed.credits
        found.append(Graded(line.agreed_id, outcome, grade, weight))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What graded lines amount to by a rule, for the units of their transcript.

    With a contract the credits passed cover units in any way that fits. With a validation
    plan they cover the units whose own courses were passed or are compensated.
    """

    transcript: PartnerTranscript
    lines: Sequence[Graded]
    rule: Rule

    @property
    def credits(self) -> list[Decimal | None]:
        """The credits of the home units, in their order."""
        return [unit.credits for unit in self.transcript.units]

    @property
    def facts(self) -> Facts:
        """What the rule's decision table is asked with."""
        mismatches = len(credit_differences(self.transcript))
        units_open = self._acquired.count(False)
        return facts(self.lines, self.rule, mismatches, self.credits, units_open)

    def awarded(self, verdict: Verdict) -> Decimal:
        """The ECTS credits a verdict carries; in part, at least those of the units acquired."""
        known = credits_awarded(verdict, self.lines, self.credits)
        if verdict is not Verdict.PARTLY:
            return known
        pairs = zip(self.credits, self._acquired, strict=False)
        return max(known, sum((unit or Decimal(0) for unit, yes in pairs if yes), Decimal(0)))

    def covered(self) -> list[bool]:
        """Which units count where not all do: a plan's acquired ones.

        With a contract the units as they stand, where they fit the credits, else as many
        as do, in order.
        """
        if self.transcript.on_plan:
            return self._acquired
        awarded = self.awarded(Verdict.PARTLY)
        chosen = [unit.recognised for unit in self.transcript.units]
        fits = not unit_errors(self.credits, chosen, awarded)
        return chosen if fits else fitting_units(self.credits, awarded)

    def unit_errors(self, chosen: Sequence[bool]) -> dict[int, str]:
        """What is wrong with a choice of units that count, by their position."""
        if not self.transcript.on_plan:
            return unit_errors(self.credits, chosen, self.awarded(Verdict.PARTLY))
        pairs = zip(chosen, self._acquired, strict=True)
        return {
            position: "not_acquired" if yes else "still_covered"
            for position, (yes, acquired_) in enumerate(pairs)
            if yes != acquired_
        }

    @property
    def _acquired(self) -> list[bool]:
        """A plan's units, whether each is acquired; none with a contract."""
        if not self.transcript.on_plan:
            return []
        units = [
            Replaced(
                frozenset(each.id for each in unit.components),
                compensated=unit.failure_rule == COMPENSATION,
            )
            for unit in self.transcript.units
        ]
        return acquired(units, self.lines, self.rule)


def credit_differences(transcript: PartnerTranscript) -> dict[int, Difference]:
    """Agreed components, by id, whose credits the transcript writes otherwise.

    Of a component taken more than once the passed courses count.
    """
    kept = settled(graded(transcript))
    differences = {}
    for component in transcript.agreed:
        found = [
            line.credits
            for line in kept
            if line.agreed == component.id and line.outcome is not Outcome.ABSENT
        ]
        known = difference(component.credits, found)
        if known is not None:
            differences[component.id] = known
    return differences
