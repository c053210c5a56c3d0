"""Forms that begin something: sent twice, they begin it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from engine.runtime import idempotency
from web import current

if TYPE_CHECKING:
    from engine import Unit

Act = Callable[["Unit"], Sequence[int]]


def once(command: str, key: str, act: Act) -> list[int]:
    """Do ``act`` in a transaction of the viewer's, and give its answer.

    The same ``key`` of the same person gets the first answer again, also when both were
    sent at the same moment. Raises Conflict for a key used otherwise, and what ``act`` does.
    """
    try:
        return _done(command, key, act)
    except IntegrityError:
        # The same form sent twice at once: the other transaction was first.
        return _done(command, key, _first)


def _done(command: str, key: str, act: Act) -> list[int]:
    with current.engine().unit(current.actor()) as unit:
        known = idempotency.recall(unit, command, key)
        if known is not None:
            return [int(number) for number in known]
        answer = list(act(unit))
        idempotency.remember(unit, command, key, answer)
        return answer


def _first(_: Unit) -> Sequence[int]:
    """Something else has failed than the key."""
    raise RuntimeError("A form could not be kept, and nobody had sent it before.")
