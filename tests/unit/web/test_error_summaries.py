"""What a refused form says at its top: which fields, in words, and no more than one reads."""

from __future__ import annotations

import re

import pytest
from flask import get_template_attribute

from tests.builders_web import text_of


@pytest.fixture
def summary(app):
    """The lines of the summary of some errors."""

    def lines(errors):
        with app.test_request_context("/", headers={"Accept-Language": "en"}):
            html = str(get_template_attribute("macros.html", "error_summary")(errors))
        found = re.findall(r"<li>(.*?)</li>", html, re.DOTALL)
        return [re.sub(r"<[^>]+>", "", each).strip() for each in found]

    return lines


def test_each_field_is_named_as_on_the_page(summary):
    assert summary({"reason_return": ["say why"], "receiving_contact_email": ["wrong"]}) == [
        "Reason: say why",
        "Receiving institution, Contact: e-mail: wrong",
    ]


def test_the_reason_of_any_outcome_has_a_name(summary):
    assert summary({"reason_prolong": ["say why"]}) == ["Reason: say why"]


def test_after_a_question_stands_no_colon(app):
    with app.test_request_context("/"):
        said = get_template_attribute("macros.html", "field_said")
        assert said("What happened?", "Please fill this in.") == (
            "What happened? Please fill this in."
        )


def test_a_field_is_called_as_above_it(sign_in):
    page = text_of(sign_in("claire").post("/start", data={}))
    assert "Partner university: Please fill this in." in page


def test_of_very_many_the_first_are_named_and_the_others_counted(summary):
    lines = summary({f"studied.{row}.title": ["missing"] for row in range(30)})
    assert len(lines) == 21
    assert lines[-1] == "and 10 more"


def test_a_form_of_the_office_names_its_fields(sign_in):
    page = text_of(sign_in("claire").post("/semesters", data={}))
    assert "Partner university:" in page
    assert "hei_id" not in page


def test_no_file_is_no_file_and_not_an_empty_one(sign_in):
    answer = sign_in("claire").post("/contracts/import", data={})
    assert answer.status_code == 422
    assert "Please choose a file." in text_of(answer)
