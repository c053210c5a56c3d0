"""Which recognitions a grading table stands behind."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.grading.models import GradingTable
from workflows.mobility.models import Mobility
from workflows.recognition.models import PartnerTranscript, Recognition, ResultLine
from workflows.recognition.trace import TableUsed, from_json


@dataclass(frozen=True, slots=True)
class Use:
    """A case in which grades were found with a table."""

    instance_id: int
    student: str


def uses_of(session: Session, table: GradingTable) -> list[Use]:
    """The recognitions with a grade found in exactly this version, the newest first.

    A table pooled from several counts as a use of each of them.
    """
    statement = (
        select(Recognition.instance_id, Mobility, ResultLine.trace)
        .join(PartnerTranscript, PartnerTranscript.recognition_id == Recognition.id)
        .join(ResultLine, ResultLine.transcript_id == PartnerTranscript.id)
        .join(Mobility, Mobility.id == Recognition.mobility_id)
        .where(ResultLine.trace.contains(f'"{table.hei_id}"', autoescape=True))
        .order_by(Recognition.instance_id.desc())
    )
    found: dict[int, Use] = {}
    for instance_id, mobility, text in session.execute(statement):
        assert text is not None, "a trace that names a university is one"
        trace = from_json(json.loads(text))
        if any(_is(used, table) for used in (trace.source, trace.target)):
            name = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}"
            found[instance_id] = Use(instance_id, name.strip())
    return list(found.values())


def _is(used: TableUsed | None, table: GradingTable) -> bool:
    return used is not None and str(table.id) in used.id.split("+")
