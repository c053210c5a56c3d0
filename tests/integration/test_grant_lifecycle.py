"""A grant from its opening to the last euro, and every way it ends before."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.definitions import Bundle
from engine.errors import Forbidden, InvalidInput, NotFound
from tests.builders_domain import HOME, ROOT
from tests.builders_duties import DutiesHouse
from tests.builders_history import deviating
from workflows.conformance import grants_by_exception
from workflows.grant.services import grant_of_case, open_grant
from workflows.mobility.stays import cut_short

STAY = {"stay_start": "2026-09-01", "stay_end": "2027-01-31"}
FACTS = {**STAY, "enrolled": "true", "cycle_days": "0"}
EXCEPTION = {"exception": "Contrat d’études signé sur papier."}


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


def grant_of(house, case):
    with house.engine.reading() as session:
        found = grant_of_case(session, case)
        session.expunge_all()
        return found


def events(house, case):
    return [event.kind for event in grant_of(house, case).events]


def awarded(house, scheme="erasmus", facts=FACTS):
    """A grant that RI has awarded, with an exception for the missing contract."""
    case = house.grant(house.mobility(), scheme)
    house.does(case, house.ri, **facts)
    house.wait()
    house.does(case, house.ri, "award", **EXCEPTION)
    return case


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "grant")) == []


def test_erasmus_from_opening_to_the_balance(house):
    case = awarded(house)
    found = grant_of(house, case)
    assert (found.days, found.total, found.prefinancing) == (
        150,
        Decimal("2000.00"),
        Decimal("1600.00"),
    )
    assert found.failed_rules == "contract_not_signed"
    assert deviating(house.engine, grants_by_exception()) == [case]
    assert house.at(case) == ["sign_agreement"]
    house.does(case, house.student, "sign")
    assert grant_of(house, case).state == "prefinancing_due"
    house.does(case, house.ri, paid_on="2026-03-02", amount="1 600,00", reference="SIFAC 4711")
    assert grant_of(house, case).state == "prefinanced"
    assert house.at(case) == ["active"]
    house.until(2027, 2, 1)
    assert house.at(case) == ["report"]
    house.does(case, house.student, **STAY, report_done="true")
    house.does(case, house.ri, "approve")
    assert grant_of(house, case).balance == Decimal("400.00")
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.ri, paid_on="2027-02-01", amount="399.99", reference="X")
    assert refusal.value.errors == {"amount": ["grant_amount_differs:400.00"]}
    house.does(case, house.ri, paid_on="2027-02-01", amount="400", reference="SIFAC 4712")
    found = grant_of(house, case)
    assert (found.state, found.paid, found.balance) == ("settled", found.total, 0)
    assert house.at(case) == ["completed"]
    assert events(house, case) == [
        "opened",
        "assessed",
        "awarded",
        "signed",
        "prefinanced",
        "reported",
        "verified",
        "balance_paid",
    ]
    assert [s for s in house.told("student") if "Aide" in s and ":" in s][-1].startswith(
        "Aide soldée"
    )
    assert house.engine.verify(case).intact


def test_prefinancing_is_due_within_thirty_days_and_by_the_start(house):
    house.until(2026, 8, 20)
    case = awarded(house)
    house.does(case, house.student, "sign")
    (item,) = house.engine.instance(case, actor=house.ri).open_items
    assert item.due_at == datetime(2026, 9, 1, 16, tzinfo=UTC)
    house.until(2026, 9, 20)
    assert any(subject.startswith("Rappel : Noter") for subject in house.told("ri"))
    assert any(subject.startswith("En retard : Noter") for subject in house.told("ri"))
    assert house.at(case) == ["prefinance"]


def test_every_failed_rule_is_named_and_an_exception_needs_its_reason(house):
    case = house.grant(house.mobility(receiving_hei_id="usal.es"), "ami")
    short = {"stay_start": "2026-09-01", "stay_end": "2026-09-30", "cycle_days": "290"}
    house.does(case, house.ri, **short)
    house.wait()
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.ri, "award")
    assert refusal.value.errors == {"exception": ["grant_exception_required"]}
    with pytest.raises(InvalidInput):
        house.does(case, house.ri, "reject", " ")
    house.does(case, house.ri, "reject", "Séjour trop court.")
    found = grant_of(house, case)
    assert found.state == "refused"
    assert deviating(house.engine, grants_by_exception()) == []
    assert set(found.failed_rules.split()) == {
        "not_enrolled",
        "stay_too_short",
        "cycle_exhausted",
        "contract_not_signed",
        "not_crous_holder",
    }
    assert house.at(case) == ["completed"]
    assert house.told("student")[-1].startswith("Aide refusée")


def test_ami_is_prefinanced_on_arrival(house):
    case = awarded(house, "ami", {**FACTS, "crous_holder": "on"})
    assert house.at(case) == ["confirm_arrival"]
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.ri, arrived_on="2026-09-03")
    assert refusal.value.errors == {"arrived_on": ["in_the_future"]}
    house.until(2026, 9, 4)
    house.does(case, house.ri, arrived_on="2026-09-03")
    found = grant_of(house, case)
    assert (found.total, found.prefinancing) == (Decimal("2000.00"), Decimal("1400.00"))
    assert house.at(case) == ["prefinance"]


def test_a_crous_scholarship_is_followed_without_a_payment(house):
    case = awarded(house, "crous", {**FACTS, "crous_holder": "true"})
    assert house.at(case) == ["active"]
    house.until(2027, 2, 1)
    house.does(case, house.student, **STAY, report_done="true")
    house.does(case, house.ri, "approve")
    assert house.at(case) == ["completed"]
    assert grant_of(house, case).state == "settled"


def shorten(house, mobility, last_day):
    with house.engine.unit(house.ri) as unit:
        cut_short(unit, mobility, last_day=last_day, reason="Retour anticipé", home_hei_id=HOME)
    house.wait()


def test_a_stay_cut_short_is_recomputed_and_its_end_comes_earlier(house):
    case = awarded(house)
    house.does(case, house.student, "sign")
    house.does(case, house.ri, paid_on="2026-03-02", amount="1600", reference="A")
    house.wait()
    shorten(house, grant_of(house, case).mobility_id, "2026-11-30")
    found = grant_of(house, case)
    assert (found.days, found.total, found.balance) == (
        90,
        Decimal("1200.00"),
        Decimal("-400.00"),
    )
    assert [e.note for e in found.events if e.kind == "recomputed"] == ["Retour anticipé"]
    house.until(2026, 12, 1)
    assert house.at(case) == ["report"]
    actual = {"stay_start": "2026-09-01", "stay_end": "2026-11-28"}
    house.does(case, house.student, **actual, report_done="true")
    house.does(case, house.ri, "return", "L’attestation dit le 30.")
    assert house.at(case) == ["report"]
    house.does(case, house.student, **{**actual, "stay_end": "2026-11-30"}, report_done="true")
    house.does(case, house.ri, "approve")
    found = grant_of(house, case)
    assert (found.state, found.balance) == ("refund_due", Decimal("-400.00"))
    house.does(case, house.ri, paid_on="2026-12-01", amount="400", reference="Titre 12")
    assert events(house, case)[-1] == "refunded"
    assert grant_of(house, case).state == "settled"


def test_one_word_about_the_stay_moves_every_grant_that_waits_for_its_end(house):
    mobility = house.mobility()
    cases = [house.grant(mobility, scheme) for scheme in ("crous", "ami")]
    for case in cases:
        house.does(case, house.ri, **FACTS, crous_holder="true")
        house.wait()
        house.does(case, house.ri, "award", **EXCEPTION)
    house.until(2026, 9, 2)
    house.does(cases[1], house.ri, arrived_on="2026-09-01")
    house.does(cases[1], house.ri, paid_on="2026-09-02", amount="1400", reference="B")
    house.wait()
    shorten(house, mobility, "2026-10-31")
    house.until(2026, 11, 1)
    assert [house.at(case) for case in cases] == [["report"], ["report"]]


def test_a_grant_that_is_prefinanced_later_counts_the_shortened_stay(house):
    case = awarded(house)
    shorten(house, grant_of(house, case).mobility_id, "2026-11-30")
    assert grant_of(house, case).total == Decimal("2000.00")
    house.does(case, house.student, "sign")
    house.does(case, house.ri, paid_on="2026-03-02", amount="1600", reference="A")
    house.wait()
    assert grant_of(house, case).balance == Decimal("-400.00")


def test_another_mobility_of_the_student_is_left_alone(house):
    case = awarded(house)
    house.does(case, house.student, "sign")
    house.does(case, house.ri, paid_on="2026-03-02", amount="1600", reference="A")
    house.wait()
    shorten(house, house.mobility(), "2026-11-30")
    assert grant_of(house, case).total == Decimal("2000.00")


def test_the_student_may_decline(house):
    case = awarded(house)
    with pytest.raises(Forbidden):
        house.engine.complete(
            house.engine.instance(case, actor=house.ri).open_items[0].id,
            actor=house.ri,
            outcome="sign",
            idempotency_key="not mine",
        )
    house.does(case, house.student, "decline", "Je pars avec une autre bourse.")
    assert grant_of(house, case).state == "declined"
    assert house.at(case) == ["completed"]


def test_one_grant_of_a_scheme_at_a_time_and_only_for_outgoing_students(house):
    mobility = house.mobility()
    house.grant(mobility)
    for wrong, code in (("erasmus", "grant_open_already"), ("lottery", "not_an_option")):
        with pytest.raises(InvalidInput) as refusal:
            house.grant(mobility, wrong)
        assert refusal.value.errors == {"scheme": [code]}
    with pytest.raises(InvalidInput) as refusal:
        house.grant(house.mobility(incoming=True))
    assert refusal.value.errors == {"scheme": ["grant_only_outgoing"]}
    with house.engine.unit(house.ri) as unit, pytest.raises(NotFound):
        open_grant(house.engine, unit, 999_999, scheme="ami", home_hei_id=HOME)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"stay_start": ["required"], "stay_end": ["required"]}),
        ({"stay_start": "2026-09-02", "stay_end": "2026-09-01"}, {"stay_end": ["before_start"]}),
        ({"stay_start": "0026-09-02", "stay_end": "2026-13-01"},
         {"stay_start": ["not_a_date"], "stay_end": ["not_a_date"]}),
        ({"stay_start": "2020-01-01", "stay_end": "2026-01-01"}, {"stay_end": ["stay_too_long"]}),
        ({**STAY, "cycle_days": "-1"}, {"cycle_days": ["not_an_integer"]}),
        ({**STAY, "cycle_days": "9999"}, {"cycle_days": ["out_of_range:0:3600"]}),
        ({**STAY, "total": "1000000"}, {"total": ["unknown_field"]}),
        ({**STAY, "stay_end": {"a": 1}}, {"stay_end": ["wrong_type"]}),
    ],
)  # fmt: skip
def test_bad_facts_are_named_and_change_nothing(house, data, errors):
    case = house.grant(house.mobility())
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.ri, **data)
    assert refusal.value.errors == errors
    assert house.at(case) == ["assess"]
    assert grant_of(house, case).stay_start is None
