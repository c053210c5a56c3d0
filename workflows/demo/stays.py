"""A stay of the demonstration, and the agreement its student writes about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows.demo.people import COORDINATORS, HEADS, JURIES
from workflows.demo.world import Course, Partner, curricula, partners
from workflows.mobility.models import Mobility
from workflows.people.models import Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEMESTER, BLENDED = "semester", "blended"
_NAMESPACE = uuid.UUID("6f4e1c0a-8a53-4d55-9d0c-3a1f0c7b2e11")


@dataclass(frozen=True, slots=True)
class Stay:
    """Who goes where, and when; of who is ``incoming``, from where.

    ``student`` is a login, ``term`` 1 or 2 of ``academic_year``.
    """

    student: str
    department: str
    partner: str
    academic_year: str
    term: int
    start: date
    end: date
    mobility_type: str = SEMESTER
    incoming: bool = False
    _known: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def host(self) -> Partner:
        """The partner with its contact."""
        return partners()[self.partner]

    @property
    def coordinator(self) -> str:
        """Who coordinates for the department."""
        return COORDINATORS[self.department]

    @property
    def head(self) -> str:
        """Who heads the department."""
        return HEADS[self.department]

    @property
    def jury(self) -> str:
        """Who presides over its examination board."""
        return JURIES[self.department]

    @property
    def omobility_id(self) -> str:
        """The mobility's name in the EWP network; the same at each loading."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.student}:{self.partner}:{self.academic_year}"))

    def case(self, session: Session) -> str:
        """The business key of the cases about this stay, looked up once."""
        if not self._known:
            self._known.append(self._case(session))
        return self._known[0]

    def _case(self, session: Session) -> str:
        statement = (
            select(Mobility.id)
            .join(Person, Person.id == Mobility.person_id)
            .where(
                Person.login == self.student,
                (Mobility.sending_hei_id if self.incoming else Mobility.receiving_hei_id)
                == self.partner,
                Mobility.receiving_academic_year_id == self.academic_year,
            )
            .order_by(Mobility.id.desc())
        )
        found = session.scalars(statement.limit(1)).first()
        assert found is not None, f"{self.student} has no mobility yet"
        return str(found)

    @property
    def signer(self) -> dict[str, object]:
        """Who signs for the partner."""
        return {
            "signer_name": self.host.contact,
            "signer_position": "Erasmus coordinator",
            "signer_email": self.host.email,
        }


def agreement(stay: Stay, person: Person, version: int = 1) -> dict[str, object]:
    """What the student writes; a second version replaces one component abroad."""
    curriculum = curricula()[stay.department]
    abroad = curriculum.offered(stay.host.language)
    written = {**_fields(stay, person), "isced_f_code": curriculum.isced_f}
    rows = [component(course, stay.term) for course in abroad]
    if version > 1:
        rows[2:3] = [component(curriculum.replacement, stay.term)]
    if stay.mobility_type == BLENDED:
        online = component(
            ("103598", "Seminario virtual de traducción colaborativa", "3"), stay.term
        )
        online["short_description"] = "Six online sessions before the stay, in mixed teams."
        home = [component(curriculum.home[2], stay.term)]
        return {**written, "blended": [rows[2], online], "recognised": home}
    home = [component(unit, stay.term) for unit in curriculum.home]
    return {**written, "studied": rows, "recognised": home}


def half_written(stay: Stay, person: Person) -> dict[str, object]:
    """The agreement of a student who has stopped in the middle."""
    empty = {"recognised": [], "cefr_level": "", "provisions_url": ""}
    return {**agreement(stay, person), **empty}


def _fields(stay: Stay, person: Person) -> dict[str, object]:
    born = date(stay.start.year - 21, 1 + person.id % 9, 10 + person.id % 19)
    return {
        "sending_contact_given_names": "Claire",
        "sending_contact_family_name": "Vidal",
        "sending_contact_email": "claire.vidal@example.org",
        "student_global_id": f"urn:schac:personalUniqueCode:int:esi:fr:{student_code(person.id)}",
        "student_birth_date": born.isoformat(),
        "student_citizenship": "FR",
        "student_gender": "9",
        "start_date": stay.start.isoformat(),
        "end_date": stay.end.isoformat(),
        "eqf_level_studied_at_departure": "6",
        "language": stay.host.language,
        "cefr_level": "B2",
        "provisions_url": f"https://www.{stay.partner}.example.org/assessment",
    }


def component(course: Course, term: int, terms: int = 2) -> dict[str, object]:
    """A line of an agreement as the page sends it."""
    code, title, ects = course
    return {
        "los_code": code,
        "title": title,
        "term_number": str(term),
        "total_terms": str(terms),
        "credits": [{"scheme": "ects", "value": ects}],
        "lineage": f"demo-{code}",
    }


def student_code(number: int) -> str:
    """An invented national student number (INE): ten digits and a letter."""
    return f"{number * 7919 % 10**10:010d}{'ABCDEFGHJK'[number % 10]}"


def titles(courses: Sequence[Course]) -> list[str]:
    """The titles of courses."""
    return [title for _, title, _ in courses]
