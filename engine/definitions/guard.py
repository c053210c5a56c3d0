"""The door for uploaded XML: limits first, then one hardened parse.

Expat reads the bytes once without building a tree and stops at the first
breach, so neither an entity bomb nor a million empty elements costs memory.
Only what passed is parsed with lxml.
"""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

from engine.definitions.codes import problem
from engine.definitions.problems import Problem
from engine.definitions.xmlns import Node

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_BUNDLE_BYTES = 8 * 1024 * 1024
MAX_FILES = 200
MAX_ELEMENTS = 20_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 64
MAX_ATTRIBUTE_CHARS = 10_000
MAX_NAME_CHARS = 200

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00")
_COMPRESSED_MARKS = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class _Breach(Exception):
    """A limit was exceeded; carries the code and the sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


def check_bytes(file: str, data: bytes) -> Problem | None:
    """The first reason not to read these bytes as UTF-8 text, or None."""
    if len(data) > MAX_FILE_BYTES:
        return problem(
            "file_too_large",
            f"The file has {len(data)} bytes; at most {MAX_FILE_BYTES} are read.",
            file=file,
        )
    if data.startswith(_COMPRESSED_MARKS):
        return problem(
            "compressed_file", "The file is compressed; upload it uncompressed.", file=file
        )
    if data.startswith(_UTF16_MARKS):
        return problem("encoding_not_utf8", "The file is not UTF-8; save it as UTF-8.", file=file)
    if (position := data.find(b"\0")) >= 0:
        return problem(
            "nul_character",
            "The file contains a NUL character; remove it.",
            file=file,
            line=_line_at(data, position),
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return problem(
            "invalid_utf8",
            "The bytes on this line are not valid UTF-8; save the file as UTF-8.",
            file=file,
            line=_line_at(data, error.start),
        )
    return None


def read_xml(file: str, data: bytes) -> tuple[Node | None, list[Problem]]:
    """The root element of ``data``, or None and why it was refused.

    Never raises for bad content; DOCTYPE, other encodings than UTF-8 and
    anything over the limits of this module are refused.
    """
    refused = check_bytes(file, data) or _scan(file, data)
    if refused is not None:
        return None, [refused]
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        return etree.fromstring(data, parser), []
    except etree.XMLSyntaxError as error:
        return None, [_malformed(file, error.msg or str(error), error.lineno or 1)]


def _malformed(file: str, reason: str, line: int) -> Problem:
    return problem(
        "xml_malformed",
        f"The file is not well-formed XML: {reason}.",
        file=file,
        line=max(1, line),
        reason=reason,
    )


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _scan(file: str, data: bytes) -> Problem | None:
    scanner = _Scanner()
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = scanner.declaration
    parser.StartDoctypeDeclHandler = scanner.doctype
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.ProcessingInstructionHandler = scanner.instruction
    try:
        parser.Parse(data, True)
    except _Breach as breach:
        return problem(
            breach.code, breach.message, file=file, line=max(1, parser.CurrentLineNumber)
        )
    except expat.ExpatError as error:
        return _malformed(file, expat.ErrorString(error.code), error.lineno)
    return None


class _Scanner:
    """Counts elements, depth and sizes; raises at the first breach."""

    def __init__(self) -> None:
        self.elements = 0
        self.depth = 0

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _UTF8_NAMES:
            raise _Breach(
                "encoding_not_utf8",
                f"The file declares the encoding {encoding[:40]}; save it as UTF-8.",
            )

    def doctype(self, *_declaration: object) -> None:
        raise _Breach("doctype_refused", "A DOCTYPE is not accepted; remove the declaration.")

    def instruction(self, target: str, data: str) -> None:
        if len(target) > MAX_NAME_CHARS or len(data) > MAX_ATTRIBUTE_CHARS:
            raise _Breach("attribute_too_long", "A processing instruction is too long; remove it.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS:
            raise _Breach(
                "too_many_elements",
                f"The file has more than {MAX_ELEMENTS} elements; split the process.",
            )
        if self.depth > MAX_DEPTH:
            raise _Breach("too_deep", f"Elements are nested deeper than {MAX_DEPTH} levels.")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _Breach(
                "too_many_attributes", f"An element has more than {MAX_ATTRIBUTES} attributes."
            )
        self._check_lengths(name, attributes)

    def _check_lengths(self, name: str, attributes: dict[str, str]) -> None:
        if max(len(name), *map(len, attributes), 0) > MAX_NAME_CHARS:
            raise _Breach(
                "name_too_long", f"A name is longer than {MAX_NAME_CHARS} characters; shorten it."
            )
        for value in attributes.values():
            if len(value) > MAX_ATTRIBUTE_CHARS:
                raise _Breach(
                    "attribute_too_long",
                    f"A value is longer than {MAX_ATTRIBUTE_CHARS} characters; shorten it.",
                )

    def end(self, name: str) -> None:
        self.depth -= 1
