"""What exports of the history are told of people, roles and what cases are about."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from workflows.people.services import actor_id, people_named

_PEOPLE = frozenset({"person", "partner", "operator"})
_WITH_PARTNER = frozenset({"mobility", "partnership"})


class MobilityVocabulary:
    """The names of this house, by how they begin."""

    def person(self, name: str) -> str | None:
        """Students are known as people whether they act or are asked.

        A partner's signatory and whoever types commands are people too.
        """
        kind, _, rest = name.partition(":")
        if kind == "student" and rest.isdigit():
            return actor_id(int(rest))
        return name if kind in _PEOPLE else None

    def role(self, group: str) -> str:
        """A function with its department; of the group of one student, that it is a student."""
        return group if self.person(group) is None else group.partition(":")[0]

    def matter(self, business_key: str) -> str:
        """Mobilities are known by their number alone, all else says what it is."""
        return "mobility" if business_key.isdigit() else business_key.partition("-")[0]

    def partner(self, business_key: str, counterparty: str) -> str | None:
        """The partner university; an application's counterparty is its year."""
        return (counterparty or None) if self.matter(business_key) in _WITH_PARTNER else None

    def namer(self, connection: Connection) -> Callable[[str], str]:
        """The names in the database as it is."""
        session = Session(bind=connection)

        def named(person: str) -> str:
            return people_named(session, [person]).get(person, person)

        return named
