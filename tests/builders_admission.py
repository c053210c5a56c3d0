"""A house that takes in the students partners nominate, with their agreements."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from engine import SYSTEM, Actor
from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT, sample
from tests.builders_grade_transfer import ReceivingHouse
from workflows.admission.models import IncomingNomination
from workflows.admission.services import nominate, of_mobility
from workflows.people.services import actor_for, create_person

NOMINATION = {
    "student_given_names": "Inés",
    "student_family_name": "Prado",
    "student_email": "ines@usal.example.org",
    "student_birth_date": "2004-05-17",
    "sending_hei_id": "usal.es",
    "sending_contact_email": "carmen@usal.example.org",
    "receiving_academic_year_id": "2026/2027",
    "start_date": "2026-09-07",
    "end_date": "2027-01-23",
    "isced_f_code": "0231",
    "language": "fr",
    "cefr_level": "B2",
    "departments": ["lea"],
}


def agreement_of(**changes: str) -> bytes:
    """A learning agreement of Salamanca for that student, signed by both on their side."""
    fields = {
        "omobility": "usal-4711",
        "sender": "usal.es",
        "year": "2026/2027",
        "given": "Inés",
        "family": "Prado",
        "born": "2004-05-17",
        "esi": "",
        **changes,
    }
    document = sample("ola-ex1").decode()
    for old, new in (
        ("<hei-id>example_a.edu", f"<hei-id>{fields['sender']}"),
        ("<hei-id>example_b.edu", f"<hei-id>{HOME}"),
        ("5653486D98511E16E0530B501E0A4594", "lea"),
    ):
        assert old in document
        document = document.replace(old, new)
    for tag, new in (
        ("omobility-id", fields["omobility"]),
        ("receiving-academic-year-id", fields["year"]),
        ("given-names", fields["given"]),
        ("family-name", fields["family"]),
        ("birth-date", fields["born"]),
        ("global-id", fields["esi"]),
    ):
        document = _with(document, tag, new)
    return document.encode()


def _with(document: str, tag: str, text: str) -> str:
    """The document with another text in the student's element of that name; empty for none."""
    begin = (
        0 if tag in {"omobility-id", "receiving-academic-year-id"} else document.index("<student>")
    )
    start = document.index(f"<{tag}", begin)
    end = document.index(f"</{tag}>", start) + len(tag) + 3
    return document[:start] + (f"<{tag}>{text}</{tag}>" if text else "") + document[end:]


@dataclass
class AdmissionHouse(ReceivingHouse):
    """A house with admission, contract and grade transfer, and the registrar's office."""

    registrar: Actor = SYSTEM
    keys: itertools.count[int] = field(default_factory=itertools.count)

    def furnish(self) -> None:
        """The receiving house's people, and the registrar."""
        super().furnish()
        self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "admission"), actor=SYSTEM)
        with self.engine.unit(SYSTEM) as unit:
            person = create_person(
                unit.session,
                login="sophie",
                given_names="Sophie",
                family_name="Morel",
                email="sophie@example.org",
                groups=("registrar",),
            )
            self.registrar = actor_for(unit.session, person)

    def nominate(self, *, key: str = "", **changes: object) -> int:
        """RI records a nomination; gives the mobility's id."""
        with self.engine.unit(self.ri) as unit:
            received = nominate(
                self.engine,
                unit,
                {**NOMINATION, **changes},
                home_hei_id=HOME,
                key=key or f"form {next(self.keys)}",
            )
        return received.mobility_id

    def nomination(self, mobility_id: int) -> IncomingNomination:
        """The nomination as it stands."""
        with self.engine.reading() as session:
            found = of_mobility(session, mobility_id)
            assert found.mobility
            return found

    def admission(self, mobility_id: int):
        """The admission's case."""
        return self.engine.instance(self.nomination(mobility_id).instance_id, actor=self.ri)

    def decide(
        self, mobility_id: int, actor: Actor, outcome: str = "approve", reason=None, **data: object
    ) -> None:
        """Complete the task of the admission that this actor may complete."""
        self.work()
        item = next(
            item
            for item in self.admission(mobility_id).open_items
            if item.candidate in actor.groups
        )
        self.engine.complete(
            item.id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"decide {item.id}",
        )
        self.work()

    def admit(self, mobility_id: int, *, arrived_on: str = "") -> None:
        """RI admits, LEA accepts, the student is enrolled and, with a day given, arrives."""
        self.decide(mobility_id, self.ri)
        self.decide(mobility_id, self.coordinator)
        self.decide(mobility_id, self.registrar, student_number="22604711")
        if arrived_on:
            self.decide(mobility_id, self.ri, arrived_on=arrived_on)

    def steps(self, mobility_id: int) -> list[str]:
        """The user tasks the admission waits at."""
        self.work()
        return sorted(item.element for item in self.admission(mobility_id).open_items)

    def work(self) -> None:
        """The workers do what is due."""
        while self.engine.run_due_jobs(worker="tests"):
            pass
