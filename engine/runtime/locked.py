"""A process instance while a command holds it: its row, and the history to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select, update

from engine.database import Statement
from engine.errors import Conflict, NotFound
from engine.history import recorder
from engine.identity import Actor
from engine.tables import instance
from engine.tables.types import BIG
from engine.unit import Unit
from engine.values import InstanceStatus, Labels, Value

COLUMNS = (
    instance.c.id,
    instance.c.definition_id,
    instance.c.business_key,
    instance.c.status,
    instance.c.revision,
    instance.c.seq,
    instance.c.head,
    instance.c.state,
    instance.c.subject,
    instance.c.org_unit,
    instance.c.counterparty,
)

_select = Statement(select(*COLUMNS).where(instance.c.id == bindparam("instance_id")), lock="wait")
_save = Statement(
    update(instance)
    .where(instance.c.id == bindparam("the_id"), instance.c.revision == bindparam("the_revision"))
    .values(
        status=bindparam("status"),
        revision=bindparam("revision"),
        seq=bindparam("seq"),
        head=bindparam("head"),
        state=bindparam("state"),
        # A case that has ended keeps its end, which commands on it do not load.
        ended_at=func.coalesce(bindparam("ended_at", type_=BIG), instance.c.ended_at),
    )
)


def told(news: Sequence[str]) -> dict[str, Value]:
    """The part of an event's payload that names the news it tells people, if there are any."""
    return {"news": [*news]} if news else {}


@dataclass(slots=True)
class LockedInstance:
    """The row of an instance under lock. Changes are written by :meth:`save`."""

    id: int
    definition_id: int
    business_key: str
    status: int
    revision: int
    seq: int
    head: bytes
    state: bytes | None
    labels: Labels
    ended_at: int | None = None
    events: list[recorder.Recorded] = field(default_factory=list)

    @classmethod
    def of(cls, row: Any) -> LockedInstance:
        """From a row that starts with :data:`COLUMNS`."""
        id_, definition_id, business_key, status, revision, seq, head, state = row[:8]
        return cls(
            id=id_,
            definition_id=definition_id,
            business_key=business_key,
            status=status,
            revision=revision,
            seq=seq,
            head=head,
            state=state,
            labels=Labels(*row[8:11]),
        )

    @classmethod
    def load(cls, unit: Unit, instance_id: int) -> LockedInstance:
        """Lock the instance; raises NotFound where there is none."""
        row = _select(unit.connection, {"instance_id": instance_id}).one_or_none()
        if row is None:
            raise NotFound
        return cls.of(row)

    @property
    def active(self) -> bool:
        """Whether tokens may still move."""
        return self.status == InstanceStatus.ACTIVE

    def record(
        self,
        kind: str,
        actor: Actor,
        *,
        element: str | None = None,
        work_item_id: int | None = None,
        payload: Mapping[str, Value] | None = None,
    ) -> None:
        """Add an event to the history of this command."""
        self.events.append(recorder.Recorded(kind, actor, element, work_item_id, payload))

    def save(self, unit: Unit) -> None:
        """Write state and history; raises Conflict if the row moved under the lock."""
        if self.events:
            self.seq, self.head = recorder.append(
                unit.connection, self.id, self.seq, self.head, unit.at, self.events
            )
            self.events = []
        saved = _save(
            unit.connection,
            {
                "the_id": self.id,
                "the_revision": self.revision,
                "status": self.status,
                "revision": self.revision + 1,
                "seq": self.seq,
                "head": self.head,
                "state": self.state,
                "ended_at": self.ended_at,
            },
        )
        if saved.rowcount != 1:
            raise Conflict
        self.revision += 1
