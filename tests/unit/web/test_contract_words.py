"""What a contract's readers are told is written in their notation."""

from __future__ import annotations

from web import words


def test_the_credits_of_a_warning_are_numbers_of_the_readers_language(app):
    params = {"recognised": "30", "studied": "31.5"}
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        said = words.warning_sentence("recognised_below_studied", params)
    assert "31,5" in said


def test_a_title_that_looks_like_a_number_stays_as_it_was_written(app):
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        assert "007.0" in words.warning_sentence("without_credits", {"title": "007.0"})
