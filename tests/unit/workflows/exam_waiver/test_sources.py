"""What a waiver rests on: replaced and waived units, never kept ones."""

import pytest

from tests.builders_domain import row
from workflows.contract.views import Part
from workflows.exam_waiver.sources import units_of_contract, units_of_plan
from workflows.validation_plan.models import PlanRow


def test_a_learning_agreement_replaces_what_it_recognises():
    rows = [
        row(Part.STUDIED, "Derecho"),
        row(Part.RECOGNISED, "UE 1", "10"),
        row(Part.VIRTUAL, "Online"),
        row(Part.RECOGNISED, "UE 2", "4.5", term_number="2"),
    ]
    first, second = units_of_contract(rows)
    assert (first.title, first.credits, first.term) == ("UE 1", "10 ECTS", (1, 2))
    assert (second.title, second.credits, second.term) == ("UE 2", "4.5 ECTS", (2, 2))


@pytest.mark.parametrize(
    ("disposition", "examined_abroad"),
    [
        ("replaced", True),
        ("waived", True),
        ("kept_distance", False),
        ("kept_onsite", False),
        (None, False),
        ("", False),
    ],
)
def test_a_plan_excuses_from_replaced_and_waived_units_alone(disposition, examined_abroad):
    plan = [PlanRow(lineage="x", unit_title="UE", disposition=disposition, credits_text="6")]
    assert bool(units_of_plan(plan)) == examined_abroad


@pytest.mark.parametrize(
    ("written", "term"),
    [("semester_1", (1, 2)), ("semester_2", (2, 2)), ("year", (1, 1)), (None, None), ("x", None)],
)
def test_a_plan_tells_when_its_units_are_examined(written, term):
    (found,) = units_of_plan(
        [PlanRow(lineage="x", unit_title="UE", disposition="replaced", term=written)]
    )
    assert found.term == term
