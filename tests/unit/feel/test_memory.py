"""Answers are remembered where nothing but the clock has moved, and only there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import ExpressionError, FixedClock
from engine.feel import Feel
from engine.feel.memory import CHARS, ENTRIES, Answers

TIMELESS = {
    'if department = "lea" then "ri" else "coordinator:" + department': {"department": "mi"},
    "count(list) > 0": {"list": ["a"]},
    'duration("PT2H") < duration("P1D")': {},
}
TIMED = {
    "today()": {},
    "now() + duration(within)": {"within": "PT1H"},
    "if late then today() else null": {"late": True},
    'string(today()) + "-" + suffix': {"suffix": "x"},
}


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 1, 5, 9, tzinfo=UTC))


@pytest.fixture
def feel(clock):
    made = Feel(clock, seconds=2)
    yield made
    made.close()


@pytest.fixture
def asked(feel, monkeypatch):
    """How many calls reached V8."""
    calls = []
    run = feel._isolate._run
    monkeypatch.setattr(feel._isolate, "_run", lambda source: calls.append(source) or run(source))
    return calls


@pytest.mark.parametrize("expression", TIMELESS)
def test_what_the_clock_has_no_part_in_is_asked_once(feel, clock, asked, expression):
    first = feel.evaluate([expression], TIMELESS[expression])
    clock.at += timedelta(hours=5)
    assert feel.evaluate([expression], TIMELESS[expression]) == first
    assert len(asked) == 1


@pytest.mark.parametrize("expression", TIMED)
def test_what_reads_the_clock_is_asked_each_time(feel, clock, asked, expression):
    first = feel.evaluate([expression], TIMED[expression])
    clock.at += timedelta(days=400)
    assert feel.evaluate([expression], TIMED[expression]) != first
    assert len(asked) == 2


def test_another_context_is_another_question(feel):
    answers = [feel.evaluate(["count(list) + 1"], {"list": [1] * n}) for n in (0, 1, 0, 2)]
    assert answers == [[1], [2], [1], [3]]


def test_nobody_who_changes_an_answer_changes_the_next_one(feel):
    feel.evaluate(["concatenate(list, [2])"], {"list": [1]})[0].append(3)
    assert feel.evaluate(["concatenate(list, [2])"], {"list": [1]}) == [[1, 2]]


def test_a_failure_is_the_same_failure_again(feel, asked):
    for _ in range(2):
        with pytest.raises(ExpressionError, match="missing") as refused:
            feel.evaluate(["count(missing)"], {})
        assert refused.value.params["reason"] == "missing_variable"
    assert len(asked) == 1


def test_an_isolate_that_is_closed_forgets(feel, asked):
    for _ in range(2):
        feel.evaluate(["count([1])"], {})
        feel.close()
    assert len(asked) == 2


def test_only_so_much_is_remembered():
    answers = Answers()
    answers.keep("long", "x" * CHARS)
    assert answers.find("long") is None
    for number in range(ENTRIES):
        answers.keep(str(number), "x")
    assert answers.find("0") == "x"
    answers.keep("one more", "x")
    assert (answers.find("0"), answers.find("1"), answers.find("2")) == ("x", None, "x")
