"""Turns a diagram as modelers write it into the one form that is executed.

The upload is never changed; these steps work on a parsed copy: comments out of
expressions, ``1`` as ``true``, prefixed references resolved, white space around
references gone, documentation-only and foreign content dropped, flags set. Each
answers a way in which the kernel would misread a legal file.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.vocabulary import (
    BOOLEANS,
    DOCUMENTATION,
    EXPRESSIONS,
    QNAME_ATTRIBUTES,
    QNAME_TEXTS,
)
from engine.definitions.xmlns import (
    SPIFF,
    XSI,
    Node,
    attribute,
    bpmn,
    children,
    elements,
    is_bpmn,
    local_name,
    split,
)

OUR_EXTENSIONS = frozenset({"properties", "property", "calledDecisionId"})
_TEXT_ONLY = EXPRESSIONS | {"documentation"}
_XSI_TYPE = f"{{{XSI}}}type"


def is_true(value: str) -> bool:
    """An xs:boolean read as XML Schema does."""
    return value.strip() in {"true", "1"}


def executed_processes(root: Node) -> list[Node]:
    """The processes of a file that are executed.

    A single process counts even when it says nothing or ``false``; of several,
    those that say ``true``.
    """
    processes = children(root, "process")
    if len(processes) == 1:
        return processes
    return [each for each in processes if is_true(attribute(each, "isExecutable"))]


def normalize(root: Node) -> None:
    """Bring a parsed diagram into the executed form, in place.

    Expects a ``bpmn:definitions`` root; anything lint refuses is dropped or left
    as it is, so the result of a refused file means nothing.
    """
    etree.strip_tags(root, etree.Comment, etree.PI)
    repair_message_paths(root)
    executed = executed_processes(root)
    _drop(list(_dropped(root, executed)))
    for process in executed:
        process.set("isExecutable", "true")
    for node in elements(root):
        _clean_attributes(node)
        _clean_text(node)
    _drop_stray_lane_references(root)


def repair_message_paths(root: Node) -> None:
    """Rename the ``formalExpression`` that bpmn-js writes where the schema has ``messagePath``."""
    for retrieval in root.iter(bpmn("correlationPropertyRetrievalExpression")):
        for expression in children(retrieval, "formalExpression"):
            expression.tag = bpmn("messagePath")


def to_bytes(root: Node) -> bytes:
    """The executed form of a file, as UTF-8 XML."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def resolve_qname(node: Node, value: str) -> str | None:
    """The local part of a reference, or None when its prefix is bound to nothing."""
    prefix, colon, local = value.strip().rpartition(":")
    if not colon:
        return local
    return local if prefix in node.nsmap else None


def _dropped(root: Node, executed: list[Node]) -> Iterator[Node]:
    for node in elements(root):
        parent = node.getparent()
        if parent is None:
            continue
        namespace, local = split(str(node.tag))
        if namespace == SPIFF:
            superfluous = local not in OUR_EXTENSIONS
        else:
            superfluous = (
                not is_bpmn(node)
                or local in DOCUMENTATION
                or (local == "process" and node not in executed)
                or local_name(parent) in _TEXT_ONLY
            )
        if superfluous:
            yield node


def _drop(nodes: list[Node]) -> None:
    for node in nodes:
        parent = node.getparent()
        if parent is not None:
            _remove_keeping_tail(parent, node)


def _remove_keeping_tail(parent: Node, node: Node) -> None:
    tail = node.tail or ""
    before = node.getprevious()
    parent.remove(node)
    if tail.strip():
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail


def _clean_attributes(node: Node) -> None:
    for name, value in list(node.attrib.items()):
        if "}" in str(name):
            if name != _XSI_TYPE:
                del node.attrib[name]
        elif name in BOOLEANS:
            node.set(name, "true" if is_true(str(value)) else "false")
        elif name in QNAME_ATTRIBUTES:
            node.set(name, resolve_qname(node, str(value)) or str(value).strip())


def _clean_text(node: Node) -> None:
    if is_bpmn(node) and local_name(node) in QNAME_TEXTS:
        value = (node.text or "").strip()
        node.text = resolve_qname(node, value) or value
    elif is_bpmn(node) and local_name(node) in EXPRESSIONS:
        node.text = (node.text or "").strip()


def _drop_stray_lane_references(root: Node) -> None:
    present = {attribute(node, "id") for node in elements(root)}
    stray = [ref for ref in root.iter(bpmn("flowNodeRef")) if (ref.text or "") not in present]
    _drop(stray)
