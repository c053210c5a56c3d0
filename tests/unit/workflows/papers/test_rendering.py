"""Documents as PDF/A: whatever somebody typed comes out as it was typed."""

import json
import re
from datetime import timedelta

import pytest

from tests.builders_papers import pdf_a_problems, text_of
from workflows.papers import rendering
from workflows.papers.codes import verification
from workflows.papers.rendering import ROOT, legible, render, words
from workflows.typography import FRENCH_SPACE

HOSTILE = [
    '#eval("1 + 1")',
    "#set page(fill: red)",
    '#read("/papers/words.json")',
    "*bold* _it_ $x^2$ `raw` <label> @reference",
    '"] }) // no comment /* either */',
    "\\u{41} \\ #{ } {name} {other}",
    "= heading",
    "<script>alert(1)</script>",
]


def spaceless(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_a_document_is_tagged_pdf_a_in_its_language(letter, data, office, at, language):
    data |= {"language": language, "verification": verification(office, "7ZKD0M4QAAAA1111")}
    made = render(letter, data, at=at)
    assert pdf_a_problems(made, language) == []
    assert "7ZKD-0M4Q-AAAA-1111" in text_of(made)


@pytest.mark.parametrize("typed", HOSTILE)
def test_typst_in_a_name_is_a_name(letter, data, at, typed):
    made = render(letter, data | {"student": typed, "rows": [[typed, "6"]]}, at=at)
    assert spaceless(text_of(made)).count(spaceless(typed)) == 2
    assert pdf_a_problems(made, "fr") == []


def test_equal_input_gives_equal_bytes(letter, data, at):
    assert render(letter, data, at=at) == render(letter, dict(data), at=at)
    assert render(letter, data, at=at) != render(letter, data, at=at + timedelta(days=1))


def test_what_no_typeface_shows_breaks_nothing(letter, data, at):
    name = "Лев Żółć Ελένη Nguyễn 林 😀 \u202eevil\u202c \x07 bell\ttab א"
    made = render(letter, data | {"student": name, "title": name}, at=at)
    assert pdf_a_problems(made, "fr") == []
    assert "Лев Żółć Ελένη Nguyễn \ufffd \ufffd evil" in text_of(made)


def test_every_legible_character_has_a_typeface(letter, data, at):
    everything = "".join(chr(c) for c in range(0x20, 0x2300) if legible(chr(c)) == chr(c))
    assert len(everything) > 1500
    assert pdf_a_problems(render(letter, data | {"student": everything}, at=at), "fr") == []


def test_combining_accents_become_one_character():
    assert legible("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize("name", ["sample/other", "letter", "../secret/x", "sample/letter.typ", ""])
def test_an_unknown_template_is_named(letter, data, at, name):
    with pytest.raises(LookupError):
        render(name, data, at=at)


def test_a_language_without_words_is_an_error_not_another_language(letter, data, at):
    with pytest.raises(LookupError):
        render(letter, data | {"language": "de"}, at=at)


def catalogues():
    return [rendering.ROOT / "papers" / "words.json", *rendering.ROOT.glob("*/papers/words.json")]


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parents[1].name)
def test_every_word_of_a_document_exists_in_three_languages(path):
    words = json.loads(path.read_text())
    assert list(words) == ["fr", "en", "es"]
    place = re.compile(r"\{(\w+)\}")
    for key, text in words["en"].items():
        for language in ("fr", "es"):
            said = words[language][key]
            assert said.strip()
            assert sorted(place.findall(said)) == sorted(place.findall(text)), key
    assert words["en"].keys() == words["fr"].keys() == words["es"].keys()


@pytest.mark.parametrize(
    "folder", sorted(path.parent.parent.name for path in ROOT.glob("*/papers/words.json"))
)
def test_no_line_of_a_french_document_begins_with_its_punctuation(folder):
    french = words(folder, "fr")
    assert "\u00a0" in "".join(french.values())
    assert [text for text in french.values() if FRENCH_SPACE.search(text)] == []
