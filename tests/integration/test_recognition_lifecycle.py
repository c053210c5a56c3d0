"""A partner's transcript becomes a decision: matched, proposed, decided, registered, notified."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT
from tests.builders_history import deviating
from tests.builders_papers import pdf_a_problems, seal_problems
from tests.builders_recognition import TITLES, RecognitionHouse, row, transcript
from workflows.conformance import grades_changed, verdicts_changed
from workflows.mobility.models import Mobility
from workflows.mobility.services import labels_for
from workflows.papers.documents import content
from workflows.people.models import Person
from workflows.recognition.documents import paper_of
from workflows.recognition.policy import Rule
from workflows.recognition.results import result_of
from workflows.recognition.services import entered as entered_of
from workflows.recognition.services import links_of, variables_of
from workflows.recognition.trace import Match, Method, Policy, from_json


@pytest.fixture
def house(once):
    return once(RecognitionHouse.at_the_end)


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "recognition")) == []


def test_the_whole_way_to_the_decision(house):
    house.begin()
    assert house.at() == "enter_transcript"
    house.complete(house.ri, **transcript())
    assert house.at() == "propose"
    assert house.grades() == dict.fromkeys(TITLES, "12.75")
    house.propose()
    assert house.at() == "decide"
    house.decide("recognised")
    assert house.at() == "register"
    house.complete(house.registrar, "approve", register_reference="PV 2027-14")
    assert house.at() == "completed"
    result = house.read(result_of)
    assert (result.status, result.credits_awarded) == ("Positive", Decimal(30))
    assert result.mean == Decimal("12.75")
    assert [unit.recognised for unit in result.units] == [True, True, True]
    assert deviating(house.engine, verdicts_changed()) == []
    assert deviating(house.engine, grades_changed()) == []
    (document,) = house.documents()
    assert (document.kind, document.language) == ("recognition.decision", "fr")
    assert document.code
    told = [mail for mail in house.mails() if "décision de reconnaissance" in mail.subject]
    assert [mail.to for mail in told] == ["lea.martin@example.org"]
    assert house.engine.verify(house.case).intact


def test_every_proposal_tells_how_it_was_found(house):
    house.begin()
    house.complete(house.ri, **transcript())
    trace = house.read(lambda _, t: from_json(json.loads(t.lines[0].trace)))
    assert (trace.method, trace.match, trace.matched) == (Method.TABLES, Match.BAND, "NT")
    assert trace.interval == (Fraction(7, 40), Fraction(3, 5))
    assert [each.label for each in trace.overlaps] == ["14", "13", "12"]
    assert (trace.policy, trace.step, trace.result) == (
        Policy.WEIGHTED,
        Decimal("0.25"),
        Decimal("12.75"),
    )
    assert (trace.source.hei_id, trace.target.hei_id) == ("usal.es", HOME)
    assert trace.source.version == 1


def test_the_rule_is_pinned_with_its_version(house):
    house.begin()
    house.complete(house.ri, **transcript())
    rule = house.read(lambda recognition, _: Rule.from_json(recognition.rule))
    assert (rule.code, rule.version) == ("each_component", "LEA 2026")
    definition = house.read(lambda recognition, _: recognition.definition_id)
    assert house.engine.definition(definition).key == "recognition"


def test_a_transcript_sent_back_is_entered_anew_against_the_contract_in_force(house):
    house.begin()
    house.complete(house.ri, **transcript(row("Derecho"), row("Deporte")))
    assert house.at() == "match"
    house.complete(house.coordinator, "return", "Il manque des cours.")
    assert house.at() == "enter_transcript"
    house.complete(house.ri, **transcript())
    assert house.at() == "propose"
    entered = house.read(lambda recognition, _: [t.entered for t in recognition.transcripts])
    assert entered == [True, True]
    house.complete(house.coordinator, "return", "Le relevé est provisoire.")
    assert house.at() == "enter_transcript"


def test_a_second_session_overtakes_the_fail_of_the_first(house):
    house.begin()
    rows = [row(title) for title in TITLES[1:]]
    house.complete(house.ri, **transcript(row("Derecho", "3"), row("Derecho", "6"), *rows))
    assert house.at() == "propose"
    house.propose()
    house.decide("recognised")
    house.complete(house.registrar, "approve")
    result = house.read(result_of)
    assert (result.status, result.credits_awarded) == ("Positive", Decimal(30))


def test_a_jury_that_leaves_the_rule_says_why_and_the_student_is_told(house):
    house.begin()
    rows = [row("Derecho", "4"), *(row(title, "9,5") for title in TITLES[1:])]
    house.complete(house.ri, **transcript(*rows))
    house.propose({"Lengua": ("18", "Prix du meilleur mémoire.")})
    house.decide("recognised", verdict_reason="Compensation votée.")
    house.complete(house.registrar, "approve")
    result = house.read(result_of)
    by_title = {line.title: line for line in result.basis}
    assert by_title["Lengua"].reasons == ("Prix du meilleur mémoire.",)
    assert (by_title["Derecho"].outcome, by_title["Derecho"].grade) == ("failed", Decimal("8.00"))
    assert (result.verdict_reason, result.credits_awarded) == ("Compensation votée.", Decimal(30))
    assert house.read(lambda recognition, _: recognition.verdict_by_rule) == "partly"
    assert deviating(house.engine, verdicts_changed()) == [house.case]
    assert deviating(house.engine, grades_changed()) == [house.case]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("fr", ("reconnues en totalité", "pour le jury, le 2 mars 2027", "recours gracieux")),
        ("en", ("recognised", "2 March 2027", "appeal")),
        ("es", ("reconoc", "2 de marzo de 2027", "recurso")),
    ],
)
def test_the_mail_says_who_decided_when_why_and_how_to_contest_it(house, language, sentences):
    with house.engine.unit(house.ri) as unit:
        unit.session.get(Person, house.ids["student"]).locale = language
    house.begin()
    house.complete(house.ri, **transcript(row("Derecho", "4"), *(row(t) for t in TITLES[1:])))
    house.propose({"Lengua": ("18", "Prix du meilleur mémoire.")})
    house.decide("recognised", verdict_reason="Compensation votée.")
    house.complete(house.registrar, "approve")
    (mail,) = [
        m for m in house.mails() if m.to == "lea.martin@example.org" and "LEA 2026" in m.body
    ]
    reasons = ("Compensation votée.", "Lengua – Prix du meilleur mémoire.")
    for said in ("Jeanne Dupont", "30", *reasons, *sentences):
        assert said in mail.body


def test_the_decision_speaks_the_student_s_language_beside_french(house, settings, tmp_path):
    with house.engine.unit(house.ri) as unit:
        unit.session.get(Person, house.ids["student"]).locale = "es"
    house.begin()
    house.complete(house.ri, **transcript())
    house.propose()
    house.decide("recognised")
    house.complete(house.registrar, "approve")
    found = {document.language: document for document in house.documents()}
    assert set(found) == {"fr", "es"}
    for language, document in found.items():
        with house.engine.reading() as session:
            paper = content(session, document.id)
        assert pdf_a_problems(paper, language) == []
        assert seal_problems(paper, settings.seal_pkcs12, tmp_path) == []
    (mail,) = [m for m in house.mails() if m.to == "lea.martin@example.org" and m.language == "es"]
    assert "decisión de reconocimiento" in mail.subject
    with house.engine.reading() as session:
        mobility = session.get(Mobility, house.mobility)
        recognition, current = entered_of(session, house.case)
        papers = {
            language: paper_of(
                session,
                mobility,
                recognition,
                current,
                language,
                appeal_months="2",
                at=house.clock.now(),
            )
            for language in ("fr", "en", "es")
        }
    alike = [
        {name: paper[name] for name in ("lines", "units", "credits", "mean", "authors")}
        for paper in papers.values()
    ]
    assert alike[0] == alike[1] == alike[2]


class TestOtherRules:
    def test_an_absence_counts_zero_where_all_that_was_contracted_counts(
        self, database, settings, clock
    ):
        house = RecognitionHouse.at_the_end(database, settings, clock, department="his")
        house.begin()
        house.complete(house.ri, **transcript(*(row(title, "9") for title in TITLES[:3])))
        assert house.at() == "match"
        house.complete(house.coordinator, "approve", lines=_links(house))
        house.propose()
        mean = house.read(lambda recognition, _: Fraction(recognition.mean))
        assert mean == Fraction(15 * 3, 5)
        house.decide("partly")
        house.complete(house.registrar, "approve")
        assert house.read(result_of).credits_awarded == Decimal(18)

    def test_the_middle_of_the_interval_counts_where_the_department_has_fixed_it(
        self, database, settings, clock
    ):
        house = RecognitionHouse.at_the_end(database, settings, clock, department="mi")
        house.begin()
        house.complete(house.ri, **transcript())
        assert house.grades() == dict.fromkeys(TITLES, "13.00")


def _links(house):
    return house.read(
        lambda _, t: [
            {"id": str(line.id), "agreed": str(line.agreed_id or "")}
            for line in t.lines
            if line.present
        ]
    )


class TestLateness:
    def test_partner_and_office_are_reminded_of_a_missing_transcript(self, house):
        before = len(house.mails())
        house.begin()
        house.pass_days(15)
        mails = house.mails()[before:]
        chased = [mail for mail in mails if mail.to == "carmen@usal.example.org"]
        assert len(chased) == 2
        assert "Léa Martin" in chased[0].subject
        assert chased[0].language == "es"
        reminded = [mail for mail in mails if mail.to == "claire@example.org"]
        assert [mail.subject.split(" :")[0] for mail in reminded][1:] == ["Rappel", "Rappel"]

    def test_the_five_weeks_count_from_the_day_of_receipt(self, house):
        house.begin()
        house.complete(house.ri, **transcript(received_on="2027-02-08", issued_on=""))
        before = len(house.mails())
        house.pass_days(8)
        told = [mail.to for mail in house.mails()[before:] if "2027-03-15" in mail.subject]
        assert sorted(told) == ["claire@example.org", "helene@example.org", "marie@example.org"]
        house.propose()
        house.decide("recognised")
        (item,) = house.open_items()
        assert item.due_at.date().isoformat() == "2027-03-15"


def test_a_message_begins_a_recognition_too(house):
    with house.engine.reading() as session:
        mobility = session.get(Mobility, house.mobility)
        payload = variables_of(mobility)
        labels = labels_for(session, mobility)
    delivery = house.engine.correlate(
        "transcript_received",
        payload,
        message_id="from elsewhere",
        business_key=str(house.mobility),
        labels=labels,
        links=links_of(mobility),
    )
    house.work()
    house.case = delivery.instance_id
    assert house.at() == "enter_transcript"
    house.complete(house.ri, **transcript())
    assert house.at() == "propose"
