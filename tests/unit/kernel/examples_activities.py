"""One example of each supported activity, gateway, marker and flow."""

from __future__ import annotations

from engine.kernel import WaitKind
from tests.unit.kernel.diagrams import diagram, over
from tests.unit.kernel.examples import example


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
