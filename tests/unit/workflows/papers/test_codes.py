"""Verification codes."""

import pytest

from workflows.papers.codes import ALPHABET, new_code, shown, understood, verification


def test_codes_are_long_random_and_easy_to_read():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    ["7ZKD-0M4Q-AAAA-1111", "7zkd0m4qaaaa1111", " 7ZKD OM4Q AAAA IIll "],
)
def test_a_code_is_understood_as_people_type_it(typed):
    assert understood(typed) == "7ZKD0M4QAAAA1111"


@pytest.mark.parametrize(
    "typed", ["", "7ZKD", "7ZKD-0M4Q-AAAA-111U", "7ZKD-0M4Q-AAAA-1111-1", "é" * 16, "7" * 500, "\0"]
)
def test_other_texts_are_no_code(typed):
    assert understood(typed) is None


def test_the_picture_leads_to_the_page(office):
    said = verification(office, "7ZKD0M4QAAAA1111")
    assert said["code"] == shown("7ZKD0M4QAAAA1111") == "7ZKD-0M4Q-AAAA-1111"
    assert said["address"] == "https://mobility.example.org/verify"
    assert said["qr"].startswith("<?xml")
