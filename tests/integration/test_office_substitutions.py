"""Substitutions of people: who may arrange them, what they give, when they end, who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM, Forbidden, InboxQuery, InvalidInput, InvalidState, NotFound
from tests.builders_domain import draft
from tests.builders_house import House
from tests.builders_substitution import arrange, end, now_acting, number
from workflows.office_work import substitutions
from workflows.office_work.standing_in import acting
from workflows.office_work.substitutions import arranged
from workflows.people.models import Person
from workflows.people.services import RI_CARE, actor_for, add_to_group, create_person, set_locale


@pytest.fixture
def house(once):
    return once(House.built)


@pytest.fixture
def waiting(house):
    """A contract that waits for the coordinator of languages; the mobility's id."""
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    return mobility


def inbox(house, actor):
    page = house.engine.inbox(actor=now_acting(house, actor), query=InboxQuery())
    return [item.element for item in page.items]


def test_work_goes_to_the_substitute_from_the_first_day_to_the_end_of_the_last(house, waiting):
    arrange(
        house, house.coordinator, house.other_coordinator, first="2026-03-10", last="2026-03-29"
    )
    assert inbox(house, house.other_coordinator) == []
    house.clock.at = datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert inbox(house, house.other_coordinator) == ["check_coherence"]
    # The clocks go forward that night: the day ends at 22:00 UTC, not at 23:00.
    house.clock.at = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    assert inbox(house, house.other_coordinator) == ["check_coherence"]
    house.clock.at = datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert inbox(house, house.other_coordinator) == []
    assert inbox(house, house.coordinator) == ["check_coherence"]


def test_both_names_stay_in_the_history(house, waiting):
    arrange(house, house.coordinator, house.other_coordinator)
    house.answer(waiting, now_acting(house, house.other_coordinator), "return", "Too few credits")
    events = house.engine.history(house.view(waiting).instance_id, actor=house.ri)
    (done,) = [e for e in events if e.kind == "work_item_completed" and e.on_behalf_of]
    assert (done.actor, done.on_behalf_of) == (house.other_coordinator.id, house.coordinator.id)


def test_only_the_processes_that_are_named(house, waiting):
    other = another_process(house)
    arrange(house, house.coordinator, house.other_coordinator, processes=[other])
    assert inbox(house, house.other_coordinator) == []
    arrange(house, house.coordinator, house.other_coordinator, processes=["contract"])
    assert inbox(house, house.other_coordinator) == ["check_coherence"]


def another_process(house):
    """Deploys a second process and gives its key."""
    from tests.builders import approvals

    house.engine.deploy(approvals("elsewhere").bundle(), actor=SYSTEM)
    return "elsewhere"


def test_what_a_person_is_besides_stays_with_them(house):
    with house.engine.unit(SYSTEM) as unit:
        claire = unit.session.get(Person, number(house.ri))
        for group in ("admin", "auditor", RI_CARE):
            add_to_group(unit.session, claire, group)
    arrange(house, house.ri, house.coordinator)
    (replaced,) = now_acting(house, house.coordinator).replaces
    assert replaced.groups == {"ri", "partner-desk"}
    assert not now_acting(house, house.coordinator).oversees


def test_confidential_cases_pass_only_where_their_process_is_named(house):
    with house.engine.unit(SYSTEM) as unit:
        add_to_group(unit.session, unit.session.get(Person, number(house.ri)), RI_CARE)
    arrange(house, house.ri, house.coordinator, processes=["contract"])
    (replaced,) = now_acting(house, house.coordinator).replaces
    assert RI_CARE in replaced.groups


def test_it_never_chains(house, waiting):
    arrange(house, house.coordinator, house.other_coordinator)
    arrange(house, house.other_coordinator, house.ri, processes=["contract"])
    assert inbox(house, house.ri) == []
    assert [each.id for each in now_acting(house, house.ri).replaces] == [
        house.other_coordinator.id
    ]


def test_what_the_substitute_still_holds_goes_back_at_the_end(house, waiting):
    arrange(house, house.coordinator, house.other_coordinator)
    (item,) = house.items(waiting)
    house.engine.claim(item.id, actor=now_acting(house, house.other_coordinator))
    house.wait(days=11)
    assert house.items(waiting)[0].assignee == house.other_coordinator.id
    house.wait(days=1)
    assert house.items(waiting)[0].assignee is None
    assert inbox(house, house.coordinator) == ["check_coherence"]
    assert list(house.engine.incidents(actor=house.ri).items) == []


