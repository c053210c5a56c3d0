"""The drawing shows what is executed."""

from __future__ import annotations

from engine.definitions.extract import FileFacts
from engine.definitions.report import Place, Placed, Report
from engine.definitions.xmlns import BPMNDI, Node, attribute


def take_drawing(root: Node) -> frozenset[str] | None:
    """Take the drawing out of a parsed file; the ids of what it shows, None if there is none.

    Nothing in it is executed, so the checks need not look at it again.
    """
    diagrams = root.findall(f"{{{BPMNDI}}}BPMNDiagram")
    found = set()
    for diagram in diagrams:
        for local in ("BPMNShape", "BPMNEdge"):
            for node in diagram.iter(f"{{{BPMNDI}}}{local}"):
                found.add(attribute(node, "bpmnElement").rpartition(":")[2].strip())
        root.remove(diagram)
    return frozenset(found) if diagrams else None


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
