"""Parallel branches never lose each other's changes, and joins fire when they should."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from tests.unit.kernel.diagrams import over

FORK = "s:start -> split:and -> a:user -> join:and -> c:user \n split -> b:user -> join"


def test_a_branch_that_changed_nothing_does_not_overwrite_the_other(case):
    run = case(FORK, {"x": 1}).do("a", x=2).do("b")
    assert run.variables == {"x": 2}


def test_the_same_variable_changed_differently_is_an_incident(case):
    run = case(FORK, {"x": 1}).do("a", x=2)
    with pytest.raises(ExecutionError) as caught:
        run.do("b", x=3)
    assert (caught.value.reason, caught.value.element) == ("lost_update", "join")
    assert caught.value.params["variable"] == "x"
    assert "'x'" in caught.value.detail


def test_the_same_variable_changed_to_the_same_value_is_fine(case):
    assert case(FORK, {"x": 1}).do("a", x=2).do("b", x=2).variables == {"x": 2}


def test_true_and_one_are_different_values(case):
    run = case(FORK).do("a", x=True)
    with pytest.raises(ExecutionError, match="'x'"):
        run.do("b", x=1)


def test_a_change_and_a_change_back_is_still_a_change(case):
    flows = "s:start -> split:and -> a:user -> a2:user -> join:and \n split -> b:user -> join"
    run = case(flows, {"x": 1}).do("a", x=2).do("a2", x=1)
    with pytest.raises(ExecutionError, match="'x'"):
        run.do("b", x=5)


def test_lists_are_values_and_are_not_merged_by_position(case):
    run = case(FORK, {"xs": [1]}).do("a", xs=[1, 2])
    with pytest.raises(ExecutionError, match="'xs'"):
        run.do("b", xs=[1, 3])
    assert case(FORK, {"xs": [1]}).do("a", xs=[1, 2]).do("b").variables == {"xs": [1, 2]}


def test_changes_are_compared_with_the_innermost_fork(case):
    flows = """
        s:start -> split:and -> a:user -> inner:and -> b:user -> join:and -> e:user
        inner -> c:user -> join
        split -> d:user -> join
        """
    run = case(flows, {"x": 1}).do("a", x=2).do("d").do("b", x=3).do("c")
    assert run.variables == {"x": 3}


def test_branches_that_meet_at_the_end_are_merged_too(case):
    flows = "s:start -> split:and -> a:user -> x:end \n split -> b:user -> y:end"
    run = case(flows, {"v": 1}).do("a", v=2)
    with pytest.raises(ExecutionError) as caught:
        run.do("b", v=3)
    assert caught.value.element == "main"


def test_a_value_replaced_later_is_no_rival(case):
    # The reminder's branch has seen one=1, which the main way has replaced meanwhile.
    flows = """
        s:start -> split:and -> a:user -> b:user -> join:and -> again:user -> x:end
        split -> c:user -> join
        remind:on-cycle+@b -> r:user -> y:end
        """
    run = case(flows, {"v": 0}).do("a", v=1).do("remind").do("b").do("c").do("again", v=2)
    assert run.waiting == ["r"]
    assert run.do("r", told=True).finished
    assert run.variables == {"v": 2, "told": True}


def test_a_reminder_that_writes_rivals_the_main_way(case):
    flows = "s:start -> a:user -> x:end \n remind:on-cycle+@a -> r:user -> y:end"
    run = case(flows, {"v": 0}).do("remind").do("r", v=1)
    with pytest.raises(ExecutionError, match="'v'"):
        run.do("a", v=2)


def test_more_tokens_on_one_flow_wait_for_the_next_firing(case):
    flows = """
        s:start -> split:and -> a1:user -> merge:xor -> join:and -> e:service
        split -> a2:user -> merge
        split -> b1:user -> other:xor -> join
        split -> b2:user -> other
        """
    run = case(flows).do("a1").do("a2")
    assert run.waiting == ["b1", "b2"]
    assert sorted(run.do("b1").waiting) == ["b2", "e"]
    assert run.do("b2").waiting == ["e", "e"]
    assert run.do("e").do("e").finished


def test_a_join_in_a_loop_fires_once_a_round_in_any_order(case):
    flows = """
        s:start -> back:xor -> split:and -> a:user -> join:and -> more:xor -> back [again]
        split -> b:user -> join
        more -> x:end [default]
        """
    run = case(flows, {"again": True})
    for number in range(6):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        run.do(first, **{first: number}).do(second, **{second: number})
        assert run.waiting == ["a", "b"]
    run.do("a", again=False).do("b")
    assert run.finished
    assert run.variables == {"again": False, "a": 5, "b": 5}


def test_two_flows_between_the_same_nodes_carry_two_tokens(case):
    run = case(
        "s:start -> split:and -> join:and -> a:user \n split -> join \n split -> b:user -> join"
    )
    assert run.waiting == ["b"]
    assert run.do("b").waiting == ["a"]


def test_an_inclusive_join_waits_for_a_token_upstream_only(case):
    flows = """
        s:start -> split:and -> a:user -> join:or -> d:user
        split -> b:user -> join
        split -> c:user
        """
    run = case(flows).do("a")
    assert run.waiting == ["b", "c"]
    assert sorted(run.do("b").waiting) == ["c", "d"]


def test_an_inclusive_join_goes_on_when_the_other_token_takes_another_way(case):
    flows = """
        s:start -> split:and -> a:user -> join:or -> d:user
        split -> b:user -> g:xor -> join [late]
        g -> away:user [default]
        """
    run = case(flows, {"late": False}).do("a")
    assert run.waiting == ["b"]
    assert sorted(run.do("b").waiting) == ["away", "d"]


def test_an_inclusive_join_waits_for_what_a_boundary_event_may_send(case):
    flows = """
        s:start -> split:and -> a:user -> join:or -> d:user
        split -> b:user -> x:end
        late:on-timer@b -> join
        """
    run = case(flows).do("a")
    assert sorted(run.waiting) == ["b", "late"]
    assert run.do("late").waiting == ["d"]
    run = case(flows).do("a")
    assert run.do("b").waiting == ["d"]


def test_parallel_instances_are_merged_like_branches(case):
    flows = "s:start -> a:user -> b:user"
    run = case(flows, {"xs": [1, 2]}, a_marker=over("xs"))
    run.do("a", 0, left="l").do("a", 1, right="r")
    assert run.variables == {"xs": [1, 2], "left": "l", "right": "r"}
    run = case(flows, {"xs": [1, 2]}, a_marker=over("xs")).do("a", 0, v=1)
    with pytest.raises(ExecutionError) as caught:
        run.do("a", 1, v=2)
    assert (caught.value.reason, caught.value.element) == ("lost_update", "a")
