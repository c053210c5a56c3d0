"""Exam waivers from a signed contract to the registrar's record, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from engine.definitions import Bundle
from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState
from engine.values import InstanceStatus
from tests.builders_domain import HOME, ROOT, course, sample
from tests.builders_exam_waiver import PARTNER, YEAR, WaiverHouse
from tests.builders_papers import pdf_a_problems, seal_problems, text_of
from workflows.contract.reading import latest_version
from workflows.exam_waiver.services import ask_for_waiver
from workflows.mobility.stays import cut_short
from workflows.papers import documents


@pytest.fixture
def house(once, clock):
    clock.at = datetime(2026, 4, 7, 7, 0, tzinfo=UTC)
    return once(WaiverHouse.built)


def letter_of(house, mobility):
    with house.engine.reading() as session:
        return documents.content(session, house.waivers(mobility)[-1].document_id)


def shorten(house, mobility, last_day, actor=None, reason="Back home."):
    with house.engine.unit(actor or house.ri) as unit:
        cut_short(unit, mobility, last_day=last_day, reason=reason, home_hei_id=HOME)
    house.wait()
    return last_day


def ask(house, mobility, actor, reason="Please."):
    with house.engine.unit(actor) as unit:
        case = ask_for_waiver(house.engine, unit, mobility, reason=reason, home_hei_id=HOME)
    house.wait()
    return case


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "exam_waiver")) == []


def test_a_granted_waiver_ends_in_a_sealed_letter_and_a_record(house, settings, tmp_path):
    mobility = house.granted()
    (waiver,) = house.waivers(mobility)
    assert [exam.title for exam in waiver.excused] == ["UE 1", "UE 2", "UE 3"]
    assert (waiver.status, waiver.basis_kind, waiver.basis_number) == ("granted", "contract", 1)
    assert waiver.basis_digest == house.view(mobility).current.digest
    assert (waiver.decided_by, waiver.recorded_by) == ("Hélène Faure", "Rémi Castel")
    letter = letter_of(house, mobility)
    assert pdf_a_problems(letter, "fr") == []
    assert seal_problems(letter, settings.seal_pkcs12, tmp_path) == []
    text = text_of(letter)
    for said in (
        "Léa Martin",
        "UE 2",
        "ABJ",
        "Hélène Faure",
        "2026/2027",
        waiver.basis_digest[:16],
    ):
        assert said in text
    (case,) = house.cases(mobility)
    assert case.status == InstanceStatus.COMPLETED


def test_the_three_languages_say_the_same_exams(house):
    texts = {}
    for language in ("fr", "en", "es"):
        with house.engine.unit(house.student) as unit:
            from workflows.people.models import Person

            unit.session.get(Person, house.ids["student"]).locale = language
        mobility = house.signed()
        house.propose(mobility)
        house.decide(mobility, house.head, "approve")
        letter = letter_of(house, mobility)
        assert pdf_a_problems(letter, language) == []
        texts[language] = text_of(letter)
    assert "Décision de dérogation" in texts["fr"]
    assert "Decision on an exam waiver" in texts["en"]
    assert "Resolución de dispensa" in texts["es"]
    for unit in ("UE 1", "UE 2", "UE 3"):
        assert {text.count(unit) for text in texts.values()} == {1}


def test_a_waiver_waits_for_the_last_signature(house):
    mobility = house.open()
    house.to_partner(mobility)
    house.wait()
    assert house.cases(mobility) == []


def test_incoming_students_have_nothing_to_be_excused_from(house):
    report = house.read_in(sample("ola-ex1"))
    assert report.ok
    house.wait()
    (mobility,) = report.mobility_ids
    assert house.waivers(mobility) == []
    assert all(not case.open_items for case in house.cases(mobility))


def test_who_proposed_does_not_decide(house, engine):
    """The coordinator may be head of department too; somebody else then decides."""
    from workflows.people.services import actor_for, add_to_group, get_person

    with house.engine.unit(house.ri) as unit:
        marie = get_person(unit.session, house.ids["coordinator"])
        add_to_group(unit.session, marie, "head:lea")
        both = actor_for(unit.session, marie)
    mobility = house.signed()
    house.propose(mobility)
    with pytest.raises(Forbidden):
        house.decide(mobility, both, "approve")
    house.decide(mobility, house.head, "approve")
    assert house.item(mobility).element == "record"


BAD_PROPOSALS = [
    ({"exams": "everything"}, {"exams": ["not_an_option"]}),
    ({"exams": [["1"]]}, {"exams": ["not_an_option"]}),
    ({"exams": [True]}, {"exams": ["not_an_option"]}),
    ({"exams": ["9" * 30]}, {"exams": ["not_an_option"]}),
    ({"exams": ["-1"]}, {"exams": ["not_an_option"]}),
    ({"exams": ["٣"]}, {"exams": ["not_an_option"]}),
    ({"exams": []}, {"exams": ["no_exam_chosen"]}),
    ({}, {"exams": ["no_exam_chosen"]}),
    ({"surprise": "1"}, {"surprise": ["unknown_field"]}),
    ({"exception": 17}, {"exception": ["not_text"]}),
    ({"exception": "x" * 2001}, {"exception": ["too_long:2000"]}),
    ({"exception": "a\0b"}, {"exception": ["invalid_characters"]}),
]


def test_bad_proposals_are_refused_and_change_nothing(house):
    mobility = house.signed()
    known = str(house.waivers(mobility)[-1].exams[0].id)
    for data, errors in BAD_PROPOSALS:
        sent = {"exams": [known], **data} if "exception" in data else data
        with pytest.raises(InvalidInput) as refused:
            house.decide(mobility, house.coordinator, "approve", **sent)
        assert refused.value.errors == errors
    (waiver,) = house.waivers(mobility)
    assert waiver.status == "proposed"
    assert {exam.mark for exam in waiver.exams} == {"added"}


def test_exams_of_another_list_cannot_be_chosen(house):
    first, second = house.signed(), house.signed()
    foreign = str(house.waivers(second)[-1].exams[0].id)
    with pytest.raises(InvalidInput):
        house.decide(first, house.coordinator, "approve", exams=[foreign])


def test_the_list_follows_the_contract_in_force(house):
    """What is proposed and not signed changes nothing."""
    from workflows.contract.reading import latest_version
    from workflows.contract.services import add_version
    from workflows.contract.views import CHANGE

    mobility = house.granted()
    with house.engine.unit(house.student) as unit:
        base = latest_version(unit.session, mobility)
        add_version(unit.session, base.mobility, rows=(), now=unit.now, kind=CHANGE, base=base)
    ask(house, mobility, house.student)
    assert len(house.waivers(mobility)) == 1
    assert house.cases(mobility)[-1].status == InstanceStatus.COMPLETED


def test_a_stay_cut_short_takes_back_what_begins_later(house, settings, tmp_path):
    mobility = house.granted(**YEAR)
    house.clock.at = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
    shorten(house, mobility, "2027-01-31")
    assert house.item(mobility).element == "decide"
    house.decide(mobility, house.head, "approve")
    house.decide(mobility, house.registrar, coded=True)
    first, second = house.waivers(mobility)
    assert first.status == "superseded"
    assert [exam.title for exam in second.excused] == ["UE 1"]
    assert [(exam.title, exam.cause) for exam in second.revoked] == [("UE 2", "cut_short")]
    text = text_of(letter_of(house, mobility))
    assert "31 janvier 2027" in text
    assert "de nouveau à passer" in text
    with house.engine.reading() as session:
        old = documents.get(session, first.document_id)
        assert old.superseded_by == second.document_id


def granted_without_a_semester(house, title):
    """A granted waiver over a contract, of the kind partners import, that tells no term."""
    mobility = house.open()
    house.to_partner(mobility, **YEAR)
    with house.engine.unit(house.ri) as unit:
        (row,) = [r for r in latest_version(unit.session, mobility).components if r.title == title]
        row.term_number = row.total_terms = None
    house.answer(mobility, house.ri, "approve", **PARTNER)
    house.wait()
    house.propose(mobility)
    house.decide(mobility, house.head, "approve")
    house.decide(mobility, house.registrar, coded=True)
    return mobility


def test_an_exam_without_a_known_semester_is_looked_at_when_the_stay_is_cut_short(house):
    mobility = granted_without_a_semester(house, "UE 2")
    shorten(house, mobility, "2027-01-31")
    assert house.item(mobility).element == "propose"
    looked_at = house.waivers(mobility)[-1]
    assert [(exam.title, exam.cause) for exam in looked_at.revoked] == [("UE 2", "days_unknown")]
    with pytest.raises(InvalidInput) as refused:
        house.decide(mobility, house.coordinator, "reject", "No.")
    assert refused.value.errors == {"_schema": ["revocation_stands"]}
    every = [str(exam.id) for exam in looked_at.exams]
    house.decide(mobility, house.coordinator, "approve", exams=every)
    house.decide(mobility, house.head, "approve")
    house.decide(mobility, house.registrar, coded=True)
    assert [exam.title for exam in house.waivers(mobility)[-1].excused] == ["UE 1", "UE 2"]
    ask(house, mobility, house.student)
    assert len(house.waivers(mobility)) == 2, "what was looked at once is not asked again"


BAD_DAYS = [
    ("", "required"),
    ("soon", "not_a_date"),
    ("2027-02-29", "not_a_date"),
    ("2026-08-31", "outside_stay"),
    ("2027-06-30", "outside_stay"),
]


def test_a_last_day_lies_inside_the_stay(house):
    mobility = house.granted(**YEAR)
    for last_day, code in BAD_DAYS:
        with pytest.raises(InvalidInput) as refused:
            shorten(house, mobility, last_day)
        assert refused.value.errors == {"last_day": [code]}
    assert len(house.cases(mobility)) == 1


def test_only_the_international_office_cuts_a_stay_short(house):
    mobility = house.granted(**YEAR)
    for actor in (house.student, house.coordinator, house.other_student):
        with pytest.raises(Forbidden):
            shorten(house, mobility, "2027-01-31", actor)
    with pytest.raises(InvalidInput) as refused:
        shorten(house, mobility, "2027-01-31", reason="  ")
    assert refused.value.errors == {"reason": ["required"]}


def test_two_offices_cut_the_same_stay_at_once(house):
    mobility = house.granted(**YEAR)

    def cut(day):
        try:
            return shorten(house, mobility, day)
        except (InvalidInput, InvalidState, Conflict):
            return None

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(cut, ["2027-01-31", "2027-02-28"]))
    house.wait(minutes=5)
    assert any(results)
    running = [case for case in house.cases(mobility) if case.status == InstanceStatus.ACTIVE]
    assert len(running) == 1
    house.decide(mobility, house.head, "approve")
    assert [exam.title for exam in house.waivers(mobility)[-1].excused] == ["UE 1"]


def test_a_refusal_reaches_the_student_with_its_reason(house):
    mobility = house.signed()
    with pytest.raises(InvalidInput):
        house.decide(mobility, house.coordinator, "reject")
    house.decide(mobility, house.coordinator, "reject", "The internship is not replaced.")
    (waiver,) = house.waivers(mobility)
    assert (waiver.status, waiver.excused) == ("refused", waiver.exams)
    text = text_of(letter_of(house, mobility))
    assert "Refus de dérogation" in text
    assert "The internship is not replaced." in text
    assert "ABI" in text
    mails = [mail for mail in house.mails() if mail.to == "lea.martin@example.org"]
    assert "The internship is not replaced." in mails[-1].body
    assert f"/documents/{waiver.document_id}" in mails[-1].body


def test_after_a_refusal_the_student_asks_anew_once(house):
    mobility = house.signed()
    house.decide(mobility, house.coordinator, "reject", "Not yet.")
    for actor, reason, error in (
        (house.other_student, "Please.", Forbidden),
        (house.other_coordinator, "Please.", Forbidden),
        (house.student, " ", InvalidInput),
        (house.student, "x" * 2001, InvalidInput),
    ):
        with pytest.raises(error):
            ask(house, mobility, actor, reason)
    ask(house, mobility, house.student, "The internship is replaced by UE 2.")
    with pytest.raises(InvalidInput) as refused:
        ask(house, mobility, house.student)
    assert refused.value.errors == {"_schema": ["waiver_under_way"]}
    waiver = house.waivers(mobility)[-1]
    assert waiver.number == 2
    assert (waiver.asked_by, waiver.request_reason) == (
        "Léa Martin",
        "The internship is replaced by UE 2.",
    )


def test_without_a_certificate_the_letter_waits_as_an_incident_and_goes_on(
    database, settings, clock, seal_pkcs12
):
    from dataclasses import replace

    clock.at = datetime(2026, 4, 7, 7, 0, tzinfo=UTC)
    house = WaiverHouse.built(database, replace(settings, seal_pkcs12=None), clock)
    mobility = house.signed()
    house.propose(mobility)
    house.decide(mobility, house.head, "approve")
    for _ in range(12):
        house.wait(hours=12)
    (incident,) = house.engine.incidents(actor=house.ri).items
    assert "PASSERELLE_SEAL_PKCS12_FILE" in incident.detail
    assert house.waivers(mobility)[-1].status == "granted"
    mended = WaiverHouse(
        type(house.engine)(
            database, _registry(replace(settings, seal_pkcs12=seal_pkcs12)), clock=clock
        ),
        clock,
        **{name: getattr(house, name) for name in ("student", "coordinator", "ri", "ids")},
        head=house.head,
        registrar=house.registrar,
    )
    mended.engine.retry(incident.id, actor=mended.ri)
    mended.wait(minutes=1)
    assert mended.item(mobility).element == "record"
    assert mended.waivers(mobility)[-1].document_id is not None


def _registry(settings):
    from workflows.registry import registry

    return registry(settings)


def test_a_recorded_waiver_is_not_issued_twice(house):
    mobility = house.granted()
    with house.engine.reading() as session:
        assert len(documents.of_case(session, str(mobility))) == 1
    letters = [m for m in house.mails() if "/documents/" in m.body]
    assert sorted(mail.to for mail in letters) == ["lea.martin@example.org", "marie@example.org"]


def test_exams_that_have_begun_need_a_reason(house):
    house.clock.at = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)
    mobility = house.signed()
    with pytest.raises(InvalidInput) as refused:
        house.propose(mobility)
    assert refused.value.errors == {"exception": ["exception_required"]}
    house.propose(mobility, exception="The partner signed late.")
    house.decide(mobility, house.head, "approve")
    assert "The partner signed late." in text_of(letter_of(house, mobility))


def test_hostile_names_come_out_as_they_are(house):
    title = '#eval("1") *x* {name} <script> \\u{41}'
    recognised = [course(title, "30")]
    mobility = house.signed(recognised=recognised)
    house.propose(mobility)
    house.decide(mobility, house.head, "approve")
    letter = letter_of(house, mobility)
    assert pdf_a_problems(letter, "fr") == []
    assert "".join(title.split()) in "".join(text_of(letter).split())


def test_an_overdue_proposal_is_told_to_the_office(house):
    mobility = house.signed()
    house.wait(days=4, hours=1)
    to = [mail.to for mail in house.mails() if "Rappel" in mail.subject]
    assert to == ["marie@example.org"]
    house.wait(days=11)
    assert any("En retard" in mail.subject for mail in house.mails())
    assert house.item(mobility).element == "propose"
    assert house.clock.now() - timedelta(days=1) > house.item(mobility).due_at
