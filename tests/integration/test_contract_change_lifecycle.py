"""A signed contract is changed during the stay, and stays in force until all have signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState, NotFound
from engine.tables import job
from tests.builders_contract_change import PARTNER, ChangeHouse, removed
from tests.builders_domain import course
from workflows.contract.signing import verify_signatures
from workflows.contract.views import Change
from workflows.contract_change.corrections import correct
from workflows.contract_change.models import SemesterStart
from workflows.contract_change.services import withdraw
from workflows.mobility.services import get_mobility

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""What differs between the kinds of database runs on both."""


@pytest.fixture
def database_url(request):
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")


@pytest.fixture
def house(once):
    return once(ChangeHouse.built)


@pytest.fixture
def mobility(house):
    """A signed contract, two weeks into the stay."""
    mobility = house.signed()
    house.clock.at = START + timedelta(days=14)
    return mobility


def days(house, number):
    house.clock.at = START + timedelta(days=number)


def test_the_bundle_has_no_problems(house):
    from engine.definitions import Bundle
    from tests.builders_domain import ROOT

    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "contract_change")) == []


@BOTH
def test_a_change_goes_to_four_answers_and_is_then_in_force(house, mobility):
    asked = house.ask(mobility)
    steps = [house.waits_at(asked.instance_id)]
    house.do(asked.instance_id, house.student, **house.swap(mobility))
    for actor, data in (
        (house.student, {}),
        (house.coordinator, {"signer_position": "Responsable"}),
        (house.ri, {"dates_covered": True}),
        (house.ri, PARTNER),
    ):
        steps.append(house.waits_at(asked.instance_id))
        assert house.view(mobility).in_force.number == 1
        house.do(asked.instance_id, actor, "approve", **data)
    steps.append(house.waits_at(asked.instance_id))
    assert steps == [
        "propose",
        "sign_student",
        "sign_sending",
        "check_admin",
        "partner_answer",
        "completed",
    ]
    first, second = house.view(mobility).versions
    assert (first.status, second.status) == ("signed", "signed")
    assert (second.kind, second.compared_with) == ("change", 1)
    assert house.view(mobility).in_force.number == 2
    marks = [(row.title, row.change) for row in second.part("studied").rows]
    assert marks == [
        ("Curso 2", Change.KEPT),
        ("Curso 3", Change.KEPT),
        ("Curso 4", Change.KEPT),
        ("Curso 5", Change.KEPT),
        ("Curso 1", Change.REMOVED),
        ("Nuevo", Change.ADDED),
    ]
    gone, added = second.part("studied").rows[-2:]
    assert (gone.status, gone.reason_code) == ("deleted", "not-available")
    assert (added.status, added.reason_code) == ("inserted", "substituting-deleted")
    assert second.part("studied").totals == {"ects": 30}
    assert {row.change for row in second.part("recognised").rows} == {Change.KEPT}
    assert {s.role for s in second.signatures} == {"student", "sending", "receiving"}
    with house.engine.reading() as session:
        assert all(verify_signatures(session, mobility).values())
    assert house.request(mobility).result == "signed"
    assert house.engine.verify(asked.instance_id).intact


def test_its_end_tells_whoever_waits_for_a_signed_contract(house, mobility):
    asked = house.ask(mobility)
    house.do(asked.instance_id, house.student, **house.swap(mobility))
    house.sign_all(asked.instance_id)
    with house.engine.reading() as session:
        thrown = session.execute(select(job.c.payload).where(job.c.kind == "message")).scalars()
        payloads = [text.decode() for text in thrown]
    (payload,) = [text for text in payloads if '"party"' in text]
    assert '"name":"contract_signed"' in payload
    for part in (f'"mobility":{mobility}', '"department":"lea"', '"partner":"usal.es"'):
        assert part in payload
    house.wait()


