"""Two grading tables as aligned bars: where a grade abroad lies, and what it overlaps here.

Geometry alone, in the units of the picture; the words stand beside it. The best grades are
at the left of both bars, so that places of the same rank stand above each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workflows.recognition.trace import Method, Span, TableUsed, Trace

WIDTH = 360
LETTER = 7
"""Room that one letter of a label takes."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One grade of a bar; ``label`` is empty where there is no room to write it."""

    label: str
    x: str
    width: str
    middle: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture of one conversion.

    ``x`` and ``width`` are those of the shaded band, the interval of the grade abroad; a
    grade that nobody has is a line, of no width.
    """

    source: tuple[Segment, ...]
    target: tuple[Segment, ...]
    x: str
    width: str
    point: bool


def bars_of(trace: Trace | None) -> Bars | None:
    """The picture of a trace; None for grades that no tables gave."""
    if (
        trace is None
        or trace.method is not Method.TABLES
        or trace.source is None
        or trace.target is None
        or trace.interval is None
    ):
        return None
    start, end = trace.interval
    hits = {overlap.label for overlap in trace.overlaps}
    return Bars(
        source=_segments(trace.source, {trace.matched or ""}),
        target=_segments(trace.target, hits),
        x=_at(start),
        width=_at(end - start),
        point=start == end,
    )


def shares(table: TableUsed) -> Mapping[str, Fraction]:
    """The part of all passes that each grade of a table has."""
    return {span.label: span.end - span.start for span in table.spans}


def _segments(table: TableUsed, hits: set[str]) -> tuple[Segment, ...]:
    return tuple(_segment(span, span.label in hits) for span in _wide(table.spans))


def _wide(spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if span.end > span.start]


def _segment(span: Span, hit: bool) -> Segment:
    room = (span.end - span.start) * WIDTH
    label = span.label if room >= LETTER * len(span.label) + 4 else ""
    middle = (span.start + span.end) / 2
    return Segment(label, _at(span.start), _at(span.end - span.start), _at(middle), hit)


def _at(part: Fraction) -> str:
    """A place in the picture, to a hundredth of its unit."""
    return f"{float(part * WIDTH):.2f}"
