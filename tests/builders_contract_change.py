"""A signed contract of the student's, and what people do to change it."""

from __future__ import annotations

from dataclasses import dataclass

from engine import SYSTEM, Actor
from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT, course
from tests.builders_house import House
from workflows.contract_change.models import ChangeRequest
from workflows.contract_change.services import Asked, Wish, ask_for_change, requests_of


def removed(lineage: str, **reason: str) -> dict[str, str]:
    """An entry that takes a component of the signed agreement out."""
    return {"lineage": lineage, "remove": "1", **reason}


PARTNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}


@dataclass
class ChangeHouse(House):
    """The house with changes deployed; its cases of changes are answered like contracts."""

    def furnish(self) -> None:
        """Everybody of the house, and the process of changes."""
        self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "contract_change"), actor=SYSTEM)
        super().furnish()

    def signed(self, **changes: object) -> int:
        """A contract that all have signed; gives the mobility's id."""
        mobility = self.open()
        self.to_partner(mobility, **changes)
        self.answer(mobility, self.ri, "approve", **PARTNER)
        return mobility

    def ask(self, mobility: int, actor: Actor | None = None, **wish: str) -> Asked:
        """Ask for a change, as the student unless somebody else asks."""
        actor = actor or self.student
        words = {"party": "student", "about": "components", "reason": "A course is full.", **wish}
        with self.engine.unit(actor) as unit:
            return ask_for_change(self.engine, unit, mobility, Wish(**words), home_hei_id=HOME)

    def waits_at(self, instance: int) -> str:
        """The one user task a case waits at, or its status when it has ended."""
        case = self.engine.instance(instance, actor=self.ri)
        return case.open_items[0].element if case.open_items else case.status.name.lower()

    def do(self, instance: int, actor: Actor, outcome=None, reason=None, **data):
        """Complete the step a case waits at."""
        (item,) = self.engine.instance(instance, actor=self.ri).open_items
        return self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"do {item.id}",
        )

    def swap(self, mobility: int) -> dict[str, object]:
        """A change that replaces the first component abroad by another one."""
        first = self.view(mobility).in_force.part("studied").rows[0]
        return {
            "earlier": [removed(first.lineage, reason_code="not-available")],
            "studied": [course("Nuevo", reason_code="substituting-deleted")],
        }

    def sign_all(self, instance: int) -> None:
        """Student, coordinator, RI and partner agree to what is proposed."""
        self.do(instance, self.student, "approve")
        self.do(instance, self.coordinator, "approve")
        self.do(instance, self.ri, "approve", dates_covered=True)
        self.do(instance, self.ri, "approve", **PARTNER)

    def request(self, mobility: int) -> ChangeRequest:
        """The last request of a mobility."""
        with self.engine.reading() as session:
            return requests_of(session, mobility)[-1]
