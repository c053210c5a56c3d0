"""The properties panel sets what the engine reads, all of it and nothing else."""

from __future__ import annotations

import re

import pytest

from engine.approvals.builtin import COMMON_OPTIONS
from engine.definitions.normalize import OUR_EXTENSIONS
from engine.definitions.properties import PROPERTIES
from engine.definitions.vocabulary import EXECUTED
from tests.builders_panel import WRITTEN
from tests.servers import ROOT

PANEL = (ROOT / "web/frontend/src/studio/diagram_panel.js").read_text(encoding="utf-8")
FIELD = r"#(?:text|feel|choice|own)\(element, ['`]([\w.]+)['`]"
WRITTEN_AT_THE_NAME = "name.fr"
"""The French name is the diagram's own; a file may still say it as a property."""


def offered():
    """The properties for which the panel has a field."""
    fields = set(re.findall(FIELD, PANEL))
    languages = {"en": "Name in English", "es": "Name in Spanish"}
    fields |= {f"name.{code}" for code, label in languages.items() if label in PANEL}
    fields |= {
        f"instruction.{code}"
        for code, language in {"fr": "French", "en": "English", "es": "Spanish"}.items()
        if f"Instruction in {language}" in PANEL
    }
    return fields - {f"approval.{each}" for each in COMMON_OPTIONS}


def read():
    return frozenset().union(*PROPERTIES.values()) - {WRITTEN_AT_THE_NAME}


def test_the_panel_has_a_field_for_every_property_and_for_nothing_else():
    assert offered() == read()


def test_the_panel_has_a_field_for_what_every_approval_understands():
    assert set(re.findall(FIELD, PANEL)) >= {f"approval.{each}" for each in COMMON_OPTIONS}


@pytest.mark.parametrize("name", sorted(read()))
def test_what_the_panel_sets_is_read_by_the_engine_and_set_in_a_test(name):
    spelled = re.compile(rf"['\"](?:{re.escape(name)}|{name.partition('.')[0]}\.)")
    readers = [
        path
        for path in (ROOT / "engine").rglob("*.py")
        if path.name != "properties.py" and spelled.search(path.read_text(encoding="utf-8"))
    ]
    assert readers, f"nothing in the engine reads {name}"
    word = re.compile(rf"\b{re.escape(name)}\b")
    bundles = [*(ROOT / "bpmn").glob("*/*.bpmn"), *(ROOT / "tests").rglob("*.py")]
    assert any(word.search(path.read_text(encoding="utf-8")) for path in bundles)


@pytest.mark.parametrize("word", sorted(set(WRITTEN.values())))
def test_what_the_panel_writes_as_bpmn_is_executed_in_a_test(word):
    """That the panel has these fields and no others is seen in the browser: the editor's walk."""
    assert word in {*EXECUTED, *OUR_EXTENSIONS}.union(*EXECUTED.values())
    rooms = [
        path
        for each in ("kernel", "definitions")
        for path in (ROOT / "engine" / each).rglob("*.py")
    ]
    readers = [path for path in rooms if path.name != "vocabulary.py" and says(path, word)]
    assert readers, f"nothing in the engine reads {word}"
    kernel = [
        *(ROOT / "tests/unit/kernel").glob("*.py"),
        *(ROOT / "tests/unit/definitions").glob("*.py"),
    ]
    assert any(says(path, word) for path in kernel), f"no test executes {word}"


def says(path, word):
    return re.search(rf"\b{word}\b", path.read_text(encoding="utf-8")) is not None
