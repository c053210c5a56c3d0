"""A V8 isolate with feelin in it: created when first needed, limited in time and memory.

mini-racer runs each isolate on a thread of its own. A fork does not take that
thread along, so a child must never touch its parent's isolate, not even to
free it: the child forgets it and makes its own. And a fork waits until no
evaluation is under way, for a child would inherit the locks V8 holds meanwhile.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import threading
import time
import weakref
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import orjson
from py_mini_racer import (
    DEFAULT_V8_FLAGS,
    JSEvalException,
    JSOOMException,
    JSTimeoutException,
    MiniRacer,
    init_mini_racer,
)

from engine.feel.memory import Answers

BUNDLE: Final = "dist/feelin.js"
DEFAULT_SECONDS: Final = 0.5
DEFAULT_BYTES: Final = 64 * 1024 * 1024
V8_FLAGS: Final = (*DEFAULT_V8_FLAGS, "--no-memory-protection-keys")
"""Where the processor has protection keys, V8 lets only the thread that initialised it, and
those started from there, touch its code: any other that makes or frees an isolate crashes the
process. Isolates here belong to no thread."""
SET_UP_SECONDS: Final = 30.0
ATTEMPTS: Final = 8
"""So often an expression that got no processor time is tried again."""
DRAIN_SECONDS: Final = 5.0


class IsolateStopped(Exception):
    """The isolate was killed over a limit; ``reason`` is ``timeout`` or ``memory``."""

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class Isolate:
    """Calls the functions of ``passerelleFeel``, one call at a time.

    Safe to share between threads and to inherit through a fork.
    """

    def __init__(self, seconds: float = DEFAULT_SECONDS, max_bytes: int = DEFAULT_BYTES) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._racer: MiniRacer | None = None
        self._threads: frozenset[Path] = frozenset()
        self._pid = os.getpid()
        self._answers = Answers()
        _ISOLATES.add(self)

    def call(self, function: str, payload: object, now: int = 0) -> dict[str, Any]:
        """Call one function with a JSON payload at ``now`` (ms since 1970); its JSON answer.

        What the clock has no part in is answered from memory when it is asked again. Raises
        IsolateStopped over a limit, ValueError for a payload that is no JSON (integers beyond
        53 bits included: JavaScript would round them).
        """
        question = _question(function, payload)
        known = self._answers.find(question)
        text = self._ask(f"{question}, {now})") if known is None else known
        answer: dict[str, Any] = orjson.loads(text)
        if not answer.pop("timed", False) and known is None:
            self._answers.keep(question, text)
        return answer

    def _ask(self, source: str) -> str:
        with self._lock:
            try:
                return self._run(source)
            except JSTimeoutException:
                self._discard()
                sentence = f"it ran longer than {self._seconds * 1000:.0f} ms"
                raise IsolateStopped("timeout", sentence) from None
            except JSOOMException:
                self._discard()
                sentence = f"it needed more than {self._max_bytes >> 20} MiB of memory"
                raise IsolateStopped("memory", sentence) from None
            except JSEvalException as error:
                self._discard()
                sentence = f"its evaluation broke off: {str(error).splitlines()[0]}"
                raise IsolateStopped("failed", sentence) from None

    def close(self) -> None:
        """Free the isolate and forget its answers; the next call makes a new one."""
        with self._lock:
            self._discard()
            self._answers = Answers()

    def _run(self, source: str) -> str:
        used = 0.0
        for _ in range(ATTEMPTS):
            racer = self._ready()
            before = self._spent()
            try:
                answer = racer.eval(source, timeout_sec=self._seconds)
            except JSTimeoutException as stopped:
                # Hardly any processor time, all in all: the machine was busy, not the expression.
                used += self._spent() - before
                if used > self._seconds / 2:
                    raise
                late = stopped
                self._discard()
            else:
                return str(answer)
        raise late

    def _spent(self) -> float:
        """Seconds of processor time that the isolate's threads have used so far."""
        if not self._threads:
            return time.process_time()
        return sum(_spent_by(thread) for thread in self._threads)

    def _ready(self) -> MiniRacer:
        if self._pid != os.getpid():
            self._forget()
        if self._racer is None:
            init_mini_racer(flags=V8_FLAGS, ignore_duplicate_init=True)
            others = _threads()
            racer = MiniRacer()
            self._threads = _threads() - others
            racer.eval(_bundle(), timeout_sec=SET_UP_SECONDS)
            racer.set_hard_memory_limit(self._max_bytes)
            self._racer = racer
        return self._racer

    def _discard(self) -> None:
        racer, self._racer = self._racer, None
        if racer is None or self._pid != os.getpid():
            return
        # mini-racer closes its event loop before it stops V8: a stopped
        # expression that has not come back yet would answer into a closed loop.
        with suppress(JSEvalException):
            racer.eval("0", timeout_sec=DRAIN_SECONDS)
        racer.close()

    def _forget(self) -> None:
        """In a forked child: drop the parent's isolate without ever freeing it."""
        if self._racer is not None:
            # Freeing would wait for a thread that this process does not have,
            # at the latest when the interpreter ends: one reference too many
            # keeps the object for good.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._racer))
            self._racer = None
        self._pid = os.getpid()

    def hold(self) -> None:
        """Before a fork: wait for the call under way and let no other begin."""
        self._lock.acquire()

    def release(self) -> None:
        """After a fork, in the parent: let calls begin again."""
        self._lock.release()

    def start_over(self) -> None:
        """After a fork, in the child: be an isolate that was never used."""
        self._lock = threading.Lock()
        self._answers = Answers()
        self._forget()


