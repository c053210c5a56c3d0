"""A stay outside Erasmus is recognised by what its validation plan has agreed beforehand."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from engine.errors import InvalidInput
from tests.builders_papers import text_of
from tests.builders_recognition import RecognitionHouse, row, transcript
from workflows.papers.documents import content
from workflows.people.models import Person
from workflows.people.services import actor_for, add_to_group
from workflows.recognition.policy import Rule
from workflows.recognition.results import result_of
from workflows.recognition.trace import Method, from_json
from workflows.validation_plan.reading import plan_in_force
from workflows.validation_plan.services import reopen_plan

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
LAW = (row("Derecho", "7,5", "3"), row("Historia", "7,5", "3"))


@pytest.fixture
def database_url(request):
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")


@pytest.fixture
def returned(database, settings, clock):
    """A house whose student is back, by what the plan says; the recognition has begun."""

    def build(**plan):
        house = RecognitionHouse.at_the_end_of_a_plan(database, settings, clock, **plan)
        house.begin()
        return house

    return build


def links(house, **answers):
    """The links of the match page, some of them to the component of that title."""

    def shown(_, current):
        ids = {each.title: each.id for each in current.agreed}
        return [
            {"id": str(line.id), "agreed": str(ids.get(answers.get(line.title), line.agreed_id))}
            for line in current.lines
            if line.present
        ]

    return house.read(shown)


def units(house):
    return {unit.title: unit.recognised for unit in house.read(result_of).units}


def trace_of(house, title):
    (text,) = house.read(lambda _, t: [line.trace for line in t.lines if line.title == title])
    return from_json(json.loads(text))


def said_by_rule(house):
    return house.read(lambda recognition, _: recognition.verdict_by_rule)


@BOTH
def test_the_whole_way_from_the_signed_plan_with_a_failed_course(returned):
    house = returned()
    assert house.at() == "enter_transcript"
    renamed = [row("Lengua", "4"), row("Derecho", "7,5", "3"), row("Historia antigua", "7,5", "3")]
    house.complete(house.ri, **transcript(*renamed))
    assert house.at() == "match"
    house.complete(
        house.coordinator, "approve", lines=links(house, **{"Historia antigua": "Historia"})
    )
    house.propose()
    house.decide("partly")
    house.complete(house.registrar, "approve", register_reference="PV 2027-14")
    assert house.at() == "completed"
    assert units(house) == {"Langue": False, "Droit": True}
    result = house.read(result_of)
    assert (result.status, result.credits_awarded) == ("Partially Positive", Decimal(6))
    (document,) = house.documents()
    with house.engine.reading() as session:
        letter = text_of(content(session, document.id))
    assert "Plan de validation signé avant le départ" in letter
    assert "non acquise : rattrapage de l’unité équivalente ici" in letter
    assert "celle convenue dans le plan de validation" in letter
    assert house.engine.verify(house.case).intact


def test_what_is_kept_or_waived_is_not_asked_abroad(returned):
    house = returned()
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    assert house.at() == "propose"
    agreed = house.read(lambda _, t: [each.title for each in t.agreed])
    replaced = house.read(
        lambda _, t: {unit.title: [each.title for each in unit.components] for unit in t.units}
    )
    assert agreed == ["Lengua", "Derecho", "Historia"]
    assert replaced == {"Langue": ["Lengua"], "Droit": ["Derecho", "Historia"]}


def test_the_transcript_names_the_signed_plan_it_was_matched_with(returned):
    house = returned()
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    with house.engine.reading() as session:
        plan = plan_in_force(session, house.mobility)
        known = (plan.id, {each.digest for each in plan.signatures})
    named = house.read(lambda _, t: (t.validation_plan_id, {t.agreed_digest}))
    assert named == known


@pytest.mark.parametrize(
    ("method", "scale", "grade", "way", "proposed"),
    [
        ("tables", "ES", "7,5", Method.TABLES, "12.75"),
        ("grid", "ECTS", "B", Method.GRID, "15.00"),
        ("formula", "ES", "7,5", Method.FORMULA, "15.00"),
        ("pass_only", "ES", "7,5", Method.NONE, None),
    ],
)
def test_grades_are_proposed_by_the_method_that_was_agreed(
    returned, method, scale, grade, way, proposed
):
    house = returned(method=method)
    rows = [row(each, grade) for each in ("Lengua", "Derecho", "Historia")]
    house.complete(house.ri, **transcript(*rows, scale=scale))
    trace = trace_of(house, "Lengua")
    assert (trace.method, house.grades()["Lengua"]) == (way, proposed)
    assert trace.flags[-1] == "agreed_in_plan"


def test_a_method_that_does_not_serve_gives_way_to_the_others_and_says_so(returned):
    house = returned(method="grid")
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    trace = trace_of(house, "Lengua")
    assert trace.method is Method.TABLES
    assert ("grid", "not_in_grid") in {(each.step, each.why) for each in trace.fallbacks}
    assert trace.flags[-1] == "agreed_method_unusable"


def test_without_grades_everything_passed_is_recognised_and_there_is_no_average(returned):
    house = returned(method="pass_only")
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    house.propose()
    house.decide("recognised")
    assert house.read(lambda recognition, _: (recognition.mean, recognition.credits_awarded)) == (
        None,
        Decimal(12),
    )


@pytest.mark.parametrize(
    ("on_failure", "others", "verdict", "language"),
    [
        ("resit_equivalent_unit", "9,5", "partly", False),
        ("host_resit", "9,5", "partly", False),
        ("compensation", "9,5", "recognised", True),
        ("compensation", "5", "partly", False),
    ],
)
def test_a_failed_course_does_what_was_agreed_for_it(
    returned, on_failure, others, verdict, language
):
    house = returned(on_failure=on_failure)
    law = [row(title, others, "3") for title in ("Derecho", "Historia")]
    house.complete(house.ri, **transcript(row("Lengua", "4,5"), *law))
    house.propose()
    house.decide(verdict)
    assert said_by_rule(house) == verdict
    recognised = house.read(lambda _, t: {unit.title: unit.recognised for unit in t.units})
    assert recognised == {"Langue": language, "Droit": True}


def test_a_resit_passed_at_the_host_overtakes_the_fail(returned):
    house = returned(on_failure="host_resit")
    house.complete(house.ri, **transcript(row("Lengua", "4"), row("Lengua", "6"), *LAW))
    house.propose()
    house.decide("recognised")
    assert said_by_rule(house) == "recognised"


def test_a_missing_course_is_never_compensated(returned):
    house = returned(on_failure="compensation")
    house.complete(house.ri, **transcript(*(row(title, "10", "3") for title in ("Derecho",))))
    house.complete(house.coordinator, "approve", lines=links(house))
    house.propose()
    house.decide("partly")
    recognised = house.read(lambda _, t: [unit.recognised for unit in t.units])
    assert (recognised, said_by_rule(house)) == ([False, False], "partly")
    # The credits of what was passed stay, though no unit of the plan is complete.
    assert house.read(lambda recognition, _: recognition.credits_awarded) == Decimal(3)


def test_no_unit_stands_for_another_s_courses(returned):
    house = returned()
    house.complete(house.ri, **transcript(row("Lengua", "4"), *LAW))
    house.propose()

    def swapped(_, current):
        return [
            {"id": str(unit.id), "recognised": "yes" if unit.title == "Langue" else ""}
            for unit in current.units
        ]

    with pytest.raises(InvalidInput) as refused:
        house.decide("partly", units=house.read(swapped))
    assert refused.value.errors == {
        "units.0.recognised": ["not_acquired"],
        "units.1.recognised": ["still_covered"],
    }


def test_who_signed_the_plan_for_the_university_is_not_the_jury(returned):
    house = returned()
    with house.engine.unit(house.ri) as unit:
        person = unit.session.get_one(Person, house.ids["coordinator"])
        add_to_group(unit.session, person, "jury:lea")
        both = actor_for(unit.session, person)
    house.add("second", "sonia", "Sonia", "coordinator:lea")
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    house.complete(house.second, "approve", **house.decision())
    with pytest.raises(InvalidInput) as refused:
        house.decide("recognised", actor=both)
    assert refused.value.errors == {"_schema": ["coordinator_and_jury"]}


def test_a_transcript_entered_anew_follows_the_plan_in_force_by_then(returned):
    house = returned(method="tables")
    recognition = house.case
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    house.complete(house.coordinator, "return", "Le relevé est provisoire.")
    with house.engine.unit(house.student) as unit:
        opened = reopen_plan(house.engine, unit, house.mobility)
    house.sign_plan(opened.instance_id, method="formula")
    house.case = recognition
    house.complete(house.ri, **transcript(row("Lengua"), *LAW))
    assert trace_of(house, "Lengua").method is Method.FORMULA
    rule = house.read(lambda recognition, _: Rule.from_json(recognition.rule))
    assert (rule.code, rule.version) == ("validation_plan", "LEA 2026")
