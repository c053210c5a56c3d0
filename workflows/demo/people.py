"""The invented people: who works here, and the students whose stories are told one by one.

Addresses end in ``example.org``, which RFC 2606 keeps free, so no mail of the demonstration
ever reaches anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.people.services import (
    ADMIN,
    AUDITOR,
    LEGAL,
    PRESIDENT,
    REGISTRAR,
    RI,
    RI_CARE,
    coordinator_group,
    create_person,
    find_person,
    head_group,
    jury_group,
    set_password,
    teacher_group,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PASSWORD = "passerelle-demo"  # noqa: S105 - everybody may know it: it opens a demonstration


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account; ``shown`` ones are offered on the sign-in page."""

    login: str
    given_names: str
    family_name: str
    groups: tuple[str, ...] = ()
    locale: str | None = None
    shown: bool = False

    @property
    def email(self) -> str:
        """An address nobody has."""
        return f"{self.login}@example.org"


DESK = "claire.vidal"
"""Answers at the international office."""

CARE = "david.moreau"
"""Of the international office, in charge of students in difficulty."""

RECORDS = "remi.castel"
"""Answers at the registrar's office."""

COORDINATORS = {
    "lea": "marie.delmas",
    "his": "paul.roussel",
    "mi": "nadia.haddad",
    "let": "sophie.carrere",
    "iut": "karim.benslimane",
}
HEADS = {
    "lea": "helene.faure",
    "his": "gilles.pradal",
    "mi": "odile.marty",
    "let": "bernard.lafon",
    "iut": "celine.bosc",
}
JURIES = {
    "lea": "jeanne.perrin",
    "his": "etienne.vasseur",
    "mi": "aurore.duprat",
    "let": "michel.cazenave",
    "iut": "patricia.gomes",
}
SECOND_COORDINATOR = "julien.mercier"
"""Coordinates LEA too, and stands in for the coordinator of the department ``let``."""

ABSENT = "sophie.carrere"

STAFF = (
    DemoPerson("marie.delmas", "Marie", "Delmas", (coordinator_group("lea"),), shown=True),
    DemoPerson(SECOND_COORDINATOR, "Julien", "Mercier", (coordinator_group("lea"),), shown=True),
    DemoPerson("paul.roussel", "Paul", "Roussel", (coordinator_group("his"),), shown=True),
    DemoPerson("nadia.haddad", "Nadia", "Haddad", (coordinator_group("mi"),), "en", shown=True),
    DemoPerson(ABSENT, "Sophie", "Carrère", (coordinator_group("let"),)),
    DemoPerson("karim.benslimane", "Karim", "Benslimane", (coordinator_group("iut"),)),
    DemoPerson(DESK, "Claire", "Vidal", (RI,), shown=True),
    DemoPerson(CARE, "David", "Moreau", (RI, RI_CARE)),
    DemoPerson("helene.faure", "Hélène", "Faure", (head_group("lea"),), shown=True),
    DemoPerson("gilles.pradal", "Gilles", "Pradal", (head_group("his"),)),
    DemoPerson("odile.marty", "Odile", "Marty", (head_group("mi"),)),
    DemoPerson("bernard.lafon", "Bernard", "Lafon", (head_group("let"),)),
    DemoPerson("celine.bosc", "Céline", "Bosc", (head_group("iut"),)),
    DemoPerson(RECORDS, "Rémi", "Castel", (REGISTRAR,), shown=True),
    DemoPerson("jeanne.perrin", "Jeanne", "Perrin", (jury_group("lea"),), shown=True),
    DemoPerson("etienne.vasseur", "Étienne", "Vasseur", (jury_group("his"),)),
    DemoPerson("aurore.duprat", "Aurore", "Duprat", (jury_group("mi"),)),
    DemoPerson("michel.cazenave", "Michel", "Cazenave", (jury_group("let"),)),
    DemoPerson("patricia.gomes", "Patricia", "Gomes", (jury_group("iut"),)),
    DemoPerson("thomas.besson", "Thomas", "Besson", (teacher_group("lea"),)),
    DemoPerson("laure.estienne", "Laure", "Estienne", (teacher_group("lea"), "council:cfvu")),
    DemoPerson("yves.roquelaure", "Yves", "Roquelaure", (teacher_group("his"), "council:ca")),
    DemoPerson("vincent.albert", "Vincent", "Albert", (teacher_group("mi"),)),
    DemoPerson("agathe.rouzaud", "Agathe", "Rouzaud", (teacher_group("let"),)),
    DemoPerson("sylvain.pons", "Sylvain", "Pons", (teacher_group("iut"),)),
    DemoPerson("isabelle.fabre", "Isabelle", "Fabre", (LEGAL,)),
    DemoPerson("catherine.almeida", "Catherine", "Almeida", (PRESIDENT,)),
    DemoPerson("samuel.ortiz", "Samuel", "Ortiz", (ADMIN,), "es", shown=True),
    DemoPerson("anne.lacombe", "Anne", "Lacombe", (AUDITOR,), shown=True),
)

STUDENTS = (
    DemoPerson("lea.martin", "Léa", "Martin", shown=True),
    DemoPerson("theo.garnier", "Théo", "Garnier", shown=True),
    DemoPerson("ines.benali", "Inès", "Benali"),
    DemoPerson("hugo.fernandez", "Hugo", "Fernández Ruiz"),
    DemoPerson("zoe.legoff", "Zoé", "Le Goff"),
    DemoPerson("mateo.garcia", "Mateo", "García Ibáñez", (), "es"),
    DemoPerson("asa.lindqvist", "Åsa", "Lindqvist", (), "en"),
    DemoPerson("noemie.castaing", "Noémie", "Dufour-Castaing"),
    DemoPerson("camille.nguyen", "Camille", "Nguyễn"),
    DemoPerson(
        "marie.aubeterre",
        "Marie-Amélie Bérengère Clémence",
        "de La Rochefoucauld-Montmorency Saint-Barthélemy Aubeterre",
    ),
    DemoPerson("yanis.belkacem", "Yanis", "Belkacem"),
    DemoPerson("lucia.navarro", "Lucía", "Navarro Peña", (), "es"),
)

INCOMING = DemoPerson("giulia.conti", "Giulia", "Conti", (), "en", shown=True)
"""The incoming student who can be signed in as."""


def give_accounts(session: Session, people: Iterable[DemoPerson]) -> None:
    """Add the accounts that are not there yet.

    Those shown share one password, hashed once: hashing is slow on purpose.
    """
    password_hash: str | None = None
    for person in people:
        if find_person(session, person.login) is not None:
            continue
        account = create_person(
            session,
            login=person.login,
            given_names=person.given_names,
            family_name=person.family_name,
            email=person.email,
            locale=person.locale,
            groups=person.groups,
            demo=person.shown,
        )
        if person.shown:
            if password_hash is None:
                set_password(session, account, PASSWORD)
                password_hash = account.password_hash
            account.password_hash = password_hash
    session.flush()
