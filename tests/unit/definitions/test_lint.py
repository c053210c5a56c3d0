"""The rules that fixtures of single codes do not show."""

import threading

import pytest

from engine.definitions import Bundle, Severity, describe, lint, lint_file
from engine.feel import Feel
from tests.unit.definitions.diagrams import (
    END,
    START,
    around,
    bundle,
    catalogue,
    diagram,
    event,
    flow,
    service,
    single,
    user,
)
from tests.unit.definitions.faulty import INNER, MESSAGE, ON_MESSAGE, dmn, parallel, with_root


def _codes(problems, severity=None):
    return {each.code for each in problems if severity in (None, each.severity)}


CALL = diagram(single('<bpmn:callActivity id="a" calledElement="other"/>'))


def test_an_absent_partner_is_a_warning_for_a_file_alone_and_an_error_in_a_bundle():
    alone = lint_file("bpmn/main.bpmn", CALL, catalogue())
    assert "unknown_process" in _codes(alone, Severity.WARNING)
    assert _codes(alone, Severity.ERROR) == set()
    assert {each.file for each in alone} == {"bpmn/main.bpmn"}
    together = lint(Bundle("main", {"main.bpmn": CALL}), catalogue())
    assert "unknown_process" in _codes(together, Severity.ERROR)


def test_messages_alone_may_start_a_process():
    opened = event("startEvent", "s2", ON_MESSAGE) + flow("s2", "end")
    assert _codes(lint(with_root(END + opened, MESSAGE), catalogue()), Severity.ERROR) == set()


def test_starts_may_meet_again_at_an_exclusive_gateway():
    opened = event("startEvent", "s2", ON_MESSAGE) + flow("s2", "g")
    body = around(("g", '<bpmn:exclusiveGateway id="g"/>'), ("a", user("a")), extra=opened)
    assert _codes(lint(with_root(body, MESSAGE), catalogue()), Severity.ERROR) == set()


def test_a_table_or_a_form_alone_needs_no_process():
    assert lint_file("t.dmn", dmn(), catalogue()) == []
    assert lint_file("draft.json", b'{"id": "f"}', catalogue()) == []
    assert lint_file("notes.txt", b"hello", catalogue()) == []
    found = lint_file("x/draft.JSON", b"{", catalogue())
    assert [(each.code, each.file) for each in found] == [("form_malformed", "x/draft.JSON")]


