"""Standard loops and multi-instances: how often, over what, and what comes back."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from tests.unit.kernel.diagrams import over

FLOWS = "s:start -> a:user -> b:user"


def cardinality(expression, *, sequential=False):
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopCardinality>{expression}</loopCardinality>"
        '<inputDataItem id="item"/></multiInstanceLoopCharacteristics>'
    )


@pytest.mark.parametrize("sequential", [False, True])
def test_no_item_no_instance(case, sequential):
    marker = over("xs", sequential=sequential, output="ys")
    run = case(FLOWS, {"xs": []}, a_marker=marker)
    assert run.waiting == ["b"]
    assert run.variables == {"xs": [], "ys": []}


@pytest.mark.parametrize("value", [None, "abc", {"a": 1}, 3])
def test_only_a_list_is_a_collection(case, value):
    with pytest.raises(ExecutionError) as caught:
        case(FLOWS, {"xs": value}, a_marker=over("xs"))
    assert (caught.value.reason, caught.value.element) == ("bad_collection", "a")


def test_a_collection_that_does_not_exist_is_an_incident(case):
    with pytest.raises(ExecutionError, match="holds no list"):
        case(FLOWS, a_marker=over("xs"))


@pytest.mark.parametrize("sequential", [False, True])
def test_a_cardinality_counts_from_zero(case, sequential):
    run = case(FLOWS, {"n": 2.0}, a_marker=cardinality("n", sequential=sequential))
    assert run.wait("a").variables["item"] == 0
    assert run.do("a", 0).do("a", 1).waiting == ["b"]
    assert run.variables == {"n": 2.0}


@pytest.mark.parametrize("value", [-1, 1.5, "2", None, True])
def test_a_cardinality_must_be_a_number_of_instances(case, value):
    with pytest.raises(ExecutionError) as caught:
        case(FLOWS, {"n": value}, a_marker=cardinality("n"))
    assert caught.value.reason == "bad_collection"


def test_a_cardinality_that_cannot_be_evaluated_names_the_activity(case):
    with pytest.raises(ExecutionError) as caught:
        case(FLOWS, a_marker=cardinality("missing"))
    assert (caught.value.reason, caught.value.element) == ("expression_failed", "a")


def test_too_many_instances_exceed_the_budget(case):
    with pytest.raises(ExecutionError) as caught:
        case(FLOWS, {"n": 10**9}, a_marker=cardinality("n"))
    assert (caught.value.reason, caught.value.element) == ("budget_exceeded", "a")


def test_enough_instances_cancel_the_others(case):
    marker = over("xs", output="ys", until="numberOfCompletedInstances=2")
    run = case(FLOWS, {"xs": [1, 2, 3]}, a_marker=marker)
    run.do("a", 2, result="z").do("a", 0, result="x")
    assert run.waiting == ["b"]
    assert run.variables == {"xs": [1, 2, 3], "ys": ["x", None, "z"]}


def test_a_completion_condition_sees_what_the_last_instance_has_set(case):
    marker = over("xs", sequential=True, output="ys", until="result=veto")
    run = case(FLOWS, {"xs": [1, 2, 3]}, a_marker=marker)
    assert run.do("a", result="fine").do("a", result="veto").waiting == ["b"]
    assert run.variables["ys"] == ["fine", "veto", None]


def test_items_and_results_stay_inside(case):
    run = case(FLOWS, {"xs": [1], "result": "old"}, a_marker=over("xs", output="ys"))
    assert run.wait("a").variables["result"] is None
    run.do("a", result="new")
    assert run.variables == {"xs": [1], "result": "old", "ys": ["new"]}


def test_sequential_instances_see_each_others_changes(case):
    run = case(FLOWS, {"xs": [1, 2]}, a_marker=over("xs", sequential=True))
    run.do("a", seen=1)
    assert run.wait("a").variables["seen"] == 1
    run.do("a", seen=2)
    assert run.variables == {"xs": [1, 2], "seen": 2}


def test_an_input_changed_by_an_instance_does_not_change_the_run(case):
    run = case(FLOWS, {"xs": [1, 2]}, a_marker=over("xs", sequential=True))
    run.do("a", xs=[])
    assert run.wait("a").variables["item"] == 2
    assert run.do("a").variables == {"xs": []}


def test_subprocesses_run_once_for_each_item(case):
    run = case(
        "s:start -> w:sub=inner -> b:user",
        {"xs": ["p", "q"]},
        inner="s2:start -> a:user -> c:user -> e:end",
        w_marker=over("xs", output="ys"),
    )
    assert [run.wait("a", number).variables["item"] for number in (0, 1)] == ["p", "q"]
    run.do("a", 1).do("c", 1, result="Q").do("a", 0).do("c", 0, result="P")
    assert run.variables == {"xs": ["p", "q"], "ys": ["P", "Q"]}
    assert run.went("w") == ["entered", "begun", "begun", "ended", "ended", "completed"]


def test_an_interrupted_multi_instance_leaves_nothing_behind(case):
    run = case(
        "s:start -> w:sub=inner -> b:user \n late:on-timer@w -> c:user -> x:end",
        {"xs": [1, 2, 3]},
        inner="s2:start -> a:user -> e:end",
        w_marker=over("xs"),
    )
    run.do("a", 1).do("late")
    assert run.waiting == ["c"]
    assert run.run()._instance.subprocesses == {}
    assert run.do("c").finished


def test_an_error_out_of_one_instance_ends_all_and_keeps_its_item_inside(case):
    run = case(
        "s:start -> w:sub=inner -> b:user \n broken:on-error=E@w -> c:user",
        {"xs": [1, 2]},
        inner="s2:start -> a:user -> e:end-error=E",
        w_marker=over("xs"),
    )
    run.do("a", 1, why="torn")
    assert run.waiting == ["c"]
    assert run.variables == {"xs": [1, 2], "why": "torn"}


def test_a_loop_can_be_tested_before_its_first_round(case):
    marker = (
        '<standardLoopCharacteristics testBefore="1"><loopCondition>more</loopCondition>'
        "</standardLoopCharacteristics>"
    )
    assert case(FLOWS, {"more": False}, a_marker=marker).waiting == ["b"]
    assert case(FLOWS, {"more": True}, a_marker=marker).do("a", more=False).waiting == ["b"]


def test_a_loop_counts_its_rounds(case):
    run = case(FLOWS, a_marker='<standardLoopCharacteristics loopMaximum="2"/>')
    assert run.wait("a").item == 0
    assert run.do("a").wait("a").item == 1
    assert run.do("a").waiting == ["b"]


def test_a_loop_condition_that_fails_names_the_activity(case):
    condition = "<loopCondition>x</loopCondition>"
    marker = f"<standardLoopCharacteristics>{condition}</standardLoopCharacteristics>"
    run = case(FLOWS, a_marker=marker)
    with pytest.raises(ExecutionError) as caught:
        run.do("a")
    assert (caught.value.reason, caught.value.element) == ("expression_failed", "a")


def test_a_receive_task_can_be_a_multi_instance(case):
    run = case(
        "s:start -> m:receive=vote -> b:user", {"xs": [1, 2]}, m_marker=over("xs", output="ys")
    )
    run.do("m", 1, result="no").do("m", 0, result="yes")
    assert run.variables == {"xs": [1, 2], "ys": ["yes", "no"]}
