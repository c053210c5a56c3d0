"""Answers that stay the same, remembered: FEEL is a function of its text, context and clock."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

ENTRIES: Final = 2048
"""So many answers are remembered: those of all diagrams of a large office."""
CHARS: Final = 4096
"""So long may a question with its answer be; all of them together stay within 8 MiB."""


class Answers:
    """The answers asked for last, by their question; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, str] = OrderedDict()

    def find(self, question: str) -> str | None:
        """The answer to a question, if it is remembered."""
        with self._lock:
            if question not in self._known:
                return None
            self._known.move_to_end(question)
            return self._known[question]

    def keep(self, question: str, answer: str) -> None:
        """Remember an answer; the one asked for longest ago is forgotten instead."""
        if len(question) + len(answer) > CHARS:
            return
        with self._lock:
            self._known[question] = answer
            if len(self._known) > ENTRIES:
                self._known.popitem(last=False)
