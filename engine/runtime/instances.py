"""Process instances: started, shown, ended before their end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from engine.database import Statement
from engine.errors import Forbidden, InvalidInput, InvalidState, NotFound
from engine.history.recorder import GENESIS
from engine.identity import Actor
from engine.ids import new_id
from engine.registry import Registry
from engine.runtime.access import require_sight, visible
from engine.runtime.advance import Move, advance
from engine.runtime.cursors import parts_of
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import LockedInstance
from engine.runtime.presenting import present_item
from engine.tables import incident, instance, job, subscription, work_item
from engine.tables.types import from_micros
from engine.unit import Unit
from engine.values import (
    Instance,
    InstanceQuery,
    InstanceStatus,
    Labels,
    Page,
    Started,
    Value,
    WorkItemStatus,
)

MAX_LIMIT = 200
MAX_VARIABLES_BYTES = 64 * 1024
_insert = Statement(insert(instance).values({c.name: None for c in instance.c}))


def start(
    unit: Unit,
    registry: Registry,
    definition: Definition,
    *,
    business_key: str,
    variables: Mapping[str, Value],
    labels: Labels,
    links: Iterable[str],
    message: str = "",
) -> Started:
    """Start an instance of a definition, in the unit's transaction.

    It begins at the none start event, or at the start event of a ``message``.
    Raises InvalidState where the process has no such event.
    """
    at = definition.model.message_starts.get(message, "")
    if not at and (message or not definition.model.none_start):
        names = ", ".join(sorted(definition.model.message_starts))
        raise InvalidState(
            f"The process '{definition.key}' cannot be started this way: it starts by itself "
            f"when a message comes ({names})."
        )
    if len(orjson.dumps(dict(variables))) > MAX_VARIABLES_BYTES:
        raise InvalidInput({"variables": [f"too_long:{MAX_VARIABLES_BYTES}"]})
    locked = LockedInstance(
        id=new_id(),
        definition_id=definition.id,
        business_key=business_key,
        status=InstanceStatus.ACTIVE,
        revision=0,
        seq=0,
        head=GENESIS,
        state=None,
        labels=labels,
    )
    _insert_row(unit, locked, restricted=definition.model.restricted)
    unit.link(locked.id, links)
    payload: dict[str, Value] = {"variables": dict(variables), "version": definition.version}
    if message:
        payload["message"] = message
    locked.record("instance_started", unit.actor, element=at or None, payload=payload)
    advanced = advance(unit, registry, locked, definition, Move("start", 0, variables, at))
    locked.save(unit)
    return Started(locked.id, tuple(row["id"] for row in advanced.items), advanced.finished)


def _insert_row(unit: Unit, locked: LockedInstance, *, restricted: bool) -> None:
    _insert(
        unit.connection,
        {
            "id": locked.id,
            "definition_id": locked.definition_id,
            "business_key": locked.business_key,
            "status": int(locked.status),
            "revision": locked.revision,
            "seq": locked.seq,
            "head": locked.head,
            "state": locked.state,
            "subject": locked.labels.subject,
            "org_unit": locked.labels.org_unit,
            "counterparty": locked.labels.counterparty,
            "started_at": unit.at,
            "ended_at": None,
            "restricted": restricted,
            "erased_at": None,
        },
    )


def terminate(unit: Unit, instance_id: int, reason: str) -> None:
    """End an instance before its end: nothing waits any more, the history stays."""
    require_sight(unit.connection, unit.actor, instance_id)
    if not unit.actor.oversees:
        raise Forbidden
    if not reason.strip():
        raise InvalidInput({"reason": ["required"]})
    locked = LockedInstance.load(unit, instance_id)
    if not locked.active:
        raise InvalidState("The process has ended already.")
    unit.connection.execute(
        update(work_item)
        .where(work_item.c.instance_id == instance_id, work_item.c.status == 0)
        .values(status=int(WorkItemStatus.CANCELLED), completed_at=unit.at)
    )
    unit.connection.execute(delete(subscription).where(subscription.c.instance_id == instance_id))
    unit.connection.execute(
        update(incident)
        .where(incident.c.instance_id == instance_id, incident.c.status == 0)
        .values(status=1, resolved_at=unit.at, resolved_by=unit.actor.id)
    )
    unit.connection.execute(delete(job).where(job.c.instance_id == instance_id))
    locked.status, locked.state, locked.ended_at = InstanceStatus.TERMINATED, None, unit.at
    locked.record("instance_terminated", unit.actor, payload={"reason": reason})
    locked.save(unit)


def get(
    connection: Connection, definitions: Definitions, actor: Actor, instance_id: int
) -> Instance:
    """An instance with its open work items and the elements it waits at."""
    require_sight(connection, actor, instance_id)
    row = connection.execute(select(instance).where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound
    definition = definitions.get(connection, row.definition_id)
    items = connection.execute(
        select(work_item)
        .where(work_item.c.instance_id == instance_id, work_item.c.status == 0)
        .order_by(work_item.c.due_at, work_item.c.id)
    ).all()
    waiting = connection.execute(
        select(job.c.element)
        .where(job.c.instance_id == instance_id, job.c.element != "")
        .union(select(subscription.c.element).where(subscription.c.instance_id == instance_id))
    ).all()
    troubles = connection.execute(
        select(incident.c.id)
        .join(job, job.c.id == incident.c.job_id)
        .where(incident.c.instance_id == instance_id, incident.c.status == 0)
    ).all()
    attached = {element.id for element in definition.model.elements.values() if element.attached_to}
    active = [item.element for item in items]
    active += [row.element for row in waiting if row.element not in attached]
    return present(
        row,
        definition,
        open_items=tuple(present_item(item, definition, row.business_key) for item in items),
        active_elements=tuple(dict.fromkeys(active)),
        incidents=len(troubles),
    )


def present(row: Any, definition: Definition, **more: Any) -> Instance:
    """The instance of a row, in its version."""
    return Instance(
        id=row.id,
        definition_id=row.definition_id,
        key=definition.key,
        version=definition.version,
        process_names=definition.model.names,
        business_key=row.business_key,
        status=InstanceStatus(row.status),
        labels=Labels(row.subject, row.org_unit, row.counterparty),
        started_at=from_micros(row.started_at),
        ended_at=from_micros(row.ended_at) if row.ended_at else None,
        revision=row.revision,
        restricted=row.restricted,
        erased_at=from_micros(row.erased_at) if row.erased_at else None,
        **more,
    )


def find(
    connection: Connection, definitions: Definitions, actor: Actor, query: InstanceQuery
) -> Page[Instance]:
    """A page of the instances the actor may see, newest first, without their items."""
    limit = max(1, min(query.limit, MAX_LIMIT))
    statement = select(instance).where(visible(actor), *_wanted(connection, definitions, query))
    rows = connection.execute(statement.order_by(instance.c.id.desc()).limit(limit + 1)).all()
    items = [present(row, definitions.get(connection, row.definition_id)) for row in rows[:limit]]
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def _wanted(
    connection: Connection, definitions: Definitions, query: InstanceQuery
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.process:
        wanted.append(instance.c.definition_id.in_(definitions.ids_of(connection, query.process)))
    if query.business_key is not None:
        wanted.append(instance.c.business_key == query.business_key)
    if query.org_unit:
        wanted.append(instance.c.org_unit == query.org_unit)
    if query.counterparty:
        wanted.append(instance.c.counterparty == query.counterparty)
    if query.status is not None:
        wanted.append(instance.c.status == int(query.status))
    if text := query.text.strip():
        searched = (instance.c.subject, instance.c.business_key, instance.c.counterparty)
        wanted.append(or_(*(column.icontains(text, autoescape=True) for column in searched)))
    if query.after is not None:
        wanted.append(instance.c.id < parts_of(query.after, 1)[0])
    return wanted
