"""An application from its draft to the nomination, and every way it can end."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine import Database, Engine, FixedClock
from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState
from tests.builders_application import (
    WEIGHTS,
    CampaignHouse,
    application_fields,
    campaign_fields,
)
from tests.builders_history import deviating
from web.config import Settings
from workflows.application.campaign_input import read_campaign, read_places
from workflows.application.campaigns import get_campaign, save_places, update_campaign
from workflows.application.withdrawals import withdraw
from workflows.conformance import applications_by_exception
from workflows.registry import registry

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def database_url(sqlite_url):
    """What depends on the kind of database is tested in test_application_places."""
    return sqlite_url


@pytest.fixture(scope="module")
def furnished(_sqlite_template, tmp_path_factory):
    """A house and the file of its database, deployed and furnished once for all tests here."""
    path = tmp_path_factory.mktemp("house") / "house.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    url = f"sqlite:///{path}"
    settings = Settings(url, "k" * 40, path.parent, path.parent)
    opened = Database(url)
    house = CampaignHouse.built(opened, settings, FixedClock(MONDAY))
    # The last connection to close brings the log into the file.
    opened.dispose()
    return house, path


@pytest.fixture
def house(furnished, settings, clock, tmp_path):
    """That house to oneself: a copy of its database, and a clock of its own."""
    built, path = furnished
    shutil.copyfile(path, tmp_path / "own.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    clock.at = MONDAY
    yield replace(built, engine=Engine(database, registry(settings), clock=clock), clock=clock)
    database.dispose()


def selected(house, name="ana", *wishes):
    """An application that holds a place, to be confirmed."""
    application = house.candidate(name, "15", *(wishes or ("usal.es",)))
    house.close()
    house.allocate()
    return application


def to_partner(house, application, name="ana"):
    house.answer(application, house.students[name], "confirm")
    house.answer(application, house.ri, "nominate")


def test_the_result_says_that_an_algorithm_took_part_and_how_the_score_came_about(house):
    ana = selected(house, "ana", "usal.es", "uu.se")
    reasons = json.loads(house.read(ana).results[-1].reasons)
    assert (reasons["rank"], reasons["score"]) == (1, "15.00")
    assert [part["criterion"] for part in reasons["parts"]] == [
        "motivation",
        "language",
        "results",
        "coherence",
    ]
    assert [wish["verdict"] for wish in reasons["wishes"]] == ["given", "not_needed"]
    mail = next(mail for mail in house.mails("ana@") if "Salamanca" in mail.subject)
    for said in ("L. 311-3-1", "15,00 sur 20", "1. Salamanca : place attribuée", "/cases/"):
        assert said in mail.body


def test_the_file_is_sent_back_and_completed(house):
    ana = house.apply("ana", "usal.es")
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.ri, "return", " ")
    assert refusal.value.errors == {"reason": ["required"]}
    house.answer(ana, house.ri, "return", "Il manque le relevé de notes.")
    assert (house.step(ana), house.read(ana).status) == ("complete", "returned")
    with house.engine.unit(house.ri) as unit:
        get_campaign(unit.session, house.campaign).closes_at = house.clock.now()
    house.wait(days=2)
    house.answer(ana, house.students["ana"])
    house.work()
    assert house.step(ana) == "check_admissibility"
    house.answer(ana, house.ri, "return", "Encore.")
    house.wait(days=6)
    assert house.step(ana) == "check_admissibility"


def test_a_file_that_is_not_admissible_is_refused_with_every_rule_it_fails(house):
    ana = house.apply(
        "ana",
        "usal.es",
        enrolled="false",
        years_completed="0",
        debts="true",
        eqf_level="7",
        isced_f="0511",
        erasmus_months="9",
        languages=[{"language": "es", "cefr": "A2"}],
    )
    (wish,) = house.read(ana).wishes
    assert wish.failed_rules == (
        "not_enrolled",
        "no_year_completed",
        "cycle_months",
        "language_level",
        "debt_of_units",
        "level_not_covered",
        "field_not_covered",
    )
    chosen = [{"place": str(wish.place_id), "admitted": "true"}]
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.ri, "admit", wishes=chosen)
    assert refusal.value.errors == {"remark": ["exception_needs_reason"]}
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.ri, "admit", wishes=[])
    assert refusal.value.errors == {"wishes": ["no_wish_admitted"]}
    house.answer(ana, house.ri, "refuse", "Les conditions ne sont pas remplies.")
    house.work()
    assert (house.step(ana), house.read(ana).status) == ("completed", "refused")
    mail = house.mails("ana@")[-1]
    assert "Les conditions ne sont pas remplies." in mail.body
    assert "niveau de langue demandé par l’accord" in mail.body


def test_whoever_is_admitted_against_a_rule_is_a_deviation(house):
    ana = house.apply("ana", "usal.es", debts="true")
    bob = house.apply("bob", "usal.es")
    house.admit(ana, remark="Le jury se réunit la semaine prochaine.")
    house.admit(bob)
    case = house.read(ana).instance_id
    assert deviating(house.engine, applications_by_exception()) == [case]


def test_the_debt_of_units_is_a_switch_of_the_campaign(database, settings, clock):
    house = CampaignHouse.built(database, settings, clock, allow_debt="true")
    ana = house.apply("ana", "usal.es", debts="true")
    assert house.read(ana).wishes[0].failed_rules == ()


def test_what_is_missing_or_wrong_is_told_by_field_and_nothing_happens(house):
    ana = house.start("ana")
    bad = application_fields(
        house.places["usal.es"],
        house.places["usal.es"],
        enrolled="perhaps",
        years_completed="many",
        eqf_level="9",
        isced_f="languages",
        motivation="short",
        languages=[{"language": "es", "cefr": ""}, {"language": "", "cefr": "B2"}],
        student_number="",
        admin="true",
    )
    bad["wishes"].append({"place": "999999"})
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.students["ana"], **bad)
    assert refusal.value.errors == {
        "admin": ["unknown_field"],
        "student_number": ["required"],
        "enrolled": ["not_a_boolean"],
        "years_completed": ["not_an_integer"],
        "eqf_level": ["out_of_range:5:8"],
        "isced_f": ["pattern"],
        "motivation": ["too_short:50"],
        "languages.0.cefr": ["required"],
        "languages.1.language": ["required"],
        "wishes.1.place": ["wished_twice"],
        "wishes.2.place": ["not_an_option"],
    }
    assert (house.step(ana), house.read(ana).status) == ("apply", "draft")


def test_a_late_file_is_refused_with_the_closing_date(house):
    ana = house.start("ana")
    with house.engine.unit(house.ri) as unit:
        get_campaign(unit.session, house.campaign).closes_at = house.clock.now()
    with pytest.raises(InvalidInput) as refusal:
        house.submit(ana, "ana", "usal.es")
    assert refusal.value.errors == {"_schema": ["campaign_closed:2026-03-02 10.00"]}
    with pytest.raises(InvalidInput) as refusal:
        house.start("bob")
    assert refusal.value.errors["_schema"][0].startswith("campaign_closed")


def test_an_application_never_submitted_ends_with_the_campaign(house):
    ana = house.start("ana")
    house.close()
    assert (house.step(ana), house.read(ana).status) == ("completed", "missed")
    assert "n’a pas été déposée" in house.mails("ana@")[-1].body


def test_an_extended_campaign_gives_the_draft_back(house):
    ana = house.start("ana")
    (item,) = house.items(ana)
    typed = application_fields(house.places["uu.se"], motivation="Une idée")
    house.engine.save_draft(item.id, actor=house.students["ana"], data=typed)
    with house.engine.unit(house.ri) as unit:
        campaign = get_campaign(unit.session, house.campaign)
        campaign.closes_at = campaign.closes_at.replace(month=5)
    house.close()
    assert (house.step(ana), house.read(ana).motivation) == ("apply", "Une idée")
    house.submit(ana, "ana", "usal.es")
    assert house.step(ana) == "check_admissibility"


def test_one_application_a_student_and_campaign(house):
    house.start("ana")
    with pytest.raises(InvalidState):
        house.start("ana")


def test_a_commission_scores_and_a_conflict_is_replaced(database, settings, clock):
    house = CampaignHouse.built(database, settings, clock)
    house.appoint_commission("coordinator", "second", quorum=2)
    ana = house.apply("ana", "usal.es")
    house.admit(ana)
    assert sorted(item.candidate for item in house.items(ana)) == sorted(
        [house.coordinator.id, house.second.id]
    )
    house.give_points(ana, "12", actor=house.coordinator)
    assert house.step(ana) == "score"
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.second, "conflict")
    assert refusal.value.errors == {"remark": ["required"]}
    house.answer(ana, house.second, "conflict", remark="C’est ma nièce.")
    told = house.engine.history(house.read(ana).instance_id, actor=house.students["ana"])
    assert "nièce" not in str([event.payload for event in told])
    assert house.step(ana) == "appoint"
    for wrong in ([], [str(house.people["second"])], [str(house.people["eva"])]):
        with pytest.raises(InvalidInput):
            house.answer(ana, house.ri, reviewers=wrong)
    house.answer(ana, house.ri, reviewers=[str(house.people["third"])])
    (item,) = house.items(ana)
    assert item.candidate == house.third.id
    house.give_points(ana, "16", actor=house.third)
    house.close()
    house.allocate()
    assert json.loads(house.read(ana).results[-1].reasons)["score"] == "14.00"


def test_who_has_a_conflict_cannot_score_after_all(house):
    ana = house.apply("ana", "usal.es")
    house.admit(ana)
    house.answer(ana, house.coordinator, "conflict", remark="Je connais la famille.")
    house.answer(ana, house.ri, reviewers=[str(house.people["second"])])
    (item,) = house.items(ana)
    points = dict.fromkeys(("motivation", "language", "results", "coherence"), "20")
    with pytest.raises(Forbidden):
        house.engine.complete(
            item.id,
            actor=house.coordinator,
            outcome="score",
            data={"points": points},
            idempotency_key="k",
        )


@pytest.mark.parametrize("points", ["21", "-1", "12.345", "many", "", "NaN"])
def test_points_outside_the_scale_are_refused(house, points):
    ana = house.apply("ana", "usal.es")
    house.admit(ana)
    with pytest.raises(InvalidInput) as refusal:
        house.give_points(ana, points)
    assert set(refusal.value.errors) == {
        f"points.{name}" for name in ("motivation", "language", "results", "coherence")
    }
    assert house.read(ana).reviews == []


def test_a_student_who_does_not_answer_loses_the_place(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    house.allocate()
    assert house.statuses(ana, bob) == ["selected", "reserve"]
    house.wait(days=11)
    assert house.statuses(ana, bob) == ["lapsed", "selected"]
    assert (house.step(ana), house.step(bob)) == ("completed", "confirm")
    assert "Bob Test" in house.mails("claire@")[-1].body


def test_the_reserve_ends_with_its_date(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    house.allocate()
    house.answer(ana, house.students["ana"], "confirm")
    with pytest.raises(InvalidInput), house.engine.unit(house.students["bob"]) as unit:
        withdraw(house.engine, unit, bob, "x" * 3000)
    house.wait(days=200)
    assert (house.step(bob), house.read(bob).status) == ("completed", "rejected")
    last = house.mails("bob@")[-1]
    assert "pas retenue" in last.subject
    assert "1. Salamanca : complet (1 place(s) ; dernière note retenue 15,00)" in last.body


def test_below_the_threshold_nobody_is_placed(database, settings, clock):
    house = CampaignHouse.built(database, settings, clock, min_score="10")
    ana = house.candidate("ana", "9,99", "usal.es")
    bob = house.candidate("bob", "10", "usal.es")
    house.close()
    house.allocate()
    assert house.statuses(ana, bob) == ["rejected", "selected"]
    assert house.step(ana) == "completed"
    assert "n’atteint pas le minimum" in house.mails("ana@")[-1].body


def test_the_partner_rejects_and_the_next_one_moves_up(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    house.allocate()
    to_partner(house, ana)
    link = next(mail for mail in house.mails("usal.es") if "/partner/" in mail.body)
    assert "Ana Test" in link.subject
    assert link.language == "es"
    with pytest.raises(InvalidInput) as refusal:
        house.answer(ana, house.ri, "reject", "", signer_name="Carmen")
    assert refusal.value.errors == {"reason": ["required"]}
    (item,) = house.items(ana)
    house.answer(ana, house.ri, "reject", "No hay más plazas.", signer_name="Carmen")
    with pytest.raises(Conflict):
        house.engine.complete(
            item.id,
            actor=house.ri,
            outcome="approve",
            data={"signer_name": "Carmen"},
            idempotency_key="second answer",
        )
    house.work()
    assert house.statuses(ana, bob) == ["declined", "selected"]
    assert house.step(ana) == "completed"
    assert house.read(ana).nomination.status == "rejected"
    assert any("No hay más plazas." in mail.body for mail in house.mails("ana@"))


def test_the_partner_is_reminded_and_the_office_alerted(house):
    ana = selected(house)
    to_partner(house, ana)
    house.wait(days=5, minutes=1)
    reminders = [mail for mail in house.mails("usal.es") if "Recordatorio" in mail.subject]
    assert len(reminders) == 1
    house.wait(days=10)
    assert any("En retard" in mail.subject for mail in house.mails("claire@"))
    assert house.step(ana) == "partner_answer"


def test_the_office_takes_a_departure_back(house):
    ana = selected(house)
    house.answer(ana, house.students["ana"], "confirm")
    house.answer(ana, house.ri, "cancel", "L’accord est suspendu.")
    house.work()
    assert (house.step(ana), house.read(ana).status) == ("completed", "cancelled")
    assert house.holder("usal.es") == set()
    assert "L’accord est suspendu." in house.mails("ana@")[-1].body


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_a_departure_that_depends_on_the_year_waits_for_the_board(house, outcome):
    ana = house.candidate("ana", "15", "usal.es", conditional="true")
    house.close()
    house.allocate()
    to_partner(house, ana)
    house.answer(ana, house.ri, "approve", signer_name="Carmen")
    assert house.step(ana) == "after_jury,jury_withdrawn"
    house.wait(days=98)
    assert house.step(ana) == "check_year"
    house.answer(ana, house.coordinator, outcome, None if outcome == "passed" else "Ajournée.")
    house.work()
    assert house.step(ana) == "completed"
    if outcome == "passed":
        assert house.read(ana).status == "placed"
    else:
        assert house.read(ana).status == "year_failed"
        assert house.read(ana).nomination.status == "cancelled"
        assert "anulada" in house.mails("usal.es")[-1].subject


@pytest.mark.parametrize(
    "stage", ["apply", "check_admissibility", "complete", "score", "waiting", "reserve",
              "nominate", "partner_answer", "jury"],
)  # fmt: skip
def test_a_student_may_withdraw_at_every_stage(house, stage):
    bob = house.candidate("bob", "18", "usal.es") if stage == "reserve" else None
    ana = house.start("ana")
    moves = {
        "apply": lambda: None,
        "check_admissibility": lambda: house.submit(
            ana, "ana", "usal.es", conditional="true" if stage == "jury" else "false"
        ),
        "complete": lambda: house.answer(ana, house.ri, "return", "Relevé ?"),
        "score": lambda: house.admit(ana),
        "waiting": lambda: house.give_points(ana, "15"),
        "reserve": lambda: (house.close(), house.allocate()),
        "nominate": lambda: house.answer(ana, house.students["ana"], "confirm"),
        "partner_answer": lambda: house.answer(ana, house.ri, "nominate"),
        "jury": lambda: house.answer(ana, house.ri, "approve", signer_name="Carmen"),
    }
    for name, move in moves.items():
        if name != "complete" or stage == "complete":
            move()
        if name == stage:
            break
    with house.engine.unit(house.students["ana"]) as unit:
        withdraw(house.engine, unit, ana, "Projet abandonné.")
    house.work()
    assert (house.step(ana), house.read(ana).status) == ("completed", "withdrawn")
    assert house.holder("usal.es") == ({bob} if bob else set())
    assert house.incidents() == []
    with pytest.raises(InvalidState), house.engine.unit(house.students["ana"]) as unit:
        withdraw(house.engine, unit, ana, "")
    cancelled = [mail for mail in house.mails("usal.es") if "anulada" in mail.subject]
    assert len(cancelled) == (stage in {"partner_answer", "jury"})


def kept_places(house, *rows):
    """The office keeps these rows as the campaign's table of places."""
    with house.engine.unit(house.ri) as unit:
        campaign = get_campaign(unit.session, house.campaign)
        known = ("usal.es", "uu.se", "unibo.it")
        read = read_places({"places": list(rows)}, ("lea", "his"), known)
        save_places(unit, campaign.id, read, campaign.revision)


