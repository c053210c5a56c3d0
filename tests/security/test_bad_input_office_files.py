"""Files and single commands of the office's pages that mean no good."""

import io

import pytest

from tests.builders_uploads import bomb, picture
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_pages import PAGES
from tests.security.bad_input_requests import file_of

PAPERS = {
    "a PDF bomb": (bomb, "cv.pdf", "takes too much memory"),
    "a page called a PDF": (lambda: b"<script>alert(1)</script>", "cv.pdf", "Please send a PDF"),
    "a picture called a PDF": (lambda: picture("PNG"), "cv.pdf", ".png"),
    "nothing": (lambda: b"", "cv.pdf", "The file is empty"),
    "half a PDF": (lambda: b"%PDF-1.7\n1 0 obj", "cv.pdf", "cannot be opened"),
    "a name of markup": (lambda: b"x", "<img src=x onerror=alert(1)>.pdf", "Please send a PDF"),
}
CROOKED_ORDERS = (
    {},
    {"order": "x"},
    {"order.0": "x"},
    {"order.0.position": "1", "order.0.id": "9" * 5000},
    {"order.0.position": "-1", "order.0.id": "1"},
    {"order.0.position": "1", "order.1.position": "1"},
    {"order.\u00b2.a.b.c.d": "1"},
    {"points": "x", "application": "1"},
    {"points.motivation": "NaN", "application": "\x00"},
    {"points.<script>alert(1)</script>": "20", "application": "1"},
)
"""Orders of a tie, and points, that no board sends."""


@pytest.mark.parametrize(("make", "name", "sentence"), PAPERS.values(), ids=PAPERS)
def test_a_paper_that_is_none_is_told_and_not_kept(office, make, name, sentence):
    numbers, letter = office.campaign(), PAGES["letter"].form(office)
    before, content = office.stored(), make()
    sent = {"kind": "cv", "file": (io.BytesIO(content), name)}
    path = f"/applications/{numbers['application_id']}/documents"
    added = office.client("lea").post(path, data=sent, follow_redirects=True)
    assert sentence in said(added)
    written = letter.with_(to="student", text="See the file.", file=(io.BytesIO(content), name))
    enclosed = office.client("marie").post(letter.action, data=written)
    assert enclosed.status_code == 422
    assert sentence in said(enclosed)
    assert "See the file." in enclosed.text
    for page in (added, enclosed):
        assert_no_markup(page.text)
    assert office.stored() == before


def test_a_paper_of_no_kind_is_not_kept(office):
    numbers = office.campaign()
    before = office.stored()
    for kind in ("", "passport", "\x00", "x" * 5000, "<script>alert(1)</script>"):
        sent = {"kind": kind, "file": (io.BytesIO(picture("PNG")), "cv.png")}
        path = f"/applications/{numbers['application_id']}/documents"
        answer = office.client("lea").post(path, data=sent, follow_redirects=True)
        assert_no_markup(answer.text)
    assert office.stored() == before


def test_more_enclosures_than_a_letter_holds(office):
    form, before = PAGES["letter"].form(office), office.stored()
    files = [(io.BytesIO(picture("PNG")), f"{n}.png") for n in range(40)]
    sent = form.with_(to="student", text="See the files.", file=files)
    answer = office.client("marie").post(form.action, data=sent)
    assert answer.status_code == 422
    assert "See the files." in answer.text
    assert office.stored() == before


@pytest.mark.parametrize("name", bad.FILES)
def test_a_file_that_holds_no_transcript_is_told_and_not_kept(office, name):
    (item,) = office.items(office.kept("recognition"))
    before = office.stored()
    sent = file_of(bad.FILES[name], "<script>alert(1)</script>.xml")
    answer = office.client("claire").post(f"/tasks/{item.id}/transcript", **sent)
    assert answer.status_code == 422
    assert_no_markup(answer.text)
    assert office.stored() == before


class TestTheRankingBoard:
    def test_an_order_that_is_none_changes_nothing(self, office):
        path = f"/rankings/{office.campaign()['ranking_id']}/change"
        before = office.stored()
        for crooked in CROOKED_ORDERS:
            for steering in ({}, {"keep": "1", "reason": "a\x00b", "revision": "9" * 5000}):
                answer = office.client("marie").post(path, data={**crooked, **steering})
                assert answer.status_code in {409, 422}, crooked
                assert_no_markup(answer.text)
        assert office.stored() == before

    def test_places_are_given_as_they_were_shown_or_not_at_all(self, office):
        path = f"/rankings/{office.campaign()['ranking_id']}/allocate"
        before = office.stored()
        for revision in bad.NUMBERS:
            answer = office.client("claire").post(path, data={"revision": revision})
            assert answer.status_code in {409, 422}
        assert office.stored() == before


class TestSavedViews:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 61),
            ("name", "a\x00b"),
            ("group", "coordinator:his"),
            ("group", "\x00"),
        ],
    )
    def test_a_view_that_cannot_be_kept_is_told(self, office, field, value):
        before = office.stored()
        sent = {"name": "<script>alert(1)</script>", "q": "x", field: value}
        answer = office.client("marie").post("/inbox/saved", data=sent)
        assert answer.status_code == 422
        assert_no_markup(answer.text)
        assert office.stored() == before

    @pytest.mark.parametrize("value", ["\x00", "9" * 5000, "<script>alert(1)</script>&sort=x#"])
    def test_a_made_up_search_is_kept_as_text_or_left_out(self, office, value):
        client = office.client("marie")
        arguments = ("view", "q", "process", "step", "department", "partner", "due", "sort")
        sent = {"name": fresh_key(), **dict.fromkeys(arguments, value)}
        answer = client.post("/inbox/saved", data=sent, follow_redirects=True)
        assert answer.status_code in {200, 422}
        assert_no_markup(answer.text)
        assert client.get("/inbox/saved/counts").status_code == 200


@pytest.mark.parametrize("reason", ["a\x00b", "x" * 20_000, "<script>alert(1)</script>\ufffe"])
def test_a_reason_nobody_can_read_withdraws_nothing(office, reason):
    path = f"/applications/{office.campaign()['application_id']}/withdraw"
    before = office.stored()
    answer = office.client("lea").post(path, data={"reason": reason}, follow_redirects=True)
    assert "At most 2000" in said(answer) or "cannot be kept" in said(answer)
    assert_no_markup(answer.text)
    assert office.stored() == before


def test_marks_of_nobody_are_not_opened_again(office):
    case = office.graded_case()
    before = office.stored()
    for number in (*bad.NUMBERS, "1"):
        for path, sent in (
            ("grade-correction", {"courses": [number, "\x00"], "reason": "x"}),
            ("withdrawal", {"withdrawn_on": f"2027-02-{number}"}),
        ):
            answer = office.client("claire").post(f"/cases/{case}/{path}", data=sent)
            assert answer.status_code == 302
    assert office.stored() == before
