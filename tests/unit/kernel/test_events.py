"""Boundary events, errors, escalations, signals and terminate in their less simple places."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError, InvalidState
from tests.unit.kernel.diagrams import diagram


def test_an_uncaught_error_is_an_incident(case):
    run = case("s:start -> a:user -> e:end-error=E1")
    with pytest.raises(ExecutionError) as caught:
        run.do("a")
    assert (caught.value.reason, caught.value.element) == ("uncaught_error", "e")
    assert caught.value.params["error_code"] == "E1"


def test_a_failing_service_without_a_boundary_event_is_an_incident(case):
    run = case("s:start -> a:service -> b:user")
    with pytest.raises(ExecutionError) as caught:
        run.fail("a", "E1")
    assert (caught.value.reason, caught.value.element) == ("uncaught_error", "a")
    assert run.waiting == ["a"]


def test_an_error_goes_out_until_somebody_catches_it(case_of_files):
    files = {
        "main.bpmn": diagram("s:start -> c:call=other -> b:user \n broken:on-error=E1@c -> r:user"),
        "other.bpmn": diagram(
            "s:start -> w:sub=inner -> x:end \n wrong:on-error=E2@w -> y:end",
            process="other",
            inner="s2:start -> a:service -> e:end-error=E1",
        ),
    }
    run = case_of_files(files).do("a")
    assert run.waiting == ["r"]
    assert run.went("c") == ["entered", "cancelled"]
    assert case_of_files(files).fail("a", "E1").waiting == ["r"]


def test_an_escalation_nobody_catches_goes_on(case):
    assert case("s:start -> t:throw-escalation=L1 -> a:user").waiting == ["a"]
    assert case("s:start -> e:end-escalation=L1").finished


def test_a_boundary_event_sees_the_variables_from_before_its_activity(case):
    run = case(
        "s:start -> w:sub=inner -> b:user \n late:on-timer@w -> c:user",
        {"x": 1},
        inner="s2:start -> a:user -> a2:user",
    )
    assert run.do("a", x=2).do("late").variables == {"x": 1}


def test_completing_an_activity_takes_its_boundary_events_off(case):
    flows = """
        s:start -> a:user -> b:user
        one:on-timer@a -> x:end
        two:on-cycle+@a -> y:end
        three:on-message=m@a -> z:end
        """
    run = case(flows)
    assert run.waiting == ["a", "one", "two", "three"]
    assert run.do("a").waiting == ["b"]


def test_one_boundary_event_takes_the_others_off(case):
    flows = "s:start -> a:user \n one:on-timer@a -> b:user \n two:on-message=m@a -> c:user"
    assert case(flows).do("two").waiting == ["c"]


def test_two_tokens_at_one_activity_have_boundary_events_of_their_own(case):
    flows = """
        s:start -> split:and -> merge:xor -> a:user -> b:service
        split -> merge
        late:on-timer@a -> c:service
        """
    run = case(flows)
    assert run.waiting == ["a", "late", "a", "late"]
    run.do("late")
    assert sorted(run.waiting) == ["a", "c", "late"]
    assert sorted(run.do("a").waiting) == ["b", "c"]


def test_a_boundary_event_in_a_loop_is_armed_anew_each_round(case):
    flows = "s:start -> back:xor -> a:user -> x:end \n late:on-timer@a -> back"
    run = case(flows)
    numbers = set()
    for _ in range(5):
        numbers.add(run.wait("late").task_no)
        run.do("late")
    assert len(numbers) == 5
    assert run.waiting == ["a", "late"]


def test_terminate_ends_only_its_own_scope(case):
    flows = "s:start -> split:and -> w:sub=inner -> b:user \n split -> c:user"
    inner = "s2:start -> both:and -> a:user -> e:end-terminate \n both -> d:user"
    run = case(flows, inner=inner)
    run.do("a", why="enough")
    assert sorted(run.waiting) == ["b", "c"]
    assert run.wait("b").variables == {"why": "enough"}


def test_a_signal_reaches_all_scopes_but_only_those_that_wait(case):
    flows = """
        s:start -> split:and -> w:sub=inner -> b:user
        split -> c:user -> t:throw-signal=go -> d:user -> late:catch-signal=go
        """
    run = case(flows, inner="s2:start -> k:catch-signal=go -> a:user")
    run.do("c")
    assert sorted(run.waiting) == ["a", "d"]


def test_a_signal_that_interrupts_its_own_thrower_takes_it_away(case):
    flows = "s:start -> w:sub=inner -> b:user \n out:on-signal=go@w -> c:user"
    run = case(flows, inner="s2:start -> a:user -> t:throw-signal=go -> d:user")
    assert run.do("a").waiting == ["c"]


def test_reminders_without_variables_leave_nothing_behind(case):
    run = case("s:start -> a:user -> x:end \n again:on-cycle+@a -> r:task -> y:end")
    sizes = {len(run.do("again").state) for _ in range(50)}
    assert max(sizes) - min(sizes) <= 2
    assert run.do("a").finished


def test_a_reminder_that_waits_outlives_its_activity(case):
    run = case("s:start -> a:user -> x:end \n again:on-cycle+@a -> r:service -> y:end")
    run.do("again").do("a")
    assert run.waiting == ["r"]
    assert run.do("r", told=True).finished
    assert run.variables == {"told": True}


def test_a_wait_is_used_once(case):
    run = case("s:start -> a:user -> b:user")
    number = run.wait("a").task_no
    run.do("a")
    with pytest.raises(InvalidState):
        run.run().complete(number, {})
    with pytest.raises(InvalidState):
        run.run().fire(run.wait("b").task_no)
    with pytest.raises(InvalidState):
        run.run().complete(4711, {})


def test_a_finished_instance_takes_no_more_commands(case):
    run = case("s:start -> e:end").run()
    assert run.finished
    with pytest.raises(InvalidState):
        run.cancel()


def test_cancelling_takes_everything_away(case):
    run = case(
        "s:start -> split:and -> w:sub=inner \n split -> b:user \n late:on-timer@b -> x:end",
        {"v": 1},
        inner="s2:start -> a:user",
    )
    loaded = run.run()
    loaded.cancel()
    run._keep(loaded)
    assert run.finished
    assert run.waiting == []
    assert run.variables == {"v": 1}
    for element in ("a", "b", "w"):
        assert run.went(element) == ["entered", "cancelled"]


def test_no_token_number_is_used_twice(case):
    flows = "s:start -> back:xor -> a:user -> more:xor -> back [again] \n more -> x:end [default]"
    run = case(flows)
    seen = set()
    for _ in range(20):
        number = run.wait("a").task_no
        assert number not in seen
        seen.add(number)
        run.do("a", again=True)


def test_the_path_tells_in_order_what_has_moved(case):
    run = case("s:start -> a:user -> g:xor -> b:user [x] \n g -> c:user [default]").do("a", x=True)
    assert run.path == [
        ("s", "entered"),
        ("s", "completed"),
        ("a", "entered"),
        ("a", "completed"),
        ("g", "entered"),
        ("g", "completed"),
        ("b", "entered"),
    ]
