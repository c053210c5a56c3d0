"""What a recognition does not let anybody do, whoever asks and however."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.builders_domain import HOME
from tests.builders_recognition import TITLES, RecognitionHouse, row, transcript
from workflows.people.models import Person
from workflows.people.services import actor_for, add_to_group
from workflows.recognition.services import begin


@pytest.fixture
def house(once):
    house = once(RecognitionHouse.at_the_end)
    house.begin()
    return house


@pytest.fixture
def mixed(house):
    """One failed, one missing, one extra: the coordinator has matched what there is."""
    rows = [row("Derecho"), row("Historia", "4,2"), row("Lengua"), row("Economía"), row("Deporte")]
    house.complete(house.ri, **transcript(*rows))
    house.complete(house.coordinator, "approve", lines=links(house))
    return house


def links(house, **joined):
    def look(_, current):
        ids = {each.title: str(each.id) for each in current.agreed}
        return [
            {
                "id": str(line.id),
                "agreed": ids[joined[line.title]]
                if line.title in joined
                else str(line.agreed_id or ""),
            }
            for line in current.lines
            if line.present
        ]

    return house.read(look)


def refusal(call) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return refused.value.errors


class TestBeginning:
    def test_once_at_a_time(self, house):
        with house.engine.unit(house.ri) as unit:
            again = refusal(lambda: begin(house.engine, unit, house.mobility, home_hei_id=HOME))
        assert again == {"_schema": ["recognition_under_way"]}

    def test_only_with_a_signed_contract_and_only_our_own_students(self, house):
        unsigned = house.open()
        with house.engine.unit(house.ri) as unit:
            found = [
                refusal(lambda: begin(house.engine, unit, unsigned, home_hei_id=HOME)),
                refusal(lambda: begin(house.engine, unit, unsigned, home_hei_id="usal.es")),
            ]
        codes = ["not_signed_yet", "recognition_is_for_outgoing"]
        assert found == [{"_schema": [code]} for code in codes]

    def test_two_at_once_begin_one(self, house):
        house.engine.terminate(house.case, actor=house.ri, reason="Once more.")
        ready = threading.Barrier(2)

        def start(_):
            ready.wait()
            try:
                with house.engine.unit(house.ri) as unit:
                    begin(house.engine, unit, house.mobility, home_hei_id=HOME)
            except InvalidInput as refused:
                return refused.errors["_schema"]
            return "begun"

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(start, range(2)))
        assert sorted(outcomes, key=str) == [["recognition_under_way"], "begun"]


class TestWhatWasPassed:
    def test_no_grade_makes_it_a_fail(self, mixed):
        errors = refusal(lambda: mixed.propose({"Derecho": ("9,99", "Niveau insuffisant.")}))
        assert errors == {"lines.0.grade": ["passed_stays_passed"]}

    def test_no_forged_field_makes_it_a_fail_or_a_resit(self, mixed):
        for name in ("outcome", "status", "passed", "resit"):
            sent = mixed.decision()
            sent["lines"][0][name] = "failed"
            errors = refusal(lambda sent=sent: mixed.complete(mixed.coordinator, "approve", **sent))
            assert errors == {f"lines.0.{name}": ["passed_stays_passed"]}

    def test_the_jury_cannot_recognise_nothing(self, mixed):
        mixed.propose()
        errors = refusal(lambda: mixed.decide("not_recognised", verdict_reason="Rien."))
        assert errors == {"verdict": ["passed_stays_passed"]}

    def test_nor_leave_open_a_unit_that_its_credits_cover(self, mixed):
        mixed.propose()
        units = mixed.read(lambda _, t: [{"id": str(unit.id)} for unit in t.units])
        errors = refusal(lambda: mixed.decide("partly", units=units))
        assert errors == {f"units.{n}.recognised": ["still_covered"] for n in range(3)}
        units = [{**unit, "recognised": "yes"} for unit in units]
        errors = refusal(lambda: mixed.decide("partly", units=units))
        assert errors == {f"units.{n}.recognised": ["more_than_awarded"] for n in range(3)}

    def test_and_what_the_host_failed_stays_a_fail(self, mixed):
        errors = refusal(lambda: mixed.propose({"Historia": ("10", "Indulgence.")}))
        assert errors == {"lines.1.grade": ["failed_stays_failed"]}


class TestGrades:
    def test_they_are_grades_of_the_home_scale(self, mixed):
        for grade in ("21", "-1", "14,555", "1e1", "NaN", "٣", "quinze", "14,"):
            errors = refusal(lambda grade=grade: mixed.propose({"Derecho": (grade, "Parce que.")}))
            assert errors == {"lines.0.grade": ["out_of_range:0:20"]}, grade

    def test_another_grade_needs_a_reason_and_an_empty_one_too(self, mixed):
        for grade in ("14", ""):
            errors = refusal(lambda grade=grade: mixed.propose({"Derecho": (grade, "  ")}))
            assert errors == {"lines.0.reason": ["grade_reason_required"]}

    def test_no_grade_stands_where_there_is_none(self, mixed):
        errors = refusal(lambda: mixed.propose({"Traducción": ("12", "Elle y était.")}))
        assert list(errors.values()) == [["without_grade"]]

    def test_lines_are_exactly_those_that_were_shown(self, mixed):
        sent = mixed.decision()
        short = {**sent, "lines": sent["lines"][1:]}
        doubled = {**sent, "lines": [*sent["lines"], sent["lines"][0]]}
        foreign = {**sent, "lines": [{**sent["lines"][0], "id": "999"}, *sent["lines"][1:]]}
        for wrong in (short, doubled, foreign, {**sent, "lines": "all"}):
            with pytest.raises(InvalidInput):
                mixed.complete(mixed.coordinator, "approve", **wrong)
        assert mixed.at() == "propose"

    def test_who_was_shown_another_proposal_reads_it_again(self, mixed):
        old = mixed.decision()
        mixed.propose()
        mixed.complete(mixed.jury, "return", "À revoir.")
        with pytest.raises(Conflict):
            mixed.complete(mixed.coordinator, "approve", **old)


class TestSeparation:
    def add_group(self, house, name, group):
        with house.engine.unit(SYSTEM) as unit:
            person = unit.session.get(Person, house.ids[name])
            add_to_group(unit.session, person, group)
            unit.session.flush()
            unit.session.refresh(person)
            return actor_for(unit.session, person)

    def test_who_signed_or_proposed_does_not_decide(self, mixed):
        both = self.add_group(mixed, "coordinator", "jury:lea")
        mixed.propose()
        errors = refusal(lambda: mixed.decide("partly", actor=both))
        assert errors == {"_schema": ["coordinator_and_jury"]}
        assert mixed.at() == "decide"
        mixed.decide("partly")

    def test_nor_somebody_in_their_place(self, mixed):
        from dataclasses import replace

        mixed.propose()
        substitute = replace(mixed.jury, on_behalf_of=mixed.coordinator.id)
        errors = refusal(lambda: mixed.decide("partly", actor=substitute))
        assert errors == {"_schema": ["coordinator_and_jury"]}

    def test_who_decided_does_not_propose(self, mixed):
        both = self.add_group(mixed, "jury", "coordinator:lea")
        mixed.propose()
        mixed.decide("partly")
        mixed.complete(mixed.registrar, "return", "Il manque une signature.")
        mixed.complete(mixed.jury, "return", "La note de Lengua est à revoir.")
        sent = mixed.decision()
        errors = refusal(lambda: mixed.complete(both, "approve", **sent))
        assert errors == {"_schema": ["jury_and_coordinator"]}


class TestRights:
    def test_steps_are_for_their_own_people(self, house):
        with pytest.raises(Forbidden):
            house.complete(house.student, **transcript())
        with pytest.raises(NotFound):
            house.complete(house.other_coordinator, **transcript())
        house.complete(house.ri, **transcript())
        for actor in (house.ri, house.jury, house.student):
            with pytest.raises(Forbidden):
                house.complete(actor, "approve", **house.decision())

    def test_nothing_of_a_refused_transcript_is_kept(self, house):
        errors = refusal(lambda: house.complete(house.ri, **transcript(row(grade="11"))))
        assert errors == {"rows.0.grade": ["not_on_scale"]}
        with pytest.raises(Exception, match="No transcript"):
            house.grades()


class TestMatching:
    def test_links_name_every_course_and_only_components_of_the_contract(self, house):
        house.complete(house.ri, **transcript(row("Derecho"), row("Otra cosa")))
        good = links(house)
        wrong = (
            good[1:],
            [*good, good[0]],
            [{**good[0], "agreed": "999"}, good[1]],
            [{**good[0], "agreed": "x"}, good[1]],
            [{"id": good[0]["id"]}, good[1]],
            "all",
        )
        for lines in wrong:
            with pytest.raises(InvalidInput):
                house.complete(house.coordinator, "approve", lines=lines)
        house.complete(house.coordinator, "approve", lines=links(house, **{"Otra cosa": "Lengua"}))
        outcomes = house.read(lambda _, t: {line.title: line.outcome for line in t.lines})
        assert outcomes == {
            "Derecho": "passed",
            "Otra cosa": "passed",
            "Historia": "absent",
            "Economía": "absent",
            "Traducción": "absent",
        }

    def test_a_passed_course_does_not_lose_its_component(self, house):
        house.complete(house.ri, **transcript(row("Derecho"), row("Lengua"), row("Otra cosa")))
        asked = [{**each, "agreed": ""} for each in links(house)[:1]] + links(house)[1:]
        errors = refusal(lambda: house.complete(house.coordinator, "approve", lines=asked))
        assert errors == {"lines.0.agreed": ["passed_stays_agreed"]}
        assert house.at() == "match"
        assert house.read(lambda _, t: t.lines[0].agreed.title) == "Derecho"

    def test_it_may_be_moved_or_make_room_for_the_one_that_was_meant(self, house):
        house.complete(house.ri, **transcript(row("Derecho"), row("Lengua"), row("Otra cosa")))
        moved = links(house, Derecho="Historia", **{"Otra cosa": "Lengua"})
        moved[1]["agreed"] = ""
        house.complete(house.coordinator, "approve", lines=moved)
        answers = house.read(
            lambda _, t: [line.agreed and line.agreed.title for line in t.lines if line.present]
        )
        assert answers == ["Historia", None, "Lengua"]

    def test_a_failed_course_may_be_called_extra(self, house):
        house.complete(house.ri, **transcript(row("Derecho", "3"), row("Lengua")))
        lines = links(house)
        lines[0]["agreed"] = ""
        house.complete(house.coordinator, "approve", lines=lines)
        assert house.at() == "propose"


def test_the_same_answer_twice_is_one(house):
    sent = transcript()
    (item,) = house.open_items()
    done = [
        house.engine.complete(item.id, actor=house.ri, data=sent, idempotency_key="once")
        for _ in range(2)
    ]
    assert done[0] == done[1]
    assert house.grades() == dict.fromkeys(TITLES, "12.75")
