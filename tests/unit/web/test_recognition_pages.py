"""The pages of a recognition: files taken in, grades proposed, what each person gets to see."""

from __future__ import annotations

import io
import re

import pytest

from engine import SYSTEM
from tests.builders_recognition import TITLES, row, transcript
from tests.builders_web import served
from tests.unit.workflows.papers.test_uploads import pdf
from tests.unit.workflows.recognition.test_elmo import MOBILITY, sample
from workflows.grading.models import GradingTable
from workflows.mobility.models import Mobility
from workflows.mobility.services import case_of
from workflows.people.models import Person
from workflows.people.services import add_to_group


@pytest.fixture
def house(back_from_abroad):
    return back_from_abroad


@pytest.fixture
def app(house, settings):
    return served(settings, house.engine)


@pytest.fixture
def people(sign_in):
    """Clients by name, signed in when they are asked for."""
    logins = {
        "ri": "claire",
        "coordinator": "marie",
        "jury": "jeanne",
        "registrar": "remi",
        "student": "lea.martin",
    }
    known = {}

    def of(name):
        if name not in known:
            known[name] = sign_in(logins[name])
        return known[name]

    return of


def text_of(answer) -> str:
    """The words of a page, without its tags."""
    text = re.sub(
        r"<(script|style|template)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def task(house) -> str:
    (item,) = house.open_items()
    return f"/tasks/{item.id}"


def upload(client, house, data: bytes, name: str):
    return client.post(
        f"{task(house)}/transcript",
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def form_of(sent) -> dict[str, str]:
    """A decision as a browser sends it: paths and texts."""
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    for part in ("lines", "units"):
        for n, line in enumerate(sent.get(part, [])):
            form |= {f"{part}.{n}.{name}": value for name, value in line.items()}
    return form


class TestBeginning:
    def test_ri_begins_from_the_contract_s_page(self, house, people):
        case = house.view(house.mobility).instance_id
        page = text_of(people("ri").get(f"/cases/{case}"))
        assert "Begin the recognition" in page
        answer = people("ri").post(f"/cases/{case}/recognition", follow_redirects=True)
        assert "Enter the partner’s transcript" in text_of(answer)
        again = people("ri").post(f"/cases/{case}/recognition", follow_redirects=True)
        assert "A recognition is under way already." in text_of(again)

    def test_the_file_comes_with_it_and_fills_the_first_task(self, house, people):
        case = house.view(house.mobility).instance_id
        data = {"file": (io.BytesIO(sample("elmo-1.7-example")), "transcript.xml")}
        answer = people("ri").post(
            f"/cases/{case}/recognition",
            data=data,
            content_type="multipart/form-data",
            follow_redirects=True,
        )
        assert 'value="Compiler construction"' in answer.get_data(as_text=True)
        with house.engine.reading() as session:
            house.case = case_of(session, house.mobility, "recognition", active=True)
        (document,) = house.documents()
        assert document.kind == "recognition.transcript"

    def test_a_file_that_is_refused_begins_nothing(self, house, people):
        case = house.view(house.mobility).instance_id
        data = {"file": (io.BytesIO(b"MZ\x90"), "transcript.exe")}
        answer = people("ri").post(
            f"/cases/{case}/recognition", data=data, content_type="multipart/form-data"
        )
        assert answer.status_code == 422
        assert f'action="/cases/{case}/recognition"' in answer.get_data(as_text=True)
        with house.engine.reading() as session:
            assert case_of(session, house.mobility, "recognition", active=True) is None

    def test_nobody_else_does(self, house, people):
        case = house.view(house.mobility).instance_id
        for name in ("coordinator", "student"):
            assert "Begin the recognition" not in text_of(people(name).get(f"/cases/{case}"))
            assert people(name).post(f"/cases/{case}/recognition").status_code == 403


class TestFiles:
    @pytest.fixture(autouse=True)
    def _begun(self, house):
        house.begin()

    def test_an_elmo_file_fills_the_table_and_says_what_to_look_at(self, house, people):
        answer = upload(people("ri"), house, sample("elmo-1.7-example"), "transcript.xml")
        page = answer.get_data(as_text=True)
        assert 'value="Compiler construction"' in page
        assert 'value="45.1"' in page
        assert 'value="0612"' in page
        words = text_of(answer)
        assert "It was issued by University of Warsaw, not by usal.es." in words
        assert "is it the right student?" in words
        (document,) = house.documents()
        assert (document.kind, document.media_type) == (
            "recognition.transcript",
            "application/xml",
        )

    def test_a_response_of_the_network_brings_its_grading_table(self, house, people):
        with house.engine.unit(SYSTEM) as unit:
            unit.session.get(Mobility, house.mobility).omobility_id = MOBILITY
            unit.session.query(GradingTable).filter_by(hei_id="usal.es").delete()
        upload(people("ri"), house, sample("ewp-tor-get-response"), "tor.xml")
        rows = [row("The importance of <br> in HTML", "C", "6", isced_f="0612")]
        house.complete(house.ri, **transcript(*rows, scale="CZ"))
        house.complete(house.coordinator, "approve", lines=links(house))
        page = text_of(people("coordinator").get(task(house)))
        assert "The table listed fails; they were taken out." in page
        assert "it was put in order" in page
        assert "The partner published percentages: of how many is not known." in page
        assert "percentages (transcript-" in page

    def test_a_pdf_is_kept_beside_the_table(self, house, people):
        answer = upload(people("ri"), house, pdf(2), "relevé de Léa.pdf")
        assert "relevé de Léa.pdf" in text_of(answer)
        (document,) = house.documents()
        assert (document.kind, document.media_type) == (
            "recognition.transcript",
            "application/pdf",
        )
        house.complete(house.ri, **transcript())
        page = people("coordinator").get(task(house)).get_data(as_text=True)
        assert f'href="/documents/{document.id}"' in page

    @pytest.mark.parametrize(
        ("data", "name", "sentence"),
        [
            (b"", "empty.xml", "empty"),
            (b"just text", "transcript.txt", "PDF"),
            (b"MZ\x90\x00", "transcript.pdf", "PDF"),
            (b"<la/>", "la.xml", "neither an ELMO document nor a list of transcripts"),
            (b"<elmo><", "broken.xml", "well-formed"),
            (b'<!DOCTYPE a [<!ENTITY x "1">]><elmo/>', "dtd.xml", "DOCTYPE"),
        ],
        ids=["empty", "text", "program", "agreement", "broken", "entities"],
    )
    def test_what_is_no_transcript_is_told_and_not_kept(self, house, people, data, name, sentence):
        answer = upload(people("ri"), house, data, name)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert house.documents() == []

    def test_the_transcript_of_somebody_else_is_refused(self, house, people):
        answer = upload(people("ri"), house, sample("ewp-tor-get-response"), "tor.xml")
        assert answer.status_code == 422
        assert "no transcript of this mobility" in text_of(answer)
        assert house.documents() == []

    def test_only_who_may_do_the_task_uploads(self, house, people):
        data = sample("elmo-1.7-example")
        assert upload(people("coordinator"), house, data, "t.xml").status_code == 403
        assert upload(people("student"), house, data, "t.xml").status_code == 403
        assert upload(people("registrar"), house, data, "t.xml").status_code == 404
        assert house.documents() == []
        house.complete(house.ri, **transcript())
        assert upload(people("coordinator"), house, data, "t.xml").status_code == 404

    def test_rows_come_and_go_without_script(self, house, people):
        url = f"{task(house)}/complete"
        more = people("ri").post(url, data={"rows.0.title": "Uno", "row_action": "add:rows"})
        assert more.get_data(as_text=True).count("data-row role") == 3
        less = people("ri").post(
            url, data={"rows.0.title": "Uno", "rows.1.title": "Dos", "row_action": "remove:rows:0"}
        )
        page = less.get_data(as_text=True)
        assert 'value="Dos"' in page
        assert 'value="Uno"' not in page

    def test_errors_stand_at_their_boxes_and_nothing_typed_is_lost(self, house, people):
        form = {
            "received_on": "2027-03-01",
            "scale": "ES",
            "rows.0.title": "Derecho",
            "rows.0.grade": "12",
        }
        answer = people("ri").post(f"{task(house)}/complete", data=form)
        assert answer.status_code == 422
        words = text_of(answer)
        assert "Course 1, Grade abroad: This grade is not on the scale chosen." in words
        assert 'value="12"' in answer.get_data(as_text=True)


def links(house):
    return house.read(
        lambda _, t: [
            {"id": str(line.id), "agreed": str(t.agreed[0].id)} for line in t.lines if line.present
        ]
    )


class TestMatching:
    def test_a_passed_course_taken_from_its_component_is_refused_in_place(self, house, people):
        house.begin()
        house.complete(house.ri, **transcript(row("Derecho"), row("Historia")))
        courses = house.read(
            lambda _, t: [(str(each.id), each.agreed_id) for each in t.lines if each.present]
        )
        (derecho, _), (historia, answered) = courses
        form = {
            "lines.0.id": derecho,
            "lines.0.agreed": "",
            "lines.1.id": historia,
            "lines.1.agreed": str(answered),
            "outcome": "approve",
        }
        answer = people("coordinator").post(f"{task(house)}/complete", data=form)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "It was passed and answers a component that was agreed" in page
        chosen = re.search(r'<select[^>]*name="lines.0.agreed".*?</select>', page, re.DOTALL)
        assert "selected" not in chosen[0]


class TestProposal:
    @pytest.fixture(autouse=True)
    def _entered(self, house):
        house.begin()
        house.complete(
            house.ri, **transcript(row("Derecho", "4,2"), *(row(t, "8") for t in TITLES[1:]))
        )

    def test_the_calculation_is_drawn_and_told(self, house, people):
        answer = people("coordinator").get(task(house))
        page = answer.get_data(as_text=True)
        assert page.count('<svg class="grade-bars"') == 4
        assert page.count("bar-part is-hit") == 4
        words = text_of(answer)
        assert "“8” is not in the partner’s table; it falls into “NT”." in words
        assert "“NT” takes the places from 17.5 % to 60 % of all passes there" in words
        assert "Here these places have 14 (" in words
        assert "12.808, rounded to 0.25: 12.75." in words
        assert "usal.es, field 0231, 2024/2025, 2025/2026, version 1, 400 passes" in words
        assert "The partner did not pass it: it stays a fail, below 10 here." in words
        assert "Recognised in part: what was passed" in words

    def test_a_grade_without_reason_comes_back_with_the_sentence_beside_it(self, house, people):
        form = form_of(house.decision({"Historia": ("15", "")}))
        answer = people("coordinator").post(
            f"{task(house)}/complete", data={**form, "outcome": "approve"}
        )
        assert answer.status_code == 422
        assert "Say why the grade differs from the proposal" in text_of(answer)
        assert 'value="15"' in answer.get_data(as_text=True)

    def test_totals_are_worked_out_again_without_deciding(self, house, people):
        form = form_of(house.decision({"Historia": ("16", "")}))
        answer = people("coordinator").post(
            f"{task(house)}/complete", data={**form, "row_action": "recalculate"}
        )
        assert answer.status_code == 200
        assert "13.56 / 20" in text_of(answer)
        assert house.at() == "propose"

    def test_a_proposal_by_the_page_is_kept(self, house, people):
        form = form_of(house.decision({"Historia": ("15,5", "Mémoire primé.")}))
        people("coordinator").post(f"{task(house)}/complete", data={**form, "outcome": "approve"})
        assert house.at() == "decide"
        page = text_of(people("jury").get(task(house)))
        assert "Coordinator: Mémoire primé." in page
        assert "calculated: 12.75" in page

    def test_who_signed_for_the_university_reads_why_they_cannot_decide(self, house, people):
        with house.engine.unit(SYSTEM) as unit:
            person = unit.session.get(Person, house.ids["coordinator"])
            add_to_group(unit.session, person, "jury:lea")
        house.propose()
        form = form_of(house.decision(verdict="partly"))
        answer = people("coordinator").post(
            f"{task(house)}/complete", data={**form, "outcome": "approve"}
        )
        assert answer.status_code == 422
        assert "You signed or proposed here as coordinator" in text_of(answer)

    def test_no_student_sees_a_grade_before_the_decision_is_notified(self, house, people):
        student = people("student")
        for actor in (house.coordinator, house.jury):
            words = text_of(student.get(task(house)))
            assert "Nothing is asked of you" in words
            assert "12.75" not in words
            assert "12.75" not in text_of(student.get(f"/cases/{house.case}"))
            if actor is house.coordinator:
                house.propose()
        house.decide("partly")
        assert "12.75" not in text_of(student.get(task(house)))
        house.complete(house.registrar, "approve", register_reference="PV 7")
        words = text_of(student.get(f"/cases/{house.case}"))
        assert "Recognised in part: what was passed: 24 ECTS, average 12.75 / 20" in words
        assert "Decided for the examination board by Jeanne Dupont," in words
        assert "Decision on recognition" in words


def test_the_registrar_says_where_the_result_was_entered(house, people):
    house.begin()
    house.complete(house.ri, **transcript())
    house.propose()
    house.decide("recognised")
    url = f"{task(house)}/complete"
    long = people("registrar").post(
        url, data={"register_reference": "x" * 201, "outcome": "approve"}
    )
    assert long.status_code == 422
    people("registrar").post(url, data={"register_reference": "PV 2027-14", "outcome": "approve"})
    house.work()
    assert house.at() == "completed"
    assert "PV 2027-14" in text_of(people("ri").get(f"/cases/{house.case}"))
