"""Branches are brought together as they were split: by lint before a case can hang."""

from __future__ import annotations

import pytest

from engine.definitions import Severity, lint
from tests.unit.definitions.diagrams import (
    END,
    START,
    bundle,
    catalogue,
    event,
    flow,
    joined,
    timer,
    user,
)

PARALLEL, EXCLUSIVE, INCLUSIVE = "parallelGateway", "exclusiveGateway", "inclusiveGateway"
CODES = {"join_never_complete", "join_waits_for_itself", "parallel_split_not_joined"}


def found(content):
    """What is said about joins: code, element and whether it refuses the bundle."""
    return [
        (each.code, each.element_id, each.severity is Severity.ERROR)
        for each in lint(content, catalogue())
        if each.code in CODES
    ]


@pytest.mark.parametrize("kind", [PARALLEL, EXCLUSIVE, INCLUSIVE])
def test_a_join_of_the_kind_that_splits_is_right(kind):
    assert found(joined(kind, kind)) == []


@pytest.mark.parametrize(
    ("split", "join", "said"),
    [
        (EXCLUSIVE, PARALLEL, [("join_never_complete", "join", True)]),
        (INCLUSIVE, PARALLEL, [("join_never_complete", "join", False)]),
        (PARALLEL, EXCLUSIVE, [("parallel_split_not_joined", "join", False)]),
        (INCLUSIVE, EXCLUSIVE, [("parallel_split_not_joined", "join", False)]),
        (PARALLEL, INCLUSIVE, []),
        (EXCLUSIVE, INCLUSIVE, []),
    ],
)
def test_another_kind_of_join_is_told_by_what_it_does(split, join, said):
    assert found(joined(split, join)) == said


def attached(interrupting):
    """A task ``a`` with a timer; both ways meet at a task ``b`` without a gateway."""
    cancels = "" if interrupting else 'cancelActivity="false"'
    event_xml = event(
        "boundaryEvent", "late", timer("timeDuration", "PT1H"), f'attachedToRef="a" {cancels}'
    )
    ways = flow("start", "a") + flow("a", "b") + flow("late", "b") + flow("b", "end")
    return bundle(START + user("a") + event_xml + user("b") + ways + END)


def test_a_boundary_event_that_interrupts_is_a_choice_and_one_that_does_not_a_split():
    assert found(attached(interrupting=True)) == []
    assert found(attached(interrupting=False)) == [("parallel_split_not_joined", "b", False)]


def test_ways_that_end_each_for_itself_may_share_an_end_event():
    ways = flow("split", "a") + flow("split", "b") + flow("a", "end") + flow("b", "end")
    split = f'<bpmn:{PARALLEL} id="split"/>' + flow("start", "split")
    assert found(bundle(START + split + user("a") + user("b") + ways + END)) == []


def test_a_split_inside_a_branch_is_seen_with_its_own_join():
    inner = (
        f'<bpmn:{EXCLUSIVE} id="choice" default="choice_to_c"/>'
        + flow("choice", "c")
        + flow("choice", "join", "x", "straight")
        + user("c")
        + flow("c", "join")
    )
    split = f'<bpmn:{PARALLEL} id="split"/><bpmn:{PARALLEL} id="join"/>'
    ways = flow("split", "b") + flow("b", "join") + flow("split", "choice")
    around = START + flow("start", "split") + flow("join", "end") + END
    assert found(bundle(around + split + user("b") + ways + inner)) == [
        ("join_never_complete", "join", True)
    ]


def test_a_branch_that_begins_another_round_is_meant():
    ways = (
        flow("start", "again")
        + flow("again", "split")
        + flow("split", "a")
        + flow("a", "choice")
        + flow("choice", "again", "x", "back")
        + flow("choice", "end", identifier="out")
        + flow("split", "b")
        + flow("b", "end")
    )
    gateways = (
        f'<bpmn:{EXCLUSIVE} id="again"/><bpmn:{PARALLEL} id="split"/>'
        f'<bpmn:{EXCLUSIVE} id="choice" default="out"/>'
    )
    assert found(bundle(START + gateways + user("a") + user("b") + ways + END)) == []
