"""Grades of incoming students, from the sheet to a transcript the partner has acknowledged."""

from __future__ import annotations

import re

import pytest

from engine.errors import Conflict, Forbidden, InvalidInput, NotFound
from engine.history.filters import HistoryFilter
from tests.builders_domain import ROOT
from tests.builders_grade_transfer import PARTNER, STAY, ReceivingHouse
from tests.builders_papers import pdf_a_problems, seal_problems, text_of
from workflows.grade_transfer.owed import owed
from workflows.office_work.local_time import ZONE


@pytest.fixture
def house(once):
    return once(ReceivingHouse.built)


def test_the_bundle_has_no_problems(house):
    from engine.definitions import Bundle

    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "grade_transfer")) == []


def test_the_whole_way_to_an_acknowledged_transcript(house):
    mobility = house.incoming()
    house.begin(mobility)
    assert house.open(mobility) == ["active"]
    house.until("2027-05-17")
    assert house.open(mobility) == ["active"]
    house.until("2027-05-18")
    assert house.open(mobility) == ["certify"]
    house.grade(mobility, LEA501="14,5", LEA502="ABI")
    assert house.open(mobility) == ["check"]
    house.issue(mobility)
    assert house.open(mobility) == ["acknowledge"]
    (row,) = house.transcripts(mobility)
    assert (row.number, row.status, row.partial) == (1, "issued", False)
    assert (row.signatory_name, set(row.documents)) == ("Claire Vidal", {"fr", "en", "es"})
    house.do(mobility, "acknowledge", house.ri, "acknowledge", **PARTNER)
    assert house.open(mobility) == ["completed"]
    (row,) = house.transcripts(mobility)
    assert row.acknowledged_by == "Carmen Sánchez, Coordinadora"
    assert house.engine.verify(house.case(mobility).id).intact


def test_a_transcript_is_owed_from_the_opening_of_its_sheets_until_it_is_issued(house):
    def owing(after=None, limit=9, **narrowed):
        with house.engine.reading() as session:
            found = owed(session, house.ri, HistoryFilter(**narrowed), after=after, limit=limit)
        told = [(each.element, str(each.due_at.astimezone(ZONE).date())) for each in found.items]
        return told if found.after is None else told + owing(found.after, limit, **narrowed)

    mobility = house.incoming()
    house.begin(mobility)
    assert owing() == []
    house.until("2027-05-18")
    assert owing() == [("certify", "2027-07-30")]
    other = house.incoming()
    house.begin(other)
    house.grade(mobility, LEA501="14,5", LEA502="ABI")
    assert sorted(owing()) == [("certify", "2027-07-30"), ("check", "2027-07-30")]
    assert owing(limit=1) == owing()
    assert owing(counterparties=("nobody",)) == []
    house.issue(mobility)
    assert owing() == [("certify", "2027-07-30")]


def test_the_content_is_that_of_the_contract_and_the_certified_marks(house):
    mobility = house.to_partner()
    content = house.content(mobility)
    assert [c["grade"] for c in content["courses"]] == ["14", "9.5"]
    assert [c["status"] for c in content["courses"]] == ["passed", "failed"]
    assert content["totals"] == {"contracted": "10.5", "earned": "6", "pending": "0"}
    assert content["sending"]["hei_id"] == "usal.es"
    assert content["receiving"]["erasmus_code"] == "F TOULOUS02"
    assert content["student"]["birth_date"] == "2005-02-28"
    assert (content["first_day"], content["last_day"]) == ("2027-01-18", "2027-06-19")
    assert [entry["label"] for entry in content["table"]["entries"]] == [
        "18",
        "16",
        "14",
        "12",
        "10",
    ]


