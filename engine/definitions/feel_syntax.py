"""Checks the FEEL of a bundle: each distinct expression once, and not without limit.

A check costs about half a millisecond in the isolate, so plain literals, of
which decision tables are full, are recognised here.
"""

from __future__ import annotations

import re
from enum import Enum

from engine.definitions.catalogue import FeelChecker
from engine.definitions.report import Placed, Report

MAX_CHARS = 4000
MAX_DISTINCT = 500

_LITERAL = r'(?:"[^"\\]*"|-?\d{1,15}(?:\.\d{1,15})?|true|false|null)'
_PLAIN = re.compile(rf"{_LITERAL}|date\(\"\d{{4}}-\d{{2}}-\d{{2}}\"\)")
_PLAIN_TESTS = re.compile(rf"{_LITERAL}(?:\s*,\s*{_LITERAL})*|(?:<|<=|>|>=)\s*-?\d{{1,15}}")


class Kind(Enum):
    """What an expression has to be."""

    VALUE = "value"  #: anything
    CONDITION = "condition"  #: true or false
    TESTS = "tests"  #: the unary tests of a decision table's cell


class FeelSyntax:
    """Reports expressions that are empty, too long, too many or no FEEL."""

    def __init__(self, feel: FeelChecker, report: Report) -> None:
        self._checks = {
            Kind.VALUE: feel.check,
            Kind.CONDITION: feel.check_condition,
            Kind.TESTS: feel.check_unary,
        }
        self._report = report
        self._known: dict[tuple[Kind, str], list[str]] = {}

    def check(self, at: Placed, expression: str, what: str, kind: Kind = Kind.VALUE) -> None:
        """Check one expression; ``what`` begins the sentence."""
        text = expression.strip()
        if not text.removeprefix("=").strip():
            self._report.add("expression_missing", at, f"{what} is empty; write an expression.")
        elif len(text) > MAX_CHARS:
            message = f"{what} has {len(text)} characters; at most {MAX_CHARS} are read."
            self._report.add("expression_too_long", at, message)
        elif not (_PLAIN_TESTS if kind is Kind.TESTS else _PLAIN).fullmatch(text):
            for sentence in self._findings(at, text, kind):
                message = f"{what}: {sentence}"
                self._report.add("expression_invalid", at, message, expression=text)

    def _findings(self, at: Placed, text: str, kind: Kind) -> list[str]:
        key = (kind, text)
        if key not in self._known:
            if len(self._known) >= MAX_DISTINCT:
                message = (
                    f"The bundle has more than {MAX_DISTINCT} different expressions; split it."
                )
                self._report.add("too_many_expressions", at, message)
                return []
            self._known[key] = self._checks[kind](text)
        return self._known[key]
