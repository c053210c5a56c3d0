"""Publishing a draft with its scenarios in view: without a reason none of them may have failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from engine.errors import Conflict, InvalidInput
from workflows.scenarios.models import PublishedDespite
from workflows.scenarios.results import verdict_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Definition, Engine, Unit


@dataclass(frozen=True, slots=True)
class Despite:
    """Why a version was published all the same, and which scenarios it had against it."""

    reason: str
    failed: tuple[str, ...]
    unplayed: tuple[str, ...]


def publish(
    engine: Engine, unit: Unit, key: str, *, note: str, revision: int, replacing: int, despite: str
) -> Definition:
    """Publish the draft of a process, as :meth:`Engine.publish` does, in one transaction.

    Raises InvalidInput for ``despite`` where a scenario has failed and nobody says why it is
    published all the same. The reason is kept with the version; so is which scenarios had
    failed, and which had not been played.
    """
    draft = engine.definition_draft(key)
    if draft is None or draft.revision != revision:
        raise Conflict
    verdict = verdict_of(unit.session, draft.bundle)
    if verdict.failed and not despite:
        raise InvalidInput({"despite": ["required"]})
    published = engine.publish(
        key, actor=unit.actor, note=note, revision=revision, replacing=replacing, unit=unit
    )
    if verdict.needs_reason and published.version != replacing:
        unplayed = [*verdict.waiting, *verdict.unplayed]
        unit.session.add(
            PublishedDespite(
                definition_id=published.id,
                reason=despite,
                failed=orjson.dumps(list(verdict.failed)).decode(),
                unplayed=orjson.dumps(unplayed).decode(),
            )
        )
    return published


def despite_of(session: Session, definition_ids: Iterable[int]) -> dict[int, Despite]:
    """What versions had against them when they were published, by the version's id."""
    wanted = select(PublishedDespite).where(PublishedDespite.definition_id.in_(definition_ids))
    return {
        each.definition_id: Despite(
            each.reason, tuple(orjson.loads(each.failed)), tuple(orjson.loads(each.unplayed))
        )
        for each in session.scalars(wanted)
    }