def test_a_change_of_a_change_starts_from_what_is_in_force(house, mobility):
    asked = house.ask(mobility)
    house.do(asked.instance_id, house.student, **house.swap(mobility))
    house.sign_all(asked.instance_id)
    again = house.ask(mobility)
    rows = house.view(mobility).in_force.part("studied").rows
    added = next(row for row in rows if row.title == "Nuevo")
    house.do(
        again.instance_id,
        house.student,
        earlier=[removed(added.lineage, reason_text="It moved to the evening.")],
        studied=[course("Otro", reason_text="At last.")],
    )
    house.sign_all(again.instance_id)
    third = house.view(mobility).in_force
    live = [row.title for row in third.part("studied").rows if row.change is not Change.REMOVED]
    assert (third.number, third.compared_with) == (3, 2)
    assert live == ["Curso 2", "Curso 3", "Curso 4", "Curso 5", "Otro"]


class TestTheTimeToAgree:
    """All parties agree within two weeks of the request (brief, P4)."""

    def limit(self, house, case):
        return [
            item
            for item in house.engine.instance(case, actor=house.ri).open_items
            if item.element == "decide_limit"
        ]

    def sign(self, house, case, actor, element):
        (item,) = [
            item
            for item in house.engine.instance(case, actor=house.ri).open_items
            if item.element == element
        ]
        house.engine.complete(
            item.id, actor=actor, outcome="approve", idempotency_key=f"sign {item.id}"
        )

    def decide(self, house, case, outcome, reason):
        (item,) = self.limit(house, case)
        house.engine.complete(
            item.id,
            actor=house.ri,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"limit {item.id}",
        )

    @BOTH
    def test_nobody_signs_after_the_limit_and_the_change_lapses(self, house, mobility):
        case = house.ask(mobility).instance_id
        house.do(case, house.student, **house.swap(mobility))
        house.wait(days=14)
        with pytest.raises(InvalidInput) as refusal:
            self.sign(house, case, house.student, "sign_student")
        assert refusal.value.errors == {"_schema": ["agreement_limit_passed"]}
        with pytest.raises(InvalidInput):
            self.decide(house, case, "lapse", " ")
        self.decide(house, case, "lapse", "Le semestre est trop avancé.")
        assert house.waits_at(case) == "completed"
        request = house.request(mobility)
        assert (request.result, request.closing_reason) == (
            "lapsed",
            "Le semestre est trop avancé.",
        )
        assert house.view(mobility).in_force.number == 1
        assert house.view(mobility).versions[-1].status == "withdrawn"
        told = [mail for mail in house.mails() if "Le semestre est trop avancé." in mail.body]
        assert {mail.to for mail in told} == {"lea.martin@example.org", "marie@example.org"}

    @BOTH
    def test_prolonged_it_goes_on_where_it_was(self, house, mobility):
        case = house.ask(mobility).instance_id
        house.do(case, house.student, **house.swap(mobility))
        house.wait(days=14)
        self.decide(house, case, "prolong", "Le partenaire était fermé.")
        assert house.waits_at(case) == "sign_student"
        house.sign_all(case)
        assert house.request(mobility).result == "signed"
        assert house.view(mobility).in_force.number == 2

    def test_the_limit_comes_again_once_it_was_prolonged(self, house, mobility):
        case = house.ask(mobility).instance_id
        house.wait(days=14)
        self.decide(house, case, "prolong", "Le partenaire était fermé.")
        house.wait(days=13)
        assert self.limit(house, case) == []
        house.wait(days=1)
        assert len(self.limit(house, case)) == 1

    def test_of_a_late_request_the_time_counts_from_its_admission(self, house, mobility):
        days(house, 40)
        case = house.ask(mobility, late_reason="It was cancelled yesterday.").instance_id
        house.wait(days=10)
        house.do(case, house.coordinator, "approve", admission="The partner cancelled it.")
        admitted = house.clock.now().date()
        assert house.request(mobility).agree_by.date() == admitted + timedelta(days=14)
        house.wait(days=13)
        assert house.waits_at(case) == "propose"


