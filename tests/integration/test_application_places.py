"""Places: given once, never twice, and always to whoever comes next."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.values import InstanceQuery
from tests.builders import at_once
from tests.builders_application import CampaignHouse, campaign_fields
from workflows.application.campaign_input import read_campaign
from workflows.application.campaigns import get_campaign, get_ranking, update_campaign
from workflows.application.models import Ranking
from workflows.application.ranking import allocate_places, consequences, keep
from workflows.application.standing import NewPoints, TieOrder, standing
from workflows.application.withdrawals import withdraw
from workflows.contract.reading import contract_view


@pytest.fixture
def house(once):
    return once(CampaignHouse.built)


def test_the_whole_way_to_a_mobility_and_its_contract(house):
    ana = house.start("ana")
    steps = [house.step(ana)]
    house.submit(ana, "ana", "usal.es", "uu.se")
    steps.append(house.step(ana))
    house.admit(ana)
    steps.append(house.step(ana))
    house.give_points(ana, "15", "12", "14,5", "16")
    steps.append(house.step(ana))
    house.close()
    house.allocate()
    steps.append(house.step(ana))
    assert house.read(ana).status == "selected"
    house.answer(ana, house.students["ana"], "confirm", place=str(house.places["usal.es"]))
    steps.append(house.step(ana))
    house.answer(ana, house.ri, "nominate")
    steps.append(house.step(ana))
    house.answer(ana, house.ri, "approve", signer_name="Carmen Sánchez", comment="Bienvenida")
    house.work()
    steps.append(house.step(ana))
    assert house.incidents() == []
    assert steps == [
        "apply",
        "check_admissibility",
        "score",
        "allocated,waiting_withdrawn",
        "confirm",
        "nominate",
        "partner_answer",
        "completed",
    ]
    application = house.read(ana)
    assert application.status == "placed"
    assert (application.nomination.status, application.nomination.comment) == (
        "approved",
        "Bienvenida",
    )
    assert [result.cause for result in application.results] == [
        "admissibility",
        "allocation",
        "confirmation",
        "nomination",
        "partner",
        "mobility",
    ]
    mobility = application.nomination.mobility_id
    query = InstanceQuery(business_key=str(mobility))
    (contract,) = house.engine.instances(actor=house.students["ana"], query=query).items
    assert (contract.key, contract.labels.counterparty) == ("contract", "Salamanca")
    (draft,) = house.engine.instance(contract.id, actor=house.students["ana"]).open_items
    assert (draft.element, draft.candidate) == ("draft", f"student:{house.people['ana']}")
    with house.engine.reading() as session:
        view = contract_view(session, mobility)
    assert view.instance_id == contract.id
    assert (view.agreement.isced_f_code, view.agreement.cefr_level) == ("0231", "B2")
    assert view.agreement.receiving_contact_email == "mobility@usal.es.example.org"
    assert house.engine.verify(application.instance_id).intact


def test_places_go_in_rank_order_to_the_best_wish_left(house):
    ana = house.candidate("ana", "18", "usal.es")
    bob = house.candidate("bob", "15", "usal.es", "uu.se")
    eva = house.candidate("eva", "12", "uu.se", "usal.es")
    house.close()
    house.allocate()
    assert house.statuses(ana, bob, eva) == ["selected", "selected", "reserve"]
    assert (house.holder("usal.es"), house.holder("uu.se")) == ({ana}, {bob})
    assert [house.step(each) for each in (ana, bob)] == ["confirm", "confirm"]
    assert house.step(eva) == "promoted,reserve_over,reserve_withdrawn"


def test_a_freed_place_goes_to_whoever_preferred_it_and_theirs_to_the_next(house):
    ana = house.candidate("ana", "18", "usal.es")
    bob = house.candidate("bob", "15", "usal.es", "uu.se")
    eva = house.candidate("eva", "12", "uu.se", "usal.es")
    leo = house.candidate("leo", "10", "usal.es")
    house.close()
    house.allocate()
    house.answer(ana, house.students["ana"], "withdraw", "Je reste.")
    house.work()
    assert house.statuses(ana, bob, eva, leo) == ["withdrawn", "selected", "selected", "reserve"]
    assert (house.holder("usal.es"), house.holder("uu.se")) == ({bob}, {eva})
    assert [house.step(each) for each in (bob, eva)] == ["confirm", "confirm"]
    assert [result.cause for result in house.read(bob).results][-2:] == ["allocation", "promotion"]
    assert house.read(bob).results[-1].place.hei_id == "usal.es"
    old_place = str(house.places["uu.se"])
    with pytest.raises(Conflict):
        house.answer(bob, house.students["bob"], "confirm", place=old_place)
    house.answer(bob, house.students["bob"], "confirm", place=str(house.places["usal.es"]))
    assert house.incidents() == []


def test_who_has_confirmed_stays_and_the_reserve_moves_up(house):
    ana = house.candidate("ana", "18", "usal.es")
    bob = house.candidate("bob", "15", "usal.es", "uu.se")
    leo = house.candidate("leo", "10", "usal.es")
    house.close()
    house.allocate()
    house.answer(bob, house.students["bob"], "confirm")
    with pytest.raises(InvalidState), house.engine.unit(house.students["ana"]) as unit:
        withdraw(house.engine, unit, ana, "")
    house.answer(ana, house.students["ana"], "withdraw", "Je reste.")
    house.work()
    assert (house.holder("usal.es"), house.holder("uu.se")) == ({leo}, {bob})
    assert house.statuses(bob, leo) == ["confirmed", "selected"]


def test_a_promotion_that_overtakes_the_result_is_not_lost(house):
    """The reserve's case learns its result after a place has come free: it reads the latest."""
    ana = house.candidate("ana", "18", "usal.es")
    bob = house.candidate("bob", "15", "usal.es")
    house.close()
    ranking = house.ranking()
    with house.engine.unit(house.ri) as unit:
        allocate_places(unit, ranking.id, ranking.revision)
    while house.step(ana) != "confirm":
        house.engine.run_due_jobs(worker="tests", limit=1)
    assert house.step(bob) == "take_result"
    house.answer(ana, house.students["ana"], "withdraw", "Je reste.")
    house.work()
    assert (house.step(bob), house.holder("usal.es")) == ("confirm", {bob})
    assert house.incidents() == []
    told = [mail.subject for mail in house.mails("bob@") if "place vous est" in mail.subject]
    assert len(told) == 1


