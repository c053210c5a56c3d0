"""History alone tells where the tokens of random processes stand, after each of their steps.

``PASSERELLE_RANDOM_POSITIONS=2000`` looks at more of them by hand.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime

from engine.definitions import Bundle, describe
from engine.history.replaying import replayed
from engine.kernel import Run, compile_process
from engine.kernel.events import BoundaryEvent
from engine.kernel.spiff import WAITING
from engine.values import HistoryEvent
from tests.reliability.processes_blocks import Dice
from tests.reliability.processes_diagram import diagram
from tests.reliability.processes_model import Model
from tests.reliability.test_random_processes import Conditions, act, matched

PROCESSES = int(os.environ.get("PASSERELLE_RANDOM_POSITIONS", "40"))
LONGEST = 40
PLAYED = b'<process isExecutable="true" '


def standing(run):
    """The elements at which the kernel's own tokens stand; an armed boundary event is none."""
    if run.finished:
        return Counter()
    return Counter(
        token.task_spec.element
        for scope in run._instance.scopes()
        for token in scope.live()
        if token.task_spec.visible
        and not (isinstance(token.task_spec, BoundaryEvent) and token.in_state(WAITING))
    )


def event(seq, kind, run):
    payload = {"path": [list(each) for each in run.path], "flows": list(run.flows)}
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return HistoryEvent(1, seq, at, kind, None, None, "system", None, payload)


def walk(executable, process, dice):
    """The events of one schedule, and the positions that the kernel had after each."""
    variables = {f"v{number}": dice.randrange(99) for number in range(3)}
    variables |= {"items": [7] * dice.randint(0, 3), "n": dice.randint(0, 3)}
    model, evaluator = Model(), Conditions()
    model.begin(process, dict(variables))
    run = Run.start(executable, variables, evaluator)
    events, positions = [event(1, "instance_started", run)], [standing(run)]
    while not run.finished and len(events) < LONGEST:
        wait, waiting = dice.choice(matched(run, model))
        if waiting.stays and dice.random() < 0.7:
            continue
        run = Run.load(executable, run.dump(), evaluator)
        act(run, model, wait, waiting, dice)
        events.append(event(len(events) + 1, "step_taken", run))
        positions.append(standing(run))
    if run.finished:
        events.append(event(len(events) + 1, "instance_completed", run))
        events[-1].payload.clear()
        positions.append(Counter())
    return events, positions


def test_the_position_after_each_event_is_that_of_the_kernel():
    for seed in range(1, PROCESSES + 1):
        process = Dice(seed).process()
        written = diagram(process)
        executable = compile_process({"random.bpmn": written}, "main")
        model = describe(Bundle("main", {"random.bpmn": written.replace(b"<process ", PLAYED)}))
        events, positions = walk(executable, process, random.Random(seed))
        tokens: Counter = Counter()
        for moment, expected in zip(replayed({1: model}, events, 1), positions, strict=True):
            for element, state in moment.elements.items():
                tokens[element] = state.tokens
            assert +tokens == expected, (seed, moment.seq, written.decode(), events[: moment.seq])
            assert not moment.skipped & set(+tokens)
