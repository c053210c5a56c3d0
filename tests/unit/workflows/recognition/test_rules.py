"""The decision tables: which department has which rule, and what each rule decides."""

from __future__ import annotations

import pytest

from engine.feel import Feel
from engine.feel.dmn import parse_decisions
from tests.builders_domain import ROOT
from workflows.recognition.policy import Rule, Verdict

FOLDER = ROOT / "bpmn" / "recognition"
R, P, N = "recognised", "partly", "not_recognised"
ALL = {
    "passed": 5,
    "failed": 0,
    "missing": 0,
    "extra": 0,
    "credit_mismatches": 0,
    "mean_hundredths": 1275,
    "threshold_hundredths": 1000,
    "units_covered": False,
    "units_open": 0,
}


@pytest.fixture(scope="module")
def tables():
    found = {}
    for path in sorted(FOLDER.glob("*.dmn")):
        decisions, problems = parse_decisions(path.read_bytes(), path.name)
        assert problems == []
        found.update({each.id: each for each in decisions})
    return found


@pytest.fixture(scope="module")
def feel():
    opened = Feel()
    yield opened
    opened.close()


def decide(feel, tables, name, **context):
    return dict(feel.decide(tables[name], context).outputs)


@pytest.mark.parametrize(
    ("department", "year", "code", "version"),
    [
        ("lea", "2025/2026", "all_or_nothing", "LEA 2023"),
        ("lea", "2026/2027", "each_component", "LEA 2026"),
        ("his", "2026/2027", "weighted_mean", "Histoire 2025"),
        ("mi", "2024/2025", "cohort_position", "MI 2025"),
        ("let", "2026/2027", "fixed_grid", "Lettres 2024"),
        ("iut", "2026/2027", "identical_transcript", "IUT 2024"),
        ("elsewhere", "2030/2031", "each_component", "UT2J 2025"),
    ],
)
def test_each_department_has_its_rule_of_the_year(feel, tables, department, year, code, version):
    context = {"department": department, "academic_year": year}
    chosen = decide(feel, tables, "recognition_rule", **context)
    grid = decide(feel, tables, "fixed_grid", **context)
    rule = Rule.of({**chosen, **grid})
    assert (rule.code, rule.version) == (code, version)
    assert rule.grid_first == (code == "fixed_grid")
    assert [row[0] for row in rule.grid] == ["A", "B", "C", "D", "E", "FX"]


@pytest.mark.parametrize(
    ("code", "changes", "verdict"),
    [
        ("each_component", {}, R),
        ("each_component", {"failed": 1}, P),
        ("each_component", {"missing": 1}, P),
        ("each_component", {"failed": 1, "units_covered": True}, R),
        ("each_component", {"missing": 1, "units_covered": True}, R),
        ("each_component", {"passed": 0, "failed": 5}, N),
        ("all_or_nothing", {}, R),
        ("all_or_nothing", {"passed": 4, "failed": 1}, P),
        ("all_or_nothing", {"passed": 4, "failed": 1, "units_covered": True}, P),
        ("all_or_nothing", {"passed": 4, "missing": 1, "units_covered": True}, P),
        ("all_or_nothing", {"passed": 0, "missing": 5}, N),
        ("weighted_mean", {"failed": 2, "mean_hundredths": 1000}, R),
        ("weighted_mean", {"missing": 1, "mean_hundredths": 999}, P),
        ("weighted_mean", {"passed": 0, "mean_hundredths": 1000}, N),
        ("weighted_mean", {"mean_hundredths": -1}, P),
        ("weighted_mean", {"mean_hundredths": 1100, "threshold_hundredths": 1200}, P),
        ("cohort_position", {"missing": 1}, R),
        ("cohort_position", {"failed": 1}, P),
        ("cohort_position", {"mean_hundredths": 999}, P),
        ("cohort_position", {"passed": 0}, N),
        ("fixed_grid", {"failed": 1}, R),
        ("fixed_grid", {"missing": 1}, P),
        ("fixed_grid", {"passed": 0}, N),
        ("identical_transcript", {}, R),
        ("identical_transcript", {"extra": 1}, P),
        ("identical_transcript", {"credit_mismatches": 1}, P),
        ("identical_transcript", {"failed": 1}, P),
        ("identical_transcript", {"passed": 0}, N),
        ("validation_plan", {"failed": 1}, R),
        ("validation_plan", {"failed": 1, "units_open": 1}, P),
        ("validation_plan", {"passed": 0, "failed": 5, "units_open": 2}, N),
    ],
)
def test_each_rule_decides_as_it_was_voted(feel, tables, code, changes, verdict):
    context = {**ALL, **changes, "rule": code}
    found = decide(feel, tables, "verdict", **context)
    assert found == {"verdict": Verdict(verdict).value}


def test_the_deadlines_are_the_table_s_own(feel, tables):
    usual = decide(feel, tables, "deadlines", academic_year="2026/2027", partner="usal.es")
    late = decide(feel, tables, "deadlines", academic_year="2026/2027", partner="uw.edu.pl")
    assert usual["recognise_within"] == "P35D"
    assert usual["transcript_due"] != late["transcript_due"]
