"""Every element of the allow-list does what its description says; one example each.

The table of supported elements in the README is generated from these ids.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.kernel import SUPPORTED_ELEMENTS, WaitKind
from tests.unit.kernel.diagrams import diagram, over

EXAMPLES: dict[str, Callable] = {}


def example(element):
    def register(test):
        EXAMPLES[element] = test
        return test

    return register


def test_every_supported_element_has_an_example_and_no_other():
    assert list(EXAMPLES) == list(SUPPORTED_ELEMENTS)


@pytest.mark.parametrize("element", SUPPORTED_ELEMENTS)
def test_supported(element, case, case_of_files, fake):
    EXAMPLES[element](case=case, case_of_files=case_of_files, fake=fake)


@example("startEvent")
def _(case, **_):
    run = case("s:start -> a:user")
    assert run.path == [("s", "entered"), ("s", "completed"), ("a", "entered")]


@example("endEvent")
def _(case, **_):
    run = case("s:start -> both:and -> a:user -> x:end \n both -> b:user -> y:end")
    run.do("a", one=1)
    assert run.went("x") == ["entered", "completed"]
    assert not run.finished
    assert run.do("b", two=2).finished
    assert run.variables == {"one": 1, "two": 2}


@example("endEvent:message")
def _(case, **_):
    run = case("s:start -> e:end-message=sent", {"x": 1})
    assert run.finished
    assert run.thrown == [("sent", {"x": 1})]


@example("endEvent:signal")
def _(case, **_):
    run = case("s:start -> both:and -> a:user -> e:end-signal=go \n both -> c:catch-signal=go")
    assert run.waiting == ["a"]
    assert run.do("a").finished
    assert run.went("c") == ["entered", "completed"]


@example("endEvent:error")
def _(case, **_):
    flows = "s:start -> w:sub=inner -> ok:user \n broken:on-error=E1@w -> repair:user"
    run = case(flows, inner="s2:start -> a:user -> e:end-error=E1")
    run.do("a", why="torn")
    assert run.waiting == ["repair"]
    assert run.wait("repair").variables == {"why": "torn"}


@example("endEvent:escalation")
def _(case, **_):
    flows = "s:start -> w:sub=inner -> on:user \n up:on-escalation+=L1@w -> told:user"
    run = case(flows, inner="s2:start -> a:user -> e:end-escalation=L1")
    run.do("a")
    assert sorted(run.waiting) == ["on", "told"]


@example("endEvent:terminate")
def _(case, **_):
    flows = "s:start -> both:and -> a:user -> stop:end-terminate \n both -> b:user"
    run = case(flows).do("a", last=True)
    assert run.finished
    assert run.variables == {"last": True}
    assert run.went("b") == ["entered", "cancelled"]


@example("intermediateThrowEvent")
def _(case, **_):
    run = case("s:start -> milestone:throw -> a:user")
    assert run.went("milestone") == ["entered", "completed"]


@example("intermediateThrowEvent:message")
def _(case, **_):
    run = case("s:start -> m:throw-message=news -> a:user", {"x": 1})
    assert run.thrown == [("news", {"x": 1})]
    assert run.waiting == ["a"]


@example("intermediateThrowEvent:signal")
def _(case, **_):
    flows = "s:start -> both:and -> a:user -> t:throw-signal=go -> b:user \n both -> c:catch-signal=go -> d:user"
    assert case(flows).do("a").waiting == ["b", "d"]


@example("intermediateThrowEvent:escalation")
def _(case, **_):
    flows = "s:start -> w:sub=inner -> on:user \n up:on-escalation+=L1@w -> told:user"
    run = case(flows, inner="s2:start -> a:user -> t:throw-escalation=L1 -> b:user")
    assert sorted(run.do("a").waiting) == ["b", "told"]


@example("intermediateCatchEvent:timer")
def _(case, **_):
    run = case("s:start -> t:catch-timer -> a:user")
    assert run.wait("t").kind is WaitKind.TIMER
    assert run.do("t").waiting == ["a"]


@example("intermediateCatchEvent:message")
def _(case, **_):
    run = case("s:start -> m:catch-message=paid -> a:user")
    assert run.wait("m").kind is WaitKind.MESSAGE
    assert run.do("m", amount=3).waiting == ["a"]
    assert run.variables == {"amount": 3}


@example("intermediateCatchEvent:signal")
def _(case, **_):
    flows = "s:start -> both:and -> c:catch-signal=go -> d:user \n both -> a:user -> t:throw-signal=go"
    run = case(flows)
    assert run.waiting == ["a"]
    assert run.do("a").waiting == ["d"]


@example("boundaryEvent:timer")
def _(case, **_):
    run = case("s:start -> a:user -> x:end \n late:on-timer@a -> b:user")
    assert run.wait("late").host == "a"
    run.do("late")
    assert run.waiting == ["b"]
    assert run.went("a") == ["entered", "cancelled"]
    assert run.went("late") == ["entered", "completed"]


@example("boundaryEvent:timer:nonInterrupting")
def _(case, **_):
    once = case("s:start -> a:user -> x:end \n late:on-timer+@a -> b:user").do("late")
    assert sorted(once.waiting) == ["a", "b"]
    again = case("s:start -> a:user -> x:end \n late:on-cycle+@a -> b:user")
    number = again.wait("late").task_no
    again.do("late").do("late")
    assert again.wait("late").task_no == number
    assert sorted(again.waiting) == ["a", "b", "b", "late"]
    again.do("a")
    assert again.waiting == ["b", "b"]


@example("boundaryEvent:message")
def _(case, **_):
    run = case("s:start -> a:user -> x:end \n back:on-message=withdrawn@a -> b:user")
    run.do("back", why="ill")
    assert run.waiting == ["b"]
    assert run.variables == {"why": "ill"}


@example("boundaryEvent:message:nonInterrupting")
def _(case, **_):
    run = case("s:start -> a:user -> x:end \n note:on-message+=remark@a -> b:user")
    run.do("note", text="one").do("note", text="two")
    assert [w.variables["text"] for w in run.run().waits.values() if w.element == "b"] == [
        "one",
        "two",
    ]
    assert "note" in run.waiting


@example("boundaryEvent:signal")
def _(case, **_):
    flows = "s:start -> both:and -> a:user \n hit:on-signal=go@a -> c:user \n both -> b:user -> t:throw-signal=go"
    assert case(flows).do("b").waiting == ["c"]


@example("boundaryEvent:signal:nonInterrupting")
def _(case, **_):
    flows = "s:start -> both:and -> a:user \n hit:on-signal+=go@a -> c:user \n both -> b:user -> t:throw-signal=go"
    assert sorted(case(flows).do("b").waiting) == ["a", "c"]


@example("boundaryEvent:error")
def _(case, **_):
    flows = "s:start -> w:service -> ok:user \n any:on-error@w -> b:user \n one:on-error=E1@w -> c:user"
    assert case(flows).fail("w", "E1").waiting == ["c"]
    assert case(flows).fail("w", "E2").waiting == ["b"]


@example("boundaryEvent:escalation")
def _(case, **_):
    flows = "s:start -> w:sub=inner -> on:user \n up:on-escalation=L1@w -> told:user"
    run = case(flows, inner="s2:start -> a:user -> t:throw-escalation=L1 -> b:user")
    run.do("a", reached=3)
    assert run.waiting == ["told"]
    assert run.variables == {"reached": 3}


@example("boundaryEvent:escalation:nonInterrupting")
def _(case, **_):
    flows = "s:start -> w:sub=inner -> on:user \n up:on-escalation+@w -> told:user"
    inner = "s2:start -> a:user -> t:throw-escalation=L1 -> b:user -> t2:throw-escalation=L2"
    run = case(flows, inner=inner).do("a").do("b")
    assert sorted(run.waiting) == ["on", "told", "told"]


@example("task")
def _(case, **_):
    run = case("s:start -> t:task -> a:user")
    assert run.went("t") == ["entered", "completed"]


@example("userTask")
def _(case, **_):
    run = case("s:start -> a:user -> x:end", {"x": 1})
    assert run.wait("a").kind is WaitKind.USER
    assert run.wait("a").variables == {"x": 1}
    assert run.do("a", y=2).finished
    assert run.variables == {"x": 1, "y": 2}


@example("serviceTask")
def _(case, **_):
    run = case("s:start -> a:service -> x:end")
    assert run.wait("a").kind is WaitKind.SERVICE
    assert run.do("a", y=2).variables == {"y": 2}


@example("sendTask")
def _(case, **_):
    run = case("s:start -> a:send -> x:end")
    assert run.wait("a").kind is WaitKind.SERVICE
    assert run.do("a").finished


@example("receiveTask")
def _(case, **_):
    run = case("s:start -> a:receive=paid -> x:end")
    assert run.wait("a").kind is WaitKind.MESSAGE
    assert run.do("a", amount=3).variables == {"amount": 3}


@example("businessRuleTask")
def _(case, fake, **_):
    evaluator = fake({"rate": lambda variables: {"rate": variables["x"] * 2}})
    run = case("s:start -> r:rule=rate -> a:user", {"x": 4}, evaluator=evaluator)
    assert run.variables == {"x": 4, "rate": 8}


@example("subProcess")
def _(case, **_):
    run = case("s:start -> w:sub=inner -> b:user", {"x": 1}, inner="s2:start -> a:user -> e:end")
    assert run.wait("a").variables == {"x": 1}
    assert run.do("a", y=2).waiting == ["b"]
    assert run.variables == {"x": 1, "y": 2}
    assert run.went("w") == ["entered", "completed"]


@example("callActivity")
def _(case_of_files, **_):
    files = {
        "main.bpmn": diagram("s:start -> c:call=other -> b:user"),
        "other.bpmn": diagram("s:start -> a:user -> e:end", process="other"),
    }
    run = case_of_files(files, {"x": 1})
    assert run.wait("a").variables == {"x": 1}
    assert run.do("a", y=2).waiting == ["b"]
    assert run.variables == {"x": 1, "y": 2}


@example("exclusiveGateway")
def _(case, fake, **_):
    flows = "s:start -> g:xor -> a:user [x] \n g -> b:user [y] \n g -> c:user [default]"
    evaluator = fake()
    assert case(flows, {"x": True, "y": True}, evaluator=evaluator).waiting == ["a"]
    assert evaluator.calls == [["x", "y"]]
    assert case(flows, {"x": False, "y": True}).waiting == ["b"]
    assert case(flows, {"x": False, "y": False}).waiting == ["c"]


@example("parallelGateway")
def _(case, **_):
    flows = "s:start -> split:and -> a:user -> join:and -> c:user \n split -> b:user -> join"
    run = case(flows).do("b", two=2)
    assert run.waiting == ["a"]
    assert run.do("a", one=1).waiting == ["c"]
    assert run.variables == {"one": 1, "two": 2}


@example("inclusiveGateway")
def _(case, **_):
    flows = """
        s:start -> split:or -> a:user [x]
        split -> b:user [y]
        split -> c:user [default]
        a -> join:or -> d:user
        b -> join
        c -> join
        """
    both = case(flows, {"x": True, "y": True})
    assert both.waiting == ["a", "b"]
    assert both.do("a").waiting == ["b"]
    assert both.do("b").waiting == ["d"]
    one = case(flows, {"x": False, "y": True})
    assert one.do("b").waiting == ["d"]
    assert case(flows, {"x": False, "y": False}).waiting == ["c"]


@example("eventBasedGateway")
def _(case, **_):
    flows = "s:start -> g:race -> t:catch-timer -> a:user \n g -> m:receive=paid -> b:user"
    run = case(flows)
    assert run.waiting == ["t", "m"]
    assert run.do("m", amount=1).waiting == ["b"]
    assert run.went("t") == ["entered", "cancelled"]


@example("multiInstanceLoopCharacteristics:parallel")
def _(case, **_):
    run = case("s:start -> a:user -> b:user", {"xs": [7, 8, 9]}, a_marker=over("xs", output="ys"))
    assert run.waiting == ["a", "a", "a"]
    assert [run.wait("a", item).variables["item"] for item in range(3)] == [7, 8, 9]
    run.do("a", 2, result="z").do("a", 0, result="x").do("a", 1, result="y")
    assert run.waiting == ["b"]
    assert run.variables == {"xs": [7, 8, 9], "ys": ["x", "y", "z"]}


@example("multiInstanceLoopCharacteristics:sequential")
def _(case, **_):
    marker = over("xs", sequential=True, output="ys")
    run = case("s:start -> a:user -> b:user", {"xs": [7, None]}, a_marker=marker)
    assert run.wait("a").variables["item"] == 7
    run.do("a", result="x")
    assert run.wait("a").variables["item"] is None
    assert run.do("a", result="y").waiting == ["b"]
    assert run.variables == {"xs": [7, None], "ys": ["x", "y"]}


@example("standardLoopCharacteristics")
def _(case, **_):
    marker = (
        '<standardLoopCharacteristics loopMaximum="3"><loopCondition>more</loopCondition>'
        "</standardLoopCharacteristics>"
    )
    run = case("s:start -> a:user -> b:user", a_marker=marker)
    assert run.do("a", more=True).do("a", more=False).waiting == ["b"]
    run = case("s:start -> a:user -> b:user", a_marker=marker)
    assert run.do("a", more=True).do("a", more=True).do("a", more=True).waiting == ["b"]


@example("sequenceFlow")
def _(case, **_):
    run = case("s:start -> a:user -> b:user").do("a", x=1)
    assert run.waiting == ["b"]
    assert run.variables == {"x": 1}
