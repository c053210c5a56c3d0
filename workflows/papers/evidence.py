"""What the domain adds to the evidence of a case: its documents' digests, people's names."""

from __future__ import annotations

import orjson
from sqlalchemy.orm import Session

from engine import Actor, Engine
from workflows.papers.documents import of_instances
from workflows.people.services import people_named

_EVENTS = 1_000


def evidence_files(
    session: Session, engine: Engine, instance_id: int, actor: Actor
) -> dict[str, bytes]:
    """``documents.json`` and ``people.json`` of a case the actor may see; raises NotFound."""
    case = engine.instance(instance_id, actor=actor)
    documents = [
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
    people = people_named(session, {actor.id, *_actors(engine, instance_id, actor)})
    return {
        "documents.json": orjson.dumps(documents, option=orjson.OPT_INDENT_2),
        "people.json": orjson.dumps(people, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
    }


def _actors(engine: Engine, instance_id: int, actor: Actor) -> set[str]:
    """Who acted in a case, and for whom."""
    found: set[str] = set()
    after = 0
    while events := engine.history(instance_id, actor=actor, after=after, limit=_EVENTS):
        found |= {event.actor for event in events}
        found |= {event.on_behalf_of for event in events if event.on_behalf_of}
        after = events[-1].seq
    return found
