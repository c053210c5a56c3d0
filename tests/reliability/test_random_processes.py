"""Random processes run as an independent model of them says, reloaded after every step.

``PASSERELLE_RANDOM_PROCESSES=2000`` runs more of them by hand,
``PASSERELLE_RANDOM_SEED=<n>`` begins at another seed.
"""

from __future__ import annotations

import json
import os
import random

import pytest

from engine.kernel import Executable, Run, Wait, WaitKind, compile_process
from engine.kernel.supported import SUPPORTED_ELEMENTS
from tests.reliability.processes_blocks import CONSTANT, Dice
from tests.reliability.processes_diagram import diagram
from tests.reliability.processes_model import Model
from tests.reliability.processes_scopes import Waiting, holds

PROCESSES = int(os.environ.get("PASSERELLE_RANDOM_PROCESSES", "200"))
FIRST_SEED = int(os.environ.get("PASSERELLE_RANDOM_SEED", "1"))
SCHEDULES = 5
LONGEST = 60
CHUNKS = 10


class Conditions:
    """Answers the few conditions random processes use."""

    def conditions(self, expressions, context):
        return [self._holds(each, context) for each in expressions]

    def evaluate(self, expressions, context):
        return [context[each] for each in expressions]

    def decide(self, decision_id, context):
        raise AssertionError(decision_id)

    def _holds(self, expression, context):
        first, second = expression.split()
        if first == "enough":
            return context["numberOfCompletedInstances"] >= int(second)
        return holds(expression, dict(context))


def key_of(wait: Wait) -> str:
    place = [wait.element, wait.kind, wait.item, wait.host, dict(wait.variables)]
    return json.dumps(place, sort_keys=True)


def matched(run: Run, model: Model) -> list[tuple[Wait, Waiting]]:
    """The waits of both, pair by pair; fails where they differ."""
    ours = sorted(run.waits.values(), key=lambda wait: (key_of(wait), wait.task_no))
    theirs = sorted(model.waits, key=lambda waiting: waiting.key)
    assert [key_of(wait) for wait in ours] == [waiting.key for waiting in theirs]
    assert run.finished == (model.result is not None)
    return list(zip(ours, theirs, strict=True))


def act(run: Run, model: Model, wait: Wait, waiting: Waiting, dice: random.Random) -> None:
    """The same thing happens in both."""
    if wait.kind is WaitKind.TIMER:
        run.fire(wait.task_no)
        model.go(waiting, {})
        return
    written = {}
    if wait.kind is WaitKind.MESSAGE:
        written = {f"m_{wait.element}": CONSTANT}
        run.deliver(wait.task_no, written)
    else:
        if waiting.writes is not None:
            written = {waiting.writes: CONSTANT if waiting.constant else dice.randrange(99)}
        run.complete(wait.task_no, written)
    model.go(waiting, written)


def walk(executable: Executable, process, dice: random.Random) -> None:
    """One schedule, to its end or for ``LONGEST`` steps."""
    variables = {
        **{f"v{number}": dice.randrange(99) for number in range(3)},
        "items": [dice.randrange(99) for _ in range(dice.randint(0, 3))],
        "n": dice.randint(0, 3),
    }
    model = Model()
    model.begin(process, dict(variables))
    evaluator = Conditions()
    run = Run.start(executable, variables, evaluator)
    for _ in range(LONGEST):
        pairs = matched(run, model)
        if run.finished:
            assert run.variables == model.result
            return
        wait, waiting = dice.choice(pairs)
        if waiting.stays and dice.random() < 0.7:
            continue
        act(run, model, wait, waiting, dice)
        run = Run.load(executable, run.dump(), evaluator)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_processes_run_like_the_model(chunk):
    size = PROCESSES // CHUNKS
    first = FIRST_SEED + chunk * size
    for seed in range(first, first + size):
        process = Dice(seed).process()
        written = diagram(process)
        executable = compile_process({"random.bpmn": written}, "main")
        for schedule in range(SCHEDULES):
            try:
                walk(executable, process, random.Random(f"{seed}/{schedule}"))
            except Exception:
                print(f"seed {seed}, schedule {schedule}\n{process}\n{written.decode()}")
                raise


def test_the_dice_throw_every_kind_of_block():
    written = b"".join(diagram(Dice(seed).process()) for seed in range(1, 201)).decode()
    for element in SUPPORTED_ELEMENTS:
        local = element.partition(":")[0]
        if local in ("sendTask", "businessRuleTask"):
            continue  # as service and automatic tasks are; the unit tests have them
        assert f"<{local}" in written, element
