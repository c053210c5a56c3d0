"""FEEL expressions as text: the optional leading ``=``, and the names in them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: Words with a meaning of their own, which therefore name no variable.
RESERVED: Final = frozenset(
    {
        "and",
        "between",
        "date",
        "duration",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "time",
        "true",
    }
)

_LITERAL_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_NAME = re.compile(r"(?<![\w.])(\.\s*)?([^\W\d]\w*)(\s*\()?")
_WORD = re.compile(r"[^\W\d]\w*")


def plain(expression: str) -> str:
    """The expression without surrounding white space and without its optional leading ``=``."""
    return expression.strip().removeprefix("=").strip()


@lru_cache(maxsize=4096)
def words(expression: str) -> frozenset[str]:
    """Every word outside string literals; a superset of the variables the expression reads."""
    return frozenset(_WORD.findall(_LITERAL_OR_COMMENT.sub(" ", expression)))


@lru_cache(maxsize=4096)
def names(expression: str) -> frozenset[str]:
    """The variables that an expression mentions, approximately.

    Left out are reserved words, names of called functions and what follows a
    dot. Names bound inside the expression (of a loop, a parameter, a key) are
    included, as if they were variables.
    """
    bare = _LITERAL_OR_COMMENT.sub(" ", plain(expression))
    return frozenset(
        name
        for path, name, call in _NAME.findall(bare)
        if not path and not call and name not in RESERVED
    )
