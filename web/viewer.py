"""The signed-in person as the pages see them: identity, language, roles."""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import UserMixin

from engine.identity import Actor
from workflows.office_work.substitutions import Standing
from workflows.people.models import Person
from workflows.people.services import ADMIN, AUDITOR, REGISTRAR, RI, student_group


@dataclass(frozen=True, eq=False)
class Viewer(UserMixin):  # type: ignore[misc]  # flask-login carries no types
    """Somebody with a valid session. ``token`` names the session, not the person."""

    token: str
    person_id: int
    name: str
    login: str
    locale: str | None
    actor: Actor
    replacing: tuple[Standing, ...] = ()
    replaced_by: tuple[Standing, ...] = ()

    @classmethod
    def of(
        cls,
        token: str,
        person: Person,
        actor: Actor,
        replacing: tuple[Standing, ...] = (),
        replaced_by: tuple[Standing, ...] = (),
    ) -> Viewer:
        """The viewer for ``person`` acting as ``actor`` in the session ``token``.

        ``replacing`` are those they stand in for now, ``replaced_by`` those who stand in for
        them.
        """
        return cls(
            token,
            person.id,
            person.name,
            person.login,
            person.locale,
            actor,
            replacing,
            replaced_by,
        )

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token

    def has(self, group: str) -> bool:
        """Whether the person belongs to ``group``."""
        return group in self.actor.groups

    @property
    def departments(self) -> tuple[str, ...]:
        """The codes of the departments this person coordinates."""
        return self.departments_as("coordinator")

    @property
    def is_ri(self) -> bool:
        """Works in the international office."""
        return self.has(RI)

    @property
    def is_admin(self) -> bool:
        """Administers processes."""
        return self.has(ADMIN)

    @property
    def is_auditor(self) -> bool:
        """Reads everything, changes nothing."""
        return self.has(AUDITOR)

    @property
    def is_registrar(self) -> bool:
        """Works in the registrar's office."""
        return self.has(REGISTRAR)

    def acting_for(self, group: str, process: str) -> Actor:
        """The actor as they act for a group in a process.

        That is for themselves where they belong to it; else, under both names, for whom they
        replace in that process, if that one does; else for themselves all the same.
        """
        if group not in self.actor.groups:
            for standing, replaced in zip(self.replacing, self.actor.replaces, strict=True):
                if group in standing.groups and process in (standing.processes or (process,)):
                    return self.actor.standing_in(replaced)
        return self.actor

    def departments_as(self, function: str) -> tuple[str, ...]:
        """The departments in which the person has a function such as ``head`` or ``jury``."""
        prefix = f"{function}:"
        found = (g for g in self.actor.groups if g.startswith(prefix))
        return tuple(sorted(group.removeprefix(prefix) for group in found))

    @property
    def functions(self) -> frozenset[str]:
        """The groups that are a function: all but one's own group as a student."""
        return self.actor.groups - {student_group(self.person_id)}

    @property
    def is_staff(self) -> bool:
        """Works here; everybody else is a student."""
        return bool(self.functions)

    @property
    def takes_part(self) -> bool:
        """Has a part in cases; whoever only administers or audits reads them."""
        return self.is_student or bool(self.functions - {ADMIN, AUDITOR})

    @property
    def is_student(self) -> bool:
        """Has an account and no function."""
        return not self.is_staff
