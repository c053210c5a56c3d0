"""Reading a partner's transcript: ELMO 1.7, alone or in an EWP imobility-tors v2 response.

The document is checked by its schema; what it says is taken as it is written and shown to a
person before anything is decided. A course is the smallest element that carries credits:
programmes and modules are looked into, the classes of a course are not.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from workflows.contract.xml import (
    MAX_BYTES,
    ImportProblem,
    Node,
    child,
    line_of,
    local,
    parsed,
    refuse,
    refused_by,
    text_of,
)

ELMO = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
TORS = (
    "https://github.com/erasmus-without-paper/ewp-specs-api-imobility-tors/"
    "blob/stable-v2/endpoints/get-response.xsd"
)
MAX_COURSES = 100
SHOWN = 200
"""How much of a text a warning repeats."""

_SCHEMAS = Path(__file__).with_name("schemas")
_SCHEMA_OF = {
    "elmo": "elmo-schemas-v1.7.0/schema.xsd",
    "imobility-tors-get-response": "ewp-specs-api-imobility-tors-v2.0.0/endpoints/get-response.xsd",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTAINERS = frozenset({"Degree Programme", "Module"})
_PDF = re.compile(r"data:application/pdf;base64,([A-Za-z0-9+/=\s]+)")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a transcript is about, to be compared with the student of the case."""

    given_names: str
    family_name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class CourseRead:
    """One course as the document writes it; ``status`` is passed, failed, in-progress or empty."""

    los_id: str | None
    code: str | None
    title: str
    credits: str
    grade: str
    status: str
    isced_f: str


@dataclass(frozen=True, slots=True)
class TableRead:
    """A grading table of the document: labels with percentages, in the document's order."""

    isced_f: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TranscriptRead:
    """What a document says, and what a person should look at before using it."""

    source: str
    issuer: str
    issued_on: str
    learner: Person
    courses: tuple[CourseRead, ...]
    tables: tuple[TableRead, ...]
    pdf: bytes | None
    warnings: tuple[ImportProblem, ...]


def read_transcript(data: bytes, *, omobility_id: str, partner: str) -> TranscriptRead:
    """The transcript of one mobility in ``data``.

    ``partner`` is the SCHAC code of the university it should come from. Raises
    :class:`workflows.contract.xml.Refused` for what is no transcript, breaks its schema or a
    limit, or is the transcript of another mobility.
    """
    root = parsed(data, max_text=MAX_BYTES)
    name = local(root)
    if name not in _SCHEMA_OF or etree.QName(root).namespace not in {ELMO, TORS}:
        raise refuse(
            line_of(root),
            "not_a_transcript",
            f"The root element '{name}' is neither an ELMO document nor a list of transcripts.",
            element=name,
        )
    schema = _schema(_SCHEMA_OF[name])
    if not schema.validate(root):
        raise refused_by(schema)
    if name == "elmo":
        return _Reader("elmo", partner).read(root, None)
    tor = _tor(root, omobility_id)
    return _Reader("ewp", partner).read(child(tor, "elmo"), child(tor, "gradeConversionTable"))


def _tor(root: Node, omobility_id: str) -> Node:
    for tor in root:
        if text_of(tor, "omobility-id") == omobility_id:
            return tor
    found = ", ".join(str(text_of(tor, "omobility-id")) for tor in root)[:SHOWN]
    raise refuse(
        line_of(root),
        "other_mobility",
        f"The file holds no transcript of this mobility ({omobility_id}), but of: {found}.",
        expected=omobility_id,
        found=found,
    )


