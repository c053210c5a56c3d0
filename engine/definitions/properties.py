"""The extension properties: which may stand where, and in which form."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.normalize import executed_processes
from engine.definitions.report import Report, place
from engine.definitions.xmlns import (
    Node,
    attribute,
    bpmn_elements,
    children,
    local_name,
    spiff,
)

_NAMES = frozenset({"name.fr", "name.en", "name.es"})
_SERVICE = _NAMES | {"service", "retries", "backoff", "resultVariable"}

PROPERTIES: Mapping[str, frozenset[str]] = {
    "process": _NAMES | {"timeZone", "calendar", "routingVariables", "restricted"},
    "lane": _NAMES | {"candidateGroup"},
    "userTask": _NAMES
    | {
        "instruction.fr",
        "instruction.en",
        "instruction.es",
        "form",
        "page",
        "handler",
        "approval",
        "resultVariable",
        "dueDate",
        "followUpDate",
        "priority",
        "candidateGroup",
        "bulk",
    },
    "serviceTask": _SERVICE,
    "sendTask": _SERVICE,
    "intermediateThrowEvent": _NAMES | {"businessKey"},
    "endEvent": _NAMES | {"businessKey"},
}
"""Properties by element; every other element may carry its names only."""

PREFIXES: Mapping[str, str] = {
    "userTask": "approval.",
    "serviceTask": "param.",
    "sendTask": "param.",
}
"""Properties whose name goes on freely after a prefix."""


def check_properties(file: str, root: Node, report: Report) -> None:
    """Report properties that mean nothing where they stand, or stand there twice."""
    for scope in (*children(root, "collaboration"), *executed_processes(root)):
        for node in bpmn_elements(scope):
            _check_element(file, node, report)


def _check_element(file: str, node: Node, report: Report) -> None:
    seen: set[str] = set()
    for holder in children(node, "extensionElements"):
        for group in holder.findall(spiff("properties")):
            for entry in group.findall(spiff("property")):
                _check_entry(file, node, entry, seen, report)


def _check_entry(file: str, node: Node, entry: Node, seen: set[str], report: Report) -> None:
    name, local = attribute(entry, "name"), local_name(node)
    spot = place(file, entry)
    if not name or entry.get("value") is None or set(entry.attrib) - {"name", "value", "id"}:
        report.add("property_invalid", spot, "A property needs a name and a value, nothing else.")
        return
    if name in seen:
        message = f"The property '{name[:80]}' is set twice here; remove one of them."
        report.add("duplicate_property", spot, message, property=name[:80])
    seen.add(name)
    prefix = PREFIXES.get(local)
    free = prefix is not None and name.startswith(prefix) and len(name) > len(prefix)
    if not free and name not in PROPERTIES.get(local, _NAMES):
        message = f"The property '{name[:80]}' means nothing on <{local}>; mend or remove it."
        report.add("unknown_property", spot, message, property=name[:80])
