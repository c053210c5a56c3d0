"""Scenario files: read strictly, and what is wrong named by file, line and step."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.scenarios.loading import (
    MAX_BYTES,
    MAX_VALUES,
    ScenarioInvalid,
    load_scenario,
    read_scenario,
    scenario_files,
)
from workflows.scenarios.steps import (
    Complete,
    Do,
    Expect,
    ExpectedDocument,
    ExpectedMail,
    Message,
    Refuse,
    Wait,
)

PARIS = ZoneInfo("Europe/Paris")
HEAD = "title: T\nat: 2026-09-07T09:00\nsteps:\n"


def read(steps, head=HEAD):
    return read_scenario((head + steps).encode(), "story", "story.yaml")


def step(text):
    (placed,) = read(f"  - {text}\n").steps
    return placed.step


def refused(text, head=HEAD):
    with pytest.raises(ScenarioInvalid) as error:
        read(text, head)
    return error.value.sentences


def test_a_scenario_begins_in_the_time_of_paris():
    scenario = read("  - wait: P1D\n")
    assert (scenario.name, scenario.title) == ("story", "T")
    assert scenario.at == datetime(2026, 9, 7, 9, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-09-07T09:00:00", datetime(2026, 9, 7, 9, tzinfo=PARIS)),
        ("2026-09-07", datetime(2026, 9, 7, tzinfo=PARIS)),
        ("'2026-09-07T09:00+02:00'", datetime(2026, 9, 7, 9, tzinfo=PARIS)),
    ],
)
def test_an_instant_may_be_written_in_several_ways(written, at):
    assert read("  - wait: P1D\n", HEAD.replace("2026-09-07T09:00", written)).at == at


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{do: open, as: student, with: {a: 1}, keep: it}", Do("open", "student", {"a": 1}, "it")),
        ("{do: open}", Do("open")),
        (
            "{complete: draft, as: ri, outcome: approve, reason: R, data: $draft, number: 2}",
            Complete("draft", "ri", number=2, outcome="approve", reason="R", data="$draft"),
        ),
        ("{wait: P3DT2H}", Wait("P3DT2H")),
        ("{until: 2026-10-01T08:00}", Wait(until=datetime(2026, 10, 1, 8, tzinfo=PARIS))),
        ("{message: signed, payload: {a: b}}", Message("signed", {"a": "b"})),
        (
            "{expect: {open: [draft], due: {draft: 2026-09-14}, finished: [a], incidents: 0}}",
            Expect(
                open=("draft",),
                due={"draft": date(2026, 9, 14)},
                finished=("a",),
                incidents=0,
            ),
        ),
        (
            "{expect: {mails: [{to: ri, contains: a}, {to: b@c.org, contains: [x, y], count: 2}]}}",
            Expect(mails=(ExpectedMail("ri", ("a",)), ExpectedMail("b@c.org", ("x", "y"), 2))),
        ),
        ("{expect: {mails: []}}", Expect(mails=())),
        (
            "{expect: {documents: [letter, {kind: transcript, language: fr}]}}",
            Expect(documents=(ExpectedDocument("letter"), ExpectedDocument("transcript", "fr"))),
        ),
        (
            "{refuse: {complete: draft, as: student, error: required}}",
            Refuse(Complete("draft", "student"), "required"),
        ),
        (
            "{refuse: {do: open, error: {a.0: b}}}",
            Refuse(Do("open"), {"a.0": "b"}),
        ),
    ],
)
def test_each_step_is_read(written, meant):
    assert step(written) == meant


def test_steps_know_their_number_and_line():
    scenario = read("  - wait: P1D\n  # then\n  - do: open\n    as: student\n  - wait: P2D\n")
    assert [(each.number, each.line) for each in scenario.steps] == [(1, 4), (2, 6), (3, 8)]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("{}", "this one is 0."),
        ("{wait: P1D, do: open}", "this one is 2."),
        ("just a text", "Write a step as a mapping"),
        ("{wait: soon}", "wait: 'soon' is no ISO 8601 duration"),
        ("{until: soon}", "until: Write a date and time"),
        ("{complete: draft}", "as: Missing data for required field."),
        ("{complete: draft, as: nobody}", "as: Nobody of the cast is called 'nobody'."),
        ("{complete: draft, as: ri, number: 0}", "number: Must be"),
        ("{complete: draft, as: ri, outcom: approve}", "outcom: Unknown field."),
        ("{do: ''}", "do: Say which."),
        ("{expect: [draft]}", "Write a mapping here."),
        ("{expect: {opened: [draft]}}", "opened: Unknown field."),
        ("{expect: {open: draft}}", "open: Not a valid list."),
        ("{expect: {incidents: '0'}}", "incidents: Not a valid integer."),
        ("{expect: {mails: [{contains: late}]}}", "mails.0.to: Missing data"),
        ("{expect: {mails: [{to: ri, contains: [1]}]}}", "mails.0.contains: Write a text"),
        ("{expect: {mails: [{to: ri, contains: 1}]}}", "mails.0.contains: Write a text"),
        ("{expect: {due: {draft: soon}}}", "due.draft.value: Not a valid date."),
        ("{expect: {open: []}, as: ri}", "Nothing stands beside 'expect'"),
        ("{refuse: {complete: draft, as: ri}}", "error: Say which error is expected."),
        ("{refuse: {wait: P1D, error: required}}", "can be refused."),
        ("{refuse: {complete: draft, as: ri, error: [a]}}", "error: Write a code"),
        ("{refuse: {complete: draft, as: ri, error: ''}}", "error: Write a code"),
    ],
)
def test_a_wrong_step_is_named_by_its_line_and_number(written, sentence):
    said = refused(f"  - wait: P1D\n  - {written}\n")
    assert len(said) == 1
    assert said[0].startswith("story.yaml:5: step 2: ")
    assert sentence in said[0]


def test_every_wrong_step_is_told_at_once():
    said = refused("  - {do: ''}\n  - {complete: x}\n", "title: ' '\nat: soon\nmore: 1\nsteps:\n")
    assert [each.partition(": ")[2] for each in said] == [
        "title: Say in a line what the scenario shows.",
        "at: Write a date and time such as 2026-09-07T09:00.",
        "more: Unknown field.",
        "step 1: do: Say which.",
        "step 2: as: Missing data for required field.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "story.yaml:1: The file is empty."),
        (b"- wait: P1D", "story.yaml:1: Write a mapping with title, at and steps."),
        (b"title: [", "story.yaml:1: This is no YAML"),
        (b"title: a\n\tat: b", "story.yaml:2: This is no YAML"),
        (b"\xff\xfe\xff", "story.yaml:1: This is no YAML"),
        (b"title: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        (b"a: &a [x]\nb: *a", "story.yaml:2: Links (*name) are not read"),
        (b"title: a\ntitle: b", "story.yaml:2: 'title' stands here twice"),
        (b"steps:\n- {do: a, with: {x: 1, x: 2}}", "story.yaml:2: 'x' stands here twice"),
        (b"[" * 30 + b"]" * 30, "More than 20 levels"),
        (b"[" * 100_000, "More than 20 levels"),
        (b"title: " + b"x" * MAX_BYTES, f"more than {MAX_BYTES} bytes"),
        (b"title: a\nat: 2026-13-45\nsteps: []", "month must be in 1..12"),
        (HEAD.encode() + b"  []", "steps: Write a list of 1 to"),
        (HEAD.encode() + b"  - wait: P1D\n" * 501, "steps: Write a list of 1 to"),
        (b"{[a]: b}", "found unhashable key"),
    ],
    ids=[
        *("empty", "a list", "open bracket", "tab", "no text", "an object of Python", "a link"),
        *("a key twice", "an argument twice", "deep", "too deep", "too long", "no such date"),
        *("no steps", "too many steps", "a list as key"),
    ],
)
def test_what_is_no_scenario_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(ScenarioInvalid) as error:
        read_scenario(content, "story", "story.yaml")
    assert sentence in str(error.value)


def test_the_scenarios_of_a_bundle_are_found_by_name(tmp_path):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name in ("b.yaml", "a.yml", "notes.txt"):
        (folder / name).write_text(f"{HEAD}  - wait: P1D\n")
    assert [path.name for path in scenario_files(tmp_path)] == ["a.yml", "b.yaml"]
    assert load_scenario(folder / "b.yaml").name == "b"
    assert scenario_files(tmp_path / "nowhere") == []


def test_a_file_of_too_many_values_is_refused_before_it_takes_long():
    values = ", ".join("1" for _ in range(MAX_VALUES))
    (sentence,) = refused(f"  - {{do: x, with: {{a: [{values}]}}}}\n")
    assert sentence == "story.yaml:1: The file holds more than 20000 values."
