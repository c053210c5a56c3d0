"""The contract in words: its tables, fields, warnings, versions and roles."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

PART_TITLES = {
    "studied": lazy("Studied abroad"),
    "recognised": lazy("Recognised at home"),
    "virtual": lazy("Virtual components"),
    "blended": lazy("Blended mobility programme"),
    "doctoral": lazy("Doctoral mobility programme"),
}
MOBILITY_TYPES = {
    "semester": lazy("One or more semesters"),
    "blended": lazy("Short blended mobility"),
    "doctoral": lazy("Short doctoral mobility"),
    "outside_erasmus": lazy("Outside Erasmus: a recognition plan"),
}
PART_HINTS = {
    "studied": lazy("What you will study at the partner university, as its catalogue names it."),
    "recognised": lazy(
        "What your university recognises when you pass. Groups replace groups: the rows "
        "need not match those abroad one by one."
    ),
    "virtual": lazy("Online components, if there are any; each needs a short description."),
    "blended": lazy("The programme of the short stay, with its mandatory virtual component."),
    "doctoral": lazy("The programme of the doctoral stay."),
}
VERSION_STATUS = {
    "draft": lazy("being written"),
    "submitted": lazy("being checked and signed"),
    "returned": lazy("returned with a reason"),
    "rejected": lazy("rejected by the partner"),
    "signed": lazy("signed by all three"),
    "superseded": lazy("overtaken by a version that a document brought"),
    "withdrawn": lazy("withdrawn"),
}
ROLE_TITLES = {
    "student": lazy("Student"),
    "sending": lazy("Sending institution"),
    "receiving": lazy("Receiving institution"),
}
STAGE_TITLES = {
    "review": lazy("Review as receiving institution"),
    "check": lazy("Academic coherence"),
    "student": lazy("Student"),
    "sending": lazy("Sending institution"),
    "admin": lazy("Administrative check"),
}
CHECK_TITLES = {
    "insurance": lazy("Insurance checked"),
    "grant_agreement": lazy("Grant agreement signed"),
    "enrolment": lazy("Enrolment checked"),
    "dates_covered": lazy("Insurance and residence permit cover the dates"),
    "grant_recalculated": lazy("Grant recalculated"),
    "home_registration": lazy("Course registration up to date"),
}
CHANGE_REASONS = {
    "not-available": lazy("the course is not available"),
    "language-mismatch": lazy("it is taught in another language than announced"),
    "timetable-conflict": lazy("conflict in the timetable"),
    "substituting-deleted": lazy("replaces a component that was removed"),
    "extending-mobility": lazy("the stay is extended"),
    "adding-virtual-component": lazy("a virtual component is added"),
}
"""Reasons of a change by their code in the network (omobility-las v1.2.0)."""
FIELD_TITLES = {
    "sending_hei_id": lazy("Institution (SCHAC code)"),
    "sending_ounit_name": lazy("Department or faculty"),
    "sending_ounit_id": lazy("Department code"),
    "sending_contact_given_names": lazy("Contact: given names"),
    "sending_contact_family_name": lazy("Contact: family name"),
    "sending_contact_email": lazy("Contact: e-mail"),
    "sending_contact_phone_e164": lazy("Contact: telephone"),
    "sending_contact_phone_ext": lazy("Contact: extension"),
    "sending_contact_phone_other_format": lazy("Contact: telephone in another format"),
    "receiving_hei_id": lazy("Institution (SCHAC code)"),
    "receiving_ounit_name": lazy("Department or faculty"),
    "receiving_ounit_id": lazy("Department code"),
    "receiving_contact_given_names": lazy("Contact: given names"),
    "receiving_contact_family_name": lazy("Contact: family name"),
    "receiving_contact_email": lazy("Contact: e-mail"),
    "receiving_contact_phone_e164": lazy("Contact: telephone"),
    "receiving_contact_phone_ext": lazy("Contact: extension"),
    "receiving_contact_phone_other_format": lazy("Contact: telephone in another format"),
    "receiving_academic_year_id": lazy("Academic year"),
    "student_given_names": lazy("Given names"),
    "student_family_name": lazy("Family name"),
    "student_global_id": lazy("European Student Identifier"),
    "student_birth_date": lazy("Date of birth"),
    "student_citizenship": lazy("Citizenship (country code)"),
    "student_gender": lazy("Gender"),
    "student_email": lazy("E-mail"),
    "start_date": lazy("First day"),
    "start_year_month": lazy("First month"),
    "end_date": lazy("Last day"),
    "end_year_month": lazy("Last month"),
    "eqf_level_studied_at_departure": lazy("EQF level at departure"),
    "isced_f_code": lazy("Field of education (ISCED-F code)"),
    "isced_clarification": lazy("Field of education in words"),
    "language": lazy("Main language of instruction"),
    "cefr_level": lazy("Level in this language (CEFR)"),
    "learning_outcomes_url": lazy("Course catalogue (address)"),
    "provisions_url": lazy("Provisions on failed courses (address)"),
    "return": lazy("Reason"),
    "reject": lazy("Reason"),
    "admission": lazy("Why an exception is made"),
    "student": lazy("Student"),
    "department": lazy("Department"),
    "mobility_type": lazy("Type of mobility"),
    "academic_year": lazy("Academic year at the partner"),
    "title": lazy("Title"),
    "los_code": lazy("Code"),
    "los_id": lazy("Identifier of the course (LOS)"),
    "loi_id": lazy("Identifier of the course instance (LOI)"),
    "term_number": lazy("Term"),
    "total_terms": lazy("of"),
    "credits": lazy("ECTS"),
    "recognition_conditions": lazy("Conditions of recognition"),
    "short_description": lazy("Short description"),
    "reason_code": lazy("Reason"),
    "reason_text": lazy("In words"),
    "signer_name": lazy("Your name"),
    "signer_position": lazy("Your position"),
    "signer_email": lazy("Your e-mail"),
}
RECORD_TITLES = {
    "credits": lazy("Credits"),
    "total_terms": lazy("Terms in the year"),
    "status": lazy("Change"),
    "reason_code": lazy("Reason (code)"),
    "reason_text": lazy("Reason in words"),
    "signer_name": lazy("Name"),
    "signer_position": lazy("Position"),
    "signer_email": lazy("E-mail"),
    "signer_app": lazy("Given with"),
    "timestamp": lazy("Moment, as written"),
}
"""Titles of a record, where they differ from those of a field that somebody fills in."""
WARNINGS = {
    "ects_below_expected": lazy(
        "%(total)s ECTS credits where %(expected)s are usual for this time."
    ),
    "recognised_below_studied": lazy(
        "Only %(recognised)s ECTS credits are recognised for %(studied)s studied."
    ),
    "missing_catalogue_url": lazy("The link to the course catalogue is missing."),
    "missing_provisions_url": lazy("The link to the provisions on failed courses is missing."),
    "not_an_esi": lazy("The student identifier is not a European Student Identifier."),
    "stay_out_of_range": lazy("The stay is outside the usual %(shortest)s to %(longest)s months."),
    "without_credits": lazy("“%(title)s” has no credits."),
    "other_credit_scheme": lazy("“%(title)s” counts in another credit scheme than ECTS."),
    "not_automatically_recognised": lazy("“%(title)s” is recognised under conditions only."),
}


def _said(table: Mapping[str, Any], code: str) -> str:
    """The entry in the reader's language; a code without words stands for itself."""
    return str(table.get(code, code))


