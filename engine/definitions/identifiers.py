"""Ids are unique and harmless, references name what they should."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.definitions.model import FLOW_NODES
from engine.definitions.normalize import executed_processes, resolve_qname
from engine.definitions.problems import Severity
from engine.definitions.report import Place, Report, place
from engine.definitions.vocabulary import (
    DOCUMENTATION,
    EXECUTED,
    FLOW_NODE,
    QNAME_ATTRIBUTES,
    QNAME_TEXTS,
    REFERENCES,
    TEXT_REFERENCES,
)
from engine.definitions.xmlns import Node, attribute, bpmn_elements, is_bpmn, local_name, text_of

_NEEDS_ID = FLOW_NODES | {
    "process",
    "sequenceFlow",
    "lane",
    "message",
    "error",
    "escalation",
    "signal",
    "correlationProperty",
}
_BUNDLE_WIDE = FLOW_NODES | {"process", "sequenceFlow"}
_SHARED = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_ALL_FLOW_NODES = FLOW_NODES | {
    "manualTask",
    "scriptTask",
    "complexGateway",
    "adHocSubProcess",
    "transaction",
}
_HINTS = frozenset({"incoming", "outgoing"})

Sources = Sequence[tuple[str, Node]]


def check_identifiers(sources: Sources, report: Report) -> None:
    """Report missing, doubled and reserved ids over all diagrams of a bundle."""
    across: dict[str, tuple[Node, str]] = {}
    shared: dict[tuple[str, str], str] = {}
    for file, root in sources:
        within: dict[str, tuple[Node, str]] = {}
        for node in bpmn_elements(root):
            identifier, local = attribute(node, "id"), local_name(node)
            if not identifier:
                if local in _NEEDS_ID:
                    _report_missing(local, place(file, node), report)
                continue
            first = within.setdefault(identifier, (node, file))
            if local in _BUNDLE_WIDE:
                first = across.setdefault(identifier, first)
            if first[0] is not node:
                other = place(first[1], first[0])
                _report_duplicate(identifier, other, place(file, node), report)
            if local in _SHARED:
                _check_shared(file, node, identifier, shared, report)
            if local in EXECUTED:
                _check_name(file, node, identifier, report)


def _report_missing(local: str, spot: Place, report: Report) -> None:
    report.add("missing_id", spot, f"<{local}> has no id; give it one.", element=local)


def _report_duplicate(identifier: str, first: Place, spot: Place, report: Report) -> None:
    report.add(
        "duplicate_id",
        spot,
        f"The id '{identifier[:80]}' is already used in {first.file}, line {first.line};"
        " choose another.",
        other_file=first.file,
        other_line=str(first.line),
    )


def _check_shared(
    file: str,
    node: Node,
    identifier: str,
    shared: dict[tuple[str, str], str],
    report: Report,
) -> None:
    """Files may repeat a message, an error or an escalation if they mean the same."""
    local = local_name(node)
    meaning = attribute(node, _SHARED[local])
    if shared.setdefault((local, identifier), meaning) != meaning:
        message = f"Another file gives '{identifier[:80]}' another meaning; rename one of them."
        report.add("duplicate_id", place(file, node), message)


def _check_name(file: str, node: Node, identifier: str, report: Report) -> None:
    reserved = (
        identifier in _RESERVED
        or identifier.endswith(_RESERVED_ENDS)
        or (identifier.startswith("__") and identifier.endswith("__"))
    )
    if reserved:
        message = f"The id '{identifier[:80]}' is reserved for the engine; choose another."
        report.add("reserved_id", place(file, node), message)
    elif not _ID.fullmatch(identifier):
        message = "An id is made of at most 100 letters without accents, digits, '_', '-' and '.'."
        report.add("invalid_id", place(file, node), message)


def check_references(file: str, root: Node, report: Report) -> None:
    """Report references to nothing, or to something of the wrong kind."""
    kinds: dict[str, str] = {}
    for node in bpmn_elements(root):
        if identifier := attribute(node, "id"):
            kinds.setdefault(identifier, local_name(node))
    for node in _executed_nodes(root):
        local = local_name(node)
        for name, value in node.attrib.items():
            if name in QNAME_ATTRIBUTES:
                target = _resolve(file, node, str(value), report)
                wanted = REFERENCES.get((local, str(name)))
                if target is not None and wanted is not None:
                    _check_target(file, node, str(name), target, wanted, kinds, report)
        if local in QNAME_TEXTS:
            target = _resolve(file, node, text_of(node), report)
            if target is not None and local in TEXT_REFERENCES:
                _check_target(file, node, local, target, TEXT_REFERENCES[local], kinds, report)


def _executed_nodes(root: Node) -> Iterator[Node]:
    """Elements that count: not those of processes that are not executed."""
    executed = executed_processes(root)
    for top in root:
        if not is_bpmn(top) or local_name(top) in DOCUMENTATION:
            continue
        if local_name(top) != "process" or top in executed:
            yield from bpmn_elements(top)


def _resolve(file: str, node: Node, value: str, report: Report) -> str | None:
    if local_name(node) in DOCUMENTATION:
        return None
    target = resolve_qname(node, value)
    if target is None:
        prefix = value.strip().rpartition(":")[0][:80]
        message = f"The prefix '{prefix}' is not declared; write the bare id."
        report.add("unresolved_prefix", place(file, node), message, prefix=prefix)
    return target


def _check_target(
    file: str,
    node: Node,
    name: str,
    target: str,
    wanted: frozenset[str],
    kinds: dict[str, str],
    report: Report,
) -> None:
    kind = kinds.get(target)
    if kind in wanted or (FLOW_NODE in wanted and kind in _ALL_FLOW_NODES):
        return
    if kind is not None and name == "flowNodeRef":
        return  # a lane may list data elements and refused tasks; those are reported themselves
    found = f"is a <{kind}>" if kind else "does not exist in this file"
    report.add(
        "dangling_reference",
        place(file, node),
        f"{name} of <{local_name(node)}> names '{target[:80]}', which {found}; mend it.",
        severity=Severity.WARNING if name in _HINTS else None,
        reference=name,
        target=target[:80],
    )
