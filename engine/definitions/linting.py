"""Everything that is wrong with a bundle, in one pass over its files.

Reading, structure and meaning come in this order, and what cannot be read is
not interpreted: a file with a broken structure is not checked for its meaning.
"""

from __future__ import annotations

from pathlib import PurePath

from engine.definitions.allowed import check_allowed
from engine.definitions.bundle import Bundle, check_names
from engine.definitions.catalogue import Catalogue
from engine.definitions.checks import (
    activities,
    data,
    events,
    expressions,
    flow,
    gateways,
    joins,
    limits,
    parallel,
    people,
)
from engine.definitions.checks.context import Context
from engine.definitions.companions import compile_forms, parse_tables, read_tables
from engine.definitions.describe import Diagram, build_model, decisions_in, diagram_of, forms_in
from engine.definitions.drawing import check_drawing, take_drawing
from engine.definitions.feel_syntax import FeelSyntax
from engine.definitions.graph import levels_of
from engine.definitions.guard import read_xml
from engine.definitions.identifiers import check_identifiers, check_references
from engine.definitions.normalize import executed_processes, repair_message_paths
from engine.definitions.problems import Problem, Severity
from engine.definitions.properties import check_properties
from engine.definitions.report import Place, Report, ReportFull, place
from engine.definitions.schema import check_schema
from engine.definitions.xmlns import Node, bpmn, children

_CHECKS = (flow, gateways, joins, events, activities, people, expressions, parallel, data)


def lint(bundle: Bundle, catalogue: Catalogue) -> list[Problem]:
    """Every problem of a bundle, by file and line; never raises for bad content.

    The bundle can be deployed when none of them is an error.
    """
    report = Report()
    report.extend(check_names(bundle))
    if not report.errors:
        _lint_as_far_as_useful(bundle, catalogue, report, alone=False)
    return report.problems()


def lint_file(name: str, data: bytes, catalogue: Catalogue) -> list[Problem]:
    """The problems of one file by itself.

    What it refers to in files nobody has shown is only worth a warning. A file
    that is no diagram, decision table or form (``*.json``) has no problems.
    """
    report = Report()
    path = PurePath(name)
    inner = f"{path.stem}{path.suffix.lower()}"
    if inner.endswith(".json"):
        inner = f"forms/{inner}"
    bundle = Bundle(path.stem, {inner: data})
    _lint_as_far_as_useful(bundle, catalogue, report, alone=True)
    return [
        Problem(
            each.severity,
            each.code,
            each.message,
            name if each.file == inner else each.file,
            each.element_id,
            each.line,
            each.params,
        )
        for each in report.problems()
    ]


def _lint_as_far_as_useful(
    bundle: Bundle, catalogue: Catalogue, report: Report, *, alone: bool
) -> None:
    try:
        _lint(bundle, catalogue, report, alone=alone)
    except ReportFull:
        return  # the report says itself that there is more


def _lint(bundle: Bundle, catalogue: Catalogue, report: Report, *, alone: bool) -> None:
    tables = read_tables(bundle, report)
    feel = FeelSyntax(catalogue.feel, report)
    decisions = parse_tables(bundle, tables, catalogue, feel, report)
    forms = compile_forms(bundle, catalogue, report)
    sources = _read_diagrams(bundle, report)
    diagrams = _check_structure(sources, report)
    unreadable = len(sources) < len(bundle.names(".bpmn"))
    if diagrams is None or unreadable or (alone and not diagrams):
        return
    model = build_model(bundle, diagrams, decisions_in(tables), forms_in(bundle))
    context = Context(
        bundle=bundle,
        catalogue=catalogue,
        report=report,
        model=model,
        levels=levels_of(model),
        feel=feel,
        alone=alone,
        forms=forms,
        decisions=decisions,
    )
    _check_main_process(context)
    before = report.errors
    limits.check(context)
    if report.errors > before:
        return
    for check in _CHECKS:
        check.check(context)


def _read_diagrams(bundle: Bundle, report: Report) -> list[tuple[str, Node]]:
    """The roots of the readable BPMN files."""
    sources: list[tuple[str, Node]] = []
    for file in bundle.names(".bpmn"):
        root, found = read_xml(file, bundle.files[file])
        report.extend(found)
        if root is None:
            continue
        if root.tag != bpmn("definitions"):
            message = "The file is not a BPMN 2.0 diagram: its root is not bpmn:definitions."
            report.add("not_bpmn", Place(file, 1, ""), message)
            continue
        repair_message_paths(root)
        sources.append((file, root))
    return sources


def _check_structure(sources: list[tuple[str, Node]], report: Report) -> list[Diagram] | None:
    """The executed form of the diagrams, or None where their structure is broken."""
    before = report.errors
    drawings = {file: take_drawing(root) for file, root in sources}
    check_identifiers(sources, report)
    for file, root in sources:
        check_allowed(file, root, report)
        check_references(file, root, report)
        check_properties(file, root, report)
        _check_executable(file, root, report)
        check_schema(file, root, report)
    if report.errors > before:
        return None
    diagrams: list[Diagram] = []
    for file, root in sources:
        diagram = diagram_of(file, root)
        check_drawing(diagram.facts, drawings[file], report)
        diagrams.append(diagram)
    return diagrams


def _check_executable(file: str, root: Node, report: Report) -> None:
    processes = children(root, "process")
    if len(processes) > 1 and not executed_processes(root):
        message = "None of the processes is marked executable; mark those that are to run."
        report.add("executable_unclear", place(file, processes[0]), message)


def _check_main_process(context: Context) -> None:
    model = context.model
    if not model.processes:
        severity = Severity.WARNING if context.alone else None
        files = model.bpmn_files
        at = Place(files[0], 1, "") if files else Place("", 0, "")
        message = "There is no process to execute; draw one and mark it executable."
        context.report.add("no_process", at, message, severity=severity)
    elif not model.process_id and not context.alone:
        names = ", ".join(sorted(model.processes))[:200]
        message = (
            f"Any of {names} could be the process to start; give one the id '{context.bundle.key}'."
        )
        at = next(Place(each.file, each.line, each.id) for each in model.processes.values())
        context.report.add("main_process_unclear", at, message)