def test_the_three_languages_carry_the_same_numbers(house):
    mobility = house.to_partner()
    texts = {language: text_of(pdf) for language, pdf in house.papers(mobility).items()}
    assert "Relevé de notes" in texts["fr"]
    assert "Transcript of records" in texts["en"]
    assert "Certificado académico" in texts["es"]
    numbers = {language: numbers_of(text) for language, text in texts.items()}
    assert numbers["fr"] == numbers["en"] == numbers["es"]
    assert {"9.5", "10.5", "14", "331", "36.6"} <= set(numbers["fr"])


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_language_is_a_sealed_tagged_pdf_a(house, settings, tmp_path, language):
    mobility = house.to_partner()
    paper = house.papers(mobility)[language]
    assert pdf_a_problems(paper, language) == []
    assert seal_problems(paper, settings.seal_pkcs12, tmp_path) == []


def numbers_of(text: str) -> list[str]:
    """The numbers of a document, without its verification code, which is each document's own."""
    printed = re.sub(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", "", text)
    return re.findall(r"\d+(?:[.,]\d+)?", printed)


def test_a_missing_grade_is_reminded_then_the_transcript_goes_out_partial(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-18")
    house.until("2027-07-20")
    reminders = [m for m in house.mails() if m.subject.startswith("Rappel")]
    assert {m.to for m in reminders} == {"marie@example.org"}
    assert len(reminders) == 4
    assert house.open(mobility) == ["certify"]
    house.until("2027-07-23")
    assert house.open(mobility) == ["check"]
    with pytest.raises(InvalidInput) as refusal:
        house.do(mobility, "check", house.ri, "issue", **STAY)
    assert refusal.value.errors == {"partial": ["confirm_partial"]}
    house.issue(mobility, partial="true")
    assert house.open(mobility) == ["acknowledge", "certify"]
    assert house.content(mobility)["partial"] is True
    assert "Relevé partiel" in text_of(house.papers(mobility)["fr"])
    house.grade(mobility, LEA501="12", LEA502="13")
    assert house.open(mobility) == ["acknowledge", "check"]
    house.issue(mobility, change_reason="late_results")
    assert house.open(mobility) == ["acknowledge"]
    first, second = house.transcripts(mobility)
    assert (first.status, second.status, second.number) == ("superseded", "issued", 2)
    english = text_of(house.papers(mobility)["en"])
    assert "supersedes version 1" in english
    assert "results that came in later" in english
    house.do(mobility, "acknowledge", house.ri, "acknowledge", **PARTNER)
    assert house.open(mobility) == ["completed"]


def test_a_resit_gives_a_second_version_with_the_second_session(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    house.grade(mobility, LEA501="15", LEA502="7 R")
    house.issue(mobility, partial="true")
    courses = house.content(mobility)["courses"]
    assert [c["status"] for c in courses] == ["passed", "in-progress"]
    assert house.open(mobility) == ["acknowledge", "certify"]
    known = house.courses(mobility)
    assert (known["LEA501"].certified_at is None, known["LEA502"].certified_at is None) == (
        False,
        True,
    )
    house.grade(mobility, LEA502="11")
    house.issue(mobility, change_reason="resit")
    resat = house.content(mobility)["courses"][1]
    assert (resat["grade"], resat["session"], resat["status"]) == ("11", 2, "passed")


def test_a_correction_while_the_partner_is_asked_supersedes_what_was_sent(house):
    mobility = house.to_partner()
    (link,) = [i for i in house.case(mobility).open_items if i.element == "acknowledge"]
    house.correct(mobility, "LEA502")
    assert house.open(mobility) == ["certify"]
    house.grade(mobility, LEA502="10,5")
    house.issue(mobility, change_reason="correction")
    first, second = house.transcripts(mobility)
    assert (first.status, second.status) == ("superseded", "issued")
    documents = first.documents
    from workflows.papers.documents import get

    with house.engine.reading() as session:
        for language, number in documents.items():
            assert get(session, number).superseded_by == second.documents[language]
    with pytest.raises(Conflict):
        house.engine.complete(
            link.id, actor=house.ri, outcome="acknowledge", data=PARTNER, idempotency_key="late"
        )


def test_a_correction_after_the_acknowledgement_begins_a_new_case(house):
    mobility = house.to_partner()
    house.do(mobility, "acknowledge", house.ri, "acknowledge", **PARTNER)
    ended = house.case(mobility).id
    house.correct(mobility, "LEA501", reason="Copie oubliée")
    assert house.case(mobility).id != ended
    assert house.open(mobility) == ["certify"]
    assert house.case(mobility).labels.counterparty == "Salamanca"
    house.grade(mobility, LEA501="16")
    house.issue(mobility, change_reason="correction")
    house.do(mobility, "acknowledge", house.ri, "acknowledge", **PARTNER)
    assert house.open(mobility) == ["completed"]
    assert [row.number for row in house.transcripts(mobility)] == [1, 2]
    assert house.papers(mobility, 1) != house.papers(mobility, 2)


def test_a_correction_needs_a_reason_a_certified_mark_and_an_issued_transcript(house):
    early = house.incoming()
    house.begin(early)
    house.until("2027-05-20")
    with pytest.raises(InvalidInput):
        house.correct(early, "LEA501")
    house.grade(early, LEA501="12", LEA502="12")
    house.issue(early)
    with pytest.raises(InvalidInput) as refusal:
        house.correct(early, "LEA501", reason="  ")
    assert refusal.value.errors == {"reason": ["required"]}
    house.correct(early, "LEA501")
    with pytest.raises(InvalidInput) as refusal:
        house.correct(early, "LEA501", key="2")
    assert refusal.value.errors == {"courses": ["choose_certified"]}
    house.grade(early, LEA501="13")
    with pytest.raises(InvalidInput):
        house.correct(early, "LEA502", key="3")


def test_the_partner_may_contest_and_ri_looks_again(house):
    mobility = house.to_partner()
    with pytest.raises(InvalidInput):
        house.do(mobility, "acknowledge", house.ri, "contest", " ", **PARTNER)
    house.do(mobility, "acknowledge", house.ri, "contest", "Falta un curso.", **PARTNER)
    assert house.open(mobility) == ["check"]
    assert house.transcripts(mobility)[-1].contested == "Falta un curso."
    told = {m.to for m in house.mails() if "Falta un curso." in m.body}
    assert told == {"claire@example.org", "marie@example.org"}
    with pytest.raises(InvalidInput):
        house.issue(mobility, change_reason="correction")
    course = house.courses(mobility)["LEA502"]
    reopened = {f"c{course.id}": "true"}
    house.do(mobility, "check", house.ri, "return", "Vérifiez l’économie.", reopen=reopened)
    assert house.open(mobility) == ["certify"]
    house.grade(mobility, LEA502="12")
    house.issue(mobility, change_reason="correction")
    assert house.open(mobility) == ["acknowledge"]


def test_a_return_needs_a_reason_and_a_mark_to_look_at(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    house.grade(mobility, LEA501="14", LEA502="12")
    with pytest.raises(InvalidInput) as refusal:
        house.do(mobility, "check", house.ri, "return", "")
    assert refusal.value.errors == {"reason": ["required"]}
    with pytest.raises(InvalidInput) as refusal:
        house.do(mobility, "check", house.ri, "return", "Encore")
    assert refusal.value.errors == {"reopen": ["choose_course"]}
    course = house.courses(mobility)["LEA501"]
    house.do(mobility, "check", house.ri, "return", "Encore", reopen={f"c{course.id}": "true"})
    assert house.open(mobility) == ["certify"]
    assert any("Encore" in m.body for m in house.mails() if m.to == "marie@example.org")
    house.grade(mobility, LEA501="13")
    house.do(mobility, "check", house.ri, "issue", **STAY)
    house.do(mobility, "sign", house.ri, "return", "Le nom est faux.")
    assert house.open(mobility) == ["check"]
    assert house.transcripts(mobility)[-1].returned == "Le nom est faux."
    house.issue(mobility)
    assert house.transcripts(mobility)[-1].number == 1


def test_ri_may_finish_without_a_transcript(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-18")
    house.until("2027-07-23")
    house.do(mobility, "check", house.ri, "no_transcript", "Jamais venue.")
    assert house.open(mobility) == ["completed"]
    assert house.transcripts(mobility) == []


def test_each_department_certifies_its_own_courses(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-18")
    course = house.courses(mobility)["LEA502"]
    house.until("2027-07-23")
    house.do(
        mobility,
        "check",
        house.ri,
        "return",
        "Économie relève d’histoire.",
        departments={f"c{course.id}": "his"},
    )
    assert house.open(mobility) == ["certify", "certify"]
    with pytest.raises(InvalidInput) as refusal:
        house.grade(mobility, actor=house.other_coordinator, LEA501="12", LEA502="12")
    first = house.courses(mobility)["LEA501"].id
    assert refusal.value.errors == {f"cells.c{first}": ["not_on_sheet"]}
    house.grade(mobility, actor=house.other_coordinator, LEA502="12")
    assert house.open(mobility) == ["certify"]
    with pytest.raises((Forbidden, NotFound)):
        house.grade(mobility, actor=house.other_coordinator, LEA501="12")
    house.grade(mobility, LEA501="12")
    assert house.open(mobility) == ["check"]


def test_a_mark_that_is_none_certifies_nothing(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    known = house.courses(mobility)
    first, second = (f"cells.c{known[code].id}" for code in ("LEA501", "LEA502"))
    with pytest.raises(InvalidInput) as refusal:
        house.grade(mobility, LEA501="21", LEA502="ABS")
    assert refusal.value.errors == {first: ["off_scale:0:20"], second: ["absence_unclear"]}
    with pytest.raises(InvalidInput) as refusal:
        house.grade(mobility, LEA501="12")
    assert refusal.value.errors == {second: ["mark_missing"]}
    assert all(course.mark == "" for course in house.courses(mobility).values())
    assert house.open(mobility) == ["certify"]


def test_a_student_who_gave_up_is_no_longer_waited_for(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    house.withdraw(mobility, "2027-03-12")
    assert house.open(mobility) == ["check"]
    house.issue(mobility, last_day="2027-03-12", withdrawn_on="2027-03-12")
    content = house.content(mobility)
    assert content["partial"] is False
    assert {c["status"] for c in content["courses"]} == {"withdrawn"}
    assert house.open(mobility) == ["acknowledge"]
    assert "12 March 2027" in text_of(house.papers(mobility)["en"])


def test_a_course_outside_the_contract_is_an_annex(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    known = house.courses(mobility)
    cells = {f"c{known[code].id}": "12" for code in ("LEA501", "LEA502")}
    annex = [{"title": "Chœur", "code": "MUS1", "ects": "1,5", "mark": "17"}, {"title": ""}]
    house.do(mobility, "certify", house.coordinator, cells=cells, annex=annex)
    house.issue(mobility)
    extra = house.content(mobility)["courses"][-1]
    assert (extra["code"], extra["annex"], extra["ects"]) == ("MUS1", True, "1.5")
    assert house.content(mobility)["totals"] == {
        "contracted": "10.5",
        "earned": "12",
        "pending": "0",
    }


def test_the_last_signed_contract_counts(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.change_contract(
        mobility, [("LEA501", "Traduction spécialisée", "6"), ("LEA503", "Droit", "3")]
    )
    house.until("2027-05-20")
    assert set(house.courses(mobility)) == {"LEA501", "LEA503"}
    house.grade(mobility, LEA501="12", LEA503="12")
    house.change_contract(mobility, [("LEA503", "Droit", "3"), ("LEA502", "Économie", "4.5")])
    known = house.courses(mobility)
    house.do(
        mobility, "check", house.ri, "return", "Contrat modifié.", reopen=every(known, "LEA503")
    )
    courses = house.courses(mobility)
    assert {code for code, course in courses.items() if course.dropped} == {"LEA501"}
    house.grade(mobility, LEA502="12", LEA503="12")
    house.issue(mobility)
    listed = house.content(mobility)["courses"]
    assert {c["code"]: c["dropped"] for c in listed} == {
        "LEA501": True,
        "LEA502": False,
        "LEA503": False,
    }


def every(known, *codes):
    return {f"c{known[code].id}": "true" for code in codes}


def test_five_weeks_after_the_results_the_delay_is_told_once(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-18")
    house.until("2027-07-29")
    assert not [m for m in house.mails() if "cinq semaines" in m.body]
    house.until("2027-07-30")
    late = [m for m in house.mails() if "cinq semaines" in m.body]
    assert sorted(m.to for m in late) == [
        "claire@example.org",
        "jean@example.org",
        "marie@example.org",
    ]
    assert all("2027-07-30" in m.body for m in late)
    house.do(mobility, "check", house.ri, "issue", partial="true", **STAY)
    house.until("2027-08-02")
    assert len([m for m in house.mails() if "cinq semaines" in m.body]) == 3


def test_the_partner_is_mailed_a_link_and_reminded(house):
    house.to_partner()
    mails = [m for m in house.mails() if m.to == "carmen@usal.example.org"]
    assert [m.language for m in mails] == ["es"]
    assert "/partner/" in mails[0].body
    assert "Certificado académico de Inés Ortega" in mails[0].subject
    house.wait(days=8)
    mails = [m for m in house.mails() if m.to == "carmen@usal.example.org"]
    assert mails[-1].subject.startswith("Recordatorio")
    house.wait(days=22)
    assert any(
        m.subject.startswith("En retard") for m in house.mails() if m.to == "claire@example.org"
    )


def test_an_arrival_begins_the_case(house):
    mobility = house.incoming()
    payload = {
        "mobility": mobility,
        "student": "0",
        "department": "lea",
        "partner": "usal.es",
        "academic_year": "2026/2027",
    }
    house.engine.correlate(
        "arrival_confirmed", payload, message_id="arrived", business_key=str(mobility)
    )
    house.until("2027-05-20")
    assert house.open(mobility) == ["certify"]


def test_only_ri_begins_and_only_what_can_be_transferred(house):
    from engine import SYSTEM
    from workflows.contract.models import ContractVersion

    outgoing = house.open_outgoing()
    with pytest.raises(InvalidInput):
        house.begin(outgoing)
    unsigned = house.incoming()
    with house.engine.unit(SYSTEM) as unit:
        for version in unit.session.query(ContractVersion).filter_by(mobility_id=unsigned):
            version.status = "submitted"
    with pytest.raises(InvalidInput):
        house.begin(unsigned)
    mobility = house.incoming()
    house.begin(mobility)
    with pytest.raises(InvalidInput):
        house.begin(mobility)
    yearless = house.incoming(receiving_academic_year_id="next")
    with pytest.raises(InvalidInput):
        house.begin(yearless)


def test_nobody_signs_what_they_have_not_seen(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    house.grade(mobility, LEA501="14", LEA502="12")
    house.do(mobility, "check", house.ri, "issue", **STAY)
    for digest in ("0" * 64, ""):
        with pytest.raises(Conflict):
            house.do(mobility, "sign", house.ri, "sign", digest=digest)
    assert house.open(mobility) == ["sign"]


def test_a_stay_that_ends_before_it_begins_is_refused(house):
    mobility = house.incoming()
    house.begin(mobility)
    house.until("2027-05-20")
    house.grade(mobility, LEA501="14", LEA502="12")
    bad = {
        "first_day": "2027-02-29",
        "last_day": "2027-01-01",
        "unknown": "1",
        "programme": "x\x00",
    }
    with pytest.raises(InvalidInput) as refusal:
        house.do(mobility, "check", house.ri, "issue", **bad)
    assert refusal.value.errors == {
        "first_day": ["not_a_date"],
        "unknown": ["unknown_field"],
        "programme": ["invalid_characters"],
    }
    with pytest.raises(InvalidInput) as refusal:
        house.do(
            mobility, "check", house.ri, "issue", first_day="2027-02-01", last_day="2027-01-01"
        )
    assert refusal.value.errors == {"last_day": ["before_start"]}
