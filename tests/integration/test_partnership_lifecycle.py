"""An agreement through its circuit, in force, and at its end; never renewed tacitly."""

from __future__ import annotations

from datetime import date

import pytest

from engine.definitions import Bundle
from engine.errors import Forbidden, InvalidInput, NotFound
from tests.builders_domain import HOME, ROOT
from tests.builders_duties import DutiesHouse
from workflows.partnership.services import get_partnership, listed, propose, renew

PROPOSAL = {
    "kind": "agreement",
    "title": "LEA et Salamanque",
    "hei_id": "usal.es",
    "department": "lea",
}
FILE = {
    "purpose": "Échanges d’étudiants de licence.",
    "isced_f": "0231",
    "places_out": "4",
    "places_in": "4",
    "starts_on": "2026-09-01",
    "years": "5",
}
DOUBLE = {"home_curriculum": "L3 LEA", "partner_curriculum": "Grado", "grade_grid": "10 = 5"}


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


def proposed(house, **changes):
    """A proposal of the coordinator's: its number and its case."""
    with house.engine.unit(house.coordinator) as unit:
        found = propose(
            house.engine,
            unit,
            {**PROPOSAL, **changes},
            proposer="coordinator:lea",
            home_hei_id=HOME,
        )
    return found.partnership_id, found.instance_id


def circuit(house, case):
    """Everybody agrees, from RI to the president."""
    for name in ("ri", "legal", "cfvu", "ca"):
        house.does(case, getattr(house, name), "approve")
    house.does(case, house.president, "sign")


def in_force(house):
    number, case = proposed(house)
    house.does(case, house.coordinator, **FILE)
    circuit(house, case)
    return number, case


def stored(house, number):
    with house.engine.reading() as session:
        found = get_partnership(session, number)
        session.expunge_all()
        return found


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "partnership")) == []


def test_an_agreement_to_its_signature(house):
    number, case = proposed(house)
    steps = [house.at(case)]
    house.does(case, house.coordinator, **FILE)
    for name in ("ri", "legal", "cfvu", "ca"):
        steps.append(house.at(case))
        house.does(case, getattr(house, name), "approve")
    steps.append(house.at(case))
    house.does(case, house.president, "sign")
    assert [step for (step,) in steps] == [
        "write_file",
        "review_ri",
        "review_legal",
        "vote",
        "vote",
        "sign",
    ]
    found = stored(house, number)
    assert (found.state, found.starts_on, found.ends_on, found.renewal_on) == (
        "in_force",
        date(2026, 9, 1),
        date(2031, 8, 31),
        date(2030, 8, 31),
    )
    assert [(each.body, each.outcome) for each in found.opinions] == [
        ("ri", "approve"),
        ("legal", "approve"),
        ("council:cfvu", "approve"),
        ("council:ca", "approve"),
        ("president", "sign"),
    ]
    assert house.told("coordinator")[-1] == "Accord signé : LEA et Salamanque, Salamanca"
    assert house.engine.verify(case).intact


def test_the_councils_vote_in_their_order(house):
    number, case = proposed(house)
    house.does(case, house.coordinator, **FILE)
    house.does(case, house.ri, "approve")
    house.does(case, house.legal, "approve")
    (item,) = house.engine.instance(case, actor=house.ri).open_items
    assert item.candidate == "council:cfvu"
    with pytest.raises((Forbidden, NotFound)):
        house.engine.complete(item.id, actor=house.ca, outcome="approve", idempotency_key="early")
    house.does(case, house.cfvu, "reject", "Les maquettes ne concordent pas.")
    assert house.at(case) == ["completed"]
    assert stored(house, number).state == "refused"
    assert house.told("ri")[-1].startswith("Accord refusé")


