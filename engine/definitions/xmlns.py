"""Names of the XML vocabularies a bundle may use, and small lxml helpers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

Node = etree._Element
_IN_BPMN = f"{{{BPMN}}}"


def bpmn(local: str) -> str:
    """The qualified name of a BPMN element."""
    return f"{{{BPMN}}}{local}"


def spiff(local: str) -> str:
    """The qualified name of one of our extension elements."""
    return f"{{{SPIFF}}}{local}"


def is_element(node: Node) -> bool:
    """Whether a node is an element rather than a comment or processing instruction."""
    return isinstance(node.tag, str)


@lru_cache(maxsize=4096)
def split(name: str) -> tuple[str, str]:
    """A qualified name as ``(namespace, local name)``."""
    namespace, brace, local = name.rpartition("}")
    return (namespace[1:], local) if brace else ("", local)


def local_name(node: Node) -> str:
    """The local name of an element, empty for comments and the like."""
    return split(str(node.tag))[1] if is_element(node) else ""


def is_bpmn(node: Node) -> bool:
    """Whether an element belongs to the BPMN semantic model."""
    return is_element(node) and str(node.tag).startswith(_IN_BPMN)


def children(node: Node, local: str) -> list[Node]:
    """The direct BPMN children with that local name."""
    return node.findall(bpmn(local))


def child(node: Node, local: str) -> Node | None:
    """The first direct BPMN child with that local name."""
    return node.find(bpmn(local))


def elements(root: Node) -> Iterator[Node]:
    """All elements in document order, without comments and processing instructions."""
    return root.iter("{*}*")


def bpmn_elements(root: Node) -> Iterator[Node]:
    """All elements of the BPMN semantic model in document order."""
    return root.iter(_IN_BPMN + "*")


def attribute(node: Node, name: str) -> str:
    """An attribute's value, empty where it is absent."""
    return str(node.get(name) or "")


def text_of(node: Node | None) -> str:
    """An element's own text without its margins, empty where there is none."""
    return "" if node is None else "".join(str(part) for part in node.itertext()).strip()


def line_of(node: Node) -> int:
    """The line an element starts on; at least 1."""
    # The published stubs do not type the attribute; lxml documents int or None.
    line = cast("int | None", getattr(node, "sourceline", None))
    return max(1, line or 1)


_PARTS = ("EventDefinition", "Expression", "Characteristics")


def drawn_id(node: Node) -> str:
    """The id under which a modeler draws an element of a diagram, or what it is a part of.

    Trigger, condition and foreign extension belong to the element around them.
    """
    current = node
    while (parent := current.getparent()) is not None:
        inner = parent.getparent() is not None
        part = not is_bpmn(current) or (inner and local_name(current).endswith(_PARTS))
        if attribute(current, "id") and not part:
            break
        current = parent
    return attribute(current, "id")


def nearest_id(node: Node) -> str:
    """The id of an element or of the closest ancestor that has one."""
    current: Node | None = node
    while current is not None:
        if identifier := attribute(current, "id"):
            return identifier
        current = current.getparent()
    return ""