def part_title(part: str) -> str:
    """The heading of one table of a contract."""
    return _said(PART_TITLES, part)


def part_hint(part: str) -> str:
    """What belongs into one table of a contract."""
    return _said(PART_HINTS, part)


def path_title(path: str) -> str:
    """What an error path such as ``studied.0.credits.0.value`` points at, as a person says it."""
    part, *rest = path.split(".")
    if part not in PART_TITLES:
        side = part.partition("_contact_")[0]
        if side != part and side in ROLE_TITLES:
            return f"{role_title(side)}, {field_title(path)}"
        return _reason_title(path) if part.startswith("reason_") else field_title(path)
    if not rest:
        return part_title(part)
    place = _("%(part)s, row %(number)s", part=part_title(part), number=int(rest[0]) + 1)
    field = "credits" if "credits" in rest else rest[-1]
    return f"{place}, {field_title(field)}" if len(rest) > 1 else str(place)


def _reason_title(path: str) -> str:
    """What the reason of an outcome is called; an outcome without a word of its own has one too."""
    outcome = path.removeprefix("reason_")
    return field_title(outcome) if outcome in FIELD_TITLES else str(_("Reason"))


def mobility_type(name: str) -> str:
    """A type of mobility."""
    return _said(MOBILITY_TYPES, name)


def version_status(status: str) -> str:
    """Where one version of a contract stands."""
    return _said(VERSION_STATUS, status)


def role_title(role: str) -> str:
    """The role in which somebody signs."""
    return _said(ROLE_TITLES, role)


def stage_title(stage: str) -> str:
    """The step at which an answer was given inside the university."""
    return _said(STAGE_TITLES, stage)


def field_title(name: str) -> str:
    """A field of the agreement, or of a component, as its label."""
    return _said(FIELD_TITLES, name)


def record_title(name: str) -> str:
    """A value of a record, as its label."""
    return _said(RECORD_TITLES, name) if name in RECORD_TITLES else field_title(name)


def check_title(name: str) -> str:
    """A box the administration ticks."""
    return _said(CHECK_TITLES, name)


def change_reason(code: str) -> str:
    """Why a component was changed, by the network's code."""
    return _said(CHANGE_REASONS, code)


def warning_sentence(code: str, params: Mapping[str, str]) -> str:
    """Something the reader of a contract should know; it never blocks."""
    shown = {
        name: value if name == "title" else format_decimal(Decimal(value))
        for name, value in params.items()
    }
    return str(WARNINGS[code]) % shown if code in WARNINGS else code
