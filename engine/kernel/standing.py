"""Where the tokens of a kept state stand, and the same state over nodes of other names.

Nothing is stepped here, so no definition is needed to read, and a state that moves to another
definition keeps every number, variable and waiting place it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.kernel.process import Executable
from engine.kernel.state import RUNNING, VERSION
from engine.kernel.tokens import LIVE_BELOW

_END = " end"
_INSTANCE = " instance"


@dataclass(frozen=True, slots=True)
class Standing:
    """A live token: its number, its element, and what it is there for.

    ``via`` is the node it came from, where it waits at a join; ``host`` the number of the
    token on whose activity it is armed as a boundary event; ``at_end`` that it waits for the
    others at the end of the process.
    """

    number: int
    element: str
    via: str = ""
    host: int = 0
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """The live tokens of the process itself.

    ``inside`` names an activity in which more runs than one token: a subprocess or called
    process (``scope``), or a loop (``loop``). Empty where there is none.
    """

    tokens: tuple[Standing, ...]
    scope: str = ""
    loop: str = ""


def position_of(state: bytes) -> Position:
    """Where a running instance stands. Raises ValueError for a state that is not kept so."""
    scopes = _scopes(state)[1]
    main = scopes[0][2]
    tokens, loop = [], ""
    for row in main:
        number, _, phase, node = row[:4]
        if phase >= LIVE_BELOW:
            continue
        internal: Mapping[str, Any] = row[5] if len(row) > 5 else {}
        element = node.removesuffix(_INSTANCE)
        if "item" in internal or "total" in internal:
            loop = element
        tokens.append(
            Standing(
                number,
                element,
                via=internal.get("via", ""),
                host=internal.get("of", 0),
                at_end=node == _END,
            )
        )
    hosts = {row[0]: row[3] for _, _, rows in scopes for row in rows}
    inner = next((hosts[host].removesuffix(_INSTANCE) for host, _, _ in scopes[1:]), "")
    return Position(tuple(tokens), scope=inner, loop=loop)


def renamed(state: bytes, names: Mapping[str, str], executable: Executable) -> bytes:
    """The state of an instance without inner scopes, over the nodes of another definition.

    ``names`` gives the elements there that are called otherwise. What is past may have no
    node there any more: of a fork only its variables count.
    """
    whole, scopes = _scopes(state)
    nodes = executable.specs[executable.process_id].task_specs
    for row in scopes[0][2]:
        row[3] = _renamed(row[3], names)
        if row[2] >= LIVE_BELOW and row[3] not in nodes:
            row[3] = _END
        if len(row) > 5 and "via" in row[5]:
            row[5]["via"] = _renamed(row[5]["via"], names)
    scopes[0][1] = executable.process_id
    return orjson.dumps(whole)


def _renamed(node: str, names: Mapping[str, str]) -> str:
    """The name of a node; that of a hidden one begins with its element's."""
    element, space, rest = node.partition(" ")
    return names.get(element, element) + space + rest


def _scopes(state: bytes) -> tuple[list[Any], list[Any]]:
    whole = orjson.loads(state)
    if whole[0] != VERSION or whole[2] != RUNNING:
        raise ValueError("The state is not that of a running instance.")
    return whole, whole[3]