def test_ended_early_it_is_over_at_once(house, waiting):
    made = arrange(house, house.coordinator, house.other_coordinator)
    (item,) = house.items(waiting)
    house.engine.claim(item.id, actor=now_acting(house, house.other_coordinator))
    end(house, made, house.coordinator)
    assert inbox(house, house.other_coordinator) == ["check_coherence"]
    house.wait()
    assert inbox(house, house.other_coordinator) == []
    assert house.items(waiting)[0].assignee is None
    with pytest.raises(InvalidState):
        end(house, made, house.coordinator)


def test_what_somebody_holds_in_their_own_right_stays_theirs(house, waiting):
    with house.engine.unit(SYSTEM) as unit:
        paul = unit.session.get(Person, number(house.other_coordinator))
        add_to_group(unit.session, paul, "coordinator:lea")
    made = arrange(house, house.coordinator, house.other_coordinator)
    (item,) = house.items(waiting)
    house.engine.claim(item.id, actor=now_acting(house, house.other_coordinator))
    end(house, made, house.coordinator)
    house.wait()
    assert house.items(waiting)[0].assignee == house.other_coordinator.id


def test_one_that_has_not_begun_can_be_called_off(house):
    made = arrange(house, house.coordinator, house.other_coordinator, first="2026-03-09")
    end(house, made, house.ri)
    house.wait(days=8)
    assert now_acting(house, house.other_coordinator).replaces == ()
    arrange(house, house.coordinator, house.ri, first="2026-03-11")


def test_who_may_arrange_and_end(house):
    made = arrange(house, house.coordinator, house.other_coordinator, by=house.ri)
    with pytest.raises(Forbidden):
        arrange(house, house.ri, house.coordinator, by=house.other_coordinator)
    stranger = house.other_student
    with pytest.raises(NotFound):
        end(house, made, stranger)
    standing_in = now_acting(house, house.other_coordinator)
    with house.engine.reading() as session:
        assert [row.id for row in arranged(session, number(house.coordinator))] == [made.id]
        assert arranged(session, number(stranger)) == []
        assert [row.id for row in arranged(session)] == [made.id]
    end(house, made, standing_in)


def test_to_replace_ri_is_not_to_be_ri(house):
    """A substitute arranges no substitution for others."""
    arrange(house, house.ri, house.coordinator)
    with pytest.raises(Forbidden):
        arrange(house, house.ri, house.other_coordinator, by=now_acting(house, house.coordinator))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"first": ""}, {"first": ["required"]}),
        ({"first": "2026-02-30"}, {"first": ["not_a_date"]}),
        ({"first": "2026-W11-1"}, {"first": ["not_a_date"]}),
        ({"first": "03/03/2026"}, {"first": ["not_a_date"]}),
        ({"first": "2026-03-01"}, {"first": ["date_past"]}),
        ({"first": "9999-12-31", "last": "9999-12-31"}, {"first": ["date_far"]}),
        ({"last": "2026-03-01"}, {"last": ["before_start"]}),
        ({"last": "2027-04-01"}, {"last": ["days_at_most:366"]}),
        ({"processes": ["nothing"]}, {"processes": ["not_an_option"]}),
        ({"substitute": ""}, {"substitute": ["required"]}),
        ({"substitute": "1" * 30}, {"substitute": ["not_an_option"]}),
        ({"substitute": "٣"}, {"substitute": ["not_an_option"]}),
        ({"substitute": ["1"]}, {"substitute": ["not_an_option"]}),
        ({"person": "x"}, {"person": ["not_an_option"]}),
    ],
)
def test_what_is_refused(house, changes, errors):
    typed = {
        "person": str(number(house.coordinator)),
        "substitute": str(number(house.other_coordinator)),
        "first": "2026-03-02",
        "last": "2026-03-13",
        "processes": [],
        **changes,
    }
    with house.engine.reading() as session, pytest.raises(InvalidInput) as refused:
        substitutions.plan(session, house.ri, typed, house.clock.now())
    assert refused.value.errors == errors


def test_nobody_replaces_a_student_or_themselves(house):
    for absent, substitute, by in (
        (house.student, house.coordinator, house.ri),
        (house.coordinator, house.student, house.ri),
        (house.coordinator, house.coordinator, house.coordinator),
        (house.coordinator, house.ri, house.ri),
    ):
        with pytest.raises(InvalidInput):
            arrange(house, absent, substitute, by=by)