@cache
def shared_isolate(seconds: float = DEFAULT_SECONDS, max_bytes: int = DEFAULT_BYTES) -> Isolate:
    """The isolate of this process with these limits; one serves everybody."""
    return Isolate(seconds, max_bytes)


class _Forks:
    """Holds all isolates still while the process forks; one fork at a time."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._held: list[Isolate] = []

    def before(self) -> None:
        self._one.acquire()
        for isolate in list(_ISOLATES):
            isolate.hold()
            self._held.append(isolate)

    def in_parent(self) -> None:
        while self._held:
            self._held.pop().release()
        self._one.release()

    def in_child(self) -> None:
        for isolate in list(_ISOLATES):
            isolate.start_over()
        self._held.clear()
        self._one = threading.Lock()


_TASKS: Final = Path("/proc/self/task")
_ISOLATES: Final[weakref.WeakSet[Isolate]] = weakref.WeakSet()
_FORKS: Final = _Forks()


def _threads() -> frozenset[Path]:
    """The threads of this process where the system tells them (Linux), else none."""
    return frozenset(_TASKS.iterdir()) if _TASKS.is_dir() else frozenset()


def _spent_by(thread: Path) -> float:
    try:
        return int((thread / "schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        # It has ended, and with it the call that is being watched.
        return 0.0


def _close_all() -> None:
    for isolate in list(_ISOLATES):
        isolate.close()


os.register_at_fork(
    before=_FORKS.before, after_in_parent=_FORKS.in_parent, after_in_child=_FORKS.in_child
)
# V8's threads cannot be stopped once the interpreter has begun to shut down.
atexit.register(_close_all)


def _bundle() -> str:
    source = resources.files("engine.feel").joinpath(BUNDLE)
    if not source.is_file():
        raise RuntimeError("engine/feel/dist/feelin.js is missing; `make run` builds it.")
    return source.read_text(encoding="utf-8")


def _question(function: str, payload: object) -> str:
    """The call, as far as it does not depend on when it is made."""
    try:
        data = orjson.dumps(payload, option=orjson.OPT_STRICT_INTEGER)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return f"passerelleFeel.{function}({json.dumps(data.decode())}"
