"""Who acts. Identity is an argument of every command, never a global."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol


class Held(Protocol):
    """What says of a work item whom it is asked of; rows and values both do."""

    @property
    def definition_id(self) -> int:
        """The definition its instance runs by."""
        ...

    @property
    def candidate(self) -> str:
        """The group or person it is offered to."""
        ...

    @property
    def assignee(self) -> str | None:
        """Who has claimed it."""
        ...


@dataclass(frozen=True, slots=True)
class Replaced:
    """Somebody whom an actor replaces for a while.

    ``id`` and ``groups`` are theirs. ``definitions`` are the ids of the process
    definitions for which the actor replaces them; None is all.
    """

    id: str
    groups: frozenset[str] = field(default_factory=frozenset)
    definitions: frozenset[int] | None = None

    def covers(self, definition_id: int) -> bool:
        """Whether the actor replaces them in instances of that definition."""
        return self.definitions is None or definition_id in self.definitions


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or system) on whose decision a command runs.

    ``id`` is opaque to the engine (``"person:12"``, ``"system"``,
    ``"partner:uu.se"``). ``groups`` are the candidate groups the actor belongs
    to. ``oversees`` lets the actor *see* every instance that is not restricted, never
    act on it; ``sees_restricted`` the restricted ones too, which is for the engine
    itself and for whoever holds the database anyway.
    ``replaces`` are those whose work the actor may do while they are away; what it
    gives never goes further, whoever they replace themselves. ``on_behalf_of`` names
    the one of them for whom the actor acts now.
    ``only_item`` restricts a link without an account to one work item.
    """

    id: str
    name: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    oversees: bool = False
    on_behalf_of: str | None = None
    only_item: int | None = None
    sees_restricted: bool = False
    replaces: tuple[Replaced, ...] = ()

    def asked(self, candidate: str) -> bool:
        """Whether what is offered to ``candidate`` is offered to the actor."""
        return candidate == self.id or candidate in self.groups

    def holds(self, assignee: str | None) -> bool:
        """Whether what ``assignee`` has claimed is the actor's to do."""
        return assignee is not None and assignee in (self.id, self.on_behalf_of)

    def acting_on(self, item: Held) -> Actor:
        """The actor as they act on a work item.

        That is for themselves where it is theirs; else, with the groups of the one they
        replace, on behalf of whom it is asked.
        """
        covering = [each for each in self.replaces if each.covers(item.definition_id)]
        for each in covering:
            if item.assignee == each.id:
                return self.standing_in(each)
        if not self.asked(item.candidate):
            for each in covering:
                if item.candidate == each.id or item.candidate in each.groups:
                    return self.standing_in(each)
        return self

    def standing_in(self, replaced: Replaced) -> Actor:
        """The actor on behalf of one of those they replace."""
        return replace(
            self, groups=self.groups | replaced.groups | {replaced.id}, on_behalf_of=replaced.id
        )


SYSTEM = Actor(id="system", name="Passerelle", oversees=True, sees_restricted=True)
"""The engine itself: timers, jobs, automatic decisions."""