def rows_of(house):
    """The table of places as it stands, to be sent back with a change."""
    return {
        place.hei_id: {
            "id": str(place.id),
            "department": "lea",
            "hei_id": place.hei_id,
            "isced_f": place.isced_f,
            "eqf_level": str(place.eqf_level),
            "seats": str(len(place.seats)),
            "months": str(place.months),
            "language": place.language,
            "cefr": place.cefr,
        }
        for place in house.ranking().places
    }


def test_a_place_somebody_wishes_for_stays_as_it_is(house):
    house.apply("ana", "usal.es")
    rows = rows_of(house)
    salamanca = rows["usal.es"]
    others = [rows["uu.se"], rows["unibo.it"]]
    for change, error in (
        ([{**salamanca, "months": "9"}, *others], {"places.0.hei_id": ["place_wished"]}),
        (others, {"places": ["place_wished:usal.es"]}),
    ):
        with pytest.raises(InvalidInput) as refusal:
            kept_places(house, *change)
        assert refusal.value.errors == error
    kept_places(house, {**salamanca, "seats": "3"}, {**rows["uu.se"], "months": "9"})
    assert {p.hei_id: (len(p.seats), p.months) for p in house.ranking().places} == {
        "usal.es": (3, 5),
        "uu.se": (1, 9),
    }
    with pytest.raises(Conflict), house.engine.unit(house.ri) as unit:
        save_places(unit, house.campaign, [], 1)


def test_a_seat_more_after_the_allocation_goes_to_whoever_is_next(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    house.allocate()
    rows = rows_of(house)
    rows["usal.es"]["seats"] = "2"
    kept_places(house, *rows.values())
    house.work()
    assert (house.holder("usal.es"), house.step(bob)) == ({ana, bob}, "confirm")
    rows["usal.es"]["seats"] = "1"
    with pytest.raises(InvalidInput) as refusal:
        kept_places(house, *rows.values())
    assert refusal.value.errors == {"places.0.seats": ["places_taken:2"]}
    with pytest.raises(InvalidInput) as refusal, house.engine.unit(house.ri) as unit:
        campaign = get_campaign(unit.session, house.campaign)
        changed = campaign_fields(
            departments=[{"code": "lea", "chosen": "true", **WEIGHTS, "weight_results": "5"}]
        )
        given = read_campaign(changed, ("lea",), ())
        update_campaign(unit, campaign.id, given, campaign.revision)
    assert refusal.value.errors == {"departments": ["places_given:lea"]}
