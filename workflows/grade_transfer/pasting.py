"""A column copied from a spreadsheet: which mark belongs to which student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.grade_transfer.marks import MAX_MARK
from workflows.grade_transfer.sheets import folded

MAX_LINES = 1000
MAX_CHARACTERS = 100_000
MAX_SHOWN = 60


def marks_from(text: str, students: Sequence[tuple[int, str]]) -> Mapping[int, str]:
    """Marks by the number that stands beside each name in ``students``.

    Lines are ``name<TAB>mark`` or ``name;mark``, names in any order of their words, without
    regard to case and accents; or marks alone, one for each student in their order. Nothing
    is taken where one line is wrong. Raises InvalidInput at ``paste_text``: ``required``,
    ``too_many_lines:<most>:<found>``, ``lines_do_not_fit:<students>:<lines>``,
    ``no_such_student:<line>:<name>``, ``two_of_this_name:<line>:<name>``,
    ``invalid_characters``.
    """
    lines = _lines(text)
    if not any(_parted(line) for line in lines):
        if len(lines) != len(students):
            raise _refused(f"lines_do_not_fit:{len(students)}:{len(lines)}")
        return {
            number: line.strip()[: MAX_MARK + 1]
            for (number, _), line in zip(students, lines, strict=True)
        }
    known: dict[tuple[str, ...], list[int]] = {}
    for number, name in students:
        known.setdefault(_key(name), []).append(number)
    found: dict[int, str] = {}
    for count, line in enumerate(lines, 1):
        name, mark = _split(line)
        if not name and not mark:
            continue
        matches = known.get(_key(name), [])
        shown = name.replace(":", " ")[:MAX_SHOWN]
        if len(matches) != 1:
            code = "two_of_this_name" if matches else "no_such_student"
            raise _refused(f"{code}:{count}:{shown}")
        found[matches[0]] = mark[: MAX_MARK + 1]
    return found


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if not text.strip():
        raise _refused("required")
    if len(lines) > MAX_LINES or len(text) > MAX_CHARACTERS:
        raise _refused(f"too_many_lines:{MAX_LINES}:{len(lines)}")
    if unusable(text):
        raise _refused("invalid_characters")
    return lines


def _parted(line: str) -> bool:
    return "\t" in line or ";" in line


def _split(line: str) -> tuple[str, str]:
    """The name and the mark of a line; what stands between them and behind is left aside."""
    cells = [cell.strip() for cell in line.replace(";", "\t").split("\t")]
    filled = [cell for cell in cells if cell]
    if not filled:
        return "", ""
    return cells[0], filled[-1] if len(filled) > 1 else ""


def _key(name: str) -> tuple[str, ...]:
    """What two spellings of a name have in common."""
    return tuple(sorted("".join(c if c.isalnum() else " " for c in folded(name)).split()))


def _refused(code: str) -> InvalidInput:
    return InvalidInput({"paste_text": [code]})
