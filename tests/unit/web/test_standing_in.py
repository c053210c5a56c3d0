"""The pages that lifecycles have of their own, used in the place of somebody who is away."""

from datetime import timedelta

import pytest

from tests.builders_application import campaign_fields
from tests.builders_web import actor_of, application, open_leas_agreement
from tests.unit.web.test_campaigns import flat
from workflows.office_work.local_time import day_of
from workflows.office_work.substitutions import arrange, plan
from workflows.people.services import find_person

PEOPLE = {
    "lea": (),
    "marie": ("coordinator:lea",),
    "claire": ("ri",),
    "paul": ("coordinator:his",),
    "rene": ("registrar",),
}
MEETING = {
    "title": "Partir",
    "starts_at": "2026-05-04T14:00",
    "ends_at": "2026-05-04T15:00",
    "place": "Amphi 5",
    "languages": "fr",
}


@pytest.fixture
def app(engine, settings):
    bundles = ("contract", "application", "grant", "meeting", "partnership", "exam_waiver")
    return application(settings, engine, PEOPLE, bundles)


@pytest.fixture
def away(engine):
    """Has somebody replaced today, in all processes or in some."""

    def replaced(absent, by, *processes):
        today = day_of(engine.clock.now()).isoformat()
        with engine.unit(actor_of(engine, absent)) as unit:
            numbers = [str(find_person(unit.session, login).id) for login in (absent, by)]
            typed = {"person": numbers[0], "substitute": numbers[1], "first": today, "last": today}
            typed["processes"] = list(processes)
            arrange(unit, plan(unit.session, unit.actor, typed, unit.now))

    return replaced


def names(engine, case, kind):
    """Who did something in a case, and for whom."""
    events = engine.history(case, actor=actor_of(engine, "claire"))
    (event,) = [each for each in events if each.kind == kind]
    return event.actor, event.on_behalf_of


def id_of(engine, login):
    return actor_of(engine, login).id


def number(address):
    return int(address.rsplit("/", 1)[1])


def test_a_substitute_of_the_office_opens_a_campaign(sign_in, away):
    assert sign_in("rene").get("/campaigns/new").status_code == 403
    away("claire", "rene", "application")
    rene = sign_in("rene")
    assert "New campaign" in rene.get("/campaigns").text
    assert rene.post("/campaigns/new", data=flat(campaign_fields())).status_code == 302
    assert "Campaigns" in rene.get("/home", follow_redirects=True).text


def test_only_in_the_lifecycles_they_replace_them_in(sign_in, away):
    away("claire", "rene", "application")
    rene = sign_in("rene")
    for elsewhere in ("/meetings/new", "/partnerships/new", "/nominations/new", "/semesters"):
        assert rene.get(elsewhere).status_code == 403
    assert "Campaigns" in rene.get("/home", follow_redirects=True).text
    assert "New meeting" not in rene.get("/new").text


def test_only_as_long_as_it_lasts(sign_in, away, engine):
    away("claire", "rene")
    engine.clock.at += timedelta(days=1)
    rene = sign_in("rene")
    assert rene.get("/campaigns/new").status_code == 403


def test_history_names_both(sign_in, away, engine, settings):
    case = open_leas_agreement(engine, settings).instance_id
    away("claire", "rene")
    rene = sign_in("rene")
    assert "Erasmus" in rene.get(f"/cases/{case}").text
    sent = {"scheme": "erasmus", "idempotency_key": "k"}
    opened = rene.post(f"/cases/{case}/grant", data=sent)
    item = engine.work_item(number(opened.location), actor=actor_of(engine, "claire"))
    both = (id_of(engine, "rene"), id_of(engine, "claire"))
    assert names(engine, item.instance_id, "instance_started") == both


def test_whoever_may_themselves_acts_for_themselves(sign_in, away, engine):
    away("claire", "marie")
    marie = sign_in("marie")
    planned = marie.post("/meetings/new", data={**MEETING, "organizer": "coordinator:lea"})
    item = engine.work_item(number(planned.location), actor=actor_of(engine, "marie"))
    assert names(engine, item.instance_id, "instance_started") == (id_of(engine, "marie"), None)


def test_the_place_is_taken_that_what_was_sent_needs(sign_in, away, engine):
    """Paul plans meetings of his own department, and those of Marie's while she is away."""
    away("marie", "paul", "meeting", "partnership")
    paul = sign_in("paul")
    planned = paul.post("/meetings/new", data={**MEETING, "organizer": "coordinator:lea"})
    item = engine.work_item(number(planned.location), actor=actor_of(engine, "marie"))
    both = (id_of(engine, "paul"), id_of(engine, "marie"))
    assert names(engine, item.instance_id, "instance_started") == both
    proposal = {"kind": "agreement", "title": "LEA", "hei_id": "usal.es", "department": "lea"}
    proposed = paul.post("/partnerships/new", data=proposal)
    item = engine.work_item(number(proposed.location), actor=actor_of(engine, "marie"))
    assert names(engine, item.instance_id, "instance_started") == both


def test_a_party_of_the_case_is_replaced_as_one(sign_in, away, engine, settings):
    case = open_leas_agreement(engine, settings).instance_id
    assert sign_in("paul").get(f"/cases/{case}/exam-waiver").status_code == 404
    away("marie", "paul")
    paul = sign_in("paul")
    assert paul.get(f"/cases/{case}/exam-waiver").status_code == 200
    # Not signed yet: refused for what it is, not for who asks.
    assert paul.post(f"/cases/{case}/exam-waiver", data={"reason": "x"}).status_code == 422


def test_nothing_is_passed_on_that_is_no_lifecycles_work(sign_in, away):
    away("claire", "rene")
    rene = sign_in("rene")
    assert rene.get("/incidents").status_code == 403