def test_what_is_returned_is_written_again(house):
    number, case = proposed(house)
    house.does(case, house.coordinator, **FILE)
    with pytest.raises(InvalidInput):
        house.does(case, house.ri, "return", "")
    house.does(case, house.ri, "return", "Combien de places ?")
    assert (stored(house, number).state, house.at(case)) == ("written", ["write_file"])
    house.does(case, house.coordinator, **{**FILE, "places_out": "6"})
    house.does(case, house.ri, "approve")
    house.does(case, house.legal, "return", "Clause de protection des données.")
    house.does(case, house.coordinator, **FILE)
    house.does(case, house.ri, "reject", "Partenaire sans charte.")
    assert stored(house, number).state == "refused"


def test_a_double_degree_needs_both_curricula_and_the_grid(house):
    number, case = proposed(house, kind="double_degree")
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, **FILE)
    assert refusal.value.errors == {name: ["required"] for name in DOUBLE}
    house.does(case, house.coordinator, **FILE, **DOUBLE)
    circuit(house, case)
    assert stored(house, number).grade_grid == "10 = 5"


def test_a_framework_is_voted_by_one_council(house):
    _, case = proposed(house, kind="framework")
    house.does(case, house.coordinator, **{**FILE, "places_out": "", "places_in": ""})
    house.does(case, house.ri, "approve")
    house.does(case, house.legal, "approve")
    house.does(case, house.ca, "approve")
    assert house.at(case) == ["sign"]
    house.does(case, house.president, "reject", "Pas cette année.")
    assert house.at(case) == ["completed"]


def test_signed_late_it_holds_from_the_signature(house):
    number, case = proposed(house)
    house.does(case, house.coordinator, **{**FILE, "starts_on": "2026-03-01", "years": "1"})
    house.until(2026, 3, 12)
    circuit(house, case)
    found = stored(house, number)
    assert (found.starts_on, found.ends_on) == (date(2026, 3, 12), date(2027, 3, 11))
    assert found.renewal_on == found.starts_on


def move_to(house, year, month, day):
    """Years pass in a few steps; what is due is done at each."""
    house.clock.at = house.clock.now().replace(year=year, month=month, day=day)
    house.wait()


def test_twelve_months_before_its_end_somebody_decides(house):
    number, case = in_force(house)
    move_to(house, 2030, 8, 30)
    assert house.at(case) == ["active"]
    move_to(house, 2030, 8, 31)
    assert house.at(case) == ["renew"]
    assert any(s.startswith("Décider du renouvellement") for s in house.told("ri"))
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.ri, "renew")
    assert refusal.value.errors == {"_schema": ["partnership_renewal_missing"]}
    with house.engine.unit(house.ri) as unit:
        second = renew(house.engine, unit, number, proposer="coordinator:lea")
    house.does(case, house.ri, "renew")
    assert house.at(second.instance_id) == ["write_file"]
    new = stored(house, second.partnership_id)
    assert (new.renewal_of, new.places_out, new.starts_on) == (number, 4, None)
    with house.engine.unit(house.ri) as unit, pytest.raises(InvalidInput) as refusal:
        renew(house.engine, unit, number, proposer="ri")
    assert refusal.value.errors == {"partnership": ["partnership_renewed_already"]}
    assert stored(house, number).state == "in_force"
    move_to(house, 2031, 9, 1)
    assert (stored(house, number).state, house.at(case)) == ("expired", ["completed"])
    assert any(s.startswith("Accord éteint") for s in house.told("coordinator"))


def test_without_an_answer_it_ends_all_the_same(house):
    number, case = in_force(house)
    move_to(house, 2030, 8, 31)
    move_to(house, 2030, 11, 1)
    assert any(s.startswith("En retard : Décider") for s in house.told("ri"))
    move_to(house, 2031, 8, 31)
    assert house.at(case) == ["renew"]
    move_to(house, 2031, 9, 1)
    assert (stored(house, number).state, house.at(case)) == ("expired", ["completed"])


