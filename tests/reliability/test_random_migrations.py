"""Random processes move to random moments of a later version, and go on as if born there.

``PASSERELLE_RANDOM_PROCESSES`` and ``PASSERELLE_RANDOM_SEED`` as for the processes themselves.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from engine import Definition, Reason, Registry, Route, Way
from engine.definitions import Bundle
from engine.kernel import Run, WaitKind, position_of
from engine.migration.net import Net
from engine.migration.route import Case
from tests.reliability.processes_blocks import Dice, Seq, Work
from tests.reliability.processes_diagram import diagram
from tests.reliability.test_random_processes import FIRST_SEED, PROCESSES, Conditions

CHUNKS = 4
LONGEST = 25
WRITTEN = 7
LATER = Work("later", "user", None)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
CANNOT = {Reason.LOOP, Reason.SUBPROCESS, Reason.UNPROVEN}


class Version(Definition):
    """A version whose expressions are those of random processes."""

    def conditions(self, expressions, context):
        return Conditions().conditions(expressions, context)

    def evaluate(self, expressions, context):
        return Conditions().evaluate(expressions, context)


def version(number: int, process: Seq) -> Definition:
    written = diagram(process).replace(b"<process", b'<process isExecutable="true"')
    bundle = Bundle("main", {"main.bpmn": written})
    return Version(number, "main", number, bundle.digest, "", NOW, "test", bundle, None)


def step(run: Run, number: int) -> None:
    """What is waited for comes; whatever is written is the same, so that no two branches differ."""
    wait = run.waits[number]
    if wait.kind is WaitKind.TIMER:
        run.fire(number)
    elif wait.kind is WaitKind.MESSAGE:
        run.deliver(number, {f"m_{wait.element}": WRITTEN})
    else:
        run.complete(number, {f"v_{wait.element}": WRITTEN})


def begin(definition: Definition, dice: random.Random) -> Run:
    variables = {f"v{number}": dice.randrange(99) for number in range(3)}
    variables |= {"items": [dice.randrange(99) for _ in range(dice.randint(0, 2))], "n": 1}
    return Run.start(definition.executable, variables, definition)


def seen(run: Run):
    return {
        number: (wait.element, wait.kind, wait.host, dict(wait.variables))
        for number, wait in run.waits.items()
    }


def walk(route: Route, seed: str) -> Counter:
    """Two cases go the same way; at each stop the one on the source could have moved."""
    came_to: Counter = Counter()
    old, new = (begin(each, random.Random(seed)) for each in (route.source, route.target))
    dice = random.Random(f"{seed} steps")
    for _ in range(0 if old.finished else LONGEST):
        state = old.dump()
        verdict = route.verdict(Case(1, state))
        came_to[verdict.reason or verdict.way] += 1
        if verdict.reason is None:
            moved = Run.load(
                route.target.executable, route.state(Case(1, state), verdict), route.target
            )
            assert seen(moved) == seen(new)
            new = moved
        else:
            assert verdict.reason in CANNOT
        number = dice.choice(sorted(old.waits))
        gone = len(old.path), len(new.path)
        step(old, number)
        step(new, number)
        if LATER.id in {wait.element for wait in new.waits.values()} or old.finished:
            return came_to
        assert new.path[gone[1] :] == old.path[gone[0] :]
        old = Run.load(route.source.executable, old.dump(), route.source)
    return came_to


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_case_that_moves_goes_on_like_one_that_began_there(chunk):
    size = PROCESSES // 50
    came_to: Counter = Counter()
    for seed in range(FIRST_SEED + chunk * size, FIRST_SEED + (chunk + 1) * size):
        process = Dice(seed).process()
        route = Route(Registry(), version(1, process), version(2, Seq((*process.parts, LATER))), {})
        for schedule in range(2):
            try:
                came_to += walk(route, f"{seed}/{schedule}")
            except Exception:
                print(f"seed {seed}, schedule {schedule}\n{process}")
                raise
    assert came_to[Way.UNCHANGED], came_to


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_wherever_a_case_stands_the_net_of_its_version_knows(chunk):
    size = PROCESSES // 50
    for seed in range(FIRST_SEED + chunk * size, FIRST_SEED + (chunk + 1) * size):
        definition = version(1, Dice(seed).process())
        net = Net(definition.model)
        if net.markings is None:
            continue  # a version with so many keeps its cases
        run = begin(definition, random.Random(seed))
        dice = random.Random(f"{seed} steps")
        for _ in range(LONGEST):
            if run.finished:
                break
            position = position_of(run.dump())
            standing = [(t.element, t.via) for t in position.tokens if not (t.at_end or t.host)]
            if not position.loop and not position.scope:
                assert net.marking(iter(standing)) in net.markings, f"seed {seed}: {standing}"
            step(run, dice.choice(sorted(run.waits)))
