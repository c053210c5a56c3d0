"""The stage: what a scenario's actions and fillers work with."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine.identity import SYSTEM, Actor
from engine.values import Instance, InstanceQuery, WorkItem
from workflows.links import PartnerLink
from workflows.people.models import Person
from workflows.people.services import PARTNER_DESK, actor_for, find_person
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.steps import SYSTEM_MEMBER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Engine, Unit

MAX_CASES = 200
OBSERVER = Actor("scenario", oversees=True, sees_restricted=True)
"""Who looks whether all is as the scenario says; takes part in nothing."""


class MovedClock(Protocol):
    """A clock that stands still until a step moves it."""

    at: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        ...


class Mismatch(Exception):
    """Something is not as the scenario says; the message is one sentence.

    ``code`` says what kind of thing it is, ``expected`` and ``found`` what was expected of it
    and what is, where there is such a pair.
    """

    def __init__(
        self, sentence: str, code: str = "mistake", expected: str = "", found: str = ""
    ) -> None:
        self.code, self.expected, self.found = code, expected, found
        super().__init__(sentence)


@dataclass
class Stage:
    """One scenario under way.

    ``member`` acts in the present step. ``business_key`` and ``mobility_id`` are those of
    the last case an action has opened; ``kept`` are the results of steps by their name.
    ``seen_mail`` is the number of the last mail that was looked at, ``incidents`` how many
    open incidents are as the scenario says. Played may be for ``seconds``.
    """

    engine: Engine
    clock: MovedClock
    home_hei_id: str
    member: str = SYSTEM_MEMBER
    business_key: str = ""
    mobility_id: int | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    seen_mail: int = 0
    incidents: int = 0
    seconds: float = math.inf
    began: float = field(default_factory=time.monotonic)

    def require_time(self) -> None:
        """Raise Mismatch once the scenario has taken longer than it may."""
        if time.monotonic() - self.began > self.seconds:
            raise Mismatch(f"It took more than {self.seconds:g} seconds.", "time")

    @property
    def actor(self) -> Actor:
        """Who acts in the present step; the partner acts on work items only."""
        return self.actor_of(self.member)

    def actor_of(self, member: str) -> Actor:
        """A member of the cast as the engine knows them now."""
        if member == SYSTEM_MEMBER:
            return SYSTEM
        if member == PARTNER:
            said = "The partner has no account and can only complete work items."
            raise Mismatch(said, "no_account", found=member)
        with self.reading() as session:
            return actor_for(session, _person(session, member))

    def person_id(self, member: str) -> int:
        """The number of a member's account."""
        if member not in MEMBERS:
            raise Mismatch(f"'{member}' has no account.", "no_account", found=member)
        with self.reading() as session:
            return _person(session, member).id

    def unit(self) -> AbstractContextManager[Unit]:
        """One transaction of whoever acts in the present step."""
        return self.engine.unit(self.actor)

    def reading(self) -> AbstractContextManager[Session]:
        """A session for reading."""
        return self.engine.reading()

    def opened(self, mobility_id: int) -> None:
        """The case of a mobility is what later steps are about."""
        self.mobility_id, self.business_key = mobility_id, str(mobility_id)

    @property
    def mobility(self) -> int:
        """The mobility of the last case opened; Mismatch before there is one."""
        if self.mobility_id is None:
            raise Mismatch("No step has opened a case of a mobility yet.", "no_case")
        return self.mobility_id

    def cases(self) -> list[Instance]:
        """Every case of the scenario with its open work items, newest first."""
        return cases_of(self.engine)

    def open_items(self) -> Iterator[WorkItem]:
        """Every open work item, oldest first."""
        return iter(open_items_of(self.cases()))

    def complete(
        self,
        element: str,
        member: str,
        outcome: str | None = None,
        *,
        data: Mapping[str, object] | None = None,
        reason: str | None = None,
        process: str = "",
        case: str = "",
        number: int = 1,
    ) -> None:
        """Let a member complete an open work item of the user task ``element``.

        Of several, the ``number``-th (from 1, oldest first) that the member may do; where
        there is none, the first of all, so that the engine says why not. Raises Mismatch
        where nothing of that name is open, and what the engine raises.
        """
        items = [
            item
            for item in self.open_items()
            if item.element == element
            and process in ("", item.key)
            and case in ("", item.business_key)
        ]
        if not items:
            shown = shown_items(self.open_items())
            raise Mismatch(
                f"No task '{element}' is open; open are: {shown}.", "not_open", element, shown
            )
        if member == PARTNER:
            item = _numbered([i for i in items if i.candidate == PARTNER_DESK] or items, number)
            actor = partner_actor(item)
        else:
            actor = self.actor_of(member)
            item = _numbered([i for i in items if is_for(i, actor)] or items, number)
        self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"{item.id} {actor.id} {self.clock.at.isoformat()}",
        )

    def given(self, arguments: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
        """The arguments of an action over its defaults; Mismatch for an unknown one."""
        unknown = sorted(set(arguments) - set(defaults))
        if unknown:
            known = ", ".join(sorted(defaults)) or "none"
            named = ", ".join(unknown)
            said = f"Unknown argument {named}; there are: {known}."
            raise Mismatch(said, "unknown_argument", known, named)
        return {**defaults, **arguments}


def cases_of(engine: Engine) -> list[Instance]:
    """Every case with its open work items, newest first."""
    found = engine.instances(actor=OBSERVER, query=InstanceQuery(limit=MAX_CASES))
    return [engine.instance(case.id, actor=OBSERVER) for case in found.items]


def open_items_of(cases: Iterable[Instance]) -> list[WorkItem]:
    """Their open work items, oldest first."""
    return sorted((item for case in cases for item in case.open_items), key=lambda item: item.id)


def partner_actor(item: WorkItem) -> Actor:
    """The partner with the link to one work item, as the mail hands it out."""
    return PartnerLink(item.instance_id, item.id, "", item.created_at).actor


def shown_items(items: Iterable[WorkItem]) -> str:
    """Open work items in a sentence."""
    shown = [f"{item.key}/{item.element} ({item.assignee or item.candidate})" for item in items]
    return ", ".join(shown) or "none"


def is_for(item: WorkItem, actor: Actor) -> bool:
    """Whether a scenario counts an open work item among those that the actor may do."""
    if item.assignee is not None:
        return item.assignee == actor.id
    return item.candidate == actor.id or item.candidate in actor.groups


def _numbered(items: Sequence[WorkItem], number: int) -> WorkItem:
    if number > len(items):
        raise Mismatch(
            f"There is no such task number {number}; open are: {shown_items(items)}.",
            "not_open",
            f"{items[0].element} ({number})",
            shown_items(items),
        )
    return items[number - 1]


def _person(session: Session, member: str) -> Person:
    found = find_person(session, MEMBERS[member].login)
    assert found is not None, f"the cast has no {member}"
    return found
