"""A meeting from its plan to its minutes, and the ways it does not take place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.definitions import Bundle
from engine.errors import InvalidInput, InvalidState, NotFound
from tests.builders_domain import ROOT
from tests.builders_duties import DutiesHouse
from workflows.meeting.services import (
    cancel,
    get_meeting,
    listed,
    plan,
    seats_of,
    sign_off,
    sign_up,
)

MEETING = {
    "title": "Partir en Erasmus+ en 2027",
    "description": "Qui peut partir, où, comment.",
    "starts_at": "2026-03-18T14:00",
    "ends_at": "2026-03-18T16:00",
    "place": "Amphi 5",
    "url": "",
    "languages": ["fr", "es"],
    "departments": ["lea"],
    "capacity": "2",
}


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


def planned(house, **changes):
    """A planned meeting: its number and its case."""
    with house.engine.unit(house.coordinator) as unit:
        found = plan(house.engine, unit, {**MEETING, **changes}, organizer="coordinator:lea")
    return found.meeting_id, found.instance_id


def published(house, **changes):
    meeting, case = planned(house, **changes)
    house.does(case, house.coordinator, "publish")
    return meeting, case


def signs_up(house, meeting, name):
    with house.engine.unit(getattr(house, name)) as unit:
        sign_up(unit, meeting, house.person(unit.session, name))


def state(house, meeting):
    with house.engine.reading() as session:
        return get_meeting(session, meeting).state


def seats(house, meeting):
    with house.engine.reading() as session:
        return {seat.person.login: seat.attended for seat in seats_of(session, meeting)}


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "meeting")) == []


def test_the_whole_way_to_the_minutes(house):
    meeting, case = published(house)
    assert state(house, meeting) == "published"
    signs_up(house, meeting, "student")
    signs_up(house, meeting, "student")
    signs_up(house, meeting, "other_student")
    assert house.told("student") == ["Inscription : Partir en Erasmus+ en 2027, 2026-03-18 14:00"]
    house.until(2026, 3, 16, 15)
    assert any(subject.startswith("Bientôt") for subject in house.told("student"))
    assert house.at(case) == ["active"]
    house.until(2026, 3, 18, 17)
    assert house.at(case) == ["attendance"]
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, present=["1"], added="nobody;hugo")
    assert refusal.value.errors["added"] == ["unknown_login:nobody"]
    house.does(
        case, house.coordinator, present=[str(house.ids["student"])], added="hugo, lea.martin"
    )
    assert seats(house, meeting) == {"lea.martin": True, "theo": False, "hugo": True}
    with pytest.raises(InvalidInput):
        house.does(case, house.coordinator, minutes=" ")
    house.does(case, house.coordinator, minutes="Calendrier, bourses, questions.")
    assert house.at(case) == ["completed"]
    with house.engine.reading() as session:
        assert get_meeting(session, meeting).minutes == "Calendrier, bourses, questions."
    assert house.told("other_ri")[-1] == "Compte rendu : Partir en Erasmus+ en 2027"


def test_the_places_are_limited_and_a_place_given_back_is_free(house):
    meeting, _ = published(house, capacity="1")
    signs_up(house, meeting, "student")
    with pytest.raises(InvalidInput) as refusal:
        signs_up(house, meeting, "other_student")
    assert refusal.value.errors == {"meeting": ["meeting_full"]}
    with house.engine.unit(house.student) as unit:
        sign_off(unit, meeting, house.person(unit.session, "student"))
    signs_up(house, meeting, "other_student")
    assert list(seats(house, meeting)) == ["theo"]


def test_of_two_who_want_the_last_place_exactly_one_gets_it(house):
    meeting, _ = published(house, capacity="1")

    def wish(name):
        try:
            signs_up(house, meeting, name)
        except InvalidInput:
            return "full"
        return "in"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(wish, ("student", "other_student"))) == ["full", "in"]
    assert len(seats(house, meeting)) == 1


def test_a_meeting_called_off_tells_those_who_signed_up(house):
    meeting, case = published(house)
    signs_up(house, meeting, "student")
    with pytest.raises(InvalidInput), house.engine.unit(house.coordinator) as unit:
        cancel(house.engine, unit, meeting, reason=" ")
    with house.engine.unit(house.coordinator) as unit:
        cancel(house.engine, unit, meeting, reason="Grève des transports.")
    assert house.at(case) == ["completed"]
    assert state(house, meeting) == "cancelled"
    assert house.told("student")[-1].startswith("Annulée")
    for late in (cancel_again, lambda h, m: signs_up(h, m, "other_student")):
        with pytest.raises(InvalidState):
            late(house, meeting)


def cancel_again(house, meeting):
    with house.engine.unit(house.coordinator) as unit:
        cancel(house.engine, unit, meeting, reason="Encore.")


def test_a_meeting_that_has_begun_is_not_called_off(house):
    meeting, case = published(house)
    house.until(2026, 3, 18, 14)
    with pytest.raises(InvalidState), house.engine.unit(house.coordinator) as unit:
        cancel(house.engine, unit, meeting, reason="Trop tard.")
    with pytest.raises(InvalidState):
        signs_up(house, meeting, "student")
    assert (state(house, meeting), house.at(case)) == ("published", ["active"])


def test_a_meeting_may_be_dropped_before_anybody_sees_it(house):
    meeting, case = planned(house)
    with pytest.raises(NotFound):
        signs_up(house, meeting, "student")
    house.does(case, house.coordinator, "drop", "Salle prise.")
    assert (state(house, meeting), house.at(case)) == ("cancelled", ["completed"])


def test_it_cannot_be_published_once_it_is_past_and_lateness_is_told(house):
    _, case = planned(house)
    house.until(2026, 3, 19)
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, "publish")
    assert refusal.value.errors == {"_schema": ["meeting_past"]}
    assert any(s.startswith("Rappel : Publier") for s in house.told("coordinator"))
    assert any(s.startswith("En retard : Publier") for s in house.told("ri"))


def test_the_list_says_how_many_come_and_whether_one_does(house):
    meeting, _ = published(house)
    published(house, title="Deuxième", starts_at="2026-03-10T10:00", ends_at="2026-03-10T11:00")
    planned(house, title="Pas encore publiée")
    signs_up(house, meeting, "student")
    with house.engine.reading() as session:
        found = listed(session, person_id=house.ids["student"], since=house.clock.now())
        told = [(each.meeting.title, each.taken, each.mine, each.full) for each in found]
    assert told == [("Deuxième", 0, False, False), (MEETING["title"], 1, True, False)]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["required"]}),
        ({"title": "x" * 201}, {"title": ["too_long:200"]}),
        ({"place": "", "url": ""}, {"place": ["meeting_place_or_url"]}),
        ({"url": "javascript:alert(1)"}, {"url": ["not_a_url"]}),
        ({"url": "https://[::1"}, {"url": ["not_a_url"]}),
        ({"starts_at": "2026-03-01T10:00"}, {"starts_at": ["in_the_past"],
                                             "ends_at": ["meeting_length"]}),
        ({"starts_at": "2026-03-29T02:30", "ends_at": "2026-03-29T04:00"},
         {"starts_at": ["not_a_moment"]}),
        ({"ends_at": "2026-03-18T14:00"}, {"ends_at": ["meeting_length"]}),
        ({"ends_at": "2026-03-19T14:00"}, {"ends_at": ["meeting_length"]}),
        ({"languages": []}, {"languages": ["required"]}),
        ({"languages": ["fr", "tlh"]}, {"languages": ["not_an_option"]}),
        ({"departments": ["nowhere"]}, {"departments": ["not_an_option"]}),
        ({"capacity": "0"}, {"capacity": ["out_of_range:1:2000"]}),
        ({"capacity": "1.5"}, {"capacity": ["not_an_integer"]}),
        ({"organizer": "ri"}, {"organizer": ["unknown_field"]}),
        ({"description": "a\u0000b"}, {"description": ["invalid_characters"]}),
    ],
)  # fmt: skip
def test_bad_input_is_named_and_plans_nothing(house, changes, errors):
    with pytest.raises(InvalidInput) as refusal:
        planned(house, **changes)
    assert refusal.value.errors == errors
    with house.engine.reading() as session:
        assert listed(session, person_id=1, states=("planned",), since=house.clock.now()) == []
