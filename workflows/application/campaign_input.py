"""What the international office types about a campaign and its places."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.errors import InvalidInput
from workflows.application.fields import Reader
from workflows.application.models import DOCUMENT_KINDS, ERASMUS, PROGRAMMES
from workflows.application.policy.scoring import CRITERIA, MAX_POINTS, MAX_WEIGHT
from workflows.mobility.agreement import CEFR_LEVELS

YEAR = re.compile(r"(20[0-9]{2})/(20[0-9]{2})", re.ASCII)
MAX_PLACES = 500
"""Rows of a campaign's table: 360 agreements were the university's most so far."""
MAX_SEATS = 50
MAX_MONTHS = 24
MAX_COMMISSION = 15
MAX_NOTE = 4000
HEI_ID = r"[A-Za-z0-9.-]{3,100}"
EQF_LEVELS = (5, 8)

PLACE_FIELDS = (
    "department",
    "hei_id",
    "isced_f",
    "eqf_level",
    "seats",
    "months",
    "language",
    "cefr",
    "programme",
)
"""Columns of the table of places, in the order in which they are pasted."""


@dataclass(frozen=True, slots=True)
class DepartmentInput:
    """A department's part: weights by criterion, quorum (0: all), ids of the commission."""

    code: str
    weights: Mapping[str, int]
    quorum: int
    commission: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CampaignInput:
    """A campaign as it is to be from now on."""

    title: str
    academic_year: str
    opens_at: datetime
    closes_at: datetime
    allow_debt: bool
    min_score: Decimal | None
    documents: tuple[str, ...]
    note: str
    departments: tuple[DepartmentInput, ...]


@dataclass(frozen=True, slots=True)
class PlaceInput:
    """A row of the table; ``id`` is that of the place it changes, None for a new one."""

    id: int | None
    department: str
    hei_id: str
    isced_f: str
    eqf_level: int
    seats: int
    months: int
    language: str
    cefr: str
    programme: str


def read_campaign(
    data: Mapping[str, object], departments: Collection[str], staff: Collection[int]
) -> CampaignInput:
    """The campaign in ``data``; raises InvalidInput by field path.

    ``departments`` are the codes there are, ``staff`` the people who may be reviewers.
    """
    reader = Reader(data)
    reader.only({*_FIELDS, "departments"})
    title = reader.text("title", required=True)
    year = reader.matching("academic_year", YEAR.pattern, required=True)
    if year and int(year[5:]) - int(year[:4]) != 1:
        reader.refuse("academic_year", "pattern")
    opens_at, closes_at = reader.instant("opens_at"), reader.instant("closes_at")
    if opens_at and closes_at and closes_at <= opens_at:
        reader.refuse("closes_at", "before_start")
    allow_debt = reader.truth("allow_debt") or False
    min_score = reader.decimal("min_score", Decimal(0), MAX_POINTS, places=2)
    documents = reader.listed("documents", DOCUMENT_KINDS, len(DOCUMENT_KINDS))
    note = reader.text("note", longest=MAX_NOTE)
    rows = reader.rows("departments", len(departments))
    chosen = [_department(row, departments, staff) for row in rows if _taken(row)]
    if not chosen and not reader.errors:
        reader.refuse("departments", "required")
    if len({each.code for each in chosen}) < len(chosen):
        reader.refuse("departments", "not_an_option")
    reader.checked(*rows)
    assert opens_at is not None
    assert closes_at is not None
    return CampaignInput(
        title=title,
        academic_year=year,
        opens_at=opens_at,
        closes_at=closes_at,
        allow_debt=allow_debt,
        min_score=min_score,
        documents=tuple(documents),
        note=note,
        departments=tuple(chosen),
    )


_FIELDS = (
    "title",
    "academic_year",
    "opens_at",
    "closes_at",
    "allow_debt",
    "min_score",
    "documents",
    "note",
)


def _taken(row: Reader) -> bool:
    """Whether the box of a department is ticked."""
    return row.truth("chosen") or False


def _department(
    row: Reader, departments: Collection[str], staff: Collection[int]
) -> DepartmentInput:
    row.only({"code", "chosen", "quorum", "commission", *(f"weight_{name}" for name in CRITERIA)})
    code = row.choice("code", departments, required=True)
    weights = {
        name: row.whole(f"weight_{name}", 0, MAX_WEIGHT, required=True) or 0 for name in CRITERIA
    }
    if not row.errors and not any(weights.values()):
        row.refuse("weight_motivation", "no_weight")
    people = {str(number) for number in staff}
    commission = tuple(int(each) for each in row.listed("commission", people, MAX_COMMISSION))
    quorum = row.whole("quorum", 0, MAX_COMMISSION) or 0
    if quorum > max(len(commission), 1):
        row.refuse("quorum", f"out_of_range:0:{max(len(commission), 1)}")
    return DepartmentInput(code, weights, quorum, commission)


def read_places(
    data: Mapping[str, object], departments: Collection[str], partners: Collection[str]
) -> list[PlaceInput]:
    """The table of places in ``data["places"]``; raises InvalidInput by field path.

    Rows in which nothing is written are no rows. ``partners`` are the SCHAC domains known.
    """
    reader = Reader(data)
    reader.only({"places"})
    rows = [row for row in reader.rows("places", MAX_PLACES) if _written(row)]
    places = [_place(row, departments, partners) for row in rows]
    reader.checked(*rows)
    return [place for place in places if place is not None]


def _written(row: Reader) -> bool:
    return any(str(row.data.get(name) or "").strip() for name in ("id", "hei_id", "isced_f"))


def _place(
    row: Reader, departments: Collection[str], partners: Collection[str]
) -> PlaceInput | None:
    row.only({"id", *PLACE_FIELDS})
    number = row.whole("id", 1, 10**9 - 1)
    department = row.choice("department", departments, required=True)
    hei_id = row.matching("hei_id", HEI_ID, required=True).lower()
    if hei_id and hei_id not in partners:
        row.refuse("hei_id", "unknown_partner")
    isced_f = row.matching("isced_f", r"[0-9]{2,4}", required=True)
    level = row.whole("eqf_level", *EQF_LEVELS, required=True)
    seats = row.whole("seats", 1, MAX_SEATS, required=True)
    months = row.whole("months", 1, MAX_MONTHS, required=True)
    language = row.matching("language", r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", required=True)
    cefr = row.choice("cefr", CEFR_LEVELS)
    programme = row.choice("programme", PROGRAMMES) or ERASMUS
    if level is None or seats is None or months is None:
        return None
    return PlaceInput(
        number, department, hei_id, isced_f, level, seats, months, language.lower(), cefr, programme
    )


def pasted_places(text: str, most: int = MAX_PLACES) -> list[dict[str, str]]:
    """Rows of a table pasted from a spreadsheet, as the editor's fields.

    Columns are those of :data:`PLACE_FIELDS`, parted by tabs or semicolons. Raises
    InvalidInput for more than ``most`` rows, or a row with too many columns.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > most:
        raise InvalidInput({"paste": [f"too_many:{MAX_PLACES}"]})
    rows = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if len(cells) > len(PLACE_FIELDS):
            raise InvalidInput({"paste": [f"too_many_columns:{number}"]})
        rows.append(dict(zip(PLACE_FIELDS, cells, strict=False)))
    return rows
