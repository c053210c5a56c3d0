"""Regular expressions that cannot run away.

A form's author may write what a field looks like, and whoever fills it in
chooses the text: an unrestricted expression would let the one or the other
stop the server. Accepted are anchored sequences of characters and character
classes with few repetitions of variable length, matched against short texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

MAX_PATTERN_CHARS: Final = 200
MAX_REPETITION: Final = 200
MAX_MATCHED_CHARS: Final = 256
#: In how many ways a text may be divided among the repetitions.
MAX_WAYS: Final = MAX_MATCHED_CHARS**3

#: The HTML standard's e-mail address, as form-js tests it.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
#: An international number, E.164: form-js also lists the country codes that exist.
_PHONE = re.compile(r"(?:\+|00)[1-9][0-9]{6,14}")
_NAMED: Final = {"email": _EMAIL, "phone": _PHONE}

_CLASS_ESCAPES: Final = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v\u00a0\ufeff"}
_ATOM = re.compile(
    r"(?P<escape>\\[dws])|(?P<literal>\\[^A-Za-z0-9]|[^\\\[\](){}^$.|?*+])|(?P<any>\.)"
    r"|(?P<set>\[\^?(?:\\[dws]|\\[^A-Za-z0-9]|[^\\\[\]])+\])"
)
_MEMBER = re.compile(
    r"(?P<escape>\\[dws])(?!-)|(?P<low>\\[^A-Za-z0-9]|[^\\])(?:-(?P<high>\\[^A-Za-z0-9]|[^\\]))?"
)
_REPEAT = re.compile(r"[?*+]|\{(\d{1,3})(,(\d{0,3}))?\}", re.ASCII)


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for a simple pattern, or for the names ``email`` and ``phone``.

    Raises ValueError with a sentence for a pattern that is not simple.
    """
    compiled = _NAMED.get(pattern) or re.compile(_translate(pattern))

    def matches(text: str) -> bool:
        return len(text) <= MAX_MATCHED_CHARS and compiled.fullmatch(text) is not None

    return matches


def _translate(pattern: str) -> str:
    """The pattern in Python's syntax, JavaScript's meaning, without its anchors."""
    if len(pattern) > MAX_PATTERN_CHARS:
        raise ValueError(f"The pattern is longer than {MAX_PATTERN_CHARS} characters.")
    if not pattern.startswith("^") or not pattern.endswith("$") or pattern.endswith(r"\$"):
        raise ValueError("The pattern must start with ^ and end with $.")
    body, position, parts, ways = pattern[1:-1], 0, [], 1
    while position < len(body):
        atom = _ATOM.match(body, position)
        if atom is None:
            raise ValueError(
                f"The pattern is not simple at {body[position : position + 20]!r}: write"
                " characters, classes such as [A-Z] and repetitions such as {2,5} only."
            )
        position = atom.end()
        repeat = _REPEAT.match(body, position)
        if repeat is not None:
            position = repeat.end()
            ways *= _ways(repeat)
        parts.append(_python_atom(atom) + (repeat[0] if repeat else ""))
    if ways > MAX_WAYS:
        raise ValueError("The pattern has too many repetitions of variable length.")
    return "".join(parts)


def _ways(repeat: re.Match[str]) -> int:
    """How many lengths a repetition can have; refuses long ones."""
    if repeat[1] is None:
        return 2 if repeat[0] == "?" else MAX_MATCHED_CHARS
    low = int(repeat[1])
    high = low if repeat[2] is None else int(repeat[3] or MAX_REPETITION)
    if not low <= high <= MAX_REPETITION:
        raise ValueError(f"The repetition {repeat[0]} of the pattern is not possible.")
    return high - low + 1


def _python_atom(atom: re.Match[str]) -> str:
    if atom["escape"]:
        return f"[{_CLASS_ESCAPES[atom['escape'][1]]}]"
    if atom["any"]:
        return r"[^\n\r\u2028\u2029]"
    if atom["literal"]:
        return re.escape(atom["literal"].removeprefix("\\"))
    return _python_class(atom["set"])


def _python_class(text: str) -> str:
    """A character class of single characters, ranges and the three class escapes."""
    negated = text.startswith("[^")
    members, position, parts = text[1 + negated : -1], 0, []
    while position < len(members):
        member = _MEMBER.match(members, position)
        if member is None:
            raise ValueError(f"The class {text} of the pattern is not simple.")
        position = member.end()
        if member["escape"]:
            parts.append(_CLASS_ESCAPES[member["escape"][1]])
            continue
        low = member["low"].removeprefix("\\")
        high = (member["high"] or member["low"]).removeprefix("\\")
        if low > high:
            raise ValueError(f"The range {low}-{high} of the pattern is empty.")
        parts.append(f"{re.escape(low)}-{re.escape(high)}")
    return f"[{'^' if negated else ''}{''.join(parts)}]"