def test_it_may_be_let_go_with_a_reason(house):
    number, case = in_force(house)
    move_to(house, 2030, 9, 1)
    with pytest.raises(InvalidInput):
        house.does(case, house.ri, "let_expire", "")
    house.does(case, house.ri, "let_expire", "Aucun échange depuis trois ans.")
    assert stored(house, number).state == "in_force"
    move_to(house, 2031, 9, 1)
    assert stored(house, number).state == "expired"


def test_the_list_counts_the_places_taken_this_year(house):
    number, _ = in_force(house)
    everywhere, _ = proposed(house, title="Cadre", kind="framework")
    with house.engine.unit(house.ri) as unit:
        unit.session.get(type(stored(house, everywhere)), everywhere).department = ""
    for _ in range(3):
        house.mobility()
    house.mobility(incoming=True)
    house.mobility(receiving_academic_year_id="2025/2026")
    history = house.mobility()
    with house.engine.unit(house.ri) as unit:
        house.stored_mobility(unit.session, history).department = "his"
    with house.engine.reading() as session:
        found = {
            each.partnership.id: (each.partner, each.used_out, each.used_in)
            for each in listed(session, year="2026/2027", home_hei_id=HOME)
        }
    assert found == {number: ("Salamanca", 3, 1), everywhere: ("Salamanca", 4, 1)}


def test_a_mobility_called_off_takes_no_place(house):
    number, _ = in_force(house)
    coming = [house.mobility(incoming=True) for _ in range(3)]
    going = [house.mobility() for _ in range(2)]
    with house.engine.unit(house.ri) as unit:
        for each in (coming[0], going[0]):
            house.stored_mobility(unit.session, each).called_off_at = unit.now
    with house.engine.reading() as session:
        (found,) = listed(session, year="2026/2027", home_hei_id=HOME)
    assert (found.partnership.id, found.used_out, found.used_in) == (number, 1, 2)


def test_the_list_takes_one_statement(house, count_statements):
    for number in range(4):
        proposed(house, title=f"Accord {number}")
    with count_statements(house.engine.database) as sent, house.engine.reading() as session:
        assert len(listed(session, year="2026/2027", home_hei_id=HOME)) == 4
    assert len([each for each in sent if "count" in each]) == 1
    assert len(sent) <= 2


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"kind": "treaty"}, {"kind": ["not_an_option"]}),
        ({"title": " "}, {"title": ["required"]}),
        ({"hei_id": HOME}, {"hei_id": ["not_an_option"]}),
        ({"hei_id": "nowhere.example"}, {"hei_id": ["not_an_option"]}),
        ({"department": "his"}, {"department": ["not_an_option"]}),
        ({"department": ""}, {"department": ["required"]}),
        ({"state": "in_force"}, {"state": ["unknown_field"]}),
    ],
)
def test_bad_proposals_are_named(house, changes, errors):
    with pytest.raises(InvalidInput) as refusal:
        proposed(house, **changes)
    assert refusal.value.errors == errors


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"years": "6"}, {"years": ["out_of_range:1:5"]}),
        ({"years": "0"}, {"years": ["out_of_range:1:5"]}),
        ({"places_out": ""}, {"places_out": ["required"]}),
        ({"places_in": "501"}, {"places_in": ["out_of_range:0:500"]}),
        ({"isced_f": "02317"}, {"isced_f": ["too_long:4"]}),
        ({"isced_f": "x1"}, {"isced_f": ["pattern"]}),
        ({"starts_on": "2027-02-29"}, {"starts_on": ["not_a_date"]}),
        ({"purpose": ""}, {"purpose": ["required"]}),
        ({"ends_on": "2099-01-01"}, {"ends_on": ["unknown_field"]}),
    ],
)
def test_bad_files_are_named(house, changes, errors):
    number, case = proposed(house)
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, **{**FILE, **changes})
    assert refusal.value.errors == errors
    assert stored(house, number).starts_on is None
