"""What a story of the demonstration is written in: its steps, and what a step may use."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from workflows.people.models import Person
from workflows.people.services import find_person, get_person, person_id_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Engine, Unit
    from workflows.office import Office

SYSTEM_LOGIN = "system"
"""Acts where nobody does: the house itself."""

PARTNER = "partner"
"""Whoever answers for a partner, by the link of one work item."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One step's transaction: everything a step may use, and the instant it happens at."""

    engine: Engine
    unit: Unit
    office: Office

    @property
    def session(self) -> Session:
        """The session of the transaction."""
        return self.unit.session

    @property
    def home(self) -> str:
        """SCHAC code of the university of this house."""
        return self.office.home_hei_id

    def person(self, login: str) -> Person:
        """Somebody of the demonstration."""
        found = find_person(self.session, login)
        assert found is not None, f"nobody is called {login}"
        return found

    @property
    def who(self) -> Person:
        """Whoever acts."""
        number = person_id_of(self.unit.actor)
        assert number is not None, "somebody with an account acts"
        return get_person(self.session, number)


Data: TypeAlias = Mapping[str, object] | Callable[["Moment"], Mapping[str, object]]
Case: TypeAlias = str | Callable[["Session"], str]


@dataclass(frozen=True, slots=True)
class Do:
    """``who`` (a login) does something that is no work item; its result is a JSON value."""

    at: datetime
    who: str
    run: Callable[[Moment], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """``who`` completes the open work item ``element`` of a case.

    ``case`` is its business key, or what finds it. Of several the first that is asked of
    ``who`` is meant. ``optional``: where no such item is open, nothing happens.
    """

    at: datetime
    who: str
    process: str
    element: str
    case: Case
    outcome: str | None = None
    reason: str | None = None
    data: Data = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """From here on documents cannot be sealed (``begins``), or they can again."""

    at: datetime
    begins: bool


Step: TypeAlias = Do | Answer | Outage
Telling: TypeAlias = Generator[Step, Any, None]
"""A story under way: gives step after step, and gets each one's result."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story by its name, which no other one has."""

    name: str
    telling: Telling
