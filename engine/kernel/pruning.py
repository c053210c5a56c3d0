"""Forgetting: what no live token needs leaves the state.

Of a scope's forest of tokens two things are kept: the live tokens, and the
forks, that is every ended token below which at least two live ones stand; they
say once what their branches have in common. Everything else is past, so the
thousandth round of a loop costs what the first one did. Whatever a token must
know besides, it carries in ``internal_data`` (see ``events`` and ``loops``) and in
``history``, which is kept only as far as live tokens differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.kernel.joins import EndJoin
from engine.kernel.scopes import Instance, Scope
from engine.kernel.tokens import Token


def prune(instance: Instance) -> None:
    """Forget in every scope of an instance what no live token needs."""
    for scope in instance.scopes():
        live = scope.live()
        if len(live) > 1:
            live = _without_idle_ends(live)
        _shorten_histories(live)
        _forget_the_past(scope)


def _without_idle_ends(live: Sequence[Token]) -> list[Token]:
    """Drop tokens at the end of the scope that have nothing to give to it.

    Such a token has written nothing that another one does not know, and the
    other one will fire the end. So a reminder leaves nothing behind.
    """
    left = list(live)
    for token in live:
        if not isinstance(token.task_spec, EndJoin):
            continue
        if any(other is not token and _knows(other, token) for other in left):
            left.remove(token)
            token.consume()
    return left


def _knows(other: Token, token: Token) -> bool:
    """Whether a token that will reach the end itself has seen all that ``token`` has written."""
    if "of" in other.internal_data or other.task_spec.loop is not None:
        return False  # a boundary event may never come; an instance gives to its loop
    seen = other.history
    return all(chain[-1] in seen.get(name, ()) for name, chain in token.history.items())


def _shorten_histories(live: Sequence[Token]) -> None:
    """Keep of each variable's writers those whose value some live token still sees."""
    if len(live) == 1:
        live[0].history = {}
        return
    names = {name for token in live for name in token.history}
    if not names:
        return
    last = {name: {_last_writer(token, name) for token in live} for name in names}
    for token in live:
        token.history = {
            name: [number for number in chain if number in last[name]]
            for name, chain in token.history.items()
            if len(last[name]) > 1
        }


def _last_writer(token: Token, name: str) -> int:
    chain = token.history.get(name)
    return chain[-1] if chain else 0


def _forget_the_past(scope: Scope) -> None:
    kept: set[int] = set()
    below: dict[int, list[Token]] = {}
    # A token's number is greater than its origin's, so backwards is upwards.
    for number in reversed(scope.tasks):
        token = scope.tasks[number]
        standing = below.pop(number, [])
        if token.alive or len(standing) > 1:
            kept.add(number)
            token._children = [each.id for each in reversed(standing)]
            for each in standing:
                each._parent = number
            top = token
        elif standing:
            top = standing[0]
        else:
            continue
        if token._parent is None:
            top._parent = None
        else:
            below.setdefault(token._parent, []).append(top)
    scope.tasks = {number: token for number, token in scope.tasks.items() if number in kept}
