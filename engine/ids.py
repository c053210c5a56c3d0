"""Identifiers: 63-bit integers, ordered by time, made by the application."""

from __future__ import annotations

import itertools
import os
import secrets
import threading
import time
from collections.abc import Iterator

_RANDOM_BITS = 20
_MASK = (1 << _RANDOM_BITS) - 1


class _Counter(threading.local):
    """Where this thread counts; started anew after a fork."""

    pid = 0
    numbers: Iterator[int] = iter(())


_counter = _Counter()


def new_id() -> int:
    """A new identifier.

    41 bits of milliseconds and 20 bits that count up from a random start, anew in
    each thread and process; two that meet in one millisecond collide with a chance of one in
    a million, and the primary key refuses the second.
    """
    if _counter.pid != os.getpid():
        _counter.pid = os.getpid()
        _counter.numbers = itertools.count(secrets.randbits(_RANDOM_BITS))
    return (time.time_ns() // 1_000_000 << _RANDOM_BITS) | (next(_counter.numbers) & _MASK)
