"""What of the demonstration has been played, kept with what each step has done.

A step and its note commit together, so a loading that was interrupted is taken up exactly
where it stopped, and one that is through has nothing left to do. Notes are answers kept for
repeated commands, as the engine keeps those of any client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import insert, select

from engine.tables import idempotency
from engine.tables.types import from_micros

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit

COMMAND = "demo"
_BEGUN = "demo"
_DONE = "demo/done"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Which demonstration this database has got, and the present it was made for."""

    size: str
    present: datetime


@dataclass
class Journal:
    """The notes of one loading: results by story and number of the step.

    ``last`` is the instant of the latest step, None before the first.
    """

    beginning: Beginning | None = None
    done: bool = False
    last: datetime | None = None
    _results: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session) -> Journal:
        """The notes in a database; empty ones where nothing was ever loaded."""
        begun = _note(session, _BEGUN)
        if begun is None:
            return cls()
        size, present = begun
        beginning = Beginning(size, datetime.fromisoformat(present))
        if _note(session, _DONE) is not None:
            return cls(beginning, done=True)
        rows = session.execute(
            select(idempotency.c.key, idempotency.c.answer, idempotency.c.at).where(
                idempotency.c.command == COMMAND
            )
        ).all()
        steps = [row for row in rows if row.key not in {_BEGUN, _DONE}]
        last = max((from_micros(row.at) for row in steps), default=None)
        results = {row.key: orjson.loads(row.answer)[0] for row in steps}
        return cls(beginning, last=last, _results=results)

    def played(self, story: str, number: int) -> bool:
        """Whether a step has been played before this loading."""
        return _key(story, number) in self._results

    def result(self, story: str, number: int) -> Any:
        """What a step that was played has given."""
        return self._results[_key(story, number)]


def begin(unit: Unit, beginning: Beginning) -> None:
    """Note that a loading begins."""
    _keep(unit, _BEGUN, [beginning.size, beginning.present.isoformat()])


def note(unit: Unit, story: str, number: int, result: object) -> None:
    """Note a step in the transaction that plays it; ``result`` is a JSON value."""
    _keep(unit, _key(story, number), [result])


def finish(unit: Unit) -> None:
    """Note that everything has been played."""
    _keep(unit, _DONE, [])


def _key(story: str, number: int) -> str:
    return f"demo/{story}/{number}"


def _note(session: Session, key: str) -> list[Any] | None:
    found = session.scalar(select(idempotency.c.answer).where(idempotency.c.key == key))
    return None if found is None else orjson.loads(found)


def _keep(unit: Unit, key: str, answer: list[object]) -> None:
    unit.connection.execute(
        insert(idempotency).values(
            key=key, command=COMMAND, actor=unit.actor.id, answer=orjson.dumps(answer), at=unit.at
        )
    )
