"""The department's rule: what it takes, what the average is, what a decision may say.

The rule is one line of the decision table ``recognition_rule``, chosen by department and
academic year of the stay, as the table stands when the recognition begins, and pinned to
the case with the first transcript. What students were told before they left is what holds
(TA Melun 2111921, 2023): so a new vote takes a new line for the years to come, and whoever
edits the line of a year that has begun breaks a promise that the program cannot see. Two
things no rule and no jury can change: agreed credits
that were passed are recognised "without any additional work or assessment" (Council
Recommendation of 26 November 2018), and a pass or fail of the host stays one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from engine.errors import InvalidState
from engine.values import Value
from workflows.recognition.conversion import Terms
from workflows.recognition.formula import Grid, GridRow
from workflows.recognition.trace import Method, Outcome, Policy

ON_PLAN = "validation_plan"
"""The variant of the verdict for units that a validation plan replaces one by one."""


class Verdict(StrEnum):
    """What becomes of the group of home units that the stay replaces."""

    RECOGNISED = "recognised"  #: all of it, also where single components were compensated
    PARTLY = "partly"  #: the credits of what was passed
    NOT_RECOGNISED = "not_recognised"  #: nothing: nothing that was agreed was passed


class Counted(StrEnum):
    """What the average is of."""

    PASSED = "passed"  #: agreed components with a grade that were passed
    CONTRACTED = "contracted"  #: everything agreed; absent counts 0 (Strasbourg, law)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``recognition_rule`` with the lines of its grid, as pinned to a case.

    ``code`` names the variant of the verdict (``all_or_nothing``...), ``version`` the vote
    it goes back to. ``grid`` holds (grade abroad, lowest, highest home grade). ``agreed`` is
    the way of conversion that a validation plan has agreed on.
    """

    code: str
    version: str
    policy: Policy
    step: Decimal
    least: int
    counted: Counted
    threshold: Decimal
    grid_first: bool = False
    grid: tuple[tuple[str, Decimal, Decimal], ...] = ()
    agreed: Method | None = None

    @property
    def terms(self) -> Terms:
        """What the conversion takes of it."""
        rows = tuple(GridRow(*row) for row in self.grid)
        grid = Grid(f"{self.code} {self.version}", rows) if rows else None
        return Terms(self.policy, self.step, self.least, grid, self.grid_first, self.agreed)

    def on_plan(self, method: Method) -> Rule:
        """The rule where a validation plan agrees on conversion and on what a fail means.

        Threshold, rounding and grid stay as voted. The average that may compensate a fail
        counts it; where grades are not converted there is none.
        """
        counted = Counted.PASSED if method is Method.NONE else Counted.CONTRACTED
        return replace(self, code=ON_PLAN, counted=counted, agreed=method)

    def to_json(self) -> str:
        """A text from which :meth:`from_json` gives the same rule."""
        return json.dumps(asdict(self), default=str, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Rule:
        """The rule kept by :meth:`to_json`."""
        return _rule(json.loads(text))

    @classmethod
    def of(cls, variables: Mapping[str, Value]) -> Rule:
        """The rule the decision tables have put into the case's variables.

        Raises InvalidState where the tables have no line, or one that cannot be used.
        """
        columns = [variables.get(name) for name in ("grid_grade", "grid_low", "grid_high")]
        lists = [column if isinstance(column, list) else [] for column in columns]
        if len({len(each) for each in lists}) != 1:
            raise InvalidState("The decision table fixed_grid is not complete.")
        return _rule(
            {
                "code": variables.get("rule"),
                "version": variables.get("rule_version"),
                "policy": variables.get("policy"),
                "step": variables.get("rounding"),
                "least": variables.get("minimum_passes"),
                "counted": variables.get("mean_counts"),
                "threshold": variables.get("threshold"),
                "grid_first": variables.get("conversion") == "grid",
                "grid": list(zip(*lists, strict=True)),
            }
        )


@dataclass(frozen=True, slots=True)
class Graded:
    """What the average and the verdict need of one line.

    ``agreed`` names the component it answers, None for an extra course.
    """

    agreed: int | None
    outcome: Outcome
    grade: Decimal | None
    credits: Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the verdict's decision table sees of a case: no fractions, so that it is exact.

    ``units_open`` counts a validation plan's units that are not acquired (0 with a contract).
    ``units_covered`` says whether the credits passed reach those of the home units together
    (False where there are none). ``mean_hundredths`` is the average in hundredths, rounded
    down: it reaches a threshold in hundredths exactly when the average does. -1 where there
    is none.
    """

    passed: int
    failed: int
    missing: int
    extra: int
    credit_mismatches: int
    mean_hundredths: int
    threshold_hundredths: int
    units_covered: bool
    units_open: int

    def variables(self) -> dict[str, Value]:
        """Them as process variables."""
        return dict(asdict(self))


def settled(lines: Iterable[Graded]) -> list[Graded]:
    """The lines of agreed components without those another session has overtaken.

    Of several results of one component the passed ones count; a fail counts where it was
    never passed.
    """
    kept = list(lines)
    passed = {line.agreed for line in kept if line.outcome in PASSES}
    return [
        line
        for line in kept
        if line.agreed is not None and (line.outcome in PASSES or line.agreed not in passed)
    ]


PASSES = frozenset({Outcome.PASSED, Outcome.UNGRADED})


def weighted_mean(lines: Iterable[Graded], counted: Counted) -> Fraction | None:
    """The exact average, weighted by ECTS credits; None where nothing has a grade.

    Courses without grades stay out of it. Where everything contracted counts, an absence
    is 0, and so is a fail that nobody could put a number to.
    """
    points, weights = Fraction(0), Fraction(0)
    for line in settled(lines):
        grade = line.grade
        if counted is Counted.CONTRACTED and line.outcome in {Outcome.ABSENT, Outcome.FAILED}:
            grade = grade or Decimal(0)
        elif line.outcome is not Outcome.PASSED:
            continue
        if grade is None or not line.credits:
            continue
        points += Fraction(grade) * Fraction(line.credits)
        weights += Fraction(line.credits)
    return points / weights if weights else None


def facts(
    lines: Sequence[Graded],
    rule: Rule,
    credit_mismatches: int,
    units: Sequence[Decimal | None],
    units_open: int = 0,
) -> Facts:
    """What the rule's decision table is asked with; ``units`` are the credits of home units."""
    kept = settled(lines)
    mean = weighted_mean(lines, rule.counted)
    return Facts(
        passed=len({line.agreed for line in kept if line.outcome in PASSES}),
        failed=len({line.agreed for line in kept if line.outcome is Outcome.FAILED}),
        missing=len({line.agreed for line in kept if line.outcome is Outcome.ABSENT}),
        extra=sum(line.agreed is None for line in lines),
        credit_mismatches=credit_mismatches,
        mean_hundredths=-1 if mean is None else math.floor(mean * 100),
        threshold_hundredths=int(rule.threshold * 100),
        units_covered=0 < _sum(units) <= _passed_credits(lines),
        units_open=units_open,
    )


@dataclass(frozen=True, slots=True)
class Replaced:
    """A unit that components of its own replace; whether failing one may be compensated."""

    components: frozenset[int]
    compensated: bool


def acquired(units: Iterable[Replaced], lines: Sequence[Graded], rule: Rule) -> list[bool]:
    """Which units of a validation plan the lines have acquired, by its failure rules.

    A unit is acquired once each of its components is passed; where compensation was agreed
    also with failed ones, as soon as the average reaches the threshold. With either resit it
    waits for that, and what is missing is never compensated.
    """
    kept = settled(lines)
    passed = {line.agreed for line in kept if line.outcome in PASSES}
    tried = passed | {line.agreed for line in kept if line.outcome is Outcome.FAILED}
    mean = weighted_mean(lines, rule.counted)
    reached = mean is not None and mean >= Fraction(rule.threshold)
    return [
        unit.components <= (tried if unit.compensated and reached else passed) for unit in units
    ]


def _passed_credits(lines: Iterable[Graded]) -> Decimal:
    return _sum([line.credits for line in settled(lines) if line.outcome in PASSES])


def _sum(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((each or Decimal(0) for each in numbers), Decimal(0))


def credits_awarded(
    verdict: Verdict, lines: Iterable[Graded], units: Sequence[Decimal | None]
) -> Decimal:
    """The ECTS credits a verdict carries, never more than the home units have together.

    Groups replace groups: all of the group's credits, or those of what was passed.
    """
    group, passed = _sum(units), _passed_credits(lines)
    if verdict is Verdict.RECOGNISED:
        return group or passed
    return min(passed, group) if units else passed


def verdicts_open(lines: Iterable[Graded]) -> tuple[Verdict, ...]:
    """What a jury may still say: while something agreed was passed, never nothing at all."""
    if any(line.outcome in PASSES for line in settled(lines)):
        return (Verdict.RECOGNISED, Verdict.PARTLY)
    return (Verdict.RECOGNISED, Verdict.NOT_RECOGNISED)


def fitting_units(units: Sequence[Decimal | None], awarded: Decimal) -> list[bool]:
    """Which home units the awarded credits cover, taken in their order."""
    left = awarded
    fits = []
    for unit in units:
        needed = unit or Decimal(0)
        fits.append(needed <= left)
        if fits[-1]:
            left -= needed
    return fits


def unit_errors(
    units: Sequence[Decimal | None], recognised: Sequence[bool], awarded: Decimal
) -> dict[int, str]:
    """What is wrong with a choice of recognised units, by their position.

    Their credits must be covered by those awarded, and no unit may be left open that the
    rest still covers: passed credits cannot be asked again under another name.
    """
    chosen = [(unit or Decimal(0)) for unit, yes in zip(units, recognised, strict=True) if yes]
    rest = awarded - sum(chosen, Decimal(0))
    errors = {}
    for position, (unit, yes) in enumerate(zip(units, recognised, strict=True)):
        if yes and rest < 0:
            errors[position] = "more_than_awarded"
        elif not yes and (unit or Decimal(0)) <= rest:
            errors[position] = "still_covered"
    return errors


def _rule(said: Mapping[str, object]) -> Rule:
    try:
        rule = Rule(
            code=_text(said["code"]),
            version=_text(said["version"]),
            policy=Policy(_text(said["policy"])),
            step=Decimal(_text(said["step"])),
            least=int(_text(said["least"])),
            counted=Counted(_text(said["counted"])),
            threshold=Decimal(_text(said["threshold"])),
            grid_first=bool(said["grid_first"]),
            grid=tuple(
                (_text(grade), Decimal(_text(low)), Decimal(_text(high)))
                for grade, low, high in said["grid"]  # type: ignore[attr-defined]
            ),
            agreed=Method(_text(said["agreed"])) if said.get("agreed") else None,
        )
    except (ArithmeticError, KeyError, ValueError) as error:
        raise InvalidState("The decision table recognition_rule gives no usable rule.") from error
    if rule.step <= 0 or rule.least < 0:
        raise InvalidState("The decision table recognition_rule gives no usable rule.")
    return rule


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        raise ValueError("a value is missing")
    return str(value)
