"""Whatever is uploaded is refused by name, with a line, quickly and in little memory.

Every file is linted in a process of its own, so that one file's memory cannot
hide another's.
"""

import pytest

from engine.definitions import Bundle, Severity, lint, lint_file
from tests.security import (
    hostile_bpmn,
    hostile_flow,
    hostile_namespaces,
    hostile_xml,
    hostile_zip,
)
from tests.security.hostile_xml import GOOD, Hostile
from tests.security.measured import CATALOGUE, linted, opened

WHOLE = {"too_many_problems", "bundle_too_large"}
SECONDS = 1.0
MEBIBYTES = 64

DIAGRAMS = [
    row
    for module in (hostile_xml, hostile_bpmn, hostile_namespaces, hostile_flow)
    for family in module.FAMILIES
    for row in family()
]
ARCHIVES = [row for family in hostile_zip.FAMILIES for row in family()]


def _name(row: Hostile) -> str:
    return row[0].encode("ascii", "backslashreplace").decode()


@pytest.mark.parametrize(("name", "data", "codes"), DIAGRAMS, ids=map(_name, DIAGRAMS))
def test_a_hostile_diagram_is_refused(apart, name, data, codes):
    problems, seconds, mebibytes = apart(linted, data)
    errors = [each for each in problems if each.severity is Severity.ERROR]
    assert codes & {each.code for each in errors}, [(each.code, each.message) for each in problems]
    assert all(each.line >= 1 for each in errors if each.code not in WHOLE)
    assert seconds <= SECONDS
    assert mebibytes <= MEBIBYTES


@pytest.mark.parametrize(("name", "data", "codes"), ARCHIVES, ids=map(_name, ARCHIVES))
def test_a_hostile_archive_is_refused(apart, name, data, codes):
    problems, seconds, mebibytes = apart(opened, data() if callable(data) else data)
    errors = {each.code for each in problems if each.severity is Severity.ERROR}
    assert codes & errors, [(each.code, each.message) for each in problems]
    assert seconds <= SECONDS
    assert mebibytes <= MEBIBYTES


def test_there_are_enough_of_them():
    assert len(DIAGRAMS) >= 150
    assert len({name for name, _, _ in DIAGRAMS + ARCHIVES}) == len(DIAGRAMS) + len(ARCHIVES)


def test_one_hostile_file_alone_is_refused_too():
    for name, data, _ in DIAGRAMS:
        if len(data) < 10_000:
            assert lint_file("uploads/p.bpmn", data, CATALOGUE), name


def test_the_harmless_pattern_of_them_all_is_accepted():
    problems = lint(Bundle("p", {"p.bpmn": GOOD.encode()}), CATALOGUE)
    assert [each.code for each in problems if each.severity is Severity.ERROR] == []


def test_nothing_outside_is_read_or_written(monkeypatch):
    lint(Bundle("p", {"p.bpmn": GOOD.encode()}), CATALOGUE)
    touched: list[str] = []

    def forbid(path, *arguments, **options):
        touched.append(str(path))
        raise AssertionError(path)

    monkeypatch.setattr("builtins.open", forbid)
    monkeypatch.setattr("socket.socket", forbid)
    for _, data, _ in DIAGRAMS:
        if len(data) < 10_000:
            lint(Bundle("p", {"p.bpmn": data}), CATALOGUE)
    assert touched == []
