"""Every page of the lighter duties, as those see it who are asked, in three languages."""

from __future__ import annotations

import re

import pytest

from engine import SYSTEM
from engine.values import WorkItemStatus
from tests.builders_duties import MORE_PEOPLE, DutiesHouse
from tests.builders_web import PASSWORD, served
from tests.integration.test_difficulty_lifecycle import CONTACT, REPORT
from tests.integration.test_grant_lifecycle import EXCEPTION, FACTS
from tests.integration.test_meeting_lifecycle import MEETING
from tests.integration.test_partnership_lifecycle import DOUBLE, FILE, PROPOSAL
from workflows.people.models import Person
from workflows.people.services import set_password
from workflows.registry import office_of
from workflows.relay.links import issue

LOGINS = {
    "student": "lea.martin",
    "other_student": "theo",
    "coordinator": "marie",
    "ri": "claire",
    **{name: entry[0] for name, entry in MORE_PEOPLE.items()},
}


@pytest.fixture
def house(database, settings, clock):
    built = DutiesHouse.built(database, settings, clock)
    with built.engine.unit(SYSTEM) as unit:
        for person in unit.session.query(Person):
            set_password(unit.session, person, PASSWORD)
    return built


class Pages:
    """People at their browsers, without script."""

    def __init__(self, house, settings):
        self.house, self.settings = house, settings
        self.app = served(settings, house.engine)
        self.clients = {}
        self.sign_ins = 0

    def of(self, name):
        if name not in self.clients:
            client = self.app.test_client()
            sent = {"login": LOGINS[name], "password": PASSWORD}
            self.sign_ins += 1
            address = {"REMOTE_ADDR": f"10.3.0.{self.sign_ins}"}
            assert client.post("/sign-in", data=sent, environ_overrides=address).status_code == 302
            self.clients[name] = client
        return self.clients[name]

    def later(self, **moment):
        """Time passes, and with it everybody's session."""
        self.house.clock.at = self.house.clock.now().replace(**moment)
        self.house.wait()
        self.clients.clear()

    def sees(self, name, path):
        """The page in three languages; gives the English one."""
        shown = {}
        for language in ("fr", "es", "en"):
            self.of(name).post("/language", data={"language": language})
            answer = self.of(name).get(path)
            assert answer.status_code == 200, path
            shown[language] = answer.text
            assert f'lang="{language}"' in answer.text
        assert len(set(shown.values())) == 3
        return shown["en"]

    def sends(self, name, path, *, status=302, **data):
        answer = self.of(name).post(path, data=data)
        assert answer.status_code == status, answer.text
        return answer

    def does(self, case, name, *, refused=None, **data):
        """Look at one's task, its preview and its case; send something wrong, then it."""
        self.house.wait()
        actor = getattr(self.house, name)
        items = self.house.engine.instance(case, actor=SYSTEM).open_items
        (item,) = [each for each in items if each.candidate in {*actor.groups, actor.id}]
        assert item.status == WorkItemStatus.OPEN
        self.sees(name, f"/tasks/{item.id}")
        assert self.of(name).get(f"/inbox/{item.id}/preview").status_code == 200
        self.sees(name, f"/cases/{case}")
        if refused is not None:
            again = self.sends(name, f"/tasks/{item.id}/complete", status=422, **refused)
            assert "field-error" in again.text or "error-summary" in again.text
        self.sends(name, f"/tasks/{item.id}/complete", **data)
        assert self.of(name).get(f"/tasks/{item.id}").status_code == 200


@pytest.fixture
def pages(house, settings):
    return Pages(house, settings)


def case_in(answer):
    """The case that a redirect or page leads to."""
    return int(re.search(r"/(?:cases|tasks)/(\d+)", answer.location)[1])


