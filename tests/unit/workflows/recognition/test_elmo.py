"""Transcripts as XML: the official examples, what partners leave out, and what is refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.security.hostile_xml import doctypes
from workflows.contract.xml import Refused
from workflows.recognition.elmo import read_transcript

HOSTILE = list(doctypes())
SAMPLES = Path(__file__).with_name("data") / "transcripts"
MOBILITY = "b1ab0888-a5ce-45e8-8c51-e3c6f677b58f"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xml").read_bytes()


def read(data: bytes, omobility_id: str = MOBILITY, partner: str = "uw.edu.pl"):
    return read_transcript(data, omobility_id=omobility_id, partner=partner)


def refusal(data: bytes, **names) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(data, **names)
    return [problem.code for problem in refused.value.problems]


class TestExamples:
    def test_an_elmo_document(self):
        found = read(sample("elmo-1.7-example"))
        assert (found.source, found.issuer) == ("elmo", "University of Warsaw")
        assert found.issued_on == "2015-10-31"
        assert found.learner.family_name == "Rygielski"
        by_title = {course.title: course for course in found.courses}
        compilers = by_title["Compiler construction"]
        assert (compilers.code, compilers.credits, compilers.grade, compilers.status) == (
            "1000-217bMRJ",
            "6",
            "45.1",
            "passed",
        )
        assert compilers.isced_f == "0612"
        assert "The importance of <br> in HTML" in by_title
        assert "Master of Science in Biology" not in by_title
        assert found.tables == ()

    def test_an_answer_of_the_network_with_its_grading_table(self):
        found = read(sample("ewp-tor-get-response"))
        assert found.source == "ewp"
        (course,) = found.courses
        assert course.los_id == "CR/19560ed8-5183-4842-9bb0-2b7e23f56522"
        assert course.grade == "C"
        (table,) = found.tables
        assert table.isced_f == "0612"
        assert table.entries[0] == ("F", "0.8")
        assert table.entries[-1] == ("A", "2.0")

    def test_an_attachment_that_is_none_takes_nothing_away(self):
        found = read(sample("elmo-1.7-example"))
        assert found.pdf is None

    def test_a_pdf_inside_is_found(self):
        inside = base64.b64encode(b"%PDF-1.7 the transcript").decode().encode()
        data = sample("ewp-tor-get-response").replace(b"iiNhz6QfDnnDybjHLBF2...", inside)
        assert read(data).pdf == b"%PDF-1.7 the transcript"


class TestWarnings:
    def test_another_issuer(self):
        found = read(sample("elmo-1.7-example"), partner="usal.es")
        assert [warning.code for warning in found.warnings] == ["issuer_differs"]

    def test_results_that_are_still_to_come_and_other_credits(self):
        data = sample("elmo-1.7-example").replace(
            b"<status>passed</status>", b"<status>in-progress</status>"
        )
        data = data.replace(b"<scheme>ECTS</scheme>", b"<scheme>UEC</scheme>")
        codes = {warning.code for warning in read(data).warnings}
        assert codes == {"in_progress", "other_credit_scheme"}


class TestRefusals:
    def test_the_transcript_of_another_mobility(self):
        assert refusal(sample("ewp-tor-get-response"), omobility_id="mine") == ["other_mobility"]

    def test_a_document_that_is_no_transcript(self):
        assert refusal(b"<la/>") == ["not_a_transcript"]
        assert refusal(b'<elmo xmlns="urn:other"/>') == ["not_a_transcript"]

    def test_what_breaks_the_schema_is_told_by_line(self):
        data = sample("elmo-1.7-example").replace(b"<bday>1983-04-12</bday>", b"<bday>soon</bday>")
        with pytest.raises(Refused) as refused:
            read(data)
        (problem,) = refused.value.problems
        assert problem.code == "schema"
        line = data[: data.index(b"<bday>")].count(b"\n") + 1
        assert problem.line == line

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b"   ", "empty"),
            (b"<elmo>", "malformed"),
            (b"\xff\xfe\x00<", "malformed"),
            (b"<" * 5000, "malformed"),
        ],
        ids=["nothing", "blanks", "unclosed", "no encoding", "brackets"],
    )
    def test_what_is_no_xml(self, data, code):
        assert refusal(data) == [code]

    @pytest.mark.parametrize("data", [each[1] for each in HOSTILE], ids=[h[0] for h in HOSTILE])
    def test_what_is_made_to_harm_its_reader(self, data):
        assert set(refusal(data)) <= {"doctype_refused", "malformed"}

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"<elmo>" * 50 + b"</elmo>" * 50, "too_deep"),
            (b"<elmo>" + b"<a/>" * 200_001 + b"</elmo>", "too_many_elements"),
            (b"<elmo>" + b" " * 10_500_000 + b"</elmo>", "too_large"),
            (b'<elmo a="' + b"x" * 20_001 + b'"/>', "text_too_long"),
        ],
        ids=["deep", "wide", "large", "long"],
    )
    def test_what_is_beyond_every_limit(self, data, code):
        assert refusal(data) == [code]

    def test_entities_of_our_own_example(self):
        data = sample("elmo-1.7-example")
        start = data.index(b"<elmo")
        evil = b'<!DOCTYPE elmo [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + data[start:]
        assert refusal(evil) == ["doctype_refused"]

    def test_too_many_courses(self):
        data = sample("ewp-tor-get-response")
        start = data.index(b"<learningOpportunitySpecification>")
        end = data.index(b"</learningOpportunitySpecification>") + 35
        many = data[:start] + data[start:end] * 101 + data[end:]
        assert refusal(many) == ["too_many_courses"]

    def test_no_course(self):
        data = sample("ewp-tor-get-response")
        start = data.index(b"<learningOpportunitySpecification>")
        end = data.index(b"</learningOpportunitySpecification>") + 35
        assert refusal(data[:start] + data[end:]) == ["no_courses"]
