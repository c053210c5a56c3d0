"""A house that receives students: signed contracts, courses, grades, transcripts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from engine import SYSTEM, SystemClock
from engine.definitions import Bundle
from tests.builders_domain import HOME, ROOT
from tests.builders_house import House
from web.config import Settings
from web.root import build_engine
from workflows.contract.components import component
from workflows.contract.services import add_version
from workflows.contract.views import CreditView, Part, VersionStatus
from workflows.grade_transfer.cases import PROCESS, begin, correct, withdraw
from workflows.grade_transfer.courses import courses_of
from workflows.grade_transfer.transcripts import read, transcripts_of
from workflows.grading.tables import record
from workflows.mobility.agreement import Agreement
from workflows.mobility.services import case_of, get_mobility, open_mobility
from workflows.papers import documents
from workflows.partners.models import Institution
from workflows.people.models import Membership, Person
from workflows.people.services import actor_for, create_person

COURSES = (("LEA501", "Traduction spécialisée", "6"), ("LEA502", "Économie", "4.5"))
STAY = {"first_day": "2027-01-18", "last_day": "2027-06-19"}
PARTNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}
FRENCH_TABLE = [("18", 4), ("16", 22), ("14", 78), ("12", 121), ("10", 106)]


@dataclass
class ReceivingHouse(House):
    """A house with the grade transfer process and students of Salamanca."""

    head = SYSTEM

    def furnish(self) -> None:
        """The house's people, its own institution, a director, and a grading table."""
        super().furnish()
        self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "grade_transfer"), actor=SYSTEM)
        with self.engine.unit(SYSTEM) as unit:
            session = unit.session
            session.add(
                Institution(
                    hei_id=HOME,
                    name="Université Toulouse – Jean Jaurès",
                    name_en="University of Toulouse – Jean Jaurès",
                    erasmus_code="F TOULOUS02",
                    locale="fr",
                )
            )
            head = create_person(
                session,
                login="jean",
                given_names="Jean",
                family_name="Lacaze",
                email="jean@example.org",
                groups=("head:lea",),
            )
            self.head = actor_for(session, head)
            record(
                session,
                hei_id=HOME,
                isced_f="0231",
                eqf=6,
                years=["2024/2025", "2025/2026"],
                scale="FR",
                entries=FRENCH_TABLE,
                source="test",
                actor="system",
                now=unit.now,
            )

    def incoming(self, courses=COURSES, **changes) -> int:
        """A student of Salamanca with a signed contract; gives the mobility's id."""
        fields = {
            "sending_hei_id": "usal.es",
            "sending_contact_given_names": "Carmen",
            "sending_contact_family_name": "Sánchez",
            "sending_contact_email": "carmen@usal.example.org",
            "receiving_hei_id": HOME,
            "receiving_academic_year_id": "2026/2027",
            "student_given_names": "Inés",
            "student_family_name": "Ortega",
            "student_email": "ines@example.org",
            "student_global_id": "urn:schac:personalUniqueCode:int:esi:es:12345",
            "student_birth_date": "2005-02-28",
            "start_date": STAY["first_day"],
            "end_date": STAY["last_day"],
            "eqf_level_studied_at_departure": "6",
            "isced_f_code": "0231",
            "language": "fr",
            **changes,
        }
        with self.engine.unit(SYSTEM) as unit:
            mobility = open_mobility(
                unit.session,
                agreement=Agreement.of(fields),
                mobility_type="semester",
                department=changes.get("department", "lea"),
                person_id=changes.get("person_id"),
                now=unit.now,
            )
            self.contract(unit.session, mobility, courses)
            return mobility.id

    def contract(self, session, mobility, courses) -> None:
        """Let the mobility have a signed contract with these courses."""
        rows = [
            component(
                Part.STUDIED,
                number,
                f"lineage-{code}",
                title=title,
                los_code=code,
                term_number="2",
                total_terms="2",
            )
            for number, (code, title, _) in enumerate(courses)
        ]
        rows = [
            replace(row, credits=(CreditView("ects", Decimal(ects), ects),))
            for row, (_, _, ects) in zip(rows, courses, strict=True)
        ]
        add_version(session, mobility, rows=rows, now=self.clock.now(), status=VersionStatus.SIGNED)

    def change_contract(self, mobility_id: int, courses) -> None:
        """Sign another version."""
        with self.engine.unit(SYSTEM) as unit:
            self.contract(unit.session, get_mobility(unit.session, mobility_id), courses)

    def begin(self, mobility_id: int) -> int:
        """RI starts the transfer; gives the instance."""
        with self.engine.unit(self.ri) as unit:
            return begin(self.engine, unit, mobility_id, home_hei_id=HOME)

    def until(self, day: str) -> None:
        """Let time pass to a day, noon in Toulouse or so, and run what is due."""
        self.clock.at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=UTC)
        self.wait()

    def case(self, mobility_id: int):
        """The last case of the mobility."""
        with self.engine.reading() as session:
            instance_id = case_of(session, mobility_id, PROCESS)
        return self.engine.instance(instance_id, actor=self.ri)

    def open_outgoing(self) -> int:
        """A student of the house's own, on the way out."""
        return super().open()

    def open(self, mobility_id: int) -> list[str]:
        """The elements of the open work items, or the status of an ended case."""
        case = self.case(mobility_id)
        if not case.open_items:
            return [case.status.name.lower()]
        return sorted(item.element for item in case.open_items)

    def do(self, mobility_id: int, element: str, actor, outcome=None, reason=None, **data):
        """Complete one step, and run what follows of itself."""
        items = [i for i in self.case(mobility_id).open_items if i.element == element]
        mine = [i for i in items if i.candidate in actor.groups] or items
        done = self.engine.complete(
            mine[0].id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=f"do {mine[0].id} {self.clock.now()}",
        )
        self.wait()
        return done

    def courses(self, mobility_id: int):
        """The courses by code."""
        with self.engine.reading() as session:
            return {c.code or c.title: c for c in courses_of(session, mobility_id)}

    def grade(self, mobility_id: int, actor=None, **marks: str):
        """Certify the department's sheet with marks by course code."""
        known = self.courses(mobility_id)
        cells = {f"c{known[code].id}": mark for code, mark in marks.items()}
        return self.do(mobility_id, "certify", actor or self.coordinator, cells=cells)

    def issue(self, mobility_id: int, **data):
        """RI checks and signs; the documents are made and the partner is asked."""
        self.do(mobility_id, "check", self.ri, "issue", **{**STAY, **data})
        digest = self.transcripts(mobility_id)[-1].digest
        self.do(mobility_id, "sign", self.ri, "sign", digest=digest)

    def to_partner(self, **changes) -> int:
        """A complete transcript that waits for its acknowledgement."""
        mobility = self.incoming(**changes)
        self.begin(mobility)
        self.until("2027-05-20")
        self.grade(mobility, LEA501="14", LEA502="9,5")
        self.issue(mobility)
        return mobility

    def correct(self, mobility_id: int, code: str, reason="Erreur de saisie", key="1"):
        """RI opens a certified mark again."""
        course = self.courses(mobility_id)[code]
        with self.engine.unit(self.ri) as unit:
            correct(self.engine, unit, mobility_id, [course.id], reason=reason, key=key)
        self.wait()

    def withdraw(self, mobility_id: int, day: str) -> None:
        """RI records that the student has given up."""
        with self.engine.unit(self.ri) as unit:
            withdraw(self.engine, unit, mobility_id, day=day, key="1")
        self.wait()

    def transcripts(self, mobility_id: int):
        """Every version, oldest first."""
        with self.engine.reading() as session:
            return transcripts_of(session, mobility_id)

    def content(self, mobility_id: int):
        """What the last version says."""
        return read(self.transcripts(mobility_id)[-1])

    def papers(self, mobility_id: int, number: int | None = None) -> dict[str, bytes]:
        """The documents of a version by language."""
        rows = [row for row in self.transcripts(mobility_id) if row.number]
        row = rows[-1] if number is None else next(r for r in rows if r.number == number)
        with self.engine.reading() as session:
            return {x: documents.content(session, d) for x, d in row.documents.items()}

    def join(self, name: str, group: str) -> None:
        """Make somebody a member of another group."""
        with self.engine.unit(SYSTEM) as unit:
            unit.session.add(Membership(person_id=self.ids[name], group=group))
            unit.session.flush()
            unit.session.expire_all()
            setattr(self, name, actor_for(unit.session, unit.session.get(Person, self.ids[name])))


@dataclass(frozen=True)
class Incoming:
    """An incoming student of a running demonstration."""

    mobility_id: int
    student: str
    contact: str


def students_of(server, year: str, count: int) -> list[Incoming]:
    """Incoming students with signed contracts in a running demonstration, being graded.

    They are added beside the server; its own workers do the rest.
    """
    settings = Settings.from_env(
        {"PASSERELLE_DEMO": "1", "PASSERELLE_DATA_DIR": str(server.data_dir), "PORT": "8000"}
    )
    # A thread of its own: the browser leaves its event loop in this one, and V8 minds.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_received, settings, year, count).result()


def _received(settings: Settings, year: str, count: int) -> list[Incoming]:
    engine = build_engine(settings)
    house = ReceivingHouse(engine, SystemClock())
    found = []
    try:
        for number in range(count):
            family, contact = f"Prueba{number} Ortega", f"incoming{number}@example.org"
            mobility = house.incoming(
                student_family_name=family,
                sending_contact_email=contact,
                receiving_academic_year_id=year,
            )
            house.begin(mobility)
            found.append(Incoming(mobility, f"Inés {family}", contact))
    finally:
        engine.database.dispose()
    return found
