"""What people write in the office's pages is shown as text, and what is too much is given back."""

import html

import pytest

from tests.builders_recognition import transcript
from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, errors_at, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_pages import PAGES

HOSTILE = " ".join(bad.MARKUP)
WRITTEN = {
    "campaign": ("title", "/campaigns"),
    "nomination": ("student_family_name", "/cases"),
    "grading table": ("source", ""),
    "meeting": ("title", "/meetings"),
    "agreement": ("title", "/partnerships"),
    "difficulty": ("description", ""),
    "letter": ("text", ""),
    "partner's letter": ("text", ""),
}
"""Per page a field, and a list on which the text is read too."""
LINES = "\n".join(f"Prueba{n}, Inés\t{n % 20}" for n in range(10_000))


@pytest.mark.parametrize("page", WRITTEN)
def test_whatever_is_written_is_shown_as_text(office, page):
    form, client = PAGES[page].form(office), office.client(PAGES[page].login)
    field, elsewhere = WRITTEN[page]
    sent = form.with_(**{**PAGES[page].would_do, field: HOSTILE})
    done = client.post(form.action, data=sent)
    assert done.status_code == 302
    for path in filter(None, (done.location, elsewhere)):
        shown = client.get(path)
        assert HOSTILE in said(shown)
        assert_no_markup(shown.text)


def test_a_letter_is_text_for_those_it_is_to(office):
    mine, theirs = PAGES["letter"].form(office), PAGES["partner's letter"].form(office)
    office.client("marie").post(
        mine.action, data=mine.with_(to=["partner", "student"], text=HOSTILE)
    )
    for login, path in (("lea", mine.action), ("tom", theirs.action)):
        page = office.client(login).get(path)
        assert HOSTILE in said(page)
        assert_no_markup(page.text)


def test_a_transcript_is_text_for_who_matches_it(office):
    case = office.recognition()
    row = {"title": HOSTILE, "code": "<b>", "grade": "7,5", "credits": "6", "status": ""}
    office.completes(case, "claire", **transcript(row))
    page = office.client("marie").get(f"/tasks/{office.items(case)[0].id}")
    assert HOSTILE in said(page)
    assert_no_markup(page.text)


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5000, "-1", "x", "\x00"])
def test_a_line_nobody_has_opens_the_task_all_the_same(office, number):
    case = office.kept("proposal")
    item = office.items(case)[0].id
    kept = {"lines": [{"id": number, "grade": "12", "reason": HOSTILE}]}
    office.engine.save_draft(item, actor=office.actor("marie"), data=kept)
    page = office.client("marie").get(f"/tasks/{item}")
    assert page.status_code == 200
    assert_no_markup(page.text)
    form = {"outcome": "approve", "idempotency_key": fresh_key(), "lines.0.id": number}
    assert office.client("marie").post(f"/tasks/{item}/complete", data=form).status_code == 422


class TestTenThousandLines:
    def test_pasted_into_a_grade_sheet_come_back(self, office):
        form, before = PAGES["grade sheet"].form(office), office.stored()
        sent = form.with_(paste="1", paste_text=LINES, **{"cells.c1": "12,5"})
        answer = office.client("marie").post(form.action, data=sent)
        assert answer.status_code == 422
        assert "10000" in errors_at(answer, "paste_text").replace(",", "")
        assert LINES in html.unescape(answer.text)
        assert 'value="12,5"' in answer.text
        assert office.stored() == before

    def test_pasted_as_places_come_back(self, office):
        form, before = PAGES["places"].form(office), office.stored()
        sent = form.with_(row_action="paste", paste=LINES)
        answer = office.client("claire").post(form.action, data=sent)
        assert answer.status_code == 422
        assert LINES in html.unescape(answer.text)
        assert answer.text.count('name="places.') < 100
        assert office.stored() == before

    def test_pasted_as_a_grading_table_come_back(self, office):
        form, before = PAGES["grading table"].form(office), office.stored()
        sent = form.with_(**{**PAGES["grading table"].would_do, "entries": LINES})
        answer = office.client("claire").post(form.action, data=sent)
        assert answer.status_code == 422
        assert LINES in html.unescape(answer.text)
        assert office.stored() == before


class TestTheGradeSheet:
    @pytest.mark.parametrize("seen", ["[]", '"x"', "{", '{"c1": 1}', '{"c\u00b2": "x"}', "\x00"])
    def test_a_broken_memory_of_marks_loses_no_mark(self, office, seen):
        form, before = PAGES["grade sheet"].form(office), office.stored()
        sent = form.with_(**{"cells.c1": "12,5", "cells.c2": "no mark", "seen": seen})
        answer = office.client("marie").post(form.action, data=sent)
        assert answer.status_code == 422
        assert 'value="12,5"' in answer.text
        assert 'value="no mark"' in answer.text
        assert office.stored() == before

    def test_a_mark_outside_the_scale_is_told_at_its_cell(self, office):
        form, before = PAGES["grade sheet"].form(office), office.stored()
        for mark in ("20,01", "-1", "1e3", "NaN", "Infinity", "\u0661\u0662", "A"):
            sent = form.with_(**{"cells.c1": mark})
            answer = office.client("marie").post(form.action, data=sent)
            assert answer.status_code == 422
            assert f'value="{mark}"' in answer.text
        assert office.stored() == before
