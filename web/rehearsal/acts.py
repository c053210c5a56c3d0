"""What follows an act in a rehearsal: what is due is done, what was done is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from web.rehearsal.house import House, events_in
from web.rehearsal.noting import Done
from workflows.scenarios.passing import pass_until, settle
from workflows.scenarios.recording import disturbed, observed, paris
from workflows.scenarios.running import perform
from workflows.scenarios.schemas import load_step
from workflows.scenarios.sheet import Row
from workflows.scenarios.stage import Mismatch, Stage
from workflows.scenarios.steps import Placed


def settled(house: House, rows: Sequence[Row], done: Done) -> None:
    """After a page: do what is due, and record what was done."""
    stage = house.stage()
    _settle(stage)
    noted = list(rows)
    if done.row is not None and events_in(house.engine) != house.rehearsal.state.get("events", 0):
        # What completes tasks as a part of it is done again by it.
        noted = [done.row]
        _remember_case(stage)
    _record(house, stage, noted, done.page)


def advance(house: House, at: datetime) -> None:
    """Let the time pass; Mismatch for an instant that is over, or where it takes long."""
    stage = house.stage()
    try:
        pass_until(stage, at)
    finally:
        now = {"until": paris(house.rehearsal.at)}
        seen = observed(stage, house.rehearsal.about.key, all_of_it=False)
        _record(house, stage, [now, *disturbed(stage), seen])


def do(house: House, row: Row) -> None:
    """Play a step as a scenario has it; raises Mismatch, and what the engine raises."""
    stage = house.stage()
    perform(stage, Placed(0, 0, load_step(row)))
    _record(house, stage, [row])


def look(house: House) -> None:
    """Record what is true now as what is expected."""
    seen = observed(house.stage(), house.rehearsal.about.key)
    house.rehearsal.note([seen])


def _settle(stage: Stage) -> None:
    try:
        settle(stage)
    except Mismatch:
        # It goes on with the next act; a page that never comes back would tell less.
        return


def _record(house: House, stage: Stage, rows: Sequence[Row], page: str = "") -> None:
    house.rehearsal.note([*rows, *disturbed(stage)], page)
    house.keep(stage)


def _remember_case(stage: Stage) -> None:
    """The newest case is what later steps are about, as after the action of a scenario."""
    cases = stage.cases()
    if cases:
        stage.business_key = cases[0].business_key
        stage.mobility_id = int(cases[0].business_key) if cases[0].business_key.isdigit() else None
