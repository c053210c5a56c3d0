"""Rules of a learning agreement: what stops a submission, and what only informs.

Sources: the schema omobility-las v1.2.0 and its annotations (mandatory fields, terms,
short descriptions), the European Commission's guidelines on the learning agreement
(30 ECTS a semester, 60 a year, else in proportion; blended stays of 5 to 30 days).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from workflows.contract.components import Parts, totals
from workflows.contract.views import ComponentView, ContractWarning, Part
from workflows.mobility.agreement import Agreement, day_of, stay

ECTS = "ects"
YEAR_ECTS = Decimal(60)
BLENDED_DAYS = (5, 30)
STAY_MONTHS = (2, 12)
STAY_YEARS = range(2000, 2100)
BIRTH_YEARS = range(1900, 2100)
"""Years that are a slip of the finger where they are others, such as 0026 or 20266."""

REQUIRED = (
    "sending_hei_id",
    "sending_ounit_name",
    "sending_contact_given_names",
    "sending_contact_family_name",
    "sending_contact_email",
    "receiving_hei_id",
    "receiving_contact_given_names",
    "receiving_contact_family_name",
    "receiving_contact_email",
    "receiving_academic_year_id",
    "student_given_names",
    "student_family_name",
    "student_global_id",
    "student_birth_date",
    "student_citizenship",
    "student_gender",
    "student_email",
    "eqf_level_studied_at_departure",
    "isced_f_code",
    "language",
    "cefr_level",
)
"""Fields the schema, or its annotation, demands of an agreement."""

_EMAIL = r"[^@\s,;<>]+@[^@.\s,;<>]+(\.[^@.\s,;<>]+)+"
_URL = r"https?://\S+"
PATTERNS = {
    "sending_contact_email": _EMAIL,
    "receiving_contact_email": _EMAIL,
    "student_email": _EMAIL,
    "receiving_academic_year_id": r"[0-9]{4}/[0-9]{4}",
    "student_citizenship": r"[A-Z]{2}",
    "student_gender": r"[0129]",
    "eqf_level_studied_at_departure": r"[1-8]",
    "isced_f_code": r"[0-9]{2,4}",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "cefr_level": r"[ABC][12]|NS",
    "learning_outcomes_url": _URL,
    "provisions_url": _URL,
    "sending_contact_phone_e164": r"\+[0-9]{1,15}",
    "receiving_contact_phone_e164": r"\+[0-9]{1,15}",
}
"""What a field must look like where it is given."""

ESI = re.compile(
    r"urn:schac:personalUniqueCode:int:esi:[A-Za-z0-9.\-]+:[A-Za-z0-9()+,.=@;$_!*'\-]+"
)
"""European Student Identifier (GÉANT)."""

MAIN_PART = {"semester": Part.STUDIED, "blended": Part.BLENDED, "doctoral": Part.DOCTORAL}

Errors = dict[str, list[str]]


def structure_errors(agreement: Agreement, mobility_type: str, parts: Parts) -> Errors:
    """What keeps a contract from being submitted, by field path.

    Paths are ``start_date`` for a field of the agreement, ``studied`` for a whole part and
    ``studied.0.title`` for a field of a component. Empty when it may go on.
    """
    errors: Errors = {}
    for path, code in (
        *_field_errors(agreement),
        *_stay_errors(agreement, mobility_type),
        *_part_errors(mobility_type, parts),
    ):
        errors.setdefault(path, []).append(code)
    return errors


def _field_errors(agreement: Agreement) -> Iterator[tuple[str, str]]:
    for name in REQUIRED:
        if not (getattr(agreement, name) or "").strip():
            yield name, "required"
    for name, pattern in PATTERNS.items():
        value = getattr(agreement, name)
        if value and not re.fullmatch(pattern, value.strip()):
            yield name, "invalid"
    birth = agreement.student_birth_date
    if birth and not _within(day_of(birth), BIRTH_YEARS):
        yield "student_birth_date", "not_a_date"
    year = agreement.receiving_academic_year_id or ""
    if re.fullmatch(PATTERNS["receiving_academic_year_id"], year) and int(year[5:]) - int(
        year[:4]
    ) not in {0, 1}:
        yield "receiving_academic_year_id", "invalid"


def _stay_errors(agreement: Agreement, mobility_type: str) -> Iterator[tuple[str, str]]:
    for name in ("start", "end"):
        day, month = getattr(agreement, f"{name}_date"), getattr(agreement, f"{name}_year_month")
        if not day and not month:
            yield f"{name}_date", "required"
        if day and month:
            yield f"{name}_year_month", "one_of_two"
        if day and not _within(day_of(day), STAY_YEARS):
            yield f"{name}_date", "not_a_date"
        if month and not _within(day_of(f"{month}-01"), STAY_YEARS):
            yield f"{name}_year_month", "not_a_date"
    start, end = stay(agreement)
    if start and end and end < start:
        yield "end_date" if agreement.end_date else "end_year_month", "before_start"
    if mobility_type == "blended":
        yield from _blended_errors(agreement)


def _blended_errors(agreement: Agreement) -> Iterator[tuple[str, str]]:
    start, end = day_of(agreement.start_date), day_of(agreement.end_date)
    shortest, longest = BLENDED_DAYS
    if start is None or end is None:
        for name, day in (("start_date", start), ("end_date", end)):
            if day is None:
                yield name, "day_required"
    elif start <= end and not shortest <= (end - start).days + 1 <= longest:
        yield "end_date", f"days_out_of_range:{shortest}:{longest}"


def _part_errors(mobility_type: str, parts: Parts) -> Iterator[tuple[str, str]]:
    main = MAIN_PART.get(mobility_type, Part.STUDIED)
    if not parts.get(main):
        yield main.value, "required"
    if mobility_type == "semester" and not parts.get(Part.RECOGNISED):
        yield Part.RECOGNISED.value, "required"
    if mobility_type == "blended" and not has_virtual_component(parts):
        yield Part.BLENDED.value, "virtual_required"
    for part, rows in parts.items():
        for number, row in enumerate(rows):
            for name, code in _component_errors(row):
                yield f"{part.value}.{number}.{name}", code


def _component_errors(row: ComponentView) -> Iterator[tuple[str, str]]:
    if not row.title.strip():
        yield "title", "required"
    yield from _term_errors(row)
    for number, credit in enumerate(row.credits):
        if not credit.scheme.strip():
            yield f"credits.{number}.scheme", "required"
        if credit.value < 0:
            yield f"credits.{number}.value", "negative"
    if row.part is Part.VIRTUAL and not (row.short_description or "").strip():
        yield "short_description", "required"
    if row.part in {Part.STUDIED, Part.RECOGNISED} and row.short_description:
        yield "short_description", "not_allowed"
    if row.part is Part.STUDIED and row.recognition_conditions:
        yield "recognition_conditions", "not_allowed"


def _term_errors(row: ComponentView) -> Iterator[tuple[str, str]]:
    given = [("term_number", row.term_number), ("total_terms", row.total_terms)]
    if row.part in {Part.STUDIED, Part.RECOGNISED} or any(text for _, text in given):
        for name, text in given:
            if not text:
                yield name, "required"
            elif not re.fullmatch(r"[1-9]", text.strip()):
                yield name, "out_of_range:1:9"
    term = term_of(row)
    if term and term[0] > term[1]:
        yield "term_number", "term_after_total"


def warnings_for(agreement: Agreement, mobility_type: str, parts: Parts) -> list[ContractWarning]:
    """What the reader should know about a version; nothing here blocks."""
    return [
        *_credit_warnings(mobility_type, parts),
        *_agreement_warnings(agreement, mobility_type),
        *_component_warnings(parts),
    ]


def _credit_warnings(mobility_type: str, parts: Parts) -> Iterator[ContractWarning]:
    if mobility_type != "semester":
        return
    studied = [*parts.get(Part.STUDIED, ()), *parts.get(Part.VIRTUAL, ())]
    recognised = parts.get(Part.RECOGNISED, ())
    abroad = totals(studied).get(ECTS, Decimal(0))
    home = totals(recognised).get(ECTS, Decimal(0))
    for path, rows, total in (("studied", studied, abroad), ("recognised", recognised, home)):
        expected = expected_ects(rows)
        if expected is not None and total < expected:
            yield ContractWarning(
                "ects_below_expected",
                path,
                {"total": number_text(total), "expected": number_text(expected)},
            )
    if recognised and home < abroad:
        yield ContractWarning(
            "recognised_below_studied",
            "recognised",
            {"recognised": number_text(home), "studied": number_text(abroad)},
        )


def _agreement_warnings(agreement: Agreement, mobility_type: str) -> Iterator[ContractWarning]:
    if not agreement.learning_outcomes_url:
        yield ContractWarning("missing_catalogue_url", "learning_outcomes_url")
    if not agreement.provisions_url:
        yield ContractWarning("missing_provisions_url", "provisions_url")
    if agreement.student_global_id and not ESI.fullmatch(agreement.student_global_id):
        yield ContractWarning("not_an_esi", "student_global_id")
    start, end = stay(agreement)
    if mobility_type == "semester" and start and end and start <= end:
        months = (end - start).days / 30.44
        shortest, longest = STAY_MONTHS
        if not shortest - 0.1 <= months <= longest + 0.1:
            yield ContractWarning(
                "stay_out_of_range",
                "end_date",
                {"shortest": str(shortest), "longest": str(longest)},
            )


def _component_warnings(parts: Parts) -> Iterator[ContractWarning]:
    for part, rows in parts.items():
        for number, row in enumerate(rows):
            path = f"{part.value}.{number}"
            if not row.credits and part in {Part.STUDIED, Part.RECOGNISED}:
                yield ContractWarning("without_credits", path, {"title": row.title})
            if any(credit.scheme != ECTS for credit in row.credits):
                yield ContractWarning("other_credit_scheme", path, {"title": row.title})
            if row.recognition_conditions:
                yield ContractWarning("not_automatically_recognised", path, {"title": row.title})


def expected_ects(rows: Sequence[ComponentView]) -> Decimal | None:
    """ECTS credits of the terms the components lie in; None where no term is known.

    A year has 60, a semester 30, a term of n in a year 60/n; never more than a year.
    """
    terms = {term for row in rows if (term := term_of(row)) is not None}
    if not terms:
        return None
    total = sum((YEAR_ECTS / count for _, count in terms), Decimal(0))
    return min(total, YEAR_ECTS).quantize(Decimal("0.1"))


def term_of(row: ComponentView) -> tuple[int, int] | None:
    """Number and total of the component's term; None where it isn't told or makes no sense."""
    texts = ((row.term_number or "").strip(), (row.total_terms or "").strip())
    if not all(re.fullmatch(r"0*[1-9][0-9]{0,3}", text) for text in texts):
        return None
    return int(texts[0]), int(texts[1])


def has_virtual_component(parts: Parts) -> bool:
    """Whether a blended mobility has its mandatory virtual component.

    The schema has no list of its own for it: it is a component with a short description.
    """
    rows = [*parts.get(Part.BLENDED, ()), *parts.get(Part.VIRTUAL, ())]
    return any((row.short_description or "").strip() for row in rows)


def _within(day: date | None, years: range) -> bool:
    return day is not None and day.year in years


def number_text(number: Decimal) -> str:
    """A number without needless zeros: 30, 4.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
