"""The grading tables a case is converted with: the register's, and the transcript's own.

A transcript may bring its partner's tables as published percentages (imobility-tors v2,
gradeConversionTable). They serve this case alone: nobody has vouched for them yet, and
counts kept in the register say more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from workflows.grading.cleaning import cleaned
from workflows.grading.scales import SCALES
from workflows.grading.tables import tables_of, value_of
from workflows.grading.values import Entry, Table
from workflows.recognition.elmo import TableRead
from workflows.recognition.models import PartnerTranscript


@dataclass(frozen=True, slots=True)
class Unusable:
    """A table of a transcript that cannot be read on its scale, and why (a refusal's code)."""

    isced_f: str
    code: str


def kept(tables: Iterable[TableRead]) -> str:
    """A document's tables as the transcript keeps them: JSON, as they were written."""
    listed = [{"isced_f": each.isced_f, "entries": each.entries} for each in tables]
    return json.dumps(listed, ensure_ascii=False)


def register(session: Session, hei_id: str) -> list[Table]:
    """The tables the register holds of an institution."""
    return [value_of(row) for row in tables_of(session, hei_id)]


def brought(transcript: PartnerTranscript, hei_id: str) -> tuple[list[Table], list[Unusable]]:
    """The tables a transcript brought, on its scale, and those that are none."""
    usable: list[Table] = []
    refused: list[Unusable] = []
    scale = SCALES.get(transcript.scale or "")
    if scale is None or not scale.graded:
        return usable, refused
    for said in json.loads(transcript.tables):
        try:
            usable.append(_table(transcript, hei_id, said))
        except InvalidInput as error:
            code = next(iter(error.errors.values()))[0]
            refused.append(Unusable(str(said["isced_f"]), code))
    return usable, refused


def sources(session: Session, transcript: PartnerTranscript, hei_id: str) -> list[Table]:
    """The partner's tables for one transcript: the register's where it has any on the scale."""
    known = [each for each in register(session, hei_id) if each.scale.code == transcript.scale]
    return known or brought(transcript, hei_id)[0]


def _table(transcript: PartnerTranscript, hei_id: str, said: Mapping[str, Any]) -> Table:
    scale = SCALES[transcript.scale or ""]
    clean = cleaned([(label, share) for label, share in said["entries"]], scale, counted=False)
    return Table(
        id=f"transcript-{transcript.id}",
        version=1,
        hei_id=hei_id,
        isced_f=str(said["isced_f"])[:4],
        eqf=None,
        years=(),
        scale=scale,
        entries=tuple(Entry(label, Fraction(count)) for label, count in clean.entries),
        counted=False,
        warnings=clean.warnings,
    )
