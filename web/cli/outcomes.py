"""How ``passerelle process test`` tells of scenarios: what became of each, what they passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.cli.output import Row
    from web.cli.scenarios import Outcome
    from workflows.scenarios.coverage import Coverage


def outcome_lines(outcome: Outcome, coverage: Coverage) -> Iterator[str]:
    """One line a scenario, and for a failure which step and how."""
    file = _short(outcome.file)
    verdict = "failed" if outcome.failures else "passed"
    yield f"{verdict}  {file}  {outcome.title} ({outcome.seconds:.1f} s, {coverage.per_cent} %)"
    for failure in outcome.failures:
        place = f"{file}:{failure.line}: step {failure.number}: " if failure.number else ""
        yield f"  {place}{failure.sentence}"


def coverage_line(key: str, coverage: Coverage) -> str:
    """How much of a lifecycle was passed, and what was not."""
    missed = [*coverage.missed_elements, *coverage.missed_flows]
    rest = f"; not passed: {', '.join(missed)}" if missed else ""
    return (
        f"{key}: {coverage.per_cent} % passed, "
        f"{len(coverage.elements) - len(coverage.missed_elements)} of "
        f"{len(coverage.elements)} elements and "
        f"{len(coverage.flows) - len(coverage.missed_flows)} of "
        f"{len(coverage.flows)} flows{rest}"
    )


def outcome_row(outcome: Outcome) -> Row:
    """A scenario as JSON."""
    return {
        "file": _short(outcome.file),
        "title": outcome.title,
        "passed": not outcome.failures,
        "seconds": round(outcome.seconds, 3),
        "failures": [
            {
                "step": each.number,
                "line": each.line,
                "message": each.sentence,
                "code": each.code,
                "expected": each.expected,
                "found": each.found,
                "trace": each.trace,
            }
            for each in outcome.failures
        ],
        "elements": sorted(outcome.passed.elements),
        "flows": sorted(outcome.passed.flows),
    }


def coverage_row(coverage: Coverage) -> Row:
    """What was passed and what not, as JSON."""
    passed = coverage.passed
    return {
        "per_cent": coverage.per_cent,
        "elements": [each for each in coverage.elements if each in passed.elements],
        "flows": [each for each in coverage.flows if each in passed.flows],
        "missed_elements": list(coverage.missed_elements),
        "missed_flows": list(coverage.missed_flows),
    }


def _short(path: Path) -> str:
    """A path as it was most likely typed."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
