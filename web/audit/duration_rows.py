"""The figures of one report or two as a page shows them: rows, bars, heat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from math import ceil

from flask_babel import format_date, format_percent
from flask_babel import gettext as _

from engine import Definition
from engine.history.durations import Durations, Line
from engine.tables.types import from_micros
from web import words
from web.audit.duration_choice import Choice
from web.display import department_name
from web.i18n import translated
from workflows.office_work.local_time import ZONE

SPANS = frozenset({"total", "waiting", "working"})
LEVELS = 5
WIDTH = 1000
FEWEST = 5
"""Of fewer measured tasks a percentile says little."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The chosen measure of one row in one report.

    ``value`` is None where nothing was measured; ``tail`` is the ninth decile of a span.
    """

    line: Line
    value: float | None
    tail: float | None
    said: str
    tail_said: str

    @property
    def few(self) -> bool:
        """Whether too little was measured to say much."""
        return 0 < self.line.done < FEWEST


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, its name, and a cell for each report."""

    key: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def difference(self) -> float | None:
        """How much more the first report has than the second."""
        first, second = self.cells[0].value, self.cells[-1].value
        return None if first is None or second is None else first - second


def cell(line: Line, measure: str) -> Cell:
    """The chosen measure of a line."""
    if measure in SPANS:
        spread = getattr(line, measure)
        if not spread.number:
            return Cell(line, None, None, "–", "–")
        return Cell(line, spread.p50, spread.p90, words.span(spread.p50), words.span(spread.p90))
    if measure == "open":
        return Cell(line, line.open, None, str(line.open), "–")
    part, whole = (line.late, line.due) if measure == "late" else (line.again, line.done)
    if not whole:
        return Cell(line, None, None, "–", "–")
    return Cell(line, part / whole, None, format_percent(part / whole), "–")


def told(amount: float, measure: str) -> str:
    """A difference with its sign."""
    size = abs(amount)
    if measure in SPANS:
        said = words.span(round(size))
    else:
        said = str(round(size)) if measure == "open" else format_percent(size)
    return said if not amount else f"{'+' if amount > 0 else '−'}{said}"


def rows_of(
    choice: Choice, answers: Sequence[Durations], definitions: Sequence[Definition]
) -> list[Row]:
    """The rows of all answers: months in their order, else what is most first."""
    by_key = [
        {_aligned(choice, n, line.key): line for line in each.lines}
        for n, each in enumerate(answers)
    ]
    keys = list(dict.fromkeys(key for each in by_key for key in each))
    if choice.by == "month":
        months = choice.sides[0].question.months[:-1]
        keys = [str(each) for each in months]
    names = _names(choice, definitions)
    rows = [
        Row(
            key,
            names.get(key) or _name(choice, key),
            tuple(cell(each.get(key) or Line(key), choice.measure) for each in by_key),
        )
        for key in keys
    ]
    if choice.by == "month":
        return rows if choice.wanted.since else _from_the_first(rows)
    if choice.by == "version":
        return sorted(rows, key=lambda row: -int(row.key))
    return sorted(rows, key=_most_first)


def _from_the_first(rows: Sequence[Row]) -> list[Row]:
    """Months since the first in which anything was completed."""
    return list(dropwhile(lambda row: not any(each.line.done for each in row.cells), rows))


def _most_first(row: Row) -> tuple[float, str]:
    return -max((each.value for each in row.cells if each.value is not None), default=-1), row.name


def _aligned(choice: Choice, number: int, key: str) -> str:
    """A month of the second of two years by the same month of the first."""
    if choice.by != "month" or not number:
        return key
    first, second = (side.question.months for side in choice.sides)
    place = second.index(int(key))
    return str(first[place]) if place < len(first) - 1 else key


def _names(choice: Choice, definitions: Sequence[Definition]) -> dict[str, str]:
    """The names of steps; those of the first definition that has one."""
    if choice.by != "step":
        return {}
    return {
        id_: translated(element.names) or id_
        for definition in reversed(definitions)
        for id_, element in definition.model.elements.items()
    }


def _name(choice: Choice, key: str) -> str:
    if choice.by == "month":
        month = from_micros(int(key)).astimezone(ZONE).date()
        if len(choice.sides) > 1 and choice.compared.startswith("year-"):
            return str(format_date(month, "LLLL"))
        return str(format_date(month, "LLLL y"))
    if choice.by == "version":
        return str(_("Version %(number)s", number=key))
    if choice.by == "department":
        return department_name(key)
    return key or str(_("no partner"))


def scale_of(rows: Sequence[Row]) -> float:
    """What the longest bar stands for."""
    return max(
        (each for row in rows for cell in row.cells for each in (cell.value, cell.tail) if each),
        default=0,
    )


def width(amount: float | None, scale: float) -> int:
    """The length of a bar, of :data:`WIDTH`; what is there at all is seen."""
    return max(4, round(WIDTH * amount / scale)) if amount and scale else 0


def heat(rows: Sequence[Row], number: int) -> str:
    """How each step of a report is painted, as the viewer reads it: a level and a figure."""
    top = max((cell.value for row in rows for cell in row.cells if cell.value), default=0)
    painted: Mapping[str, Mapping[str, object]] = {
        row.key: {"level": ceil(LEVELS * value / top), "text": row.cells[number].said}
        for row in rows
        if (value := row.cells[number].value)
    }
    return json.dumps(painted, ensure_ascii=False)
