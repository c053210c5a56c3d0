"""Documents as PDF/A-2a (ISO 19005-2, tagged) that is PDF/UA-1 (ISO 14289-1) as well.

A template is a typst file of a lifecycle. What it shows comes in as JSON and is data to it:
nothing somebody typed is ever read as typst. Equal input gives equal bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from workflows.typography import unbroken

ROOT = Path(__file__).resolve().parent.parent
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
SHARED = "papers"
UNREADABLE = "\N{REPLACEMENT CHARACTER}"

LEGIBLE = re.compile(
    "["
    "\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u04ff"
    "\u0531-\u0556\u0561-\u0587\u05d0-\u05ea"
    "\u1e00-\u1eff\u1f00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57"
    "\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2116\u2122\u2126\u2190-\u21bf\u2200-\u222f"
    "]"
)
"""What the typefaces that come with the typesetter can show."""

_NAME = re.compile(r"[a-z_]+/[a-z_]+")


def render(template: str, data: Mapping[str, object], *, at: datetime) -> bytes:
    """The document of ``template`` as PDF, dated ``at`` (aware).

    ``template`` is ``<lifecycle>/<name>`` and stands in ``workflows/<lifecycle>/papers``.
    ``data`` is JSON; its ``language`` (fr, en, es) chooses the words beside the template
    (``words.json``). Characters that no typeface at hand can show come out as U+FFFD, and
    those without a shape of their own are left out. Raises LookupError for an unknown
    template or language, typst.TypstError for a template that cannot be set.
    """
    folder, _, name = template.partition("/")
    source = ROOT / folder / "papers" / f"{name}.typ"
    if _NAME.fullmatch(template) is None or not source.is_file():
        raise LookupError(f"There is no template {template}.")
    made = typst.compile(
        source,
        root=ROOT,
        font_paths=_typefaces(),
        sys_inputs={
            "data": json.dumps(_legible(data), ensure_ascii=False),
            "words": json.dumps(words(folder, str(data["language"])), ensure_ascii=False),
        },
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes), "a document that is not written to a file is bytes"
    return made


@cache
def _typefaces() -> typst.Fonts:
    """The typefaces that come with the typesetter, read once."""
    return typst.Fonts(include_system_fonts=False)


@cache
def words(folder: str, language: str) -> Mapping[str, str]:
    """The words of a lifecycle's documents in one language, with those all documents share."""
    found = {**_catalogue(SHARED)[language], **_catalogue(folder)[language]}
    if language == "fr":
        return {name: unbroken(text) for name, text in found.items()}
    return found


@cache
def _catalogue(folder: str) -> Mapping[str, Mapping[str, str]]:
    path = ROOT / folder / "words.json" if folder == SHARED else ROOT / folder / "papers/words.json"
    found: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def legible(text: str) -> str:
    """``text`` in the characters a document can show."""
    composed = unicodedata.normalize("NFC", text.replace("\t", " "))
    shaped = (c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf"})
    return "".join(c if _has_typeface(c) else UNREADABLE for c in shaped)


def _has_typeface(character: str) -> bool:
    return LEGIBLE.fullmatch(character) is not None and unicodedata.category(character) != "Cn"


def _legible(value: object) -> object:
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {str(name): _legible(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_legible(each) for each in value]
    return value
