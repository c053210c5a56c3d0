"""The files of a case's evidence that come from the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy.orm import Session

from workflows.papers.documents import of_instances
from workflows.papers.rendering import render, words
from workflows.people.services import people_named

if TYPE_CHECKING:
    from engine import Actor, Engine, HistoryEvent, Instance

TEMPLATE = "evidence/case"
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
    """``documents.json`` and ``people.json`` of a case."""
    acted = {event.actor for event in events} | {event.on_behalf_of or "" for event in events}
    people = people_named(session, {actor.id, *acted})
    return {
        "documents.json": orjson.dumps(documents_of(session, case), option=orjson.OPT_INDENT_2),
        "people.json": orjson.dumps(people, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
    }


def documents_of(session: Session, case: Instance) -> list[dict[str, object]]:
    """The documents of a case, each with its digest."""
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
        for each in of_instances(session, {case.id: case.business_key})
    ]


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
