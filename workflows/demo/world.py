"""The invented world: departments, real universities with invented contacts, their courses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from workflows.partners.models import Department, Institution

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HOME = ("Université Toulouse - Jean Jaurès", "FR", "F TOULOUS02")

DEPARTMENTS = (
    (
        "lea",
        "Langues étrangères appliquées",
        "Applied Foreign Languages",
        "Lenguas Extranjeras Aplicadas",
    ),
    ("his", "Histoire, arts et archéologie", "History, Art and Archaeology", "Historia y Arte"),
    (
        "mi",
        "Mathématiques et informatique",
        "Mathematics and Computer Science",
        "Matemáticas e Informática",
    ),
    ("let", "Lettres modernes", "Modern Literature", "Letras Modernas"),
    ("iut", "IUT de Figeac", "Institute of Technology, Figeac", "Instituto Tecnológico de Figeac"),
)
CODES = tuple(code for code, *_ in DEPARTMENTS)

Course = tuple[str, str, str]
"""Code, title, credits (ECTS)."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A university: its invented contact, its grading scale, the language it teaches in."""

    hei_id: str
    name: str
    country: str
    erasmus_code: str | None
    given: str
    family: str
    locale: str
    scale: str
    language: str

    @property
    def contact(self) -> str:
        """The contact's name."""
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        """An address nobody has."""
        return f"mobility@{self.hei_id}.example.org"


@dataclass(frozen=True, slots=True)
class Curriculum:
    """What a department teaches, and what its students find elsewhere, by language."""

    isced_f: str
    home: tuple[Course, ...]
    abroad: Mapping[str, tuple[Course, ...]]
    replacement: Course

    def offered(self, language: str) -> tuple[Course, ...]:
        """The courses abroad for who studies in that language."""
        return self.abroad.get(language, self.abroad["en"])


@cache
def partners() -> Mapping[str, Partner]:
    """Every partner by its SCHAC domain."""
    return {row[0]: Partner(*row) for row in _read("partners")}


@cache
def curricula() -> Mapping[str, Curriculum]:
    """Every department's curriculum by its code."""
    return {code: _curriculum(said) for code, said in _read("courses").items()}


def _curriculum(said: Mapping[str, Any]) -> Curriculum:
    abroad = {language: tuple(map(_course, rows)) for language, rows in said["abroad"].items()}
    home = tuple(map(_course, said["home"]))
    return Curriculum(said["isced_f"], home, abroad, _course(said["replacement"]))


def _course(row: list[str]) -> Course:
    code, title, ects = row
    return code, title, ects


def _read(name: str) -> Any:
    return json.loads(resources.files("workflows.demo").joinpath(f"{name}.json").read_text("utf-8"))


def furnish(session: Session, home_hei: str) -> None:
    """Add the institutions and departments that are not there yet."""
    known = dict(session.query(Institution.hei_id, Institution.id).all())
    if home_hei not in known:
        name, country, code = HOME
        session.add(
            Institution(hei_id=home_hei, name=name, country=country, erasmus_code=code, locale="fr")
        )
    for partner in partners().values():
        if partner.hei_id not in known:
            session.add(_institution(partner))
    for code, french, english, spanish in DEPARTMENTS:
        if session.get(Department, code) is None:
            session.add(
                Department(
                    code=code,
                    name_fr=french,
                    name_en=english,
                    name_es=spanish,
                    ounit_id=code.upper(),
                )
            )
    session.flush()


def _institution(partner: Partner) -> Institution:
    return Institution(
        hei_id=partner.hei_id,
        name=partner.name,
        country=partner.country,
        erasmus_code=partner.erasmus_code,
        contact_given_names=partner.given,
        contact_family_name=partner.family,
        contact_email=partner.email,
        course_catalogue_url=f"https://catalogue.{partner.hei_id}.example.org/",
        locale=partner.locale,
    )
