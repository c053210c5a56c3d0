"""Long lives and runaway diagrams: cheap rounds, constant size, and never silence."""

from __future__ import annotations

import statistics
import time

import pytest

from engine.errors import ExecutionError
from engine.kernel import Run, compile_process
from tests.unit.kernel.conftest import FakeEvaluator
from tests.unit.kernel.diagrams import diagram

REVISE = "s:start -> back:xor -> a:user -> more:xor -> back [again] \n more -> x:end [default]"
FORKED = """
    s:start -> back:xor -> split:and -> a:user -> join:and -> more:xor -> back [again]
    split -> b:user -> join
    late:on-cycle+@a -> r:task -> y:end
    more -> x:end [default]
    """


def rounds(flows, number, elements=("a",)):
    """Go round a loop, loading and dumping at every step; times and sizes of each round."""
    executable = compile_process({"main.bpmn": diagram(flows)}, "main")
    evaluator = FakeEvaluator()
    state = Run.start(executable, {f"v{i}": i for i in range(12)}, evaluator).dump()
    times, sizes = [], []
    for each in range(1, number + 1):
        began = time.perf_counter()
        for element in elements:
            run = Run.load(executable, state, evaluator)
            wait = next(wait for wait in run.waits.values() if wait.element == element)
            if element == "late":
                run.fire(wait.task_no)
            else:
                run.complete(wait.task_no, {"again": each < number, "round": each})
            state = run.dump()
        times.append(time.perf_counter() - began)
        sizes.append(len(state))
    return Run.load(executable, state, evaluator), times, sizes


@pytest.mark.parametrize(
    ("flows", "elements"), [(REVISE, ("a",)), (FORKED, ("late", "a", "b"))], ids=["single", "fork"]
)
def test_a_loop_of_1100_rounds_costs_the_same_in_each(flows, elements):
    run, times, sizes = rounds(flows, 1100, elements)
    assert run.finished
    assert run.variables["round"] == 1100
    assert max(sizes[900:1090]) <= max(sizes[10:200]) + 16  # the numbers get longer, no more
    early, late = statistics.median(times[10:110]), statistics.median(times[990:1090])
    assert late < early * 2


@pytest.mark.parametrize(
    "flows",
    [
        "s:start -> back:xor -> t:task -> back",
        "s:start -> back:xor -> split:and -> t:task -> back \n split -> u:task",
        "s:start -> back:xor -> split:and -> t:task -> join:and -> back \n split -> u:task -> join",
        "s:start -> back:xor -> w:sub=inner -> back",
        "s:start -> c:call=main",
        "s:start -> back:xor -> split:and -> back \n split -> back",
    ],
)
def test_a_loop_without_a_wait_is_an_incident_within_a_second(flows):
    files = {"main.bpmn": diagram(flows, inner="s2:start -> t:task")}
    executable = compile_process(files, "main")
    began = time.process_time()
    with pytest.raises(ExecutionError) as caught:
        Run.start(executable, {"x": 1}, FakeEvaluator())
    assert caught.value.reason == "budget_exceeded"
    assert caught.value.params["budget"] == 2000
    assert time.process_time() - began < 1


def test_an_automatic_task_left_ready_is_an_incident(case):
    run = case("s:start -> split:and -> a:user -> x:end \n split -> r:service -> y:end")
    run.state = run.state.replace(b',32,"r"]', b',16,"x"]')  # as if a step had been forgotten
    with pytest.raises(ExecutionError) as caught:
        run.do("a")
    assert (caught.value.reason, caught.value.element) == ("stuck_task", "x")


def test_every_command_has_a_budget_of_its_own(case):
    tasks = " -> ".join(f"t{number}:task" for number in range(20))
    run = case(f"s:start -> back:xor -> a:user -> {tasks} -> back", budget=30)
    for _ in range(5):
        run.do("a")
    with pytest.raises(ExecutionError, match="More than 10 automatic steps"):
        case(f"s:start -> {tasks} -> a:user", budget=10)


def test_a_long_automatic_run_within_its_budget_forgets_as_it_goes(case):
    class Countdown(FakeEvaluator):
        def decide(self, decision_id, context):
            return {"left": context["left"] - 1, "again": context["left"] > 1}

    flows = """
        s:start -> back:xor -> split:and -> r:rule=count -> join:and -> more:xor -> back [again]
        split -> t:task -> join
        more -> a:user [default]
        """
    run = case(flows, {"left": 5000}, evaluator=Countdown(), budget=10**6)
    assert run.variables == {"left": 0, "again": False}
    assert len(run.state) < 200


def test_deeply_nested_scopes_are_fine(case):
    bodies = {
        f"i{number}": f"s{number}:start -> w{number}:sub=i{number + 1}" for number in range(80)
    }
    run = case("s:start -> w:sub=i0 -> b:user", i80="t:start -> a:user", **bodies)
    assert run.do("a", x=1).waiting == ["b"]
    assert run.variables == {"x": 1}


def test_hundreds_of_branches_are_merged(case):
    flows = "s:start -> split:and -> join:and -> z:user \n" + "\n".join(
        f"split -> a{number}:user -> join" for number in range(300)
    )
    run = case(flows).run()
    for wait in list(run.waits.values()):
        run.complete(wait.task_no, {f"v_{wait.element}": 1})
    assert [wait.element for wait in run.waits.values()] == ["z"]
    assert len(run.variables) == 300
