"""The signed-in person as the pages see them: identity, language, roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask_login import UserMixin

from engine.identity import Actor, Replaced
from workflows.office_work.standing_in import Standing
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
    def oversees(self) -> bool:
        """Sees whatever a page lists, also in the place of somebody of the international office."""
        return self.actor.oversees or self.is_ri

    @property
    def is_admin(self) -> bool:
        """Administers processes."""
        return self.has(ADMIN)

    @property
    def is_auditor(self) -> bool:
        """Reads everything, changes nothing."""
        return self.has(AUDITOR)

    @property
    def reads_history(self) -> bool:
        """Reads what happened in cases event by event, with the diagram at each moment."""
        return self.is_auditor or self.is_admin

    @property
    def is_registrar(self) -> bool:
        """Works in the registrar's office."""
        return self.has(REGISTRAR)

    def acting(self, process: str) -> tuple[Viewer, ...]:
        """As whom the person may act in a process: themselves, then for each they replace in it.

        Who acts for somebody has their groups beside their own, and acts under both names.
        """
        stand_ins = (self.actor.standing_in(each) for each in self._replaced_in(process))
        return (self, *(replace(self, actor=each) for each in stand_ins))

    def within(self, process: str) -> Viewer:
        """The person as they look at a process: they see what all they replace in it see."""
        groups = self.actor.groups
        for each in self._replaced_in(process):
            groups |= each.groups | {each.id}
        return replace(self, actor=replace(self.actor, groups=groups))

    def _replaced_in(self, process: str) -> Iterator[Replaced]:
        for standing, replaced in zip(self.replacing, self.actor.replaces, strict=True):
            if process in (standing.processes or (process,)):
                yield replaced

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