class _Reader:
    """One pass over one ELMO document, collecting what is worth a look."""

    def __init__(self, source: str, partner: str) -> None:
        self.source = source
        self.partner = partner
        self.warnings: list[ImportProblem] = []

    def read(self, elmo: Node, conversion: Node | None) -> TranscriptRead:
        reports = [node for node in elmo if local(node) == "report"]
        report = self._report(reports, elmo)
        courses = tuple(self._courses(report))
        if not courses:
            raise refuse(line_of(report), "no_courses", "The transcript lists no course.")
        if len(courses) > MAX_COURSES:
            raise refuse(
                line_of(report),
                "too_many_courses",
                f"The transcript lists more than {MAX_COURSES} courses.",
                limit=str(MAX_COURSES),
            )
        return TranscriptRead(
            source=self.source,
            issuer=_issuer(report),
            issued_on=(text_of(report, "issueDate") or "")[:10],
            learner=_learner(elmo),
            courses=courses,
            tables=_tables(conversion),
            pdf=self._pdf([*report, *elmo]),
            warnings=tuple(self.warnings),
        )

    def _report(self, reports: Sequence[Node], elmo: Node) -> Node:
        """The partner's report; else the only one there is, with a warning."""
        for report in reports:
            if self.partner.lower() in _issuer_ids(report):
                return report
        if len(reports) != 1:
            raise refuse(
                line_of(elmo),
                "other_issuer",
                f"None of the reports was issued by {self.partner}.",
                partner=self.partner,
            )
        self._warn(
            line_of(reports[0]),
            "issuer_differs",
            f"The transcript was issued by {_issuer(reports[0])}, not by {self.partner}.",
            issuer=_issuer(reports[0])[:SHOWN],
            partner=self.partner,
        )
        return reports[0]

    def _courses(self, parent: Node) -> Iterator[CourseRead]:
        for node in parent:
            if local(node) == "learningOpportunitySpecification":
                yield from self._specification(node)

    def _specification(self, node: Node) -> Iterator[CourseRead]:
        kind = text_of(node, "type") or ""
        parts = [part for part in node if local(part) == "hasPart"]
        if parts and kind not in {"Course", "Class"}:
            for part in parts:
                yield from self._courses(part)
        elif kind not in _CONTAINERS or _result(node) is not None:
            yield self._course(node)

    def _course(self, node: Node) -> CourseRead:
        result = _result(node)
        title = _title(node)
        credit = _ects(result)
        if credit is None and result is not None and child(result, "credit") is not None:
            self._warn(
                line_of(node),
                "other_credit_scheme",
                f"The credits of '{title}' are not ECTS.",
                title=title[:SHOWN],
            )
        status = (text_of(result, "status") or "") if result is not None else ""
        if status == "in-progress":
            self._warn(
                line_of(node),
                "in_progress",
                f"'{title}' is still in progress: it has no result yet.",
                title=title[:SHOWN],
            )
        return CourseRead(
            los_id=_identifier(node, "ewp-los-id"),
            code=_identifier(node, "local"),
            title=title,
            credits=credit or "",
            grade=((text_of(result, "resultLabel") or "") if result is not None else "").strip(),
            status=status,
            isced_f=(text_of(node, "iscedCode") or "").strip(),
        )

    def _pdf(self, nodes: Sequence[Node]) -> bytes | None:
        """The transcript as PDF inside the document, if one of its attachments is that."""
        found = [node for node in nodes if local(node) == "attachment"]
        for node in sorted(
            found, key=lambda each: "ranscript" not in (text_of(each, "type") or "")
        ):
            for content in node:
                match = _PDF.fullmatch(content.text or "") if local(content) == "content" else None
                if match is None:
                    continue
                try:
                    return base64.b64decode(match[1], validate=False)
                except binascii.Error:
                    self._warn(
                        line_of(content),
                        "attachment_unreadable",
                        "A file inside the document cannot be read.",
                    )
        return None

    def _warn(self, line: int, code: str, text: str, **params: str) -> None:
        self.warnings.append(ImportProblem(line, code, text, params))


def _issuer_ids(report: Node) -> set[str]:
    issuer = child(report, "issuer")
    nodes = list(issuer) if issuer is not None else []
    return {
        (node.text or "").strip().lower()
        for node in nodes
        if local(node) == "identifier" and node.get("type") == "schac"
    }


def _issuer(report: Node) -> str:
    issuer = child(report, "issuer")
    return _title(issuer) if issuer is not None else ""


def _learner(elmo: Node) -> Person:
    return Person(
        (text_of(elmo, "learner", "givenNames") or "").strip(),
        (text_of(elmo, "learner", "familyName") or "").strip(),
        (text_of(elmo, "learner", "bday") or "").strip()[:10],
    )


def _result(node: Node) -> Node | None:
    """The instance of a course: what the student took, with its result."""
    specifies = child(node, "specifies")
    return None if specifies is None else child(specifies, "learningOpportunityInstance")


def _title(node: Node) -> str:
    """The title in English where there is one, else the first; one line of plain text."""
    titles = [each for each in node if local(each) == "title"]
    english = [each for each in titles if each.get(_LANG, "").lower().startswith("en")]
    first = next(iter(english or titles), None)
    return "" if first is None else " ".join((first.text or "").split())


def _identifier(node: Node, kind: str) -> str | None:
    for each in node:
        if local(each) == "identifier" and each.get("type") == kind:
            return (each.text or "").strip() or None
    return None


def _ects(result: Node | None) -> str | None:
    for each in result if result is not None else ():
        if local(each) == "credit" and (text_of(each, "scheme") or "").strip().upper() == "ECTS":
            return format(Decimal((text_of(each, "value") or "0").strip()), "f")
    return None


def _tables(conversion: Node | None) -> tuple[TableRead, ...]:
    if conversion is None:
        return ()
    return tuple(
        TableRead(
            str(table.get("iscedCode")).strip(),
            tuple((str(row.get("label")), str(row.get("percentage")).strip()) for row in table),
        )
        for table in conversion
    )


class _Catalogue(etree.Resolver):
    """Finds what schemas import beside them, and nothing anywhere else."""

    def resolve(  # type: ignore[override]  # the stubs leave out the context
        self, system_url: Any, public_id: Any, context: Any
    ) -> Any:
        """A file of this folder, else an empty document, which no schema accepts."""
        catalogue: dict[str, str] = json.loads((_SCHEMAS / "catalog.json").read_text())
        if system_url in catalogue:
            path = str(_SCHEMAS / catalogue[system_url])
            return self.resolve_filename(path, context)  # type: ignore[attr-defined]
        if str(system_url).startswith(("http:", "https:", "ftp:")):
            return self.resolve_empty(context)  # type: ignore[attr-defined]
        return None


@cache
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    parser.resolvers.add(_Catalogue())
    return etree.XMLSchema(etree.parse(str(_SCHEMAS / name), parser))
