"""The files of a case's evidence that come from the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import instance
from engine.tables.types import from_micros
from workflows.evidence.models import BundledCase, EvidenceBundle
from workflows.office_work.local_time import day_of
from workflows.papers.documents import of_instances
from workflows.papers.rendering import render, words
from workflows.people.services import people_named

if TYPE_CHECKING:
    from engine import Actor, Engine, HistoryEvent, Instance

TEMPLATE, OF_MANY = "evidence/case", "evidence/cases"
MOST_LISTED = 2_000
"""Cases that the list of a bundle names: all are in its data."""

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """An event in the words of one language."""

    seq: int
    at: str
    what: str
    reason: str
    who: str
    on_behalf_of: str


def events_of(engine: Engine, instance_id: int, actor: Actor) -> list[HistoryEvent]:
    """The whole history of a case the actor may see; raises NotFound."""
    found: list[HistoryEvent] = []
    while events := engine.history(
        instance_id, actor=actor, after=found[-1].seq if found else 0, limit=_BATCH
    ):
        found += events
    return found


def evidence_files(
    session: Session, case: Instance, events: Sequence[HistoryEvent], actor: Actor
) -> dict[str, bytes]:
    """``documents.json`` and ``people.json`` of a case.

    Of one whose content was erased nobody is named: it would be known again whose it was.
    """
    acted: set[str] = set()
    if case.erased_at is None:
        acted = {each.actor for each in events} | {each.on_behalf_of or "" for each in events}
    people = people_named(session, {actor.id, *acted})
    return {
        "documents.json": orjson.dumps(documents_of(session, case), option=orjson.OPT_INDENT_2),
        "people.json": orjson.dumps(people, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
    }


def documents_of(session: Session, case: Instance) -> list[dict[str, object]]:
    """The documents of a case, each with its digest."""
    return document_rows(session, case.id, case.business_key)


def document_rows(session: Session, case: int, business_key: str) -> list[dict[str, object]]:
    """The documents of a case by its number and business key, each with its digest."""
    return [
        {
            "file": each.filename,
            "kind": each.kind,
            "language": each.language,
            "size": each.size,
            "sha256": each.sha256,
            "made_at": each.created_at.isoformat(),
            "made_by": each.created_by,
            "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
        }
        for each in of_instances(session, {case: business_key})
    ]


def listed(session: Session, bundle: EvidenceBundle, issuer: str) -> bytes:
    """The cases of a bundle as a list to be read, as PDF/A in its language; the first of many."""
    said = words("evidence", bundle.language)
    own = instance.c
    rows = session.execute(
        select(own.id, own.subject, own.business_key, own.started_at, own.seq)
        .join(BundledCase, BundledCase.instance_id == own.id)
        .where(BundledCase.bundle_id == bundle.id)
        .order_by(own.id)
        .limit(MOST_LISTED)
    )
    cases = [
        {
            "number": str(number),
            "about": subject or key,
            "begun": day_of(from_micros(begun)).isoformat(),
            "events": str(events),
        }
        for number, subject, key, begun, events in rows
    ]
    data = {
        "title": said["title_many"],
        "language": bundle.language,
        "issuer": issuer,
        "filter": bundle.filter,
        "total": str(bundle.total),
        "cases": cases,
        "more": bundle.total > len(cases),
        "demonstration": False,
    }
    return render(OF_MANY, data, at=bundle.asked_at)


def readable(
    about: Mapping[str, object],
    events: Sequence[Told],
    documents: Sequence[Mapping[str, object]],
    *,
    language: str,
    at: datetime,
) -> bytes:
    """The history of a case as PDF/A, in one language (fr, en, es).

    ``about`` says issuer, process, subject, number, made_at, made_by and whether it is a
    demonstration.
    """
    title = words("evidence", language)["title"]
    data = {
        **about,
        "title": title,
        "language": language,
        "events": [asdict(event) for event in events],
        "documents": list(documents),
    }
    return render(TEMPLATE, data, at=at)