def test_a_decision_that_a_used_one_stands_on_is_used():
    files = {
        "t.dmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        b'<decision id="step"/><decision id="limit">'
        b'<requiredDecision href="#step"/></decision></definitions>'
    }
    task = '<bpmn:businessRuleTask id="a">{}</bpmn:businessRuleTask>'
    named = (
        "<bpmn:extensionElements><spiffworkflow:calledDecisionId>limit"
        "</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    )
    used = bundle(single(task.format(named)), **files)
    assert "unused_file" not in _codes(lint(used, catalogue()))
    assert "unused_file" in _codes(lint(bundle(around(), **files), catalogue()))


def test_problems_of_other_compilers_pass_through():
    files = {"forms/f.json": b'{"id": "f", "broken": true}'}
    problems = lint(bundle(around(), **files), catalogue())
    assert "form_component" in _codes(problems)


def test_a_catalogue_without_compilers_is_enough():
    offer = catalogue(compile_form=None, parse_decisions=None, check_timer=None, calendars=None)
    files = {"forms/f.json": b'{"id": "f"}', "t.dmn": dmn()}
    assert _codes(lint(bundle(around(), **files), offer), Severity.ERROR) == set()


def test_problems_come_by_file_and_line():
    body = around(("a", user("a", page="x")), ("b", user("b", page="y")))
    problems = lint(bundle(body), catalogue())
    assert [each.line for each in problems] == sorted(each.line for each in problems)


def _nested_error(boundary: str) -> Bundle:
    end = event("endEvent", "e2", '<bpmn:errorEventDefinition errorRef="x"/>')
    sub = '<bpmn:subProcess id="a"><bpmn:startEvent id="s2"/>' + end + flow("s2", "e2")
    body = single(sub + "</bpmn:subProcess>", extra=boundary)
    root = '<bpmn:error id="x" errorCode="late"/><bpmn:error id="z" errorCode="other"/>'
    return Bundle("main", {"main.bpmn": diagram(body, root=root)})


def _catch(reference: str) -> str:
    definition = f"<bpmn:errorEventDefinition {reference}/>"
    return event("boundaryEvent", "b", definition, 'attachedToRef="a"') + flow("b", "end")


@pytest.mark.parametrize(
    ("boundary", "caught"),
    [
        ("", False),
        (_catch('errorRef="z"'), False),
        (_catch('errorRef="x"'), True),
        (_catch(""), True),
    ],
)
def test_an_error_needs_a_boundary_event_of_its_code_or_of_any(boundary, caught):
    problems = lint(_nested_error(boundary), catalogue())
    assert ("uncaught_error" not in _codes(problems)) is caught


def _called_error(catch: str) -> Bundle:
    end = event("endEvent", "e2", '<bpmn:errorEventDefinition errorRef="x"/>')
    called = '<bpmn:startEvent id="s2"/>' + end + flow("s2", "e2")
    root = '<bpmn:error id="x" errorCode="late"/>'
    call = single('<bpmn:callActivity id="a" calledElement="other"/>', extra=catch)
    return Bundle(
        "main",
        {
            "main.bpmn": diagram(call, root=root),
            "other.bpmn": diagram(called, key="other", root=root),
        },
    )


def test_an_error_of_a_called_process_is_caught_by_its_caller():
    assert "uncaught_error" in _codes(lint(_called_error(""), catalogue()), Severity.ERROR)
    assert "uncaught_error" not in _codes(lint(_called_error(_catch("")), catalogue()))
    alone = _called_error("").files["other.bpmn"]
    found = lint_file("other.bpmn", alone, catalogue())
    assert "uncaught_error" in _codes(found, Severity.WARNING)


def test_branches_that_may_run_together_are_warned_of_and_those_that_do_are_refused():
    both = (service("a", resultVariable="x"), service("b", resultVariable="x"))
    certain = lint(parallel(*both), catalogue())
    perhaps = lint(parallel(*both, "inclusiveGateway"), catalogue())
    assert "parallel_write" in _codes(certain, Severity.ERROR)
    assert "parallel_write" in _codes(perhaps, Severity.WARNING)
    apart = (service("a", resultVariable="x"), service("b", resultVariable="y"))
    assert "parallel_write" not in _codes(lint(parallel(*apart), catalogue()))


def test_writes_are_seen_inside_subprocesses_forms_and_tables():
    rule = (
        '<bpmn:businessRuleTask id="a"><bpmn:extensionElements><spiffworkflow:calledDecisionId>'
        "limit</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
    )
    inner = (
        '<bpmn:startEvent id="s2"/>'
        + user("t", page="", form="f")
        + '<bpmn:endEvent id="e2"/>'
        + flow("s2", "t")
        + flow("t", "e2")
    )
    sub = f'<bpmn:subProcess id="b">{inner}</bpmn:subProcess>'
    files = {"t.dmn": dmn(), "forms/f.json": b'{"id": "f", "keys": ["deadline"]}'}
    problems = lint(parallel(rule, sub, **files), catalogue())
    found = [each for each in problems if each.code == "parallel_write"]
    assert [each.element_id for each in found] == ["t"]


def test_a_branch_beside_a_running_activity_is_a_branch_too():
    boundary = event(
        "boundaryEvent",
        "b",
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>",
        'attachedToRef="a" cancelActivity="false"',
    )
    more = boundary + service("r", resultVariable="x") + '<bpmn:endEvent id="e2"/>'
    more += flow("b", "r") + flow("r", "e2")
    body = single(service("a", resultVariable="x"), extra=more)
    assert "parallel_write" in _codes(lint(bundle(body), catalogue()))


def test_a_loop_with_a_person_in_it_is_no_automatic_loop():
    def looped(node: str) -> Bundle:
        return bundle(
            START
            + '<bpmn:exclusiveGateway id="g" default="out"/>'
            + node
            + END
            + flow("start", "g")
            + flow("g", "a", "again")
            + flow("a", "g")
            + flow("g", "end", identifier="out")
        )

    assert "automatic_loop" not in _codes(lint(looped(user("a")), catalogue()))
    assert "automatic_loop" in _codes(lint(looped('<bpmn:task id="a"/>'), catalogue()))
    person = f'<bpmn:subProcess id="a">{INNER}</bpmn:subProcess>'.replace(
        flow("s2", "e2"), user("p") + flow("s2", "p") + flow("p", "e2")
    )
    assert "automatic_loop" not in _codes(lint(looped(person), catalogue()))


def test_a_form_may_not_set_what_routes():
    form = b'{"id": "f", "keys": ["result", "fine"]}'
    body = around(("a", user("a", page="", form="f")), ("b", service("b", resultVariable="result")))
    problems = lint(bundle(body, **{"forms/f.json": form}), catalogue())
    assert [each.params for each in problems if each.code == "reserved_field"] == [
        {"field": "result"}
    ]


def test_errors_are_never_crowded_out_by_warnings():
    many = "".join(f'<bpmn:task id="t{n}"/>{flow(f"t{n}", f"t{n + 1}")}' for n in range(280))
    files = {f"{n}.json": b"" for n in range(150)}
    body = (
        START
        + flow("start", "t0")
        + many
        + '<bpmn:scriptTask id="t280"/>'
        + END
        + flow("t280", "end")
    )
    problems = lint(bundle(body, **files), catalogue())
    assert any(each.severity is Severity.ERROR for each in problems)
    assert len(problems) <= 501


def test_lint_can_run_in_many_threads_at_once():
    good = bundle(around(("a", user("a"))))
    bad = bundle(around() + "<bpmn:textAnnotation id='n'/><bpmn:task id='late'/>")
    results: list[set[str]] = []

    def work(each: Bundle) -> None:
        results.extend(_codes(lint(each, catalogue()), Severity.ERROR) for _ in range(30))

    threads = [threading.Thread(target=work, args=(each,)) for each in (good, bad) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(sorted, results)) == [[]] * 90 + [["structure_invalid"]] * 90


def test_lint_leaves_the_upload_and_the_next_description_alone():
    one = bundle(around(("a", user("a"))))
    before = dict(one.files)
    lint(one, catalogue())
    assert dict(one.files) == before
    assert set(describe(one).elements) == {"start", "a", "end"}


PAYLOADS = [
    "__import__('os').system('id')",
    "open('/etc/passwd').read()",
    "().__class__.__bases__[0]",
    "lambda: 0",
    "x == 1",
    "not x",
    'exec("1")); (1',
    "a if b else c",
    "f'{x}'",
    "require('child_process').exec('id')",
    "while(true){}",
    "`id`",
    "${7*7}",
    "#{7*7}",
    "{{7*7}}",
    "'; DROP TABLE instance; --",
]


@pytest.fixture(scope="module")
def feel():
    return Feel()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_code_in_another_language_is_no_condition(feel, payload):
    text = payload.replace("&", "&amp;").replace("<", "&lt;")
    body = (
        START
        + '<bpmn:exclusiveGateway id="g" default="no"/>'
        + END
        + flow("start", "g")
        + flow("g", "end", text)
        + flow("g", "end", identifier="no")
    )
    problems = lint(bundle(body), catalogue(feel=feel))
    found = [each for each in problems if each.code == "expression_invalid"]
    assert [each.element_id for each in found[:1]] == ["g_to_end"]
    assert found[0].severity is Severity.ERROR
    assert found[0].line >= 1