def test_a_grant(house, pages):
    mobility = house.mobility()
    first = house.grant(mobility)
    page = pages.sees("ri", f"/cases/{first}")
    assert "Erasmus+ grant</option>" not in page
    assert "Mobility aid of the ministry (AMI)</option>" in page
    refused = pages.sends("ri", f"/cases/{first}/grant", scheme="erasmus")
    assert refused.location.endswith(f"/cases/{first}")
    key = {"scheme": "ami", "idempotency_key": "once"}
    answers = [pages.sends("ri", f"/cases/{first}/grant", **key) for _ in "12"]
    assert answers[0].location == answers[1].location
    case = first
    pages.does(case, "ri", refused={"stay_start": "x"}, **FACTS)
    pages.does(case, "ri", refused={"outcome": "award"}, outcome="award", **EXCEPTION)
    pages.does(case, "student", refused={"outcome": "decline"}, outcome="sign")
    pages.does(
        case,
        "ri",
        refused={"paid_on": "", "amount": "12e3"},
        paid_on="2026-03-02",
        amount="1 600,00",
        reference="S 1",
    )
    house.wait()
    cut_short = f"/cases/{case}/cut-short"
    assert cut_short in pages.sees("ri", f"/cases/{case}")
    assert cut_short not in pages.sees("student", f"/cases/{case}")
    pages.sees("ri", cut_short)
    pages.sends("ri", cut_short, status=422, last_day="2026-11-30")
    pages.sends("ri", cut_short, last_day="2026-11-30", reason="Home early")
    house.wait()
    assert "€1,200.00" in pages.sees("ri", f"/cases/{case}")
    assert "Home early" in pages.sees("student", f"/cases/{case}")
    pages.later(month=12, day=1)
    ended = {"stay_start": "2026-09-01", "stay_end": "2026-11-30"}
    pages.does(case, "student", refused=ended, report_done="true", **ended)
    pages.does(case, "ri", refused={"outcome": "return"}, outcome="approve")
    due = {"paid_on": "2026-12-01", "amount": "400", "reference": "T"}
    pages.does(case, "ri", refused={**due, "amount": "1"}, **due)
    assert "settled" in pages.sees("student", f"/cases/{case}")


def test_an_incoming_student_gets_no_grant(house, pages):
    mobility = house.mobility(incoming=True)
    case = pages.sends("student", f"/mobilities/{mobility}/difficulty", **REPORT)
    with house.engine.unit(SYSTEM) as unit:
        unit.link(case_in(case), ["ri"])
    page = pages.sees("ri", f"/cases/{case_in(case)}")
    assert "Open a grant" not in page
    assert "Report a difficulty" not in page


def test_a_meeting(house, pages):
    pages.sees("coordinator", "/meetings/new")
    wrong = {**MEETING, "ends_at": "2026-03-18T13:00"}
    kept = pages.sends("coordinator", "/meetings/new", status=422, **wrong)
    assert MEETING["description"] in kept.text
    key = {**MEETING, "idempotency_key": "once"}
    first, second = (pages.sends("coordinator", "/meetings/new", **key) for _ in "12")
    assert first.location == second.location
    case = house.engine.work_item(case_in(first), actor=SYSTEM).instance_id
    pages.does(case, "coordinator", refused={"outcome": "drop"}, outcome="publish")
    number = re.search(r"/meetings/(\d+)", pages.sees("ri", f"/cases/{case}"))[1]
    pages.sees("student", f"/meetings/{number}")
    pages.sends("student", f"/meetings/{number}/sign-up")
    pages.sends("other_student", f"/meetings/{number}/sign-up")
    full = pages.sends("auditor", f"/meetings/{number}/sign-up", status=422)
    assert "There is no place left" in full.text or "plus de place" in full.text
    pages.sends("other_student", f"/meetings/{number}/sign-off")
    assert "you are signed up" in pages.sees("student", "/meetings")
    assert "Léa Martin" in pages.sees("coordinator", f"/meetings/{number}")
    assert "Léa Martin" not in pages.sees("other_student", f"/meetings/{number}").split("<main")[1]
    ics = pages.of("student").get(f"/meetings/{number}/meeting.ics")
    assert ics.mimetype == "text/calendar"
    pages.later(day=18, hour=17)
    present = f"present_{house.ids['student']}"
    pages.does(case, "coordinator", refused={"added": "nobody"}, added="theo", **{present: "1"})
    assert "Théo Garnier" in pages.sees("coordinator", f"/cases/{case}")
    pages.does(case, "coordinator", refused={"minutes": " "}, minutes="All was said.")
    assert "All was said." in pages.sees("student", f"/meetings/{number}")


def test_a_meeting_called_off(house, pages):
    answer = pages.sends("ri", "/meetings/new", **MEETING, organizer="ri")
    case = house.engine.work_item(case_in(answer), actor=SYSTEM).instance_id
    assert pages.of("student").get("/meetings/1").status_code == 404
    pages.does(case, "ri", outcome="publish")
    pages.sends("ri", "/meetings/1/cancel", status=422, reason="")
    pages.sends("ri", "/meetings/1/cancel", reason="Flooded.")
    assert "Flooded." in pages.sees("student", "/meetings/1")
    pages.sends("student", "/meetings/1/sign-up")
    pages.sends("ri", "/meetings/1/cancel", reason="Again.")


