"""The state of an instance as bytes: compact rows, without the definition.

Version 1, JSON: ``[1, counter, phase, body]``. ``phase`` is 0 while tokens are
left, 1 once finished, 2 once cancelled; then ``body`` are the last variables.
While tokens are left it lists the scopes, outer ones first:
``[number of the host token or 0, key of the process, rows]``, and a row is
``[number, origin or 0, state, node, variables, internal, history]``, trailing empty
columns left out. The variables of a row are those that its origin (or, without
one, the scope's host) does not have in the same way. Variables are opaque: no
key or value in them means anything to the format. Variables never vanish on the
way from a token to the next, so additions and changes suffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from engine.kernel.scopes import InnerScope, Instance, Scope
from engine.kernel.tokens import Token
from engine.values import Value

VERSION = 1
RUNNING, FINISHED, CANCELLED = 0, 1, 2

_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NOTHING: Mapping[str, Value] = {}


def dump(instance: Instance, phase: int, variables: Mapping[str, Value]) -> bytes:
    """The state as bytes. Raises TypeError for a variable that is no JSON value."""
    body: Any = variables
    if phase == RUNNING:
        body = [_dump_scope(scope) for scope in instance.scopes()]
    return orjson.dumps([VERSION, instance.counter, phase, body], option=_STRICT)


def load(instance: Instance, state: bytes) -> tuple[int, dict[str, Value]]:
    """Fill an empty instance; gives the phase and, once ended, the last variables.

    Raises ValueError for bytes that are no state of this definition.
    """
    version, counter, phase, body = orjson.loads(state)
    if version != VERSION:
        raise ValueError(f"The state has version {version}; this kernel reads {VERSION}.")
    instance.counter = counter
    if phase != RUNNING:
        return phase, body
    for host_number, key, rows in body:
        scope: Scope = instance
        if host_number:
            host = instance.find(host_number)
            if host is None or key not in instance.specs:
                raise ValueError(f"The state does not fit the definition: no process '{key}'.")
            scope = instance.subprocesses[host_number] = InnerScope(instance.specs[key], host)
        _load_rows(scope, rows)
    return phase, {}


def _dump_scope(scope: Scope) -> list[Any]:
    host = scope.host
    return [
        0 if host is None else host.id,
        scope.spec.name,
        [
            _dump_token(token, _NOTHING if host is None else host.data)
            for token in scope.tasks.values()
        ],
    ]


def _dump_token(token: Token, outer: Mapping[str, Value]) -> list[Any]:
    origin = token.origin
    base = outer if origin is None else origin.data
    own = {
        name: value
        for name, value in token.data.items()
        if name not in base or base[name] is not value
    }
    place = [token.id, token._parent or 0, token._state, token.task_spec.name]
    row: list[Any] = [*place, own, token.internal_data, token.history]
    while not row[-1]:
        row.pop()
    return row


def _load_rows(scope: Scope, rows: list[list[Any]]) -> None:
    nodes, tasks = scope.spec.task_specs, scope.tasks
    outer = _NOTHING if scope.host is None else scope.host.data
    for row in rows:
        number, origin, state, name = row[:4]
        node = nodes.get(name)
        if node is None:
            raise ValueError(f"The state does not fit the definition: no element '{name}'.")
        token = Token(scope, node, number, origin or None, state)
        if origin:
            base = tasks[origin]
            base._children.append(number)
            token.data = dict(base.data)
        else:
            token.data = dict(outer)
        if len(row) > 4:
            token.data.update(row[4])
        if len(row) > 5:
            token.internal_data = row[5]
        if len(row) > 6:
            token.history = row[6]
