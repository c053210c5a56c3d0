"""The door for documents of the EWP network: limits, one hardened parse, the schema.

Real producers leave out namespaces: the documents they write are read as if every element
without one stood where the schema expects it. Nothing else is mended.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from lxml import etree

Node = Any
"""An lxml element; its published stubs are too coarse to help."""

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 200_000
MAX_TEXT = 20_000
MAX_PROBLEMS = 50

_BASE = "https://github.com/erasmus-without-paper/"
LA = f"{_BASE}ewp-specs-api-omobility-las/blob/stable-v1/endpoints/get-response.xsd"
UPDATE = f"{_BASE}ewp-specs-api-omobility-las/blob/stable-v1/endpoints/update-request.xsd"
TERM = f"{_BASE}ewp-specs-types-academic-term/tree/stable-v2"
PHONE = f"{_BASE}ewp-specs-types-phonenumber/tree/stable-v1"

_OWN_NAMESPACE = {
    "term-number": TERM,
    "total-terms": TERM,
    "phone-number": PHONE,
    "e164": PHONE,
    "ext": PHONE,
    "other-format": PHONE,
}
_SIGNATURE = frozenset(
    {"signer-name", "signer-position", "signer-email", "timestamp", "signer-app"}
)
_VERSIONS = ("first-version", "approved-changes", "changes-proposal")
_SIGNATURES = ("student-signature", "sending-hei-signature")
_SCHEMAS = Path(__file__).with_name("schemas")
_FOLDER = "ewp-specs-api-omobility-las-v1.2.0/endpoints"


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Why a document was refused, or what to know about it.

    ``line`` counts from 1 and is 0 where no line applies; ``code`` with ``params`` is what
    a front translates, ``text`` the sentence in English.
    """

    line: int
    code: str
    text: str
    params: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The document cannot be imported; carries every reason."""

    def __init__(self, problems: list[ImportProblem]) -> None:
        self.problems = problems
        super().__init__(problems[0].text if problems else "refused")


def refuse(line: int, code: str, text: str, **params: str) -> Refused:
    """A refusal with a single reason."""
    return Refused([ImportProblem(line, code, text, params)])


def read_document(data: bytes) -> Node:
    """The root of a valid document: a get-response or an update request.

    A bare ``la`` comes back inside a get-response. Raises :class:`Refused` with every
    problem and its line; nothing outside ``data`` is ever read.
    """
    root = _wrapped(parsed(data))
    _name(root)
    _validate(root)
    return root


def parsed(data: bytes, *, max_text: int = MAX_TEXT) -> Node:
    """The root of a document within the limits of this module, whatever it describes.

    ``max_text`` is how long one text may be: documents with files inside need more. Raises
    :class:`Refused`; nothing outside ``data`` is ever read.
    """
    _scan(data, max_text)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Node = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(error.lineno or 1, str(error.msg)) from error
    return root


def local(node: Node) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(node).localname)


def line_of(node: Node) -> int:
    """The line an element starts on."""
    return int(node.sourceline or 0)


def child(node: Node, name: str) -> Node | None:
    """The first child with that local name."""
    return next((each for each in node if local(each) == name), None)


def text_of(node: Node, *path: str) -> str | None:
    """The text of the element down ``path``, every character; None where there is none."""
    for name in path:
        node = child(node, name)
        if node is None:
            return None
    return node.text or ""


class _Breach(Exception):
    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(text)


def _scan(data: bytes, max_text: int) -> None:
    """Refuse what no honest document looks like before any tree is built of it."""
    if len(data) > MAX_BYTES:
        raise refuse(0, "too_large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if not data.strip():
        raise refuse(0, "empty", "The file is empty.")
    scanner = _Scanner(max_text)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = scanner.doctype
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.characters
    try:
        parser.Parse(data, True)
    except _Breach as breach:
        raise refuse(parser.CurrentLineNumber, breach.code, breach.text) from breach
    except expat.ExpatError as error:
        raise _malformed(error.lineno, expat.ErrorString(error.code)) from error
    except (LookupError, ValueError) as error:
        raise _malformed(1, str(error)) from error


class _Scanner:
    """Counts elements, depth and text; raises at the first breach."""

    def __init__(self, max_text: int) -> None:
        self.max_text = max_text
        self.elements = 0
        self.depth = 0
        self.text = 0

    def doctype(self, *_declaration: object) -> None:
        raise _Breach("doctype_refused", "A DOCTYPE is not accepted; remove the declaration.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        self.text = 0
        if self.elements > MAX_ELEMENTS:
            raise _Breach("too_many_elements", f"The file has more than {MAX_ELEMENTS} elements.")
        if self.depth > MAX_DEPTH:
            raise _Breach("too_deep", f"Elements are nested deeper than {MAX_DEPTH} levels.")
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise _Breach("text_too_long", f"A value is longer than {MAX_TEXT} characters.")

    def end(self, name: str) -> None:
        self.depth -= 1
        self.text = 0

    def characters(self, text: str) -> None:
        self.text += len(text)
        if self.text > self.max_text:
            raise _Breach("text_too_long", f"A text is longer than {self.max_text} characters.")


def _malformed(line: int, reason: str) -> Refused:
    return refuse(line, "malformed", f"The file is not well-formed XML: {reason}.", reason=reason)


def _wrapped(root: Node) -> Node:
    """The root, a bare agreement put into a response of its own."""
    name = etree.QName(root)
    if name.localname == "la" and name.namespace in {None, LA}:
        response = etree.Element(f"{{{LA}}}omobility-las-get-response")
        response.append(root)
        return response
    known = {"omobility-las-get-response": LA, "omobility-las-update-request": UPDATE}
    if known.get(name.localname) is None or name.namespace not in {None, known[name.localname]}:
        raise refuse(
            line_of(root),
            "not_an_agreement",
            f"The root element '{name.localname}' is none of a learning agreement, a response "
            "that holds some, or a request that answers one.",
            element=str(name.localname),
        )
    return root


def _name(root: Node) -> None:
    """Give elements without a namespace the one the schema expects there."""
    update = local(root) == "omobility-las-update-request"
    for node in root.iter(etree.Element):
        if etree.QName(node).namespace is None:
            name = str(node.tag)
            default = UPDATE if update and name not in _SIGNATURE else LA
            node.tag = f"{{{_OWN_NAMESPACE.get(name, default)}}}{name}"


def _validate(root: Node) -> None:
    update = local(root) == "omobility-las-update-request"
    schema = _schema("update-request.xsd" if update else "get-response.xsd")
    tree = root if update else _with_signatures(root)
    if schema.validate(tree):
        return
    raise refused_by(schema)


def refused_by(schema: etree.XMLSchema) -> Refused:
    """The refusal of the document a schema has just been asked about."""
    problems = [
        ImportProblem(
            entry.line, "schema", _plain(entry.message), {"detail": _plain(entry.message)}
        )
        for entry in _first(schema.error_log)
    ]
    return Refused(problems)


def _first(log: Any) -> Iterator[Any]:
    """The first findings; the schema reports a wrong value twice, once by its type."""
    seen: set[tuple[int, str]] = set()
    for entry in log:
        key = (entry.line, entry.path or "")
        if key not in seen and len(seen) < MAX_PROBLEMS:
            seen.add(key)
            yield entry


def _plain(message: str) -> str:
    return re.sub(r"\{[^}]*\}", "", message)


def _with_signatures(root: Node) -> Node:
    """A copy for validation in which versions have the signatures the schema demands.

    The schema describes what universities exchange, which at least two parties have
    signed; an agreement still being signed is imported too, at the step it has reached.
    """
    if all(child(version, name) is not None for version in _versions(root) for name in _SIGNATURES):
        return root
    tree = copy.deepcopy(root)
    for version in _versions(tree):
        for name in _SIGNATURES:
            if child(version, name) is None:
                _insert_signature(version, name)
    return tree


def _versions(root: Node) -> list[Node]:
    return [node for la in root for node in la if local(node) in _VERSIONS]


def _insert_signature(version: Node, name: str) -> None:
    before = {"student-signature": 5, "sending-hei-signature": 6}[name]
    order = {
        "components-studied": 0,
        "components-recognized": 1,
        "virtual-components": 2,
        "blended-mobility-components": 3,
        "short-term-doctoral-components": 4,
        "student-signature": 5,
    }
    place = sum(1 for node in version if order.get(local(node), 9) < before)
    signature = etree.Element(f"{{{LA}}}{name}")
    moment = etree.SubElement(signature, f"{{{LA}}}timestamp")
    moment.text = "2000-01-01T00:00:00Z"
    version.insert(place, signature)


@cache
def _schema(name: str) -> etree.XMLSchema:
    """The schema of that name, its imports found in this folder and nowhere else."""
    catalog: dict[str, str] = json.loads((_SCHEMAS / "catalog.json").read_text())
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    tree = etree.parse(str(_SCHEMAS / _FOLDER / name), parser)
    for node in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        location = node.get("schemaLocation", "")
        if location in catalog:
            node.set("schemaLocation", str(_SCHEMAS / catalog[location]))
    return etree.XMLSchema(tree)
