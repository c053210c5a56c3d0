"""What gateways do when nothing, or more than one thing, is true."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError


@pytest.mark.parametrize("kind", ["xor", "or"])
def test_no_true_flow_and_no_default_is_an_incident(case, kind):
    with pytest.raises(ExecutionError) as caught:
        case(f"s:start -> g:{kind} -> a:user [x] \n g -> b:user [y]", {"x": False, "y": False})
    assert (caught.value.reason, caught.value.element) == ("no_flow_true", "g")


@pytest.mark.parametrize("kind", ["xor", "or"])
def test_a_condition_that_cannot_be_evaluated_names_its_flow(case, kind):
    with pytest.raises(ExecutionError) as caught:
        case(f"s:start -> g:{kind} -> a:user [x] \n g -> b:user [missing]", {"x": True})
    assert (caught.value.reason, caught.value.element) == ("expression_failed", "f3")
    assert "missing" in caught.value.detail


def test_a_condition_must_be_true_or_false(case):
    with pytest.raises(ExecutionError) as caught:
        case("s:start -> g:xor -> a:user [x] \n g -> b:user [default]", {"x": 1})
    assert (caught.value.reason, caught.value.element) == ("expression_failed", "f2")


def test_the_order_of_the_file_decides_and_not_the_picture(case):
    flows = "s:start -> g:xor \n g -> b:user [y] \n g -> a:user [x]"
    assert case(flows, {"x": True, "y": True}).waiting == ["b"]


def test_a_condition_on_the_default_flow_counts_for_nothing(case_of_files):
    data = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="main">
        <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
        <exclusiveGateway id="g" default="f2"/><userTask id="a"/><userTask id="b"/>
        <sequenceFlow id="f2" sourceRef="g" targetRef="a">
          <conditionExpression>unknown</conditionExpression></sequenceFlow>
        <sequenceFlow id="f3" sourceRef="g" targetRef="b">
          <conditionExpression>x</conditionExpression></sequenceFlow>
        </process></definitions>"""
    assert case_of_files(data, {"x": False}).waiting == ["a"]
    assert case_of_files(data, {"x": True}).waiting == ["b"]


def test_a_gateway_with_one_unconditional_flow_lets_through(case, fake):
    evaluator = fake()
    assert case("s:start -> g:xor -> h:or -> a:user", evaluator=evaluator).waiting == ["a"]
    assert evaluator.calls == []


def test_a_decision_that_fails_names_its_task(case):
    with pytest.raises(ExecutionError) as caught:
        case("s:start -> r:rule=unknown -> a:user")
    assert (caught.value.reason, caught.value.element) == ("expression_failed", "r")


def test_a_gateway_in_a_wait_for_events_takes_the_first(case):
    flows = """
        s:start -> g:race -> t:catch-timer -> m:xor -> x:user
        g -> early:catch-timer -> m
        g -> sig:catch-signal=go -> m
        """
    run = case(flows)
    assert run.waiting == ["t", "early"]
    run.do("early")
    assert run.waiting == ["x"]
    assert run.went("sig") == ["entered", "cancelled"]


def test_a_join_that_can_never_fire_is_an_incident(case):
    flows = (
        "s:start -> g:xor -> a:user [x] \n g -> b:user [default] \n a -> j:and -> e:end \n b -> j"
    )
    run = case(flows, {"x": True})
    with pytest.raises(ExecutionError) as caught:
        run.do("a")
    assert (caught.value.reason, caught.value.element) == ("stuck_task", "j")


def test_waiting_for_a_signal_nobody_can_throw_is_an_incident(case):
    with pytest.raises(ExecutionError) as caught:
        case("s:start -> c:catch-signal=go -> a:user")
    assert (caught.value.reason, caught.value.element) == ("stuck_task", "c")
