"""Retelling: a scenario made of a real case, of which nothing personal is kept.

Kept is what routes: which step was done by whom of which function, with which outcome, after
how long, and which messages came. Whatever was typed or written is left where it is: the values
are those that a scenario of the lifecycle gives for the same step, and so is the beginning. So
nothing of a case can come into a scenario that its authors had not put there before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.tables import work_item
from engine.values import Instance, InstanceStatus
from workflows.people.services import PARTNER_DESK
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.loading import ScenarioInvalid
from workflows.scenarios.results import scenario_names
from workflows.scenarios.sheet import Row, Sheet, sheet_of

if TYPE_CHECKING:
    from engine import Actor, Bundle, Engine

REASON = "Motif non repris."
"""Stands for every reason that somebody has written."""

MOST_EVENTS = 1_000
_ACTS = ("do", "message")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|datetime\.date")


@dataclass(frozen=True, slots=True)
class Gap:
    """What a scenario cannot say of a case: ``code``, and the ``element`` or name it is about."""

    code: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What moved the case: a step that was done, or a message that came (``element`` empty)."""

    at: datetime
    element: str = ""
    candidate: str = ""
    by: str = ""
    outcome: str = ""
    reasoned: bool = False
    message: str = ""


@dataclass(frozen=True)
class Retold:
    """The scenario of a case, and what of it cannot be played again."""

    sheet: Sheet | None
    gaps: tuple[Gap, ...]


@dataclass
class _Told:
    """The pattern of a case: a scenario, and how far its steps are those of the case."""

    sheet: Sheet
    steps: int
    places: list[int] = field(default_factory=list)

    @property
    def likeness(self) -> tuple[int, int]:
        """The more steps they share the better, and the fewer the scenario goes on for."""
        return len(self.places), -self.steps


def retell(engine: Engine, case: Instance, bundle: Bundle, title: str, actor: Actor) -> Retold:
    """The scenario of a case that ``actor`` may see, with what ``bundle`` knows of its steps.

    Without a sheet where no scenario of the bundle begins as the case did.
    """
    moves = moves_of(engine, case, actor)
    elements = set(engine.definition(case.definition_id).model.elements)
    sheets = list(sheets_of(bundle))
    patterns = [_aligned(sheet, moves, elements) for sheet in sheets]
    pattern = max(patterns, key=lambda each: each.likeness, default=None)
    strange = any(move.element for move in moves) and not (pattern and pattern.places)
    if (
        pattern is None
        or strange
        or not _beginning(pattern.sheet.steps[: _first(pattern.sheet, elements)])
    ):
        return Retold(None, (Gap("no_beginning"),))
    teller = _Teller(pattern, sheets, elements, case.started_at)
    for move in moves:
        teller.tell(move)
    teller.wait(case.ended_at or engine.clock.now())
    if case.status == InstanceStatus.TERMINATED:
        teller.gaps.append(Gap("terminated"))
    teller.rows.append(_end(case, alone=not pattern.sheet.processes))
    sheet = Sheet(title, pattern.sheet.at, pattern.sheet.processes, tuple(teller.rows))
    return Retold(sheet, tuple(dict.fromkeys(teller.gaps)))


def moves_of(engine: Engine, case: Instance, actor: Actor) -> list[Move]:
    """What moved a case, in order."""
    done = select(work_item).where(work_item.c.instance_id == case.id)
    with engine.reading() as session:
        items = {row.id: row for row in session.execute(done)}
    found: list[Move] = []
    for event in engine.history(case.id, actor=actor, limit=MOST_EVENTS):
        if event.kind == "message_received":
            found.append(Move(event.at, message=str((event.payload or {}).get("name", ""))))
        elif event.kind == "work_item_completed":
            row = items[event.work_item_id]
            by, outcome, reasoned = event.actor, str(row.outcome or ""), bool(row.reason)
            found.append(Move(event.at, row.element, row.candidate, by, outcome, reasoned))
    return found


def sheets_of(bundle: Bundle) -> Iterator[Sheet]:
    """The scenarios of a bundle, as far as they can be read."""
    for name in scenario_names(bundle):
        try:
            yield sheet_of(bundle.files[name], name)
        except ScenarioInvalid:
            continue


def _first(sheet: Sheet, elements: set[str]) -> int:
    """Where a scenario first does a step of the lifecycle; without one, after its first acts."""
    own = (n for n, row in enumerate(sheet.steps) if row.get("complete") in elements)
    opened = (
        n + 1
        for n, (row, following) in enumerate(pairwise((*sheet.steps, {})))
        if _is_act(row) and not _is_act(following)
    )
    return next(own, next(opened, 0))


def _is_act(row: Row) -> bool:
    return any(act in row for act in _ACTS)


def _aligned(sheet: Sheet, moves: Sequence[Move], elements: set[str]) -> _Told:
    """How far a scenario tells the steps of a case: the place of each, as long as they agree."""
    steps = [n for n, row in enumerate(sheet.steps) if row.get("complete") in elements]
    done = [move for move in moves if move.element]
    told = _Told(sheet, len(steps))
    for place, move in zip(steps, done, strict=False):
        row = sheet.steps[place]
        if (row["complete"], row.get("outcome", "")) != (move.element, move.outcome):
            break
        told.places.append(place)
    return told


