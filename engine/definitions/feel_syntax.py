"""Checks the FEEL of a bundle: each distinct expression once, and not without limit.

A check costs about half a millisecond in the isolate, so plain literals, of
which decision tables are full, are recognised here.
"""

from __future__ import annotations

import re

from engine.definitions.catalogue import FeelChecker
from engine.definitions.report import Placed, Report

MAX_CHARS = 4000
MAX_DISTINCT = 500

_LITERAL = r'(?:"[^"\\]*"|-?\d{1,15}(?:\.\d{1,15})?|true|false|null)'
_PLAIN = re.compile(rf"{_LITERAL}|date\(\"\d{{4}}-\d{{2}}-\d{{2}}\"\)")
_PLAIN_TESTS = re.compile(rf"{_LITERAL}(?:\s*,\s*{_LITERAL})*|(?:<|<=|>|>=)\s*-?\d{{1,15}}")


class FeelSyntax:
    """Reports expressions that are empty, too long, too many or no FEEL."""

    def __init__(self, feel: FeelChecker, report: Report) -> None:
        self._feel = feel
        self._report = report
        self._known: dict[tuple[bool, str], list[str]] = {}

    def check(self, at: Placed, expression: str, what: str, *, unary: bool = False) -> None:
        """Check one expression, or the unary tests of a cell; ``what`` begins the sentence."""
        text = expression.strip()
        if not text.removeprefix("=").strip():
            self._report.add("expression_missing", at, f"{what} is empty; write an expression.")
        elif len(text) > MAX_CHARS:
            message = f"{what} has {len(text)} characters; at most {MAX_CHARS} are read."
            self._report.add("expression_too_long", at, message)
        elif not (_PLAIN_TESTS if unary else _PLAIN).fullmatch(text):
            for sentence in self._findings(at, text, unary):
                message = f"{what}: {sentence}"
                self._report.add("expression_invalid", at, message, expression=text)

    def _findings(self, at: Placed, text: str, unary: bool) -> list[str]:
        key = (unary, text)
        if key not in self._known:
            if len(self._known) >= MAX_DISTINCT:
                message = (
                    f"The bundle has more than {MAX_DISTINCT} different expressions; split it."
                )
                self._report.add("too_many_expressions", at, message)
                return []
            self._known[key] = self._feel.check_unary(text) if unary else self._feel.check(text)
        return self._known[key]
