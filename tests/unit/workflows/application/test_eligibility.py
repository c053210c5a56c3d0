"""The decision table of eligibility: each rule alone, at its limits."""

from __future__ import annotations

import pytest

from engine.feel import Feel
from engine.feel.dmn import parse_decisions
from tests.builders_domain import ROOT
from workflows.application.policy.eligibility import Demand, Profile, wish_facts
from workflows.mobility.agreement import CEFR_LEVELS

GOOD = {
    "enrolled": True,
    "years_completed": 1,
    "erasmus_months": 0,
    "debts": False,
    "allow_debt": False,
}


@pytest.fixture(scope="module")
def failed():
    """Asks the table which rules one wish does not meet."""
    source = ROOT / "bpmn" / "application" / "eligibility.dmn"
    (table,), problems = parse_decisions(source.read_bytes(), source.name)
    assert problems == []
    feel = Feel(seconds=5)

    def ask(demand=None, profile=None, **said):
        wish = wish_facts(demand or place(), profile or student())
        return feel.decide(table, {**GOOD, **said, "wish": wish}).outputs["failed"] or []

    yield ask
    feel.close()


def place(**changes):
    values = {
        "place": 1,
        "isced_f": "023",
        "eqf_level": 6,
        "months": 5,
        "language": "es",
        "cefr": "B1",
    }
    return Demand(**{**values, **changes})


def student(**changes):
    return Profile(**{"isced_f": "0231", "eqf_level": 6, "languages": {"es": "B1"}, **changes})


def test_who_meets_every_rule_fails_none(failed):
    assert failed() == []


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"enrolled": False}, ["not_enrolled"]),
        ({"years_completed": 0}, ["no_year_completed"]),
        ({"years_completed": 4}, []),
        ({"debts": True}, ["debt_of_units"]),
        ({"debts": True, "allow_debt": True}, []),
        ({"erasmus_months": 7}, []),
        ({"erasmus_months": 8}, ["cycle_months"]),
        (
            {"enrolled": False, "years_completed": 0, "debts": True, "erasmus_months": 12},
            ["not_enrolled", "no_year_completed", "cycle_months", "debt_of_units"],
        ),
    ],
)
def test_what_the_student_declares(failed, said, rules):
    assert failed(**said) == rules


@pytest.mark.parametrize(
    ("months", "rules"),
    [
        (1, ["stay_length"]),
        (2, []),
        (12, []),
        (13, ["stay_length", "cycle_months"]),
    ],
)
def test_a_stay_lasts_two_to_twelve_months(failed, months, rules):
    assert failed(place(months=months)) == rules


@pytest.mark.parametrize("needed", ["", *CEFR_LEVELS])
@pytest.mark.parametrize("held", [None, *CEFR_LEVELS])
def test_the_language_level_is_at_least_the_agreements(failed, needed, held):
    languages = {"es": held} if held else {"en": "C2"}
    order = ["", *CEFR_LEVELS]
    rules = failed(place(cefr=needed), student(languages=languages))
    enough = order.index(held or "") >= order.index(needed)
    assert rules == ([] if enough else ["language_level"])


@pytest.mark.parametrize(
    ("agreement", "field", "covered"),
    [
        ("02", "0231", True),
        ("0231", "0231", True),
        ("0232", "0231", False),
        ("0231", "023", False),
        ("06", "0231", False),
    ],
)
def test_the_agreement_covers_the_field(failed, agreement, field, covered):
    rules = failed(place(isced_f=agreement), student(isced_f=field))
    assert rules == ([] if covered else ["field_not_covered"])


def test_the_agreement_covers_the_level(failed):
    assert failed(place(eqf_level=7)) == ["level_not_covered"]
