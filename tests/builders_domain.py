"""Builders of the mobility domain: agreements, components, drafts, sample documents."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from workflows.contract.components import component
from workflows.contract.views import CreditView, Part
from workflows.mobility.agreement import Agreement

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "unit" / "workflows" / "samples"
HOME = "univ-tlse2.fr"


def sample(name: str) -> bytes:
    """A document of the samples, ``ola-ex1`` or ``ewp-la-get-response``."""
    return (SAMPLES / f"{name}.xml").read_bytes()


def fields(**changes: str | None) -> dict[str, str | None]:
    """Every field that a submission needs, filled in well."""
    return {
        "sending_contact_given_names": "Claire",
        "sending_contact_family_name": "Vidal",
        "sending_contact_email": "claire.vidal@example.org",
        "receiving_contact_given_names": "Carmen",
        "receiving_contact_family_name": "Sánchez",
        "receiving_contact_email": "carmen@usal.example.org",
        "student_global_id": "urn:schac:personalUniqueCode:int:esi:fr:1234567890A",
        "student_birth_date": "2004-02-29",
        "student_citizenship": "FR",
        "student_gender": "2",
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "eqf_level_studied_at_departure": "6",
        "isced_f_code": "0231",
        "language": "es",
        "cefr_level": "B2",
        "learning_outcomes_url": "https://usal.example.org/courses",
        "provisions_url": "https://usal.example.org/resits",
        **changes,
    }


def agreement(**changes: str | None) -> Agreement:
    """A complete agreement."""
    known = {
        "sending_hei_id": HOME,
        "sending_ounit_name": "Langues étrangères appliquées",
        "receiving_hei_id": "usal.es",
        "receiving_academic_year_id": "2026/2027",
        "student_given_names": "Léa",
        "student_family_name": "Martin",
        "student_email": "lea.martin@example.org",
    }
    return Agreement.of({**known, **fields(), **changes})


def course(title: str = "Derecho", credits_: str | None = "6", **more: object) -> dict[str, object]:
    """A component as the student's page sends it."""
    return {
        "title": title,
        "los_code": title[:3].upper(),
        "term_number": "1",
        "total_terms": "2",
        "credits": [] if credits_ is None else [{"scheme": "ects", "value": credits_}],
        **more,
    }


def row(part: Part = Part.STUDIED, title: str = "Derecho", credits_: str = "6", **texts: str):
    """A component as a value."""
    texts = {"term_number": "1", "total_terms": "2", **texts}
    view = component(part, 0, title, title=title, **texts)
    return replace(view, credits=(CreditView("ects", Decimal(credits_), credits_),))


def draft(**changes: object) -> dict[str, object]:
    """A complete draft of 30 credits on both sides."""
    return {
        **fields(),
        "studied": [course(f"Curso {n}") for n in range(1, 6)],
        "recognised": [course(f"UE {n}", "10") for n in range(1, 4)],
        **changes,
    }
