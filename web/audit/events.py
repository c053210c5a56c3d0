"""One event in full: who, for whom, in which role, what changed, what it has left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.errors import NotFound
from engine.history.queries import of_kind
from engine.history.replaying import versions_after
from engine.values import HistoryEvent, Instance, Value
from web import current
from web.audit.values import Changed, answers_in, changes_of
from web.pages import diagrams, documents
from web.pages.timeline import Teller
from web.words.studio import element_type
from workflows.evidence.traces import Signed, Told, mails_of, signatures_at
from workflows.papers.models import Document


@dataclass(frozen=True, slots=True)
class Details:
    """What is told of one event; ``neighbours`` are the numbers of those before and after."""

    event: HistoryEvent
    sentence: str
    role: str
    step: str
    kind_of_step: str
    version: int
    reason: str
    remark: str
    changes: tuple[Changed, ...]
    signatures: tuple[Signed, ...]
    documents: tuple[Document, ...]
    mails: tuple[Told, ...]
    neighbours: tuple[int | None, int | None]

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at


def details(case: Instance, seq: int) -> Details:
    """The event ``seq`` of a case; raises NotFound."""
    found = current.engine().history(case.id, actor=current.actor(), after=seq - 1, limit=2)
    if not found or found[0].seq != seq:
        raise NotFound
    event = found[0]
    with current.reading() as rows:
        connection = rows.connection()
        moved = of_kind(connection, case.id, "migrated")
        earlier = of_kind(connection, case.id, "work_item_completed") if _answers(event) else []
        signatures = signatures_at(rows, case.business_key, event.at)
        mails = mails_of(rows, _news(event))
    before = (each for each in earlier if each.seq < seq)
    versions = diagrams.versions_told(case, moved)
    later = [each for each in moved if each.seq > seq]
    version = versions_after([event, *later], case.version)[0]
    definition = next((each for each in versions if each.version == version), versions[-1])
    teller = Teller(case, [*moved, event])
    element = definition.model.elements.get(event.element or "")
    given = event.payload or {}
    return Details(
        event=event,
        sentence=teller.told(event),
        role=teller.role(event),
        step=teller.step(event),
        kind_of_step=element_type(element.type) if element else "",
        version=version,
        reason=str(given.get("reason") or ""),
        remark=str(given.get("text") or given.get("detail") or ""),
        changes=tuple(changes_of(event, answers_in(before), definition, teller.names)),
        signatures=tuple(signatures) if event.kind == "work_item_completed" else (),
        documents=tuple(each for each in documents.of_case(case) if each.created_at == event.at),
        mails=tuple(mails),
        neighbours=(seq - 1 if seq > 1 else None, seq + 1 if len(found) > 1 else None),
    )


def _answers(event: HistoryEvent) -> bool:
    return "data" in (event.payload or {})


def _news(event: HistoryEvent) -> list[str]:
    """The keys of the news that an event tells; of a new task its own mail."""
    payload: Mapping[str, Value] = event.payload or {}
    told = payload.get("news")
    keys = [str(each) for each in told] if isinstance(told, list) else []
    if event.kind == "work_item_created":
        keys.append(f"task-{event.work_item_id}")
    return keys
