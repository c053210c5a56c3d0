"""Entering a grading table by hand: what somebody typed or pasted, read and kept.

Source: ECTS Users' Guide 2015, 4.3 (a table holds how often each passing grade was given);
counts over two years at least are wanted, published shares are taken where there are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import InvalidInput
from engine.texts import checked
from workflows.grading.models import GradingTable
from workflows.grading.tables import record
from workflows.partners.models import Institution

if TYPE_CHECKING:
    from engine import Unit

FIELDS = ("hei_id", "scale", "isced_f", "eqf", "years", "figures", "declared", "entries", "source")
FIGURES = ("counts", "shares")
MAX_TEXT = 20_000
MAX_SOURCE = 200
MAX_HEI_ID = 200
_NUMBER = re.compile(r"[0-9]{1,8}", re.ASCII)


def add_table(unit: Unit, typed: Mapping[str, str]) -> GradingTable:
    """Keep what was typed as the next version of its table; earlier ones stay as they are.

    ``typed`` holds the :data:`FIELDS`; ``entries`` is a line a grade, label and figure parted
    by a tab, a semicolon or blanks, as a spreadsheet pastes them. Two at once become two
    versions. Raises InvalidInput by field; paths such as ``entries.3.count`` count the
    lines that are not empty from 0.
    """
    session = unit.session
    hei_id = checked("hei_id", typed["hei_id"], MAX_HEI_ID).lower()
    statement = select(Institution).where(Institution.hei_id == hei_id).with_for_update()
    if session.scalar(statement) is None:
        raise InvalidInput({"hei_id": ["not_an_option" if hei_id else "required"]})
    if typed["figures"] not in FIGURES:
        raise InvalidInput({"figures": ["not_an_option"]})
    entries = checked("entries", typed["entries"], MAX_TEXT)
    return record(
        session,
        hei_id=hei_id,
        isced_f=typed["isced_f"].strip(),
        eqf=_number("eqf", typed["eqf"]) or 0,
        years=[year for year in re.split(r"[\s,;]+", typed["years"]) if year],
        scale=typed["scale"],
        entries=[read_line(line) for line in entries.splitlines() if line.strip()],
        counted=typed["figures"] == "counts",
        declared=_number("declared", typed["declared"]),
        source=_source(typed["source"]),
        actor=unit.actor.id,
        now=unit.now,
    )


def read_line(line: str) -> tuple[str, str]:
    """Label and figure of one line; without a figure the second is empty.

    A decimal comma parts nothing where a tab, a semicolon or a blank does.
    """
    for separator in ("\t", ";", None, ","):
        parts = line.strip().rsplit(separator, 1)
        if len(parts) == 2:
            return parts[0].strip(), parts[1].strip().removesuffix("%").strip()
    return line.strip(), ""


def _source(text: str) -> str:
    source = checked("source", text, MAX_SOURCE)
    if not source:
        raise InvalidInput({"source": ["required"]})
    return source


def _number(field: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidInput({field: ["not_an_integer"]})
    return int(text)
