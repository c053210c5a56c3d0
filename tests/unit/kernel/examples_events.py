"""One example of each supported event."""

from __future__ import annotations

from engine.kernel import WaitKind
from tests.unit.kernel.examples import example


@example("startEvent")
def _(case, **_):
    run = case("s:start -> a:user")
    assert run.path == [("s", "entered"), ("s", "completed"), ("a", "entered")]


@example("startEvent:message")
def _(case, **_):
    flows = "s:start -> a:user \n m:start-message=opened -> b:user"
    assert case(flows).waiting == ["a"]
    run = case(flows, {"x": 1}, at="m")
    assert run.path == [("m", "entered"), ("m", "completed"), ("b", "entered")]
    assert run.wait("b").variables == {"x": 1}


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
    flows = """
        s:start -> both:and -> a:user -> t:throw-signal=go -> b:user
        both -> c:catch-signal=go -> d:user
        """
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
    flows = (
        "s:start -> both:and -> c:catch-signal=go -> d:user \n both -> a:user -> t:throw-signal=go"
    )
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
    flows = """
        s:start -> both:and -> a:user
        both -> b:user -> t:throw-signal=go
        hit:on-signal=go@a -> c:user
        """
    assert case(flows).do("b").waiting == ["c"]


@example("boundaryEvent:signal:nonInterrupting")
def _(case, **_):
    flows = """
        s:start -> both:and -> a:user
        both -> b:user -> t:throw-signal=go
        hit:on-signal+=go@a -> c:user
        """
    assert sorted(case(flows).do("b").waiting) == ["a", "c"]


@example("boundaryEvent:error")
def _(case, **_):
    flows = (
        "s:start -> w:service -> ok:user \n any:on-error@w -> b:user \n one:on-error=E1@w -> c:user"
    )
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