def test_an_agreement(house, pages):
    assert "No agreement found" in pages.sees("ri", "/partnerships")
    pages.sees("coordinator", "/partnerships/new")
    pages.sends("coordinator", "/partnerships/new", status=422, **{**PROPOSAL, "title": ""})
    pages.sends("coordinator", "/partnerships/new", status=422, **{**PROPOSAL, "department": "his"})
    double = {**PROPOSAL, "kind": "double_degree"}
    answer = pages.sends("coordinator", "/partnerships/new", **double)
    case = house.engine.work_item(case_in(answer), actor=SYSTEM).instance_id
    pages.does(case, "coordinator", refused=FILE, **FILE, **DOUBLE)
    for name in ("ri", "legal", "cfvu", "ca"):
        pages.does(case, name, refused={"outcome": "reject"}, outcome="approve")
    pages.does(case, "president", refused={"outcome": "reject"}, outcome="sign")
    listed = pages.sees("legal", "/partnerships?state=in_force&q=salamanque")
    assert "31 August 2031" in listed
    assert "Propose the renewal" not in listed
    pages.later(year=2030, month=9, day=1)
    (item,) = house.engine.instance(case, actor=SYSTEM).open_items
    pages.sees("ri", f"/tasks/{item.id}")
    assert "decide on the renewal" in pages.sees("ri", "/partnerships")
    renewed = pages.sends("ri", "/partnerships/1/renew")
    assert house.engine.work_item(item.id, actor=SYSTEM).outcome == "renew"
    assert "its renewal is under way" in pages.sees("ri", "/partnerships")
    assert pages.sends("ri", "/partnerships/1/renew").location.endswith("/partnerships")
    second = house.engine.work_item(case_in(renewed), actor=SYSTEM)
    assert "Échanges" in pages.sees("ri", f"/tasks/{second.id}")


def test_an_agreement_of_no_one_department_is_for_all(house, pages):
    answer = pages.sends("ri", "/partnerships/new", **{**PROPOSAL, "department": ""})
    item = case_in(answer)
    case = house.engine.work_item(item, actor=SYSTEM).instance_id
    for page in (f"/tasks/{item}", f"/cases/{case}", "/cases", "/inbox"):
        told = pages.sees("ri", page)
        assert "all departments" in told
        assert "no department yet" not in told


def test_a_difficulty(house, pages):
    mobility = house.mobility(incoming=True)
    pages.sees("student", f"/mobilities/{mobility}/difficulty")
    pages.sends("student", f"/mobilities/{mobility}/difficulty", status=422, kind="other")
    case = case_in(pages.sends("student", f"/mobilities/{mobility}/difficulty", **REPORT))
    taken = {"outcome": "take_up", "follower": "ri_care"}
    pages.does(case, "coordinator", refused={"outcome": "set_aside"}, **taken)
    changed = {**CONTACT, "measure": "contract_change"}
    pages.does(case, "care", refused={"contacted_on": "2999-01-01"}, **changed)
    pages.does(case, "care", refused={"arrangement": ""}, arrangement="Another course.")
    pages.does(case, "care", refused={"conclusion": ""}, conclusion="Solved.")
    page = pages.sees("student", f"/cases/{case}")
    assert "Solved." in page
    assert "Another course." in page


def test_letters_and_the_partner_s_page(house, pages, settings):
    mobility = house.mobility()
    case = house.grant(mobility)
    assert "No message yet" in pages.sees("coordinator", f"/relay/{mobility}")
    kept = pages.sends("coordinator", f"/relay/{mobility}", status=422, text="<b>Kept</b>")
    assert "&lt;b&gt;Kept&lt;/b&gt;" in kept.text
    letter = {"to": ["student", "partner"], "text": "<script>alert(1)</script>"}
    for _ in "12":
        pages.sends("coordinator", f"/relay/{mobility}", **letter, idempotency_key="once")
    page = pages.sees("student", f"/cases/{case}")
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1
    assert "alert(1)" not in pages.sees("ri", f"/relay/{mobility}")
    office = office_of(settings)
    token = issue(office, mobility, "carmen@usal.example.org", house.clock.now())
    partner = pages.app.test_client()
    shown = partner.get(f"/correspondence/{token}", headers={"Accept-Language": "es"})
    assert "Mensajes sobre Léa Martin" in shown.text
    assert partner.post(f"/correspondence/{token}", data={"text": "x"}).status_code == 422
    forged = {"to": "student", "text": "x"}
    assert partner.post(f"/correspondence/{token}", data=forged).status_code == 422
    answer = {"to": "coordinator", "text": "De acuerdo."}
    assert partner.post(f"/correspondence/{token}", data=answer).status_code == 302
    assert "De acuerdo." in pages.sees("coordinator", f"/cases/{case}")
    assert "De acuerdo." not in pages.sees("student", f"/cases/{case}")
    pages.later(month=6)
    assert partner.get(f"/correspondence/{token}").status_code == 410
