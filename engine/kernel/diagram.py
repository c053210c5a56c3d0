"""Reading a BPMN file: a hardened parse and the few questions the compiler asks of XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

Xml = etree._Element

_NAMED = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}


class Unsupported(ValueError):
    """A diagram says something this kernel would not do right."""

    def __init__(self, element: Xml, sentence: str) -> None:
        identifier = element.get("id") or tag(element)
        super().__init__(f"'{identifier}' (line {element.sourceline}): {sentence}")


@dataclass(frozen=True, slots=True)
class Diagram:
    """One parsed file: its processes by id and what its definitions are called.

    ``named`` maps the id of a message, signal, error or escalation to the name
    or code it is matched by.
    """

    processes: Mapping[str, Xml]
    named: Mapping[str, str]


def read(name: str, data: bytes) -> Diagram:
    """Parse one file. Raises ValueError for bad XML, a DOCTYPE or an id used twice."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # a comment inside an expression would cut it in two
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name} is not well-formed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError(f"{name} has a DOCTYPE, which is refused.")
    processes: dict[str, Xml] = {}
    for each in children(root, "process"):
        if processes.setdefault(identifier(each), each) is not each:
            raise Unsupported(each, "two processes have this id.")
    named = {
        str(each.get("id")): each.get(attribute) or each.get("name") or str(each.get("id"))
        for local, attribute in _NAMED.items()
        for each in children(root, local)
    }
    return Diagram(processes, named)


def tag(element: Xml) -> str:
    """The local name of a BPMN element; empty for one of another namespace."""
    namespace, _, local = str(element.tag).rpartition("}")
    return local if namespace == "{" + BPMN else ""


def children(element: Xml, local: str) -> list[Xml]:
    """The BPMN children of that name."""
    return element.findall(f"{{{BPMN}}}{local}")


def child(element: Xml, local: str) -> Xml | None:
    """The first BPMN child of that name."""
    return element.find(f"{{{BPMN}}}{local}")


def identifier(element: Xml) -> str:
    """An element's id. Raises Unsupported where it has none."""
    found = element.get("id")
    if not found or any(character.isspace() for character in found):
        raise Unsupported(element, "an element of a process needs an id without white space.")
    return found


def reference(element: Xml, attribute: str) -> str:
    """The id an attribute refers to, with any prefix of a qualified name removed.

    Raises Unsupported where the attribute is absent.
    """
    found = (element.get(attribute) or "").strip().rpartition(":")[2]
    if not found:
        raise Unsupported(element, f"the attribute {attribute} is missing.")
    return found


def flag(element: Xml, attribute: str, *, default: bool) -> bool:
    """An xs:boolean attribute: ``true`` and ``1`` are true."""
    found = element.get(attribute)
    return default if found is None else found.strip() in ("true", "1")


def expression(element: Xml | None) -> str | None:
    """The text of an expression element; None where there is none or it is empty."""
    text = "" if element is None else (element.text or "").strip()
    return text or None


def decision_id(element: Xml) -> str:
    """The decision a rule task asks. Raises Unsupported where it names none."""
    path = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}calledDecisionId"
    found = expression(element.find(path))
    if found is None:
        raise Unsupported(element, "a rule task needs spiffworkflow:calledDecisionId.")
    return found
