"""Who acts. Identity is an argument of every command, never a global."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or system) on whose decision a command runs.

    ``id`` is opaque to the engine (``"person:12"``, ``"system"``,
    ``"partner:uu.se"``). ``groups`` are the candidate groups the actor belongs
    to. ``oversees`` lets the actor *see* every instance, never act on it.
    ``on_behalf_of`` names whom the actor replaces while substituting.
    ``only_item`` restricts a link without an account to one work item.
    """

    id: str
    name: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    oversees: bool = False
    on_behalf_of: str | None = None
    only_item: int | None = None


SYSTEM = Actor(id="system", name="Passerelle", oversees=True)
"""The engine itself: timers, jobs, automatic decisions."""
