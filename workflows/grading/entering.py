"""Entering a grading table by hand: what somebody typed or pasted, read and kept.

Source: ECTS Users' Guide 2015, 4.3 (a table holds how often each passing grade was given);
counts over two years at least are wanted, published shares are taken where there are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows.answers import Answers
from workflows.grading.models import GradingTable
from workflows.grading.tables import record
from workflows.partners.models import Institution

if TYPE_CHECKING:
    from engine import Unit

FIELDS = ("hei_id", "scale", "isced_f", "eqf", "years", "figures", "entries", "declared", "source")
"""In the order of the form."""

FIGURES = ("counts", "shares")
MAX_TEXT = 20_000
MAX_WORD = 200
MAX_STUDENTS = 99_999_999


def add_table(unit: Unit, typed: Mapping[str, str]) -> GradingTable:
    """Keep what was typed as the next version of its table; earlier ones stay as they are.

    ``typed`` holds the :data:`FIELDS`; ``entries`` is a line a grade, label and figure parted
    by a tab, a semicolon or blanks, as a spreadsheet pastes them. Two at once become two
    versions. Raises InvalidInput by field; paths such as ``entries.3.count`` count the
    lines that are not empty from 0.
    """
    session = unit.session
    answers = Answers(typed)
    hei_id = answers.text("hei_id", most=MAX_WORD, required=True).lower()
    statement = select(Institution).where(Institution.hei_id == hei_id).with_for_update()
    if hei_id and session.scalar(statement) is None:
        answers.refuse("hei_id", "not_an_option")
    entries = answers.text("entries", most=MAX_TEXT)
    return record(
        session,
        hei_id=hei_id,
        isced_f=answers.text("isced_f", most=MAX_WORD),
        eqf=answers.whole("eqf", 0, 8) or 0,
        years=re.findall(r"[^\s,;]+", answers.text("years", most=MAX_WORD)),
        scale=answers.text("scale", most=MAX_WORD, required=True),
        entries=[read_line(line) for line in entries.splitlines() if line.strip()],
        counted=answers.option("figures", FIGURES) == "counts",
        declared=answers.whole("declared", 0, MAX_STUDENTS),
        source=answers.text("source", most=MAX_WORD, required=True),
        actor=unit.actor.id,
        now=unit.now,
        refused=answers.errors,
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
