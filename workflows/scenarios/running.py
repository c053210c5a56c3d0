"""Running a scenario: step after step, until it is through or something is otherwise."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import EngineError, InvalidInput
from engine.schedule import parse_duration
from engine.tables import identity_link
from engine.values import Labels
from workflows.office_work.local_time import ZONE as PARIS
from workflows.scenarios.actions import ACTIONS
from workflows.scenarios.expecting import check, incidents
from workflows.scenarios.filling import filled
from workflows.scenarios.passing import pass_until, settle
from workflows.scenarios.stage import Mismatch, MovedClock, Stage
from workflows.scenarios.steps import (
    Complete,
    Do,
    Expect,
    Message,
    Placed,
    Refuse,
    Scenario,
    Wait,
)

if TYPE_CHECKING:
    from engine import Engine


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a scenario has gone another way: ``number`` and ``line`` of the step, and how.

    ``code``, ``expected`` and ``found`` are those of :class:`Mismatch`; ``trace`` is what a
    programmer asks for where a step broke off instead of being refused.
    """

    number: int
    line: int
    sentence: str
    code: str = "mistake"
    expected: str = ""
    found: str = ""
    trace: str = ""


def run(
    scenario: Scenario,
    engine: Engine,
    clock: MovedClock,
    home_hei_id: str,
    seconds: float = math.inf,
) -> Failure | None:
    """Play a scenario; None when everything is as it says.

    ``engine`` has the processes deployed and the cast in its database, and tells the time
    by ``clock``. One that takes longer than ``seconds`` fails.
    """
    clock.at = scenario.at.astimezone(UTC)
    stage = Stage(engine, clock, home_hei_id, seconds=seconds)
    for placed in scenario.steps:
        try:
            perform(stage, placed)
            _check_undisturbed(stage, scenario, placed)
        except Mismatch as mismatch:
            said = str(mismatch)
            pair = (mismatch.code, mismatch.expected, mismatch.found)
            return Failure(placed.number, placed.line, said, *pair)
        except EngineError as error:
            said = f"It is refused: {told(error)}"
            return Failure(placed.number, placed.line, said, "refused", "", told(error))
        # An action of a lifecycle may break at values that no form would let through.
        except Exception as error:  # noqa: BLE001
            said = f"It breaks off: {type(error).__name__}: {error}"
            trace = traceback.format_exc()
            return Failure(placed.number, placed.line, said, "broken", trace=trace)
    return None


def perform(stage: Stage, placed: Placed) -> None:
    """Play one step, and do what is due after it; raises Mismatch, and what the engine raises."""
    _play(stage, placed)
    settle(stage)
    stage.require_time()


def told(error: EngineError) -> str:
    """An error in a sentence, with the fields it is about."""
    if not isinstance(error, InvalidInput):
        return f"{error.code}: {error.detail}"
    fields = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in error.errors.items())
    return f"{error.code}: {error.detail} ({fields})"


def _check_undisturbed(stage: Stage, scenario: Scenario, placed: Placed) -> None:
    """An incident that no step expects is a failure at once, where its cause is near."""
    following = scenario.steps[placed.number - 1 : placed.number + 1]
    for each in following:
        if isinstance(each.step, Expect) and each.step.incidents is not None:
            stage.incidents = each.step.incidents
    found = incidents(stage)
    if len(found) > stage.incidents:
        said = "; ".join(found)
        raise Mismatch(f"There is an incident: {said}", "incidents", str(stage.incidents), said)


def _play(stage: Stage, placed: Placed) -> None:
    step = placed.step
    if isinstance(step, Do):
        _do(stage, step)
    elif isinstance(step, Complete):
        _complete(stage, step)
    elif isinstance(step, Message):
        _send(stage, step, placed.number)
    elif isinstance(step, Expect):
        check(stage, step)
    elif isinstance(step, Refuse):
        _refuse(stage, step, placed)
    else:
        _wait(stage, step)


def _do(stage: Stage, step: Do) -> None:
    action = ACTIONS.get(step.action)
    if action is None:
        known = ", ".join(sorted(ACTIONS))
        said = f"There is no action '{step.action}'; there are: {known}."
        raise Mismatch(said, "unknown_action", known, step.action)
    stage.member = step.member
    result = action(stage, filled(stage, step.arguments))
    if step.keep:
        stage.kept[step.keep] = result


def _complete(stage: Stage, step: Complete) -> None:
    stage.member = step.member
    data = filled(stage, step.data)
    if not isinstance(data, Mapping | None):
        kind = type(data).__name__
        said = f"The data of '{step.element}' are a mapping, not {kind}."
        raise Mismatch(said, "shape", step.element, kind)
    stage.complete(
        step.element,
        step.member,
        step.outcome,
        data=data,
        reason=step.reason,
        process=step.process,
        case=str(filled(stage, step.case)),
        number=step.number,
    )


def _send(stage: Stage, step: Message, number: int) -> None:
    """A message from outside; what it starts takes over whose case it is, as a thrown one."""
    key = str(filled(stage, step.case) or stage.business_key)
    alike = next((case for case in stage.cases() if case.business_key == key), None)
    links: list[str] = []
    if alike is not None:
        wanted = select(identity_link.c.group).where(identity_link.c.instance_id == alike.id)
        with stage.reading() as session:
            links = list(session.scalars(wanted))
    delivery = stage.engine.correlate(
        step.name,
        filled(stage, step.payload),
        message_id=f"step {number}",
        business_key=key or None,
        labels=alike.labels if alike else Labels(),
        links=links,
    )
    if delivery.delivered != step.delivered:
        what, code = (
            ("was not delivered", "undelivered")
            if step.delivered
            else ("was delivered", "delivered")
        )
        raise Mismatch(f"The message '{step.name}' {what}.", code, step.name)


def _wait(stage: Stage, step: Wait) -> None:
    at = step.until
    if at is None:
        at = parse_duration(step.duration).after(stage.clock.at, PARIS)
    pass_until(stage, at.astimezone(UTC))


def _refuse(stage: Stage, step: Refuse, placed: Placed) -> None:
    try:
        _play(stage, Placed(placed.number, placed.line, step.step))
    except EngineError as error:
        if not _is_expected(error, step.error):
            said = f"{step.error!r} is expected; the refusal is {told(error)}"
            raise Mismatch(said, "refusal", str(step.error), told(error)) from error
        return
    said = f"{step.error!r} is expected, but it is accepted."
    raise Mismatch(said, "accepted", str(step.error), "–")


def _is_expected(error: EngineError, expected: str | Mapping[str, str]) -> bool:
    if isinstance(expected, str):
        codes = [code for found in _fields(error).values() for code in found]
        return error.code == expected or any(_same(code, expected) for code in codes)
    found = _fields(error)
    return found.keys() == expected.keys() and all(
        any(_same(code, wanted) for code in found[name]) for name, wanted in expected.items()
    )


def _fields(error: EngineError) -> Mapping[str, list[str]]:
    return error.errors if isinstance(error, InvalidInput) else {}


def _same(code: str, expected: str) -> bool:
    """Codes are compared without their parameters, unless those are expected too."""
    return expected in (code, code.partition(":")[0])
