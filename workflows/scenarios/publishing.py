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

    from engine import Engine, Unit, Version


@dataclass(frozen=True, slots=True)
class Despite:
    """Why a version was published all the same, and which scenarios it had against it."""

    reason: str
    failed: tuple[str, ...]
    unplayed: tuple[str, ...]


def keep_reason(engine: Engine, unit: Unit, key: str, *, revision: int, reason: str) -> None:
    """Keep why the draft of a process is to be published with its scenarios as they went.

    In the transaction that publishes it, or asks for that. Also kept is which scenarios have
    failed, and which have not been played. Raises InvalidInput for ``despite`` where one has
    failed and nobody says why, and Conflict where the draft is not that ``revision``.
    """
    draft = engine.definition_draft(key)
    if draft is None or draft.revision != revision:
        raise Conflict
    verdict = verdict_of(unit.session, draft.bundle)
    if verdict.failed and not reason:
        raise InvalidInput({"despite": ["required"]})
    if verdict.needs_reason:
        unplayed = [*verdict.waiting, *verdict.unplayed]
        unit.session.merge(
            PublishedDespite(
                key=key,
                digest=draft.bundle.digest,
                at=unit.now,
                reason=reason,
                failed=orjson.dumps(list(verdict.failed)).decode(),
                unplayed=orjson.dumps(unplayed).decode(),
            )
        )


def despite_of(session: Session, key: str, versions: Iterable[Version]) -> dict[int, Despite]:
    """What versions of a process had against them when they were asked for, by their number."""
    asked: dict[str, list[PublishedDespite]] = {}
    wanted = select(PublishedDespite).where(PublishedDespite.key == key)
    for each in session.scalars(wanted.order_by(PublishedDespite.at)):
        asked.setdefault(each.digest, []).append(each)
    found = {}
    for version in versions:
        before = [e for e in asked.get(version.digest, ()) if e.at <= version.deployed_at]
        if before:
            found[version.number] = Despite(
                before[-1].reason,
                tuple(orjson.loads(before[-1].failed)),
                tuple(orjson.loads(before[-1].unplayed)),
            )
    return found