@BOTH
def test_a_rejection_leads_to_a_new_proposal_and_changes_nothing_in_force(house, mobility):
    asked = house.ask(mobility)
    case = asked.instance_id
    house.do(case, house.student, **house.swap(mobility))
    house.do(case, house.student, "approve")
    house.do(case, house.coordinator, "approve")
    house.do(case, house.ri, "approve")
    house.do(case, house.ri, "reject", "Nuevo is full as well.", **PARTNER)
    assert house.waits_at(case) == "propose"
    first, second, third = house.view(mobility).versions
    assert (second.status, second.comments[0].text) == ("rejected", "Nuevo is full as well.")
    assert (third.status, third.kind, third.compared_with) == ("draft", "change", 1)
    assert third.part("studied").rows[-1].title == "Nuevo"
    assert house.view(mobility).in_force.number == first.number
    change = house.swap(mobility)
    change["studied"] = [course("Tercero", reason_code="substituting-deleted")]
    house.do(case, house.student, **change)
    house.sign_all(case)
    assert [v.number for v in house.view(mobility).versions] == [1, 2, 3]
    assert house.view(mobility).in_force.part("studied").rows[-1].title == "Tercero"


@pytest.mark.parametrize("stage", ["student", "sending", "admin"])
def test_a_return_inside_the_university_leads_back_to_who_writes(house, mobility, stage):
    case = house.ask(mobility).instance_id
    house.do(case, house.student, **house.swap(mobility))
    for name, actor in (
        ("student", house.student),
        ("sending", house.coordinator),
        ("admin", house.ri),
    ):
        if name == stage:
            house.do(case, actor, "return", "Once more, please.")
            break
        house.do(case, actor, "approve")
    assert house.waits_at(case) == "propose"
    assert [v.status for v in house.view(mobility).versions] == ["signed", "returned", "draft"]


def test_a_late_request_says_why_and_the_coordinator_admits_it(house, mobility):
    days(house, 40)
    with pytest.raises(InvalidInput) as refusal:
        house.ask(mobility)
    assert refusal.value.errors == {"late_reason": ["late_reason_required"]}
    case = house.ask(mobility, late_reason="The course was cancelled yesterday.").instance_id
    assert house.waits_at(case) == "admit"
    with pytest.raises(InvalidInput) as refusal:
        house.do(case, house.coordinator, "approve")
    assert refusal.value.errors == {"admission": ["required"]}
    with pytest.raises(NotFound):
        house.do(case, house.other_coordinator, "approve", admission="Yes.")
    house.do(case, house.coordinator, "approve", admission="Not the student's fault.")
    assert house.waits_at(case) == "propose"
    request = house.request(mobility)
    assert (request.admission, request.admitted_by) == ("Not the student's fault.", "Marie Delmas")
    assert (request.counted_from, request.window_ends) == ("2026-09-01", "2026-10-06")


def test_a_late_request_may_be_refused_and_the_student_reads_why(house, mobility):
    days(house, 40)
    case = house.ask(mobility, late_reason="I forgot.").instance_id
    house.do(case, house.coordinator, "reject", "Five weeks are long enough.")
    assert house.waits_at(case) == "completed"
    assert house.request(mobility).result == "refused"
    assert [v.status for v in house.view(mobility).versions] == ["signed"]
    (mail,) = [m for m in house.mails() if "Five weeks are long enough." in m.body]
    assert mail.to == "lea.martin@example.org"


@pytest.mark.parametrize(("day", "step"), [(35, "propose"), (36, "admit")])
def test_the_window_has_a_last_day(house, mobility, day, step):
    days(house, day)
    asked = house.ask(mobility, late_reason="Just in case.")
    assert house.waits_at(asked.instance_id) == step


@BOTH
def test_the_window_is_counted_from_the_partners_second_semester(house, mobility):
    with house.engine.unit(house.ri) as unit:
        unit.session.add(
            SemesterStart(
                hei_id="usal.es", academic_year="2026/2027", semester=2, starts_on="2026-12-07"
            )
        )
    house.clock.at = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
    asked = house.ask(mobility)
    assert house.waits_at(asked.instance_id) == "propose"
    assert house.request(mobility).counted_from == "2026-12-07"