class _Teller:
    """Writes the rows of a case, move after move."""

    def __init__(
        self, pattern: _Told, sheets: Sequence[Sheet], elements: set[str], began: datetime
    ) -> None:
        self._pattern, self._sheets, self._elements = pattern, sheets, elements
        self._passed = began
        first = _first(pattern.sheet, elements)
        self._place = first
        self._done = 0
        self.rows: list[Row] = _beginning(pattern.sheet.steps[:first])
        self.gaps: list[Gap] = []
        # Without a step of the lifecycle, what the scenario does after the first has sent them.
        self._sent = 0 if pattern.steps else sum(map(_is_act, self.rows)) - 1

    def tell(self, move: Move) -> None:
        """Add what happened, after the time that passed before it."""
        self.wait(move.at)
        if not move.element:
            self._message(move)
            return
        if self._done < len(self._pattern.places):
            place = self._pattern.places[self._done]
            self._take_over(self._place, place)
            self._place = place + 1
        self._done += 1
        self.rows.append(self._step(move))

    def wait(self, at: datetime) -> None:
        """Let the time pass until ``at``, in whole minutes."""
        minutes = int((at - self._passed) / timedelta(minutes=1))
        if minutes > 0:
            days, rest = divmod(minutes, 24 * 60)
            self.rows.append({"wait": f"P{days}D" + (f"T{rest}M" if rest else "")})
            self._passed += timedelta(minutes=minutes)

    def _take_over(self, start: int, end: int) -> None:
        """What a scenario does besides its steps, between two of them."""
        rows = self._pattern.sheet.steps[start:end]
        self.rows += [row for row in rows if _is_act(row)]

    def _message(self, move: Move) -> None:
        """What the pattern does at this point has sent it; else it comes without its values."""
        if self._sent > 0:
            self._sent -= 1
            return
        steps, places = self._pattern.sheet.steps, self._pattern.places
        end = places[self._done] if self._done < len(places) else len(steps)
        if self._done <= len(places) and any(map(_is_act, steps[self._place : end])):
            self._take_over(self._place, end)
            self._place = end
            return
        self.rows.append({"message": move.message})
        self.gaps.append(Gap("message", move.message))

    def _step(self, move: Move) -> Row:
        row: dict[str, Any] = {"complete": move.element, "as": self._member(move)}
        if move.outcome:
            row["outcome"] = move.outcome
        if move.reasoned:
            row["reason"] = REASON
        shown = self._shown(move)
        if shown is None:
            self.gaps.append(Gap("values", move.element))
        elif "data" in shown:
            row["data"] = shown["data"]
            if _DATE.search(str(shown["data"])):
                self.gaps.append(Gap("dates", move.element))
        return row

    def _member(self, move: Move) -> str:
        """Who of the cast does it: as the pattern has it, else who has the function first."""
        alike = members_for(move.candidate, move.by)
        for place in self._pattern.places[self._done - 1 : self._done]:
            told = self._pattern.sheet.steps[place]["as"]
            if told in alike:
                return str(told)
        if not alike or move.candidate.startswith("person:"):
            self.gaps.append(Gap("nobody", move.element))
            return "ri"
        return alike[0]

    def _shown(self, move: Move) -> Row | None:
        """A step of a scenario that does the same; the pattern's own first."""
        own = self._pattern.places[self._done - 1 : self._done]
        rows = [self._pattern.sheet.steps[place] for place in own]
        rows += [row for sheet in (self._pattern.sheet, *self._sheets) for row in sheet.steps]
        wanted = (move.element, move.outcome)
        alike = (r for r in rows if (r.get("complete"), r.get("outcome", "")) == wanted)
        return next(alike, None)


def members_for(candidate: str, by: str) -> list[str]:
    """Who of the cast has the function of the group that was asked, whichever department's.

    A person who was asked by name may be anybody.
    """
    if candidate == PARTNER_DESK:
        return [PARTNER if by.startswith(f"{PARTNER}:") else "ri"]
    function, of_one, _whose = candidate.partition(":")
    if function == "student":
        return ["student", "other_student"]
    if function == "person":
        return list(MEMBERS)
    wanted = candidate if not of_one or function == "council" else f"{function}:"
    return [
        name
        for name, each in MEMBERS.items()
        if any(group == wanted or (of_one and group.startswith(wanted)) for group in each.groups)
    ]


def _beginning(rows: Sequence[Row]) -> list[Row]:
    """What opens the case: without what is expected, and without what passed after it began."""
    kept = [row for row in rows if "expect" not in row and "refuse" not in row]
    while kept and not _is_act(kept[-1]):
        kept.pop()
    return kept


def _end(case: Instance, *, alone: bool) -> Row:
    """What is true of the case now; what else is open in the story only where it is alone."""
    expected: dict[str, Any] = {}
    if alone:
        expected["open"] = sorted({item.element for item in case.open_items})
    if case.status == InstanceStatus.COMPLETED:
        expected["finished"] = [case.key]
    elif case.status == InstanceStatus.ACTIVE:
        expected["running"] = [case.key]
    return {"expect": expected or {"incidents": 0}}
