"""Whatever people read is there in three languages: diagrams, forms, words of mails and papers."""

from __future__ import annotations

import json
import re
from string import Template

import pytest
from lxml import etree

from tests.builders_domain import ROOT

BUNDLES = sorted((ROOT / "bpmn").iterdir())
WORDS = sorted((ROOT / "workflows").rglob("words.json"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
NAMED = "//bpmn:process//*[@name][not(self::s:property or self::bpmn:inputDataItem)]"
TEXTS = "bpmn:extensionElements/s:properties/s:property[normalize-space(@value)]/@name"


def diagrams_of(folder):
    return [etree.parse(str(path)) for path in sorted(folder.glob("*.bpmn"))]


@pytest.mark.parametrize("folder", BUNDLES, ids=lambda path: path.name)
def test_names_and_instructions_of_a_diagram(folder):
    missing = []
    for diagram in diagrams_of(folder):
        for node in diagram.xpath(NAMED, namespaces=NS):
            wanted = {"name.en", "name.es"}
            if etree.QName(node).localname == "userTask":
                wanted |= {"instruction.fr", "instruction.en", "instruction.es"}
            left = wanted - set(node.xpath(TEXTS, namespaces=NS))
            missing += [f"{node.get('id')}: {name}" for name in sorted(left)]
    assert missing == []


@pytest.mark.parametrize(
    "path",
    [path for folder in BUNDLES for path in sorted(folder.glob("forms/*.json"))],
    ids=lambda path: f"{path.parent.parent.name}/{path.stem}",
)
def test_labels_descriptions_and_options_of_a_form(path):
    missing = []
    for component in json.loads(path.read_text(encoding="utf-8"))["components"]:
        for owner in (component, *component.get("values", ())):
            wanted = {
                f"{text}.{language}"
                for text in ("label", "description")
                if owner.get(text)
                for language in ("en", "es")
            }
            there = {name for name, text in owner.get("properties", {}).items() if text.strip()}
            left = wanted - there
            missing += [f"{component['key']}: {name}" for name in sorted(left)]
    assert missing == []


@pytest.mark.parametrize(
    "path", WORDS, ids=lambda path: str(path.parent.relative_to(ROOT / "workflows"))
)
def test_words_of_mails_and_papers(path):
    """The same words with the same values, none empty, and none left in French by mistake."""
    words = json.loads(path.read_text(encoding="utf-8"))
    assert words.keys() == {"fr", "en", "es"}
    flat = {language: dict(leaves(words[language])) for language in words}
    assert flat["en"].keys() == flat["fr"].keys() == flat["es"].keys()
    for name, french in flat["fr"].items():
        for language in ("en", "es"):
            text = flat[language][name]
            assert text.strip(), (language, name)
            assert values(text) == values(french), (language, name)


def leaves(node, path=""):
    """The texts of a tree, each with its path."""
    if isinstance(node, str):
        yield path, node
        return
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in pairs:
        yield from leaves(child, f"{path}.{name}")


def values(text):
    """What is put into a text, in either way of writing it."""
    return {*re.findall(r"\{(\w+)\}", text), *Template(text).get_identifiers()}


def test_there_is_something_to_look_at():
    assert len(BUNDLES) >= 12
    assert len(WORDS) >= 6
