"""At which steps the cases of a process can stand together."""

from __future__ import annotations

import pytest

from engine.definitions import Bundle, describe
from engine.migration.net import MOST_MARKINGS, Net
from tests.builders import Diagram, timer
from tests.builders_domain import ROOT

LIFECYCLES = sorted(folder.name for folder in (ROOT / "bpmn").iterdir())


def net_of(diagram: Diagram) -> Net:
    return Net(describe(diagram.bundle()))


def together(net: Net) -> set[str]:
    """The combinations as texts: steps, and at a join where the token came from."""
    assert net.markings is not None
    return {" ".join("<".join(filter(None, place)) for place in each) for each in net.markings}


def forked(kind: str) -> Diagram:
    diagram = Diagram("case").start().gateway("fork", kind).user("one").user("two")
    diagram.gateway("join", kind).user("then").end()
    condition = "1 = 1" if kind != "parallel" else ""
    diagram.flow("begin", "fork").flow("fork", "one", "join", condition=condition)
    diagram.flow("fork", "two", "join", condition=condition)
    return diagram.flow("join", "then", "finish")


def test_parallel_branches_wait_for_each_other():
    assert together(net_of(forked("parallel"))) == {
        "one two", "join<one two", "join<two one", "then", "",
    }  # fmt: skip


def test_an_exclusive_split_takes_one_way():
    assert together(net_of(forked("exclusive"))) == {"one", "two", "then", ""}


def test_an_inclusive_join_waits_for_what_can_still_come():
    assert together(net_of(forked("inclusive"))) == {
        "one", "two", "one two", "join<one two", "join<two one", "then", "",
    }  # fmt: skip


def test_rivals_wait_together_and_one_wins():
    diagram = Diagram("case").start().node("eventBasedGateway", "race")
    diagram.catch("late", timer("timeDuration", "P1D"))
    diagram.catch("answer", diagram.message("answer")).user("then").end()
    diagram.flow("begin", "race", "late", "finish").flow("race", "answer", "then", "finish")
    assert together(net_of(diagram)) == {"answer late", "then", ""}


def guarded(*, interrupting: bool, to: str) -> Diagram:
    diagram = Diagram("case").start().user("ask").user("then").end().user("remind").end("told")
    diagram.boundary("late", "ask", timer("timeDuration", "P1D"), interrupting=interrupting)
    diagram.flow("begin", "ask", "then", "finish").flow("remind", "told")
    return diagram.flow("late", to)


def test_an_interrupting_event_takes_its_activity_s_place():
    assert together(net_of(guarded(interrupting=True, to="remind"))) == {
        "ask", "remind", "then", "",
    }  # fmt: skip


def test_a_reminder_s_branch_stands_aside_of_everything():
    net = net_of(guarded(interrupting=False, to="remind"))
    assert net.aside == {"late", "remind", "told"}
    assert together(net) == {"ask", "then", ""}
    assert net.marking(iter([("ask", ""), ("remind", ""), ("remind", "")])) == (("ask", ""),)


def test_a_branch_that_comes_back_does_not_stand_aside():
    net = net_of(guarded(interrupting=False, to="then"))
    assert net.aside == frozenset()
    assert "ask then" in together(net)


def test_more_combinations_than_can_be_looked_at_are_none():
    diagram = Diagram("case").start().gateway("fork", "parallel").gateway("join", "parallel").end()
    diagram.flow("begin", "fork").flow("join", "finish")
    for number in range(12):
        diagram.user(f"ask{number}").flow("fork", f"ask{number}", "join")
    assert MOST_MARKINGS < 2**12
    assert net_of(diagram).markings is None


@pytest.mark.parametrize("key", LIFECYCLES)
def test_every_lifecycle_of_the_house_can_be_judged(key):
    net = Net(describe(Bundle.from_folder(ROOT / "bpmn" / key)))
    assert net.markings
