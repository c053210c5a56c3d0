"""The fields of a learning agreement that belong to no component.

Names follow the EWP schema (omobility-las v1.2.0) with underscores: ``sending-hei/hei-id``
is ``sending_hei_id``. Every value is text exactly as typed or imported: a birth date or an
EQF level is read as such only where a rule needs it, so nothing a partner wrote is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

CEFR_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "NS")
"""Levels of a language in their order (EWP omobility-las v1.2.0); NS is a native speaker."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who goes where, when, on which terms. None where a field was not given."""

    sending_hei_id: str | None = None
    sending_ounit_name: str | None = None
    sending_ounit_id: str | None = None
    sending_contact_given_names: str | None = None
    sending_contact_family_name: str | None = None
    sending_contact_email: str | None = None
    sending_contact_phone_e164: str | None = None
    sending_contact_phone_ext: str | None = None
    sending_contact_phone_other_format: str | None = None
    receiving_hei_id: str | None = None
    receiving_ounit_name: str | None = None
    receiving_ounit_id: str | None = None
    receiving_contact_given_names: str | None = None
    receiving_contact_family_name: str | None = None
    receiving_contact_email: str | None = None
    receiving_contact_phone_e164: str | None = None
    receiving_contact_phone_ext: str | None = None
    receiving_contact_phone_other_format: str | None = None
    receiving_academic_year_id: str | None = None
    student_given_names: str | None = None
    student_family_name: str | None = None
    student_global_id: str | None = None
    student_birth_date: str | None = None
    student_citizenship: str | None = None
    student_gender: str | None = None
    student_email: str | None = None
    start_date: str | None = None
    start_year_month: str | None = None
    end_date: str | None = None
    end_year_month: str | None = None
    eqf_level_studied_at_departure: str | None = None
    isced_f_code: str | None = None
    isced_clarification: str | None = None
    language: str | None = None
    cefr_level: str | None = None
    learning_outcomes_url: str | None = None
    provisions_url: str | None = None

    def present(self) -> dict[str, str]:
        """The fields that were given."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def to_json(self) -> str:
        """A text from which :meth:`from_json` gives the same agreement."""
        return json.dumps(self.present(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Agreement:
        """The agreement kept by :meth:`to_json`."""
        return cls.of(json.loads(text))

    @classmethod
    def of(cls, values: Mapping[str, str | None]) -> Agreement:
        """An agreement of the known names in ``values``; other names are left aside."""
        return cls(**{name: values[name] for name in AGREEMENT_FIELDS if name in values})


AGREEMENT_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Agreement))
"""Names of all fields, in the order of the schema."""


def stay(agreement: Agreement) -> tuple[date | None, date | None]:
    """First and last day of the stay as agreed; a month stands for its first day."""
    return (
        day_of(agreement.start_date or _first_day(agreement.start_year_month)),
        day_of(agreement.end_date or _first_day(agreement.end_year_month)),
    )


def day_of(text: str | None) -> date | None:
    """The day an xs:date text means, its zone left aside; None where it is none."""
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", (text or "").strip())
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


def _first_day(month: str | None) -> str | None:
    return f"{month.strip()[:7]}-01" if month else None
