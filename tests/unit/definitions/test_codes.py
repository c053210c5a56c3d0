"""Every code is produced by a fixture, on the right element and with a line."""

import pytest

from engine.definitions import Problem, Severity, lint
from engine.definitions.codes import CODES, problem
from tests.unit.definitions.diagrams import catalogue
from tests.unit.definitions.faults import FAULTS

ZIP_ONLY = {"zip_malformed", "zip_bomb", "zip_link", "zip_encrypted"}
OF_THE_WHOLE_BUNDLE = {
    "bundle_key_invalid",
    "bundle_too_large",
    "too_many_files",
    "unsafe_file_name",
    "duplicate_file_name",
    "no_process",
    "too_many_problems",
}


def _named(row: tuple[str, object, str]) -> str:
    return row[0]


@pytest.mark.parametrize(("code", "bundle", "element"), FAULTS, ids=map(_named, FAULTS))
def test_a_fault_is_named_where_it_is(code, bundle, element):
    problems = lint(bundle, catalogue())
    found = [each for each in problems if each.code == code]
    assert found, [(each.code, each.message) for each in problems]
    assert element in {each.element_id for each in found}
    for each in problems:
        assert each.line >= 1 or each.code in OF_THE_WHOLE_BUNDLE, each
        assert each.message.endswith((".", ")")), each


def test_every_code_has_a_fixture():
    assert {code for code, _, _ in FAULTS} | ZIP_ONLY == set(CODES)


def test_no_other_codes_are_emitted():
    emitted = {each.code for _, bundle, _ in FAULTS for each in lint(bundle, catalogue())}
    assert emitted <= set(CODES)


def test_every_code_has_a_meaning_of_one_line():
    assert all(code.meaning and "\n" not in code.meaning for code in CODES.values())


def test_an_unknown_code_cannot_be_used():
    with pytest.raises(KeyError):
        problem("no_such_code", "x")


def test_errors_stop_a_deployment_and_hints_do_not():
    assert CODES["script_task"].severity is Severity.ERROR
    assert CODES["no_default_flow"].severity is Severity.WARNING


def test_a_problem_is_a_value():
    one = problem("script_task", "No.", file="a.bpmn", line=3, element_id="s", element="scriptTask")
    assert one == Problem(
        Severity.ERROR, "script_task", "No.", "a.bpmn", "s", 3, {"element": "scriptTask"}
    )