def test_who_asks_late_for_the_department_is_admitted_by_ri(house, mobility):
    days(house, 40)
    asked = house.ask(
        mobility,
        house.coordinator,
        party="coordinator",
        writes="requester",
        late_reason="The partner has told us today.",
    )
    with pytest.raises((NotFound, Forbidden)):
        house.do(asked.instance_id, house.coordinator, "approve", admission="Of course.")
    house.do(asked.instance_id, house.ri, "approve", admission="It is so.")
    house.do(asked.instance_id, house.coordinator, **house.swap(mobility))
    assert house.waits_at(asked.instance_id) == "sign_student"


def test_an_extension_moves_the_end_once_all_have_signed(house, mobility):
    case = house.ask(mobility, about="extension", reason="A second semester.").instance_id
    late = [course("Segundo", term_number="2", reason_code="extending-mobility")]
    with pytest.raises(InvalidInput) as refusal:
        house.do(case, house.student, studied=late, end_date="2027-01-31")
    assert refusal.value.errors == {"end_date": ["not_later"]}
    house.do(case, house.student, studied=late, end_date="2027-06-30")
    assert house.view(mobility).agreement.end_date == "2027-01-31"
    house.sign_all(case)
    view = house.view(mobility)
    assert view.agreement.end_date == "2027-06-30"
    assert [(c.name, c.after) for c in view.in_force.field_changes] == [("end_date", "2027-06-30")]


@pytest.mark.parametrize(("day", "step"), [(120, "propose"), (123, "admit")])
def test_an_extension_is_asked_for_a_month_before_the_end(house, mobility, day, step):
    days(house, day)
    asked = house.ask(mobility, about="extension", late_reason="A new offer.")
    assert house.waits_at(asked.instance_id) == step


def test_a_change_that_changes_nothing_is_refused(house, mobility):
    case = house.ask(mobility).instance_id
    with pytest.raises(InvalidInput) as refusal:
        house.do(case, house.student)
    assert refusal.value.errors == {"_schema": ["no_change"]}
    assert [v.status for v in house.view(mobility).versions] == ["signed"]


@BOTH
def test_a_change_can_be_withdrawn_while_it_is_being_signed(house, mobility):
    case = house.ask(mobility).instance_id
    house.do(case, house.student, **house.swap(mobility))
    house.do(case, house.student, "approve")
    with house.engine.unit(house.student) as unit:
        withdraw(house.engine, unit, mobility, "The course has a place again.")
    assert house.waits_at(case) == "completed"
    view = house.view(mobility)
    assert [v.status for v in view.versions] == ["signed", "withdrawn"]
    assert view.in_force.number == 1
    assert house.request(mobility).result == "withdrawn"
    assert any("has a place again" in mail.body for mail in house.mails())
    with house.engine.unit(house.student) as unit, pytest.raises(InvalidState):
        withdraw(house.engine, unit, mobility, "Again.")
    asked = house.ask(mobility)
    house.do(asked.instance_id, house.student, **house.swap(mobility))
    house.sign_all(asked.instance_id)
    assert house.view(mobility).in_force.number == 3


@pytest.mark.parametrize("kind", ["blended", "doctoral"])
def test_short_stays_carry_no_change(house, kind):
    mobility = house.signed()
    with house.engine.unit(house.ri) as unit:
        get_mobility(unit.session, mobility).mobility_type = kind
    with pytest.raises(InvalidInput) as refusal:
        house.ask(mobility)
    assert refusal.value.errors == {"_schema": ["no_change_for_type"]}


