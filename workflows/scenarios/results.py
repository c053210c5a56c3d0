"""Results of scenarios: asked for, kept for each state of a lifecycle, judged before publication.

Who asks writes that scenarios wait, and a job that plays them one after the other. Each result
and the job for the rest are one transaction, so a restart in between repeats the scenario
under way and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, select

from engine.errors import NotFound
from engine.tables import definition
from workflows.scenarios.coverage import NOTHING, Passed
from workflows.scenarios.loading import SUFFIXES
from workflows.scenarios.models import FAILED, PASSED, WAITING, ScenarioResult

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit, Value
    from engine.definitions import Bundle

KIND = "scenarios.play"
"""The job kind that plays scenarios."""

FOLDER = "scenarios"
GIVEN_UP = timedelta(minutes=10)
"""Who has waited longer than that is asked for anew: its job has become an incident."""

_ATTEMPTS = 3
_MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """How a scenario went.

    ``step`` and ``line`` are 0 where it failed before its first step; ``code``, ``sentence``,
    ``expected``, ``found`` and ``trace`` are those of a failure, empty where it passed.
    """

    title: str
    seconds: float = 0.0
    step: int = 0
    line: int = 0
    code: str = ""
    sentence: str = ""
    expected: str = ""
    found: str = ""
    trace: str = ""
    passed: Passed = NOTHING

    @property
    def succeeded(self) -> bool:
        """Whether all was as the scenario says."""
        return not self.code

    def dump(self) -> dict[str, Any]:
        """As JSON values, long texts cut."""
        plain = {
            name: value[:_MOST_TEXT] if isinstance(value, str) else value
            for name, value in ((each, getattr(self, each)) for each in _PLAIN)
        }
        return {
            **plain,
            "elements": sorted(self.passed.elements),
            "flows": sorted(self.passed.flows),
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Report:
        """From :meth:`dump`."""
        passed = Passed(frozenset(data["elements"]), frozenset(data["flows"]))
        return cls(**{name: data[name] for name in _PLAIN}, passed=passed)


_PLAIN = ("title", "seconds", "step", "line", "code", "sentence", "expected", "found", "trace")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scenarios of one state of a lifecycle amount to, by the names of their files."""

    failed: tuple[str, ...]
    waiting: tuple[str, ...]
    unplayed: tuple[str, ...]

    @property
    def needs_reason(self) -> bool:
        """Whether it can be published with a written reason only."""
        return bool(self.failed or self.waiting or self.unplayed)


def scenario_names(bundle: Bundle) -> tuple[str, ...]:
    """The scenario files of a bundle, sorted."""
    return tuple(
        name for name in bundle.names(*SUFFIXES) if PurePosixPath(name).parts[:-1] == (FOLDER,)
    )


def results_of(session: Session, bundle: Bundle) -> dict[str, ScenarioResult]:
    """What is known of the scenarios of a bundle as it is, by the names of their files."""
    wanted = select(ScenarioResult).where(
        ScenarioResult.key == bundle.key, ScenarioResult.digest == bundle.digest
    )
    return {each.name: each for each in session.scalars(wanted)}


def report_of(result: ScenarioResult) -> Report | None:
    """How a scenario went; None while it waits."""
    return Report.load(orjson.loads(result.report)) if result.report else None


def verdict_of(session: Session, bundle: Bundle) -> Verdict:
    """What the scenarios of a bundle as it is amount to."""
    names, results = scenario_names(bundle), results_of(session, bundle)
    states = {name: results[name].state if name in results else "" for name in names}

    def are(state: str) -> tuple[str, ...]:
        return tuple(name for name in names if states[name] == state)

    return Verdict(are(FAILED), are(WAITING), are(""))


def ask(unit: Unit, bundle: Bundle, names: Sequence[str]) -> None:
    """Have scenarios of a bundle played; one that waits already is not asked for twice.

    Raises NotFound for a name that is none of its scenarios.
    """
    if not set(names) <= set(scenario_names(bundle)):
        raise NotFound
    _forget_the_overtaken(unit.session, bundle)
    known = results_of(unit.session, bundle)
    asked = [name for name in names if not _is_under_way(unit, known.get(name))]
    for name in asked:
        result = known.get(name)
        if result is None:
            result = ScenarioResult(key=bundle.key, digest=bundle.digest, name=name)
            unit.session.add(result)
        result.state, result.report, result.finished_at = WAITING, "", None
        result.asked_at, result.asked_by = unit.now, unit.actor.id
    _enqueue(unit, bundle.key, bundle.digest, asked)


def record(unit: Unit, key: str, digest: str, names: Sequence[str], report: Report | None) -> None:
    """Keep how the first of ``names`` went, and have the rest played.

    Without a report there is no such state of the lifecycle any more: nothing of it is kept.
    """
    if report is None:
        unit.session.execute(
            delete(ScenarioResult).where(ScenarioResult.key == key, ScenarioResult.digest == digest)
        )
        return
    result = unit.session.get(ScenarioResult, (key, digest, names[0]))
    if result is not None:
        result.state = PASSED if report.succeeded else FAILED
        result.finished_at = unit.now
        result.report = orjson.dumps(report.dump()).decode()
    _enqueue(unit, key, digest, names[1:])


def _is_under_way(unit: Unit, result: ScenarioResult | None) -> bool:
    return result is not None and result.state == WAITING and result.asked_at > unit.now - GIVEN_UP


def _enqueue(unit: Unit, key: str, digest: str, names: Sequence[str]) -> None:
    if names:
        payload: dict[str, Value] = {"key": key, "digest": digest, "names": list(names)}
        unit.enqueue(KIND, payload, max_attempts=_ATTEMPTS)


def _forget_the_overtaken(session: Session, bundle: Bundle) -> None:
    """Drop what is known of states that were neither published nor are this one."""
    published = select(definition.c.digest).where(definition.c.key == bundle.key)
    session.execute(
        delete(ScenarioResult).where(
            ScenarioResult.key == bundle.key,
            ScenarioResult.digest != bundle.digest,
            ScenarioResult.digest.not_in(published),
        )
    )
