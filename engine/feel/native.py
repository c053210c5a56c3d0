"""The plain expressions, compiled to Python closures: no V8, about a microsecond.

Covered are variables, literals, comparisons, ``and``/``or``, parentheses and
``+``. Everything whose answer could differ from feelin's (null in an order,
mixed types, long integers, order of texts) is UNDECIDED and left to V8; a
property test holds both to the same answers.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias, TypeGuard

from engine.feel.text import RESERVED
from engine.values import Value


class Undecided(Enum):
    """The type of ``UNDECIDED``: the native compiler has no answer, V8 has."""

    UNDECIDED = "undecided"


UNDECIDED: Final = Undecided.UNDECIDED

Answer: TypeAlias = Value | Undecided
Compiled: TypeAlias = Callable[[Mapping[str, Value]], Answer]

MAX_CHARS: Final = 2_000
MAX_DEPTH: Final = 40
MAX_SAFE: Final = 2**53 - 1

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | "(?P<text>[^"\\\r\n]*)"
      | (?P<compare><=|>=|!=|=(?!=)|<|>)
      | (?P<sign>[+()])
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    )""",
    re.VERBOSE,
)
_ORDER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


class _NotPlain(Exception):
    """The text is no expression of the plain kind."""


def evaluate(text: str, context: Mapping[str, Value]) -> Answer:
    """The value of a plain expression; UNDECIDED where V8 has to answer."""
    compiled = compile_plain(text)
    if compiled is None:
        return UNDECIDED
    answer = compiled(context)
    # A copy: nobody who changes a result changes the variable it came from.
    return deepcopy(answer) if isinstance(answer, (list, dict)) else answer


@lru_cache(maxsize=4096)
def compile_plain(text: str) -> Compiled | None:
    """The closure for a plain expression, None for any other text."""
    if len(text) > MAX_CHARS:
        return None
    try:
        return _Parser(_tokens(text)).whole()
    except _NotPlain:
        return None


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position, end = [], 0, len(text.rstrip(" \t\r\n"))
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotPlain
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent: or < and < comparison < sum < operand."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Compiled:
        compiled = self._disjunction()
        if self._next != len(self._tokens):
            raise _NotPlain
        return compiled

    def _take(self, kind: str, *texts: str) -> str | None:
        if self._next < len(self._tokens):
            found, text = self._tokens[self._next]
            if found == kind and (not texts or text in texts):
                self._next += 1
                return text
        return None

    def _disjunction(self) -> Compiled:
        return self._logic("or", self._conjunction)

    def _conjunction(self) -> Compiled:
        return self._logic("and", self._comparison)

    def _logic(self, word: str, operand: Callable[[], Compiled]) -> Compiled:
        parts = [operand()]
        while self._take("name", word):
            parts.append(operand())
        return parts[0] if len(parts) == 1 else _logic(parts, decisive=word == "or")

    def _comparison(self) -> Compiled:
        left = self._sum()
        sign = self._take("compare")
        if sign is None:
            return left
        right = self._sum()
        if sign in _ORDER:
            return _order(_ORDER[sign], left, right)
        return _equality(left, right, negated=sign == "!=")

    def _sum(self) -> Compiled:
        total = self._operand()
        while self._take("sign", "+"):
            total = _add(total, self._operand())
        return total

    def _operand(self) -> Compiled:
        if self._take("sign", "("):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise _NotPlain
            inner = self._disjunction()
            if not self._take("sign", ")"):
                raise _NotPlain
            self._depth -= 1
            return inner
        number = self._take("number")
        if number is not None:
            return _constant(_number(number))
        text = self._take("text")
        if text is not None:
            return _constant(text)
        return _named(self._take("name"))


def _number(text: str) -> int | float:
    value: int | float = float(text) if "." in text else int(text)
    if abs(value) > MAX_SAFE:
        raise _NotPlain
    return value


def _constant(value: Value) -> Compiled:
    return lambda context: value


def _named(name: str | None) -> Compiled:
    if name is None:
        raise _NotPlain
    if name in _CONSTANTS:
        return _constant(_CONSTANTS[name])
    if name in RESERVED:
        raise _NotPlain

    def variable(context: Mapping[str, Value]) -> Answer:
        return context.get(name, UNDECIDED)

    return variable


def _logic(parts: list[Compiled], decisive: bool) -> Compiled:
    """Three-valued ``or`` (decisive: true) or ``and`` (decisive: false); nothing is skipped."""

    def connected(context: Mapping[str, Value]) -> Answer:
        values = [part(context) for part in parts]
        if any(value is UNDECIDED for value in values):
            return UNDECIDED
        if any(value is decisive for value in values):
            return decisive
        return (not decisive) if all(isinstance(value, bool) for value in values) else None

    return connected


def _equality(left: Compiled, right: Compiled, negated: bool) -> Compiled:
    def equal(context: Mapping[str, Value]) -> Answer:
        a, b = left(context), right(context)
        if a is UNDECIDED or b is UNDECIDED:
            return UNDECIDED
        if a is None or b is None:
            return (a is b) is not negated
        if isinstance(a, str) and isinstance(b, str):
            return (a == b) is not negated
        if isinstance(a, bool) and isinstance(b, bool):
            return (a is b) is not negated
        if _is_safe(a) and _is_safe(b):
            return (a == b) is not negated
        return UNDECIDED

    return equal


def _order(compare: Callable[[float, float], bool], left: Compiled, right: Compiled) -> Compiled:
    def ordered(context: Mapping[str, Value]) -> Answer:
        a, b = left(context), right(context)
        if _is_safe(a) and _is_safe(b):
            return compare(a, b)
        return UNDECIDED

    return ordered


def _add(left: Compiled, right: Compiled) -> Compiled:
    def added(context: Mapping[str, Value]) -> Answer:
        a, b = left(context), right(context)
        if isinstance(a, str) and isinstance(b, str):
            return a + b
        if _is_safe(a) and _is_safe(b):
            total = a + b
            return total if _is_safe(total) else UNDECIDED
        return UNDECIDED

    return added


def _is_safe(value: Answer) -> TypeGuard[int | float]:
    """Whether a value is a number that Python and JavaScript treat alike."""
    if type(value) is int:
        return -MAX_SAFE <= value <= MAX_SAFE
    return type(value) is float and math.isfinite(value)