def test_only_a_signed_contract_is_changed_and_by_one_change_at_a_time(house, mobility):
    asked = house.ask(mobility)
    assert house.ask(mobility).instance_id == asked.instance_id, "the form was sent twice"
    with pytest.raises(InvalidInput) as refusal:
        house.ask(mobility, reason="Another course is full.")
    assert refusal.value.errors == {"_schema": ["change_under_way"]}
    with pytest.raises(InvalidInput) as refusal:
        house.ask(house.open())
    assert refusal.value.errors == {"_schema": ["not_signed_yet"]}


def test_nobody_asks_in_anothers_name(house, mobility):
    with pytest.raises(Forbidden):
        house.ask(mobility, house.other_student)
    with pytest.raises(Forbidden):
        house.ask(mobility, house.other_coordinator, party="coordinator")
    with pytest.raises(InvalidInput) as refusal:
        house.ask(mobility, house.student, party="partner")
    assert refusal.value.errors == {"party": ["not_an_option"]}
    assert house.waits_at(house.ask(mobility, house.ri, party="partner").instance_id) == "propose"


def test_after_the_stay_nothing_is_changed(house, mobility):
    house.clock.at = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput) as refusal:
        house.ask(mobility, late_reason="Still.")
    assert refusal.value.errors == {"_schema": ["stay_is_over"]}


def test_what_is_not_done_in_time_is_reminded_of_and_told_to_ri(house, mobility):
    house.mails()
    case = house.ask(mobility).instance_id
    (item,) = house.engine.instance(case, actor=house.ri).open_items
    assert item.due_at == house.clock.now() + timedelta(days=14)
    before = len(house.mails())
    house.wait(days=5)
    reminders = house.mails()[before:]
    assert {mail.to for mail in reminders} == {"lea.martin@example.org"}
    house.wait(days=10)
    assert "claire@example.org" in {mail.to for mail in house.mails()[before:]}


@BOTH
def test_two_answers_of_the_partner_have_one_winner(house, mobility):
    case = house.ask(mobility).instance_id
    house.do(case, house.student, **house.swap(mobility))
    house.do(case, house.student, "approve")
    house.do(case, house.coordinator, "approve")
    house.do(case, house.ri, "approve")
    (item,) = house.engine.instance(case, actor=house.ri).open_items
    house.do(case, house.ri, "approve", **PARTNER)
    with pytest.raises(Conflict):
        house.engine.complete(
            item.id, actor=house.ri, outcome="reject", reason="No.", idempotency_key="other"
        )
    assert house.view(mobility).in_force.number == 2


@BOTH
def test_a_corrected_contact_needs_no_signature_and_is_kept(house, mobility):
    with house.engine.unit(house.coordinator) as unit:
        correct(
            house.engine,
            unit,
            mobility,
            {"receiving_contact_email": "new@usal.example.org", "end_date": "2027-02-05"},
            "They wrote to us.",
        )
    view = house.view(mobility)
    assert view.agreement.receiving_contact_email == "new@usal.example.org"
    assert view.in_force.agreement.receiving_contact_email == "carmen@usal.example.org"
    assert all(signature.intact for signature in view.in_force.signatures)
    assert len(view.versions) == 1
    assert any("new@usal" in m.body or "corrig" in m.body.lower() for m in house.mails())


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"language": "en"}, {"language": ["not_minor"]}),
        ({"end_date": "2027-05-31"}, {"end_date": ["moved_too_far:14"]}),
        ({"end_date": "2026-08-01"}, {"end_date": ["before_start", "moved_too_far:14"]}),
        ({"receiving_contact_email": "nobody"}, {"receiving_contact_email": ["invalid"]}),
        ({}, {"_schema": ["no_change"]}),
    ],
)
def test_what_is_not_minor_is_no_correction(house, mobility, data, errors):
    with house.engine.unit(house.ri) as unit, pytest.raises(InvalidInput) as refusal:
        correct(house.engine, unit, mobility, data)
    assert refusal.value.errors == errors


def test_a_student_corrects_nothing_alone(house, mobility):
    with house.engine.unit(house.student) as unit, pytest.raises(Forbidden):
        correct(house.engine, unit, mobility, {"end_date": "2027-02-05"})
