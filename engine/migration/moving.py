"""Moves one case to another version, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, bindparam, select, update

from engine.database import Statement
from engine.kernel import Run
from engine.migration.cases import locked_case
from engine.migration.route import Route
from engine.migration.verdicts import Stays, Verdict, Way
from engine.runtime.locked import LockedInstance
from engine.runtime.opening import item_rows
from engine.runtime.plan import Plan
from engine.tables import instance, job, subscription, work_item
from engine.unit import Unit
from engine.values import Value

_move_instance = Statement(
    update(instance)
    .where(instance.c.id == bindparam("case"))
    .values(definition_id=bindparam("target"))
)
_move_items = Statement(
    update(work_item)
    .where(work_item.c.instance_id == bindparam("case"), work_item.c.status == 0)
    .values(definition_id=bindparam("target"))
)
_free_jobs = Statement(
    update(job)
    .where(job.c.instance_id == bindparam("case"), job.c.lease_by.is_not(None))
    .values(lease_until=None, lease_by=None)
)


def move(unit: Unit, route: Route, locked: LockedInstance) -> Verdict | None:
    """Move a case under lock if that is safe; None where it has ended or left the source.

    Its open work items keep their ids, claims, drafts, dates and comments; timers their due
    time; subscriptions what they wait for. Locked in the order of the house: instance, work
    items, jobs.
    """
    if not locked.active or locked.definition_id != route.source.id:
        return None
    case = locked_case(unit.connection, locked.id, locked.state, unit.at)
    verdict = route.verdict(case)
    if verdict.way is Way.STAYS:
        return verdict
    try:
        state = route.state(case, verdict)
    except Stays as answer:
        return Verdict(Way.STAYS, answer.reason, answer.element)
    locked.state = state
    _repoint(unit, route, locked, verdict)
    payload: dict[str, Value] = {"from": route.source.version, "to": route.target.version}
    if verdict.names:
        payload["mapping"] = dict(verdict.names)
    locked.record("migrated", unit.actor, payload=payload)
    _open_more(unit, route, locked, verdict)
    locked.save(unit)
    return verdict


def _repoint(unit: Unit, route: Route, locked: LockedInstance, verdict: Verdict) -> None:
    """Let everything that hangs on the tokens follow them.

    A lease that has run out is taken away: the worker who had it must not come back with
    what it read of the version before.
    """
    locked.definition_id = route.target.id
    for statement in (_move_instance, _move_items, _free_jobs):
        statement(unit.connection, {"case": locked.id, "target": route.target.id})
    for table in (work_item, job, subscription) if verdict.names else ():
        _rename(unit, table, locked.id, verdict.names)


def _rename(unit: Unit, table: Table, instance_id: int, names: Mapping[str, str]) -> None:
    """Name the elements as the target does; all at once, for names may change places."""
    waiting = [table.c.instance_id == instance_id]
    if table is work_item:
        waiting.append(table.c.status == 0)
    waiting.append(table.c.element.in_(names))
    found = unit.connection.execute(select(table.c.id, table.c.element).where(*waiting)).all()
    for row in found:
        unit.connection.execute(
            update(table).where(table.c.id == row.id).values(element=names[row.element])
        )


def _open_more(unit: Unit, route: Route, locked: LockedInstance, verdict: Verdict) -> None:
    """Open the seats that the target has besides at a step."""
    if not verdict.more or locked.state is None:
        return
    waits = Run.load(route.target.executable, locked.state, route.target).waits
    plan = Plan()
    for number, seat, candidate in verdict.more:
        rows = item_rows(unit, locked, route.target, waits[number], [(seat, candidate)])
        for row in rows:
            plan.add_item(unit, row)
    plan.write(unit, locked)
