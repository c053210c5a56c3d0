"""A transcript's lines and units as averages and verdicts see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from workflows.recognition.matching import Difference, difference
from workflows.recognition.models import PartnerTranscript
from workflows.recognition.policy import Graded, fitting_units, settled, unit_errors
from workflows.recognition.trace import Outcome


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


def unit_credits(transcript: PartnerTranscript) -> list[Decimal | None]:
    """The credits of the home units, in their order."""
    return [unit.credits for unit in transcript.units]


def covered(transcript: PartnerTranscript, awarded: Decimal) -> list[bool]:
    """The units as they stand where they fit the credits, else as many as do, in order."""
    chosen = [unit.recognised for unit in transcript.units]
    fits = not unit_errors(unit_credits(transcript), chosen, awarded)
    return chosen if fits else fitting_units(unit_credits(transcript), awarded)


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
