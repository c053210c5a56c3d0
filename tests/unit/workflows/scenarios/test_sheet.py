"""A scenario as a table: nothing of it is lost on the way to its rows and back."""

from __future__ import annotations

import pytest

from tests.servers import ROOT
from workflows.scenarios.loading import ScenarioInvalid, plain_values, read_scenario
from workflows.scenarios.rows import fields_of, row_of
from workflows.scenarios.schemas import load_step
from workflows.scenarios.sheet import sheet_of

SHIPPED = sorted((ROOT / "bpmn").glob("*/scenarios/*.yaml"))
NAMES = [f"{path.parents[1].name}/{path.stem}" for path in SHIPPED]


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_a_shipped_scenario_keeps_its_meaning(path):
    sheet = sheet_of(path.read_bytes(), path.name)
    assert sheet_of(sheet.dump(path.name), path.name) == sheet
    for step in sheet.steps:
        assert load_step(row_of(fields_of(step))) == load_step(step)


AWKWARD = """\
title: "Yes: no, 'quoted' # and so on"
at: 2026-04-07
steps:
  - until: 2026-10-01
  - until: 2026-10-01T08:00:00+02:00
  - {do: a, as: ri, with: {text: "a\\nb", said: "no", day: 2026-10-01, n: 1.50, none: null}}
  - {refuse: {message: m, payload: {a: [1, {b: []}]}, error: {x: required}}}
  - expect: {open: [], finished: [contract], facts: {$x: {deep: [{a: 1}]}}}
"""


def test_awkward_values_keep_their_meaning():
    content = AWKWARD.encode()
    sheet = sheet_of(content, "awkward.yaml")
    again = sheet.dump("awkward.yaml")
    assert plain_values(again, "x") == plain_values(content, "x")
    assert sheet_of(again, "x").dump("x") == again, "written once is written for good"
    assert (
        read_scenario(again, "x", "x").steps[2].step
        == read_scenario(content, "x", "x").steps[2].step
    )
    for step in sheet.steps:
        assert load_step(row_of(fields_of(step))) == load_step(step)


def test_a_step_at_the_edge_stays_there():
    sheet = sheet_of(AWKWARD.encode(), "x")
    assert sheet.moved(0, -1) == sheet
    assert sheet.moved(4, 1) == sheet


def test_a_sheet_without_steps_is_no_scenario():
    sheet = sheet_of(b"title: T\nat: 2026-04-07\nsteps: [{wait: P1D}]", "x")
    with pytest.raises(ScenarioInvalid, match="Write a list of 1 to 500 steps"):
        sheet.without_step(0).dump("x")


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({"kind": "expect", "open": " – "}, {"expect": {"open": []}}),
        ({"kind": "expect", "more": "incidents: 0"}, {"expect": {"incidents": 0}}),
        (
            {"kind": "complete", "what": " draft ", "who": "student", "error": "forbidden"},
            {"refuse": {"complete": "draft", "as": "student", "error": "forbidden"}},
        ),
        ({"kind": "wait", "what": "P1D", "who": "ri"}, {"wait": "P1D"}),
    ],
)
def test_what_is_typed_becomes_a_step(fields, row):
    assert row_of(fields) == row
