"""What the domain knows of names that the engine only passes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection


class Vocabulary(Protocol):
    """What the domain knows of names that the engine only passes on."""

    def person(self, name: str) -> str | None:
        """The person whom an actor, or a group of one, is; None for functions and the system."""
        ...

    def role(self, group: str) -> str:
        """A group without whatever says which person is meant."""
        ...

    def matter(self, business_key: str) -> str:
        """What kind of thing cases of a business key are about, as one word."""
        ...

    def partner(self, business_key: str, counterparty: str) -> str | None:
        """The partner of a case, where its counterparty is one."""
        ...

    def namer(self, connection: Connection) -> Callable[[str], str]:
        """What gives a person's name by actor, or the actor where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Without a domain."""

    def person(self, name: str) -> str | None:
        """Whoever is called one."""
        return name if name.startswith("person:") else None

    def role(self, group: str) -> str:
        """The group."""
        return group

    def matter(self, business_key: str) -> str:
        """Something."""
        return "matter"

    def partner(self, business_key: str, counterparty: str) -> str | None:
        """The counterparty, if there is one."""
        return counterparty or None

    def namer(self, connection: Connection) -> Callable[[str], str]:
        """Nobody has another name."""
        return str
