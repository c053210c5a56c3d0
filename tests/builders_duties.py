"""A house where the lighter duties are deployed too, with the people that move them."""

from __future__ import annotations

from sqlalchemy import select

from engine import SYSTEM, Actor
from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT, agreement
from tests.builders_house import House
from workflows.grant.services import open_grant
from workflows.mobility.models import Mobility
from workflows.mobility.services import open_mobility
from workflows.partners.models import Institution
from workflows.people.models import Person
from workflows.people.services import actor_for, create_person

DUTIES = ("grant", "difficulty", "meeting", "partnership")
MORE_PEOPLE = {
    "care": ("ines", "Inès", "Lopez", ("ri", "ri-care")),
    "other_ri": ("hugo", "Hugo", "Petit", ("ri",)),
    "admin": ("sam", "Sam", "Root", ("admin",)),
    "auditor": ("zoe", "Zoé", "Blanc", ("auditor",)),
    "legal": ("luc", "Luc", "Noir", ("legal",)),
    "cfvu": ("rose", "Rose", "Vert", ("council:cfvu",)),
    "ca": ("jean", "Jean", "Gris", ("council:ca",)),
    "president": ("emma", "Emma", "Roy", ("president",)),
}


class DutiesHouse(House):
    """The house of the contract's tests, with four more processes and more people."""

    care: Actor
    other_ri: Actor
    admin: Actor
    auditor: Actor
    legal: Actor
    cfvu: Actor
    ca: Actor
    president: Actor

    def furnish(self) -> None:
        """The five people of the contract, and those of the duties."""
        super().furnish()
        for key in DUTIES:
            self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / key), actor=SYSTEM)
        with self.engine.unit(SYSTEM) as unit:
            unit.session.add(Institution(hei_id=HOME, name="Toulouse", country="FR"))
            partner = unit.session.scalar(
                select(Institution).where(Institution.hei_id == "usal.es")
            )
            partner.country = "ES"
            for name, (login, given, family, groups) in MORE_PEOPLE.items():
                person = create_person(
                    unit.session,
                    login=login,
                    given_names=given,
                    family_name=family,
                    email=f"{login}@example.org",
                    groups=groups,
                )
                self.ids[name] = person.id
                setattr(self, name, actor_for(unit.session, person))

    def mobility(self, *, incoming: bool = False, student: str = "student", **changes) -> int:
        """A mobility of the student's, out of our university or into it."""
        sides = {"sending_hei_id": "usal.es", "receiving_hei_id": HOME} if incoming else {}
        with self.engine.unit(SYSTEM) as unit:
            found = open_mobility(
                unit.session,
                agreement=agreement(**{**sides, **changes}),
                mobility_type="semester",
                department="lea",
                person_id=self.ids[student],
                now=unit.now,
            )
            return found.id

    def grant(self, mobility_id: int, scheme: str = "erasmus") -> int:
        """Open a grant as RI does; gives the number of its case."""
        with self.engine.unit(self.ri) as unit:
            opened = open_grant(self.engine, unit, mobility_id, scheme=scheme, home_hei_id=HOME)
        return opened.instance_id

    def at(self, case: int) -> list[str]:
        """The user tasks a case waits at, or its status when it has ended."""
        found = self.engine.instance(case, actor=SYSTEM)
        elements = sorted(item.element for item in found.open_items)
        return elements or [found.status.name.lower()]

    def does(self, case: int, actor: Actor, outcome=None, reason=None, **data):
        """Complete the one task of a case that is offered to the actor."""
        items = self.engine.instance(case, actor=SYSTEM).open_items
        (item,) = [each for each in items if each.candidate in {*actor.groups, actor.id}]
        return self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"does {item.id}",
        )

    def until(self, *moment: int) -> None:
        """Let time pass until a moment (UTC), and what becomes due be done on the way."""
        goal = self.clock.now().replace(
            **dict(zip(("year", "month", "day", "hour"), (*moment, 12)[:4], strict=True))
        )
        while self.clock.now() < goal:
            self.wait(seconds=min(86_400.0, (goal - self.clock.now()).total_seconds()))

    def person(self, session, name: str) -> Person:
        """One of the people, in a session."""
        return session.get(Person, self.ids[name])

    def told(self, name: str) -> list[str]:
        """The subjects of the mails somebody got, oldest first."""
        logins = {
            "student": "lea.martin",
            "coordinator": "marie",
            "ri": "claire",
            "other_student": "theo",
            "other_coordinator": "paul",
            **{each: entry[0] for each, entry in MORE_PEOPLE.items()},
        }
        address = f"{logins[name]}@example.org"
        return [mail.subject for mail in self.mails() if mail.to == address]

    def stored_mobility(self, session, mobility_id: int) -> Mobility:
        """A mobility, in a session."""
        return session.get(Mobility, mobility_id)
