"""What the kernel gives and asks: waits, thrown messages, the evaluator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.values import Value


class Evaluator(Protocol):
    """Evaluates what a diagram says; the kernel itself evaluates nothing.

    Every method raises :class:`engine.errors.ExpressionError` when it cannot answer.
    """

    def conditions(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[bool]:
        """Whether each condition holds; anything but true or false is an error."""
        ...

    def evaluate(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[Value]:
        """The value of each expression."""
        ...

    def decide(self, decision_id: str, context: Mapping[str, Value]) -> Mapping[str, Value]:
        """The outputs of a decision table, by variable name."""
        ...


class WaitKind(StrEnum):
    """What a token waits for."""

    USER = "user"  #: a person completes a user task
    SERVICE = "service"  #: a job completes a service or send task
    TIMER = "timer"  #: a point in time
    MESSAGE = "message"  #: a message by name


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that waits for something outside the process.

    ``task_no`` is unique in its instance for ever. ``variables`` are those the
    token sees; read them, never change them. ``item`` counts the instances of
    the innermost multi-instance or loop around the token, from 0. ``host`` is
    the activity a boundary event is attached to.
    """

    task_no: int
    element: str
    kind: WaitKind
    variables: Mapping[str, Value]
    item: int | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message thrown by the process, with the variables of the throwing token."""

    name: str
    element: str
    variables: Mapping[str, Value]
