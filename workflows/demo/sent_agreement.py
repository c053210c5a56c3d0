"""The agreement of an incoming student, as the EWP network carries it (omobility-las v1.2.0)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lxml import etree

from workflows.demo.people import DESK, STAFF
from workflows.demo.script import Moment
from workflows.demo.stays import Stay
from workflows.demo.world import DEPARTMENTS, Course, curricula
from workflows.mobility.models import Mobility

_STUDENT = (
    "given-names",
    "family-name",
    "global-id",
    "birth-date",
    "citizenship",
    "gender",
    "email",
)


def taught(stay: Stay, version: int) -> list[Course]:
    """The courses of ours that the student chooses; a second version takes another second one."""
    home = list(curricula()[stay.department].home)
    return home if version == 1 else [home[0], *home[2:]]


def document(stay: Stay, mobility: Mobility, moment: Moment, version: int) -> bytes:
    """What the sending university sends once it and the student have signed."""
    la = etree.Element("la")
    fields = mobility.agreement
    _text(la, "omobility-id", stay.omobility_id)
    sending = etree.SubElement(la, "sending-hei")
    _institution(sending, stay.partner, "Faculty of Arts", None)
    _contact(sending, stay.host.given, stay.host.family, stay.host.email)
    receiving = etree.SubElement(la, "receiving-hei")
    name = next(english for code, _, english, _ in DEPARTMENTS if code == stay.department)
    _institution(receiving, moment.home, name, stay.department)
    desk = next(person for person in STAFF if person.login == DESK)
    _contact(receiving, desk.given_names, desk.family_name, desk.email)
    _text(la, "receiving-academic-year-id", stay.academic_year)
    student = etree.SubElement(la, "student")
    for element in _STUDENT:
        _text(student, element, getattr(fields, f"student_{element.replace('-', '_')}") or "")
    _text(la, "start-date", stay.start.isoformat())
    _text(la, "end-date", stay.end.isoformat())
    _text(la, "eqf-level-studied-at-departure", "6")
    _text(la, "isced-f-code", curricula()[stay.department].isced_f)
    skill = etree.SubElement(la, "student-language-skill")
    _text(skill, "language", "fr")
    _text(skill, "cefr-level", "B2")
    proposal = etree.SubElement(la, "changes-proposal", id=f"{stay.omobility_id}-{version}")
    _courses(etree.SubElement(proposal, "components-studied"), stay, taught(stay, version))
    ours = [(f"X{code}", title, ects) for code, title, ects in taught(stay, version)]
    _courses(etree.SubElement(proposal, "components-recognized"), stay, ours)
    _signatures(proposal, stay, moment)
    _text(la, "learning-outcomes-url", "https://catalogue.univ-tlse2.fr.example.org/")
    _text(la, "provisions-url", f"https://www.{stay.partner}.example.org/assessment")
    return bytes(etree.tostring(la, encoding="UTF-8", xml_declaration=True))


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _institution(parent: etree._Element, hei_id: str, unit: str, code: str | None) -> None:
    _text(parent, "hei-id", hei_id)
    _text(parent, "ounit-name", unit)
    if code is not None:
        _text(parent, "ounit-id", code)


def _contact(parent: etree._Element, given: str, family: str, email: str) -> None:
    person = etree.SubElement(parent, "contact-person")
    _text(person, "given-names", given)
    _text(person, "family-name", family)
    _text(person, "email", email)


def _courses(parent: etree._Element, stay: Stay, courses: Sequence[Course]) -> None:
    for code, title, ects in courses:
        component = etree.SubElement(parent, "component")
        _text(component, "los-code", code)
        _text(component, "title", title)
        term = etree.SubElement(component, "term-id")
        _text(term, "term-number", str(stay.term))
        _text(term, "total-terms", "2")
        credit = etree.SubElement(component, "credit")
        _text(credit, "scheme", "ects")
        _text(credit, "value", ects)


def _signatures(parent: etree._Element, stay: Stay, moment: Moment) -> None:
    at = moment.unit.now
    student = etree.SubElement(parent, "student-signature")
    _text(student, "timestamp", (at - timedelta(days=2)).isoformat(timespec="seconds"))
    sending = etree.SubElement(parent, "sending-hei-signature")
    _text(sending, "signer-name", stay.host.contact)
    _text(sending, "signer-position", "Erasmus coordinator")
    _text(sending, "signer-email", stay.host.email)
    _text(sending, "timestamp", (at - timedelta(days=1)).isoformat(timespec="seconds"))
