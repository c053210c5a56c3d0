"""The drawing shows what is executed."""

from __future__ import annotations

from engine.definitions.extract import FileFacts
from engine.definitions.report import Place, Placed, Report
from engine.definitions.xmlns import BPMNDI, Node, attribute


def drawn_ids(root: Node) -> frozenset[str] | None:
    """The ids of the elements in the drawing of a file; None if it has no drawing."""
    if root.find(f"{{{BPMNDI}}}BPMNDiagram") is None:
        return None
    found = set()
    for local in ("BPMNShape", "BPMNEdge"):
        for node in root.iter(f"{{{BPMNDI}}}{local}"):
            found.add(attribute(node, "bpmnElement").rpartition(":")[2].strip())
    return frozenset(found)


def check_drawing(facts: FileFacts, drawn: frozenset[str] | None, report: Report) -> None:
    """Report executed elements that nobody sees: they would run unnoticed."""
    if drawn is None:
        message = "The file has no drawing, so nobody can see the process."
        report.add("not_drawn", Place(facts.file, 1, ""), message)
        return
    items: list[Placed] = [*facts.elements, *facts.flows]
    for item in items:
        if item.id not in drawn:
            message = f"'{item.id}' is executed but not in the drawing; draw or remove it."
            report.add("not_drawn", item, message)
