"""Which sequence flows the tokens have taken."""

from __future__ import annotations

import pytest

from engine.kernel import Run


@pytest.fixture
def flows(case, fake):
    """The flows that a process takes to its first waits."""

    def taken(diagram, variables=None):
        executable = case(diagram, variables).executable
        return Run.start(executable, variables or {}, fake()).flows

    return taken


TWO_WAYS = "s:start -> g:xor -> a:user [x] \n g -> a [default]"


@pytest.mark.parametrize(("x", "way"), [(True, "f2"), (False, "f3")])
def test_of_two_flows_to_the_same_element_the_one_taken_is_told(flows, x, way):
    assert flows(TWO_WAYS, {"x": x}) == ["f1", way]


def test_a_split_takes_all_and_a_join_only_those_that_came(flows):
    assert flows("s:start -> g:and -> a:user \n g -> b:user \n a -> j:and \n b -> j -> e:end") == [
        "f1",
        "f2",
        "f3",
    ]


def test_a_flow_into_a_join_counts_when_the_token_leaves_for_it(case):
    process = case("s:start -> g:and -> a:user \n g -> b:user \n a -> j:and \n b -> j -> e:end")
    run = process.run()
    run.complete(process.wait("a").task_no, {})
    assert run.flows == ["f4"]


def test_a_race_sends_a_token_to_each_of_its_events(flows):
    race = "s:start -> g:race -> m:catch-message=news -> a:user \n g -> t:catch-timer -> b:user"
    assert flows(race) == ["f1", "f2", "f4"]


def test_a_boundary_event_is_reached_by_no_flow_and_left_by_one(case):
    process = case("s:start -> a:user -> e:end \n late:on-timer+@a -> b:user")
    run = process.run()
    run.fire(process.wait("late").task_no)
    assert run.flows == ["f3"]
