"""The state: small, opaque to what variables hold, shared by nobody, the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest

from engine.errors import ExecutionError, InvalidState
from engine.kernel import Run, compile_process
from tests.unit.kernel.conftest import FakeEvaluator
from tests.unit.kernel.diagrams import diagram, over

ODD_VALUES = {
    "typename": "x",
    "nested": {"typename": {"typename": "BpmnTaskSpec"}, "z": 1, "a": 2},
    "text": 'é\U0001f600\x00"\\',
    "": None,
    "numbers": [0, -1, 2**53, 1.5, 1e300],
    "of": 3,
    "item": 7,
    "changes": {},
    "data_objects": {},
}


def test_values_mean_nothing_to_the_format(case):
    run = case("s:start -> a:user -> b:user", ODD_VALUES).do("a", via=1, race=[1])
    assert run.variables == {**ODD_VALUES, "via": 1, "race": [1]}
    assert list(run.variables) == [*ODD_VALUES, "via", "race"]


@pytest.mark.parametrize("value", [datetime.now(UTC), Decimal(1), {1, 2}, object(), {1: 2}, b""])
def test_what_is_no_json_value_is_refused(value):
    executable = compile_process({"main.bpmn": diagram("s:start -> a:user")}, "main")
    run = Run.start(executable, {"x": value}, FakeEvaluator())
    with pytest.raises(TypeError):
        run.dump()


def test_a_waiting_task_needs_one_row(case):
    run = case("s:start -> a:user -> b:user -> e:end", {"x": 1}).do("a", y=2)
    assert orjson.loads(run.state) == [1, 3, 0, [[0, "main", [[3, 0, 32, "b", {"x": 1, "y": 2}]]]]]


def test_a_finished_instance_keeps_its_variables(case):
    run = case("s:start -> a:user -> e:end").do("a", x=1)
    assert orjson.loads(run.state)[2:] == [1, {"x": 1}]


def test_branches_share_what_they_have_in_common(case):
    big = {"text": "x" * 1000}
    run = case("s:start -> split:and -> a:user \n split -> b:user \n split -> c:user", big)
    assert len(run.state) < 1400
    marker = over("xs")
    run = case(
        "s:start -> w:sub=i", {"xs": list(range(20)), **big}, i="t:start -> a:user", w_marker=marker
    )
    assert len(run.state) < 3500


def test_a_state_of_another_version_or_definition_is_refused(case):
    run = case("s:start -> a:user")
    other = compile_process({"main.bpmn": diagram("s:start -> b:user")}, "main")
    with pytest.raises(ValueError, match="no element 'a'"):
        Run.load(other, run.state, run.evaluator)
    newer = orjson.dumps([2, *orjson.loads(run.state)[1:]])
    with pytest.raises(ValueError, match="version 2"):
        Run.load(run.executable, newer, run.evaluator)
    lost = run.state.replace(b'[0,"main"', b'[99,"main"')
    with pytest.raises(ValueError, match="does not fit"):
        Run.load(run.executable, lost, run.evaluator)


def test_a_failed_run_cannot_be_kept(case):
    run = case("s:start -> a:user -> g:xor -> b:user [x] \n g -> c:user [y]")
    loaded = run.run()
    with pytest.raises(ExecutionError):
        loaded.complete(run.wait("a").task_no, {})
    with pytest.raises(InvalidState):
        loaded.dump()
    with pytest.raises(InvalidState):
        loaded.complete(run.wait("a").task_no, {"x": True, "y": False})
    assert run.do("a", x=True, y=False).waiting == ["b"]


def test_given_variables_are_never_changed(case):
    given = {"xs": [1], "deep": {"a": [1]}}
    run = case("s:start -> split:and -> a:user -> j:and -> c:user \n split -> b:user -> j", given)
    run.do("a", ys=[2]).do("b", deep={"a": [1, 2]})
    assert given == {"xs": [1], "deep": {"a": [1]}}
    assert run.variables == {"xs": [1], "deep": {"a": [1, 2]}, "ys": [2]}


def test_waits_show_variables_that_cannot_be_changed(case):
    wait = case("s:start -> a:user", {"x": 1}).wait("a")
    with pytest.raises(TypeError):
        wait.variables["x"] = 2


_PROGRAM = """
import sys
sys.path.insert(0, ".")
from engine.kernel import Run, compile_process
from tests.unit.kernel.conftest import FakeEvaluator
from tests.unit.kernel.diagrams import diagram, over
flows = '''s:start -> split:and -> w:sub=i -> j:or -> z:user
split -> b:user -> j
late:on-cycle+@b -> r:service -> y:end'''
files = {"main.bpmn": diagram(flows, i="t:start -> a:user", w_marker=over("xs", output="ys"))}
run = Run.start(compile_process(files, "main"), {"xs": [1, 2], "k": 1, "l": 2}, FakeEvaluator())
for element in ("late", "a", "r", "a", "b"):
    wait = next(each for each in run.waits.values() if each.element == element)
    if element == "late":
        run.fire(wait.task_no)
    else:
        run.complete(wait.task_no, {f"p{wait.task_no}": 1, f"q{wait.task_no}": 2, "result": 3})
sys.stdout.write(run.dump().decode())
"""


def test_stepping_does_not_depend_on_the_process_it_happens_in():
    states = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(states) == 1


def test_threads_share_one_executable():
    flows = """
        s:start -> back:xor -> split:and -> w:sub=i -> join:or -> more:xor -> back [again]
        split -> b:user -> join
        more -> e:end [default]
        """
    marker = over("xs", output="ys")
    files = {"main.bpmn": diagram(flows, i="t:start -> a:user", w_marker=marker)}
    executable = compile_process(files, "main")
    before = {key: dict(spec.task_specs) for key, spec in executable.specs.items()}
    evaluator, states, faults = FakeEvaluator(), [], []

    def work():
        try:
            state = Run.start(executable, {"xs": [1, 2], "again": True}, evaluator).dump()
            for number in range(150):
                run = Run.load(executable, state, evaluator)
                wait = next(iter(run.waits.values()))
                run.complete(wait.task_no, {"result": number} if wait.element == "a" else {})
                state = run.dump()
            states.append(state)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(set(states)) == 1
    assert {key: dict(spec.task_specs) for key, spec in executable.specs.items()} == before