def test_nothing_is_given_while_something_is_undecided(house):
    ranking = house.ranking()

    def refusal():
        with pytest.raises(InvalidInput) as refused, house.engine.unit(house.ri) as unit:
            allocate_places(unit, ranking.id, house.ranking().revision)
        return refused.value.errors["_schema"]

    assert refusal() == ["campaign_still_open", "nobody_to_place"]
    house.candidate("ana", "15", "usal.es")
    bob = house.apply("bob", "usal.es")
    eva = house.apply("eva", "usal.es")
    house.admit(bob)
    house.close()
    assert refusal() == ["unchecked:1", "unscored:Bob Test"]
    house.admit(eva)
    house.give_points(bob, "15")
    house.give_points(eva, "11")
    assert refusal() == ["open_ties:1"]


def test_places_wait_until_every_commission_has_finished(house):
    """A vote that does not end the scoring counts for nothing yet: others may still be asked."""
    house.appoint_commission("coordinator", "second", quorum=2)
    ana, bob = house.apply("ana", "usal.es"), house.apply("bob", "uu.se")
    for each in (ana, bob):
        house.admit(each)
        house.give_points(each, "12", actor=house.coordinator)
    house.answer(bob, house.second, "conflict", remark="C’est mon neveu.")
    house.close()

    def refusal():
        with pytest.raises(InvalidInput) as refused:
            house.allocate()
        return refused.value.errors

    assert (house.step(ana), house.step(bob)) == ("score", "appoint")
    assert refusal() == {"_schema": ["unscored:Ana Test, Bob Test"]}
    house.give_points(ana, "14", actor=house.second)
    assert house.statuses(ana, bob) == ["scored", "admitted"]
    assert refusal() == {"_schema": ["unscored:Bob Test"]}
    house.answer(bob, house.ri, reviewers=[str(house.people["third"])])
    assert refusal() == {"_schema": ["unscored:Bob Test"]}
    house.give_points(bob, "10", actor=house.third)
    house.allocate()
    assert [house.step(each) for each in (ana, bob)] == ["confirm", "confirm"]


def test_nobody_scores_after_the_places_are_given(house):
    ana = house.apply("ana", "usal.es")
    house.admit(ana)
    with house.engine.unit(house.ri) as unit:
        unit.session.get_one(Ranking, house.ranking().id).allocated_at = unit.now
    with pytest.raises(InvalidInput) as refused:
        house.give_points(ana, "15")
    assert refused.value.errors == {"_schema": ["already_allocated"]}
    assert house.read(ana).reviews == []


def test_a_campaign_whose_places_are_given_takes_no_more_applications(house):
    house.candidate("ana", "15", "usal.es")
    house.close()
    house.allocate()
    with house.engine.unit(house.ri) as unit:
        campaign = get_campaign(unit.session, house.campaign)
        later = campaign_fields(closes_at="2026-04-30T18:00")
        given = read_campaign(later, ("lea", "his"), list(house.people.values()))
        with pytest.raises(InvalidInput) as refused:
            update_campaign(unit, campaign.id, given, campaign.revision)
    assert refused.value.errors == {"closes_at": ["already_allocated"]}


