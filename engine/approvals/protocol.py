"""What an approval step is: the protocol a plug-in implements.

A step is declared in a diagram on a user task (property ``approval`` and its
``approval.<option>`` properties), implemented in Python, and found by the
entry point group ``passerelle.approval_steps``. A step does no I/O and keeps no
state: it is asked with everything it needs, and may be asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from engine.values import Value

Options = Mapping[str, str]
"""Options as the diagram writes them, without the ``approval.`` prefix."""


@dataclass(frozen=True, slots=True)
class OptionProblem:
    """An option a step cannot work with, found at deployment."""

    option: str
    message: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One voice in a decision.

    ``candidate`` is the group (or ``person:<id>``) asked. Seats with the lowest
    ``order`` that have not voted are open; the others wait for their turn.
    """

    candidate: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Vote:
    """What a seat has said."""

    seat: int
    actor: str
    outcome: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision of the whole step: one of its declared outcomes."""

    name: str


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a step may know.

    ``candidate`` is the group the lane routes to; ``outcomes`` the declared
    outcomes, the first of which is the positive one; ``options`` the step's
    options, those named in ``expressions`` already evaluated; ``decide``
    evaluates a decision table of the bundle over the instance's variables.
    """

    candidate: str
    outcomes: tuple[str, ...]
    options: Mapping[str, Value]
    variables: Mapping[str, Value]
    decide: Callable[[str], Mapping[str, Value]]

    @property
    def positive(self) -> str:
        """The outcome that lets the case go on."""
        return self.outcomes[0]


class ApprovalStep(Protocol):
    """A policy of decision."""

    kind: ClassVar[str]
    """The value of the ``approval`` property that names this step."""

    expressions: ClassVar[frozenset[str]]
    """Options that are FEEL expressions over the instance's variables."""

    def check(self, options: Options) -> list[OptionProblem]:
        """What is wrong with the options; asked at deployment."""
        ...

    def seats(self, ctx: StepContext) -> list[Seat]:
        """Who is asked, in which order. An empty list means nobody needs to be."""
        ...

    def decide(self, ctx: StepContext, votes: Sequence[Vote]) -> Outcome | None:
        """The outcome the votes amount to, or None while it is still open.

        Asked with no votes before any seat opens, then after each vote.
        """
        ...
