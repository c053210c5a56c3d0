"""The fixed cast and world of every scenario: one university, its partners, its people.

All of it is invented but the names of the universities; addresses end in ``example.org``,
which RFC 2606 keeps free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from workflows.partners.models import Department, Institution
from workflows.people.services import (
    ADMIN,
    REGISTRAR,
    RI,
    RI_CARE,
    coordinator_group,
    create_person,
    head_group,
    jury_group,
    teacher_group,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEPARTMENT = "lea"
OTHER_DEPARTMENT = "his"
PARTNER = "partner"
"""Whoever answers for a partner university, without an account."""

PARTNER_MAIL = "carmen.sanchez@usal.example.org"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the cast. None as locale: their mails are in French."""

    login: str
    given_names: str
    family_name: str
    groups: tuple[str, ...] = ()
    locale: str | None = None

    @property
    def mail(self) -> str:
        """An address nobody has."""
        return f"{self.login}@example.org"


MEMBERS: Mapping[str, Member] = MappingProxyType(
    {
        "student": Member("lea.martin", "Léa", "Martin"),
        "other_student": Member("theo.garnier", "Théo", "Garnier", locale="en"),
        "coordinator": Member("marie.delmas", "Marie", "Delmas", (coordinator_group(DEPARTMENT),)),
        "other_coordinator": Member(
            "paul.roussel", "Paul", "Roussel", (coordinator_group(OTHER_DEPARTMENT),)
        ),
        "ri": Member("claire.vidal", "Claire", "Vidal", (RI,)),
        "admin": Member("sam.ortiz", "Sam", "Ortiz", (ADMIN,)),
        "other_admin": Member("ada.brun", "Ada", "Brun", (ADMIN,)),
        "head": Member("helene.faure", "Hélène", "Faure", (head_group(DEPARTMENT),)),
        "registrar": Member("remi.castel", "Rémi", "Castel", (REGISTRAR,)),
        "jury": Member("jeanne.perrin", "Jeanne", "Perrin", (jury_group(DEPARTMENT),)),
        "care": Member("ines.lopez", "Inès", "Lopez", (RI_CARE,)),
        "legal": Member("luc.noir", "Luc", "Noir", ("legal",)),
        "cfvu": Member("rose.vert", "Rose", "Vert", ("council:cfvu",)),
        "ca": Member("jean.gris", "Jean", "Gris", ("council:ca",)),
        "president": Member("emma.roy", "Emma", "Roy", ("president",)),
        "teacher": Member("thomas.besson", "Thomas", "Besson", (teacher_group(DEPARTMENT),)),
    }
)
"""The people of the cast by their part."""

_DEPARTMENTS = (
    (DEPARTMENT, "Langues étrangères appliquées", "Applied Foreign Languages", "Lenguas Aplicadas"),
    (OTHER_DEPARTMENT, "Histoire", "History", "Historia"),
    ("mi", "Mathématiques et informatique", "Mathematics and Computer Science", "Matemáticas"),
)
_PARTNERS = (
    ("usal.es", "Universidad de Salamanca", "ES", "Carmen", "Sánchez", PARTNER_MAIL, "es"),
    ("uu.se", "Uppsala universitet", "SE", "Karin", "Åkerström", "karin@uu.example.org", "en"),
    (
        "unibo.it",
        "Università di Bologna",
        "IT",
        "Giulia",
        "Montanari",
        "giulia@unibo.example.org",
        "en",
    ),
    (
        "uw.edu.pl",
        "Uniwersytet Warszawski",
        "PL",
        "Agnieszka",
        "Wójcik",
        "agnieszka@uw.example.org",
        "en",
    ),
)


def furnish(session: Session, home_hei_id: str) -> None:
    """Put the cast and its world into an empty database."""
    session.add(
        Institution(
            hei_id=home_hei_id,
            name="Université Toulouse - Jean Jaurès",
            country="FR",
            locale="fr",
        )
    )
    for hei_id, name, country, given, family, mail, locale in _PARTNERS:
        session.add(
            Institution(
                hei_id=hei_id,
                name=name,
                country=country,
                contact_given_names=given,
                contact_family_name=family,
                contact_email=mail,
                course_catalogue_url=f"https://catalogue.{hei_id}.example.org/",
                locale=locale,
            )
        )
    for code, french, english, spanish in _DEPARTMENTS:
        session.add(
            Department(
                code=code, name_fr=french, name_en=english, name_es=spanish, ounit_id=code.upper()
            )
        )
    session.flush()
    for member in MEMBERS.values():
        create_person(
            session,
            login=member.login,
            given_names=member.given_names,
            family_name=member.family_name,
            email=member.mail,
            locale=member.locale,
            groups=member.groups,
        )


def address_of(to: str) -> str:
    """The mail address of a member of the cast, or ``to`` itself."""
    if to == PARTNER:
        return PARTNER_MAIL
    return MEMBERS[to].mail if to in MEMBERS else to
