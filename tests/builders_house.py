"""A house: the contract process deployed, with the people that move it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from engine import SYSTEM, Actor, Engine, FixedClock
from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT, draft
from workflows.contract.documents import import_learning_agreement
from workflows.contract.reading import contract_view
from workflows.contract.services import Opened, open_contract
from workflows.contract.views import ContractView
from workflows.mail.models import MailMessage
from workflows.partners.models import Department, Institution
from workflows.people.models import Person
from workflows.people.services import actor_for, create_person
from workflows.registry import registry
from workflows.validation_plan.services import open_plan


@dataclass
class House:
    """A deployed contract process, and the people of the tests."""

    engine: Engine
    clock: FixedClock
    student: Actor = SYSTEM
    other_student: Actor = SYSTEM
    coordinator: Actor = SYSTEM
    other_coordinator: Actor = SYSTEM
    ri: Actor = SYSTEM
    ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def built(cls, database, settings, clock) -> House:
        """A house over an empty database."""
        house = cls(Engine(database, registry(settings), clock=clock), clock)
        house.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "contract"), actor=SYSTEM)
        house.furnish()
        return house

    def furnish(self) -> None:
        """Departments, one partner, and five people."""
        people = {
            "student": ("lea.martin", "Léa", "Martin", ()),
            "other_student": ("theo", "Théo", "Garnier", ()),
            "coordinator": ("marie", "Marie", "Delmas", ("coordinator:lea",)),
            "other_coordinator": ("paul", "Paul", "Roussel", ("coordinator:his",)),
            "ri": ("claire", "Claire", "Vidal", ("ri",)),
        }
        with self.engine.unit(SYSTEM) as unit:
            unit.session.add_all(
                [
                    Department(code="lea", name_fr="LEA", name_en="Languages", name_es="Lenguas"),
                    Department(code="his", name_fr="Histoire", name_en="History", name_es="H"),
                    Institution(
                        hei_id="usal.es",
                        name="Salamanca",
                        contact_given_names="Carmen",
                        contact_family_name="Sánchez",
                        contact_email="carmen@usal.example.org",
                        locale="es",
                    ),
                ]
            )
            for name, (login, given, family, groups) in people.items():
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

    def open(self, **changes) -> int:
        """Open a contract for the student; gives the mobility's id."""
        return self._open(open_contract, **changes).mobility_id

    def open_plan(self) -> Opened:
        """Open a validation plan for the student."""
        return self._open(open_plan)

    def _open(self, open_paper, **changes) -> Opened:
        with self.engine.unit(self.student) as unit:
            student = unit.session.get(Person, self.ids["student"])
            return open_paper(
                self.engine,
                unit,
                student=student,
                **{
                    "department": "lea",
                    "receiving_hei_id": "usal.es",
                    "academic_year": "2026/2027",
                    "home_hei_id": HOME,
                    **changes,
                },
            )

    def view(self, mobility_id: int) -> ContractView:
        """The contract as pages read it."""
        with self.engine.reading() as session:
            return contract_view(session, mobility_id)

    def items(self, mobility_id: int):
        """The open work items of the contract's case."""
        instance_id = self.view(mobility_id).instance_id
        return self.engine.instance(instance_id, actor=self.ri).open_items

    def step(self, mobility_id: int) -> str:
        """The one user task the case waits at, or its status when it has ended."""
        instance_id = self.view(mobility_id).instance_id
        case = self.engine.instance(instance_id, actor=self.ri)
        if not case.open_items:
            return case.status.name.lower()
        (item,) = case.open_items
        return item.element

    def answer(self, mobility_id: int, actor: Actor, outcome=None, reason=None, **data):
        """Complete the step the case waits at."""
        (item,) = self.items(mobility_id)
        return self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"answer {item.id}",
        )

    def to_partner(self, mobility_id: int, **changes: object) -> None:
        """Everybody of the house approves, so that the partner is asked."""
        self.answer(mobility_id, self.student, **draft(**changes))
        self.answer(mobility_id, self.coordinator, "approve")
        self.answer(mobility_id, self.student, "approve")
        self.answer(mobility_id, self.coordinator, "approve")
        self.answer(mobility_id, self.ri, "approve", insurance=True)

    def read_in(self, data: bytes, name: str = "la.xml"):
        """Import a document as RI does."""
        return import_learning_agreement(self.engine, data, name, self.ri)

    def wait(self, **time: float) -> None:
        """Let time pass and the workers do what has become due."""
        self.clock.advance(timedelta(**time))
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def mails(self) -> list[MailMessage]:
        """What went out, oldest first."""
        self.wait()
        with self.engine.reading() as session:
            return list(session.scalars(select(MailMessage).order_by(MailMessage.id)))