def test_periods_do_not_overlap_and_nobody_absent_stands_in(house):
    arrange(
        house, house.coordinator, house.other_coordinator, first="2026-03-05", last="2026-03-10"
    )
    for first, last in (("2026-03-10", "2026-03-12"), ("2026-03-02", "2026-03-05")):
        with pytest.raises(InvalidInput) as refused:
            arrange(house, house.coordinator, house.ri, first=first, last=last)
        assert refused.value.errors == {"first": ["substitution_overlaps"]}
    with pytest.raises(InvalidInput) as refused:
        arrange(house, house.other_coordinator, house.coordinator, last="2026-03-05")
    assert refused.value.errors == {"substitute": ["substitute_away"]}
    arrange(house, house.coordinator, house.ri, first="2026-03-11")


def told(house, seen=0):
    return [(mail.to, mail.subject) for mail in house.mails()[seen:]]


def test_both_are_told_in_their_language(house):
    with house.engine.unit(SYSTEM) as unit:
        paul = unit.session.get(Person, number(house.other_coordinator))
        set_locale(unit.session, paul, "en")
    made = arrange(house, house.coordinator, house.other_coordinator)
    assert told(house) == [
        ("marie@example.org", "Paul Roussel remplace Marie Delmas du 2 mars 2026 au 13 mars 2026"),
        (
            "paul@example.org",
            "Paul Roussel replaces Marie Delmas from 2 March 2026 to 13 March 2026",
        ),
    ]
    end(house, made, house.ri)
    assert told(house, 2) == [
        ("marie@example.org", "Paul Roussel ne remplace plus Marie Delmas"),
        ("paul@example.org", "Paul Roussel no longer replaces Marie Delmas"),
    ]


def test_notices_reach_the_substitute_too(house):
    arrange(house, house.coordinator, house.other_coordinator)
    mobility = house.open()
    seen = len(house.mails())
    house.answer(mobility, house.student, **draft())
    mails = house.mails()[seen:]
    assert [mail.to for mail in mails] == ["marie@example.org", "paul@example.org"]
    assert "vous remplacez Marie Delmas jusqu’au 13 mars 2026 inclus" in mails[1].body
    assert "remplacez" not in mails[0].body
    seen = len(house.mails())
    house.answer(mobility, now_acting(house, house.other_coordinator), "approve")
    house.wait(days=5)
    assert {to for to, _ in told(house, seen)} == {"lea.martin@example.org"}


def test_news_of_a_decision_reaches_the_substitute(house):
    mobility = house.open()
    house.to_partner(mobility)
    arrange(house, house.coordinator, house.other_coordinator)
    seen = len(house.mails())
    house.answer(mobility, house.ri, "approve", signer_name="C", signer_position="P")
    assert sorted(to for to, _ in told(house, seen)) == [
        "lea.martin@example.org",
        "marie@example.org",
        "paul@example.org",
    ]


def test_other_processes_are_not_the_substitutes_business(house):
    key = another_process(house)
    arrange(house, house.coordinator, house.other_coordinator, processes=[key])
    seen = len(house.mails())
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    assert "paul@example.org" not in {to for to, _ in told(house, seen)}


def test_two_who_arrange_at_once_make_one(house):
    from threading import Barrier, Thread

    barrier, answers = Barrier(2), []

    def act():
        barrier.wait()
        try:
            answers.append(arrange(house, house.coordinator, house.other_coordinator).id)
        except InvalidInput as refused:
            answers.append(refused.errors)

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.engine.reading() as session:
        assert len(arranged(session)) == 1
    assert {"first": ["substitution_overlaps"]} in answers


def test_what_pages_know_of_it(house):
    arrange(house, house.coordinator, house.other_coordinator)
    with house.engine.reading() as session:
        now = house.clock.now()
        people = [
            session.get_one(Person, number(each))
            for each in (house.coordinator, house.other_coordinator, house.ri)
        ]
        sides = [acting(session, person, now)[1:] for person in people]
    (replacing, replaced) = ([each.name for each in side] for side in sides[1])
    assert (replacing, replaced) == (["Marie Delmas"], [])
    assert [each.name for each in sides[0][1]] == ["Paul Roussel"]
    assert sides[2] == ((), ())
    assert sides[1][0][0].until - now == timedelta(days=11, hours=14)


def test_whoever_has_left_replaces_nobody(house):
    arrange(house, house.coordinator, house.other_coordinator)
    with house.engine.unit(SYSTEM) as unit:
        unit.session.get_one(Person, number(house.coordinator)).active = False
    assert now_acting(house, house.other_coordinator).replaces == ()


def test_a_new_member_of_the_group_is_no_substitute(house):
    with house.engine.unit(SYSTEM) as unit:
        anna = create_person(
            unit.session, login="anna", given_names="A", family_name="B", email="a@example.org",
            groups=("coordinator:mi",),
        )  # fmt: skip
        actor = actor_for(unit.session, anna)
    assert now_acting(house, actor).replaces == ()
