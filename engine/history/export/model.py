"""What an export consists of: cases, their events, and how people are called in it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import orjson

from engine.history.filters import HistoryFilter
from engine.tables.types import from_micros
from engine.values import InstanceStatus
from engine.vocabulary import Vocabulary

_REMEMBERED = 50_000
"""People whose name or pseudonym is kept at hand; more are looked up again."""


class Case(NamedTuple):
    """A case as it stood when the export was made; ``concerns`` are the people it is about."""

    instance_id: int
    process: str
    version: int
    business_key: str
    subject: str
    org_unit: str
    counterparty: str
    status: int
    started_at: int
    concerns: tuple[str, ...]


class Event(NamedTuple):
    """An event of a case. ``group`` is whom its work item was offered to."""

    case: Case
    seq: int
    at: int
    kind: str
    element: str | None
    work_item_id: int | None
    actor: str
    on_behalf_of: str | None
    group: str | None
    outcome: str | None
    payload: bytes | None

    @property
    def activity(self) -> str:
        """What was done: the element of the diagram, else the kind of the event."""
        return self.element or self.kind

    def content(self) -> Any:
        """The payload as JSON values; None where there is none, or it was erased."""
        return None if self.payload is None else orjson.loads(self.payload)


class People:
    """How people are called in one export: by pseudonyms, or by their names.

    A pseudonym is a keyed digest (HMAC-SHA-256) under a key of the export's own: the same for a
    person throughout one export, another in the next, and nothing without the key.
    """

    def __init__(
        self, vocabulary: Vocabulary, key: bytes, namer: Callable[[str], str] | None
    ) -> None:
        self.named = namer is not None
        self._vocabulary = vocabulary
        self._key = key
        self.called = lru_cache(_REMEMBERED)(self._pseudonym if namer is None else namer)

    def of(self, actor: str | None) -> str | None:
        """What an actor is called; functions and the system keep their names."""
        if actor is None:
            return None
        person = self._vocabulary.person(actor)
        return actor if person is None else self.called(person)

    def concerned(self, case: Case) -> str:
        """Whom a case is about."""
        return ", ".join(sorted(self.called(person) for person in case.concerns))

    def _pseudonym(self, person: str) -> str:
        return f"p-{hmac.digest(self._key, person.encode(), 'sha256').hex()[:16]}"


@dataclass(frozen=True)
class Order:
    """What is asked for: which events, in which format, how people are called.

    ``columns`` are those of a table and of JSON lines, ``separator`` stands between the cells of
    a table. ``key`` is what pseudonyms are made with.
    """

    format: str
    wanted: HistoryFilter
    named: bool = False
    columns: tuple[str, ...] = ()
    separator: str = ","
    key: bytes = field(default=b"", repr=False)


class Log(Protocol):
    """What a writer reads, as of one moment and as often as it likes; cases in their order."""

    people: People
    vocabulary: Vocabulary

    def events(self) -> Iterator[Event]:
        """All events, case by case, in order."""
        ...

    def cases(self) -> Iterator[Case]:
        """All cases."""
        ...

    def activities(self) -> Iterator[tuple[str, str | None, str]]:
        """Each process, element and kind that there are events of."""
        ...

    def actors(self) -> Iterator[str]:
        """Whoever did something or had it done for them."""
        ...


STATES: Mapping[int, str] = {int(status): status.name.lower() for status in InstanceStatus}


def instant(micros: int) -> str:
    """An instant as ISO 8601, to the millisecond, in UTC."""
    return from_micros(micros).isoformat(timespec="milliseconds")