def test_a_tie_is_shown_decided_with_a_reason_and_then_holds(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "15", "usal.es")
    house.close()
    ranking = house.ranking()
    change = TieOrder((bob, ana))
    with house.engine.reading() as session:
        found = consequences(session, get_ranking(session, ranking.id), change)
        assert [tie.candidates for tie in found.before.allocation.open_ties] == [(ana, bob)]
        assert not found.after.allocation.open_ties
        assert {each.candidate: each.after.outcome for each in found.changes} == {
            ana: "reserve",
            bob: "selected",
        }
    for reason, order, error in (
        ("", (bob, ana), "reason"),
        ("Niveau", (bob,), "order"),
        ("Niveau", (bob, bob), "order"),
    ):
        with pytest.raises(InvalidInput) as refused, house.engine.unit(house.coordinator) as unit:
            keep(unit, ranking.id, TieOrder(order), reason, ranking.revision)
        assert set(refused.value.errors) == {error}
    with house.engine.unit(house.coordinator) as unit:
        keep(unit, ranking.id, change, "Meilleur niveau de langue.", ranking.revision)
    with pytest.raises(Conflict), house.engine.unit(house.ri) as unit:
        keep(unit, ranking.id, TieOrder((ana, bob)), "Autre avis.", ranking.revision)
    house.allocate()
    assert house.holder("usal.es") == {bob}
    assert house.read(bob).tie_reason == "Meilleur niveau de langue."


def test_points_are_corrected_on_the_board_by_who_gave_them(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    points = dict.fromkeys(("motivation", "language", "results", "coherence"), 18)
    change = NewPoints(bob, house.people["coordinator"], points)
    ranking = house.ranking()
    with house.engine.reading() as session:
        found = consequences(session, get_ranking(session, ranking.id), change)
        assert [each.candidate for each in found.changes] == [bob, ana]
        with pytest.raises(InvalidInput):
            consequences(
                session,
                get_ranking(session, ranking.id),
                NewPoints(bob, house.people["second"], points),
            )
    ranking = house.ranking()
    with house.engine.unit(house.coordinator) as unit:
        keep(unit, ranking.id, change, "Entretien relu en commission.", ranking.revision)
    with house.engine.reading() as session:
        assert standing(session, get_ranking(session, ranking.id)).scores[bob].total == Fraction(18)
    house.allocate()
    with pytest.raises(Conflict), house.engine.unit(house.coordinator) as unit:
        keep(unit, ranking.id, change, "Trop tard.", house.ranking().revision)
    assert house.holder("usal.es") == {bob}


def test_of_two_who_allocate_at_once_one_does(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "12", "usal.es")
    house.close()
    ranking = house.ranking()

    def allocate():
        with house.engine.unit(house.ri) as unit:
            allocate_places(unit, ranking.id, ranking.revision)

    outcomes = at_once(allocate, allocate, allocate)
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Conflict", "NoneType"]
    house.work()
    assert house.holder("usal.es") == {ana}
    assert [len(house.read(each).results) for each in (ana, bob)] == [2, 2]


def test_of_two_who_rank_at_once_one_does(house):
    ana = house.candidate("ana", "15", "usal.es")
    bob = house.candidate("bob", "15", "usal.es")
    ranking = house.ranking()

    def decide(*order):
        def run():
            with house.engine.unit(house.coordinator) as unit:
                keep(unit, ranking.id, TieOrder(order), "Avis.", ranking.revision)

        return run

    outcomes = at_once(decide(ana, bob), decide(bob, ana))
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
    assert {house.read(each).tie_order for each in (ana, bob)} == {0, 1}


def test_two_withdrawals_at_once_promote_two(house):
    ana = house.candidate("ana", "18", "unibo.it")
    bob = house.candidate("bob", "15", "unibo.it")
    eva = house.candidate("eva", "12", "unibo.it")
    leo = house.candidate("leo", "10", "unibo.it")
    house.close()
    house.allocate()
    assert house.holder("unibo.it") == {ana, bob}

    def give_up(application, name):
        return lambda: house.answer(application, house.students[name], "withdraw", "Non.")

    assert at_once(give_up(ana, "ana"), give_up(bob, "bob")) == [None, None]
    house.work()
    assert house.holder("unibo.it") == {eva, leo}
    assert [house.step(each) for each in (eva, leo)] == ["confirm", "confirm"]
    assert house.incidents() == []


def test_the_database_itself_refuses_a_place_taken_twice(house):
    ana = house.candidate("ana", "15", "unibo.it")
    house.close()
    house.allocate()
    with pytest.raises(IntegrityError), house.engine.unit(house.ri) as unit:
        unit.connection.execute(
            text(
                "UPDATE campaign_seat SET application_id = :ana "
                "WHERE place_id = :place AND number = 2"
            ),
            {"ana": ana, "place": house.places["unibo.it"]},
        )
