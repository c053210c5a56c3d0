"""The modelers' words exist in French and Spanish; what the engine names has words of its own."""

import json
import re

import pytest

from engine.approvals import options_of
from engine.approvals.registry import installed_steps
from tests.servers import ROOT

STUDIO = ROOT / "web" / "frontend" / "src" / "studio"
SAID = re.compile(r"translate\(\s*'([^']+)'")
LABEL = re.compile(r"^  (\w+): '([^']+)',$", re.MULTILINE)
LABELS = dict(LABEL.findall((STUDIO / "diagram_labels.js").read_text()))


@pytest.fixture(scope="module")
def dictionaries():
    """The words of the editors by language."""
    return {
        language: json.loads((STUDIO / "words" / f"{language}.json").read_text())
        for language in ("fr", "es")
    }


def test_both_languages_have_the_same_words_and_none_is_empty(dictionaries):
    assert dictionaries["fr"].keys() == dictionaries["es"].keys()
    assert all(text.strip() for words in dictionaries.values() for text in words.values())


def test_what_our_own_modules_say_is_translated(dictionaries):
    sources = STUDIO.glob("diagram_*.js")
    said = {text for source in sources for text in SAID.findall(source.read_text())}
    assert len(said) > 40
    assert {*said, *LABELS.values()} - dictionaries["fr"].keys() == set()


def test_a_translation_names_no_value_that_the_text_has_not(dictionaries):
    texts = [pair for words in dictionaries.values() for pair in words.items()]
    assert [said for said, text in texts if values_in(text) - values_in(said)] == []


def values_in(text):
    return set(re.findall(r"{\w+}", text))


def test_every_kind_of_the_engine_and_its_options_have_words():
    kinds = {kind: step for kind, step in installed_steps().items() if kind != "veto"}
    options = {option.name for step in kinds.values() for option in options_of(step)}
    assert {*kinds, *options} - LABELS.keys() == set()
