"""What a filter of the history means in the database.

Whoever works through all that a filter finds takes :func:`cases` or :func:`events` whole;
a page of it, in order, is read by :mod:`engine.runtime.searching`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select

from engine.history.filters import HistoryFilter
from engine.identity import Actor
from engine.runtime.access import visible
from engine.tables import definition, history_event, instance, work_item
from engine.tables.types import to_micros
from engine.values import InstanceStatus

COMPLETED = "work_item_completed"
"""The kind of the events that give an answer."""


def cases(actor: Actor, wanted: HistoryFilter) -> Select[tuple[int]]:
    """The ids of the instances that the actor may see and a filter finds, in no order."""
    return select(instance.c.id).where(*case_conditions(actor, wanted), *has_events(wanted))


def events(actor: Actor, wanted: HistoryFilter) -> Select[tuple[int, int]]:
    """Instance and number of the events that a filter finds in cases the actor may see."""
    event = history_event
    statement = select(event.c.instance_id, event.c.seq).where(*event_conditions(event, wanted))
    return statement.where(event.c.instance_id.in_(cases(actor, wanted)))


def case_conditions(actor: Actor, wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    """What must hold for a row of ``instance``: seen by the actor, and asked of a case."""
    found = [visible(actor)]
    versions = []
    if wanted.processes:
        versions.append(definition.c.key.in_(wanted.processes))
    if wanted.versions:
        versions.append(definition.c.version.in_(wanted.versions))
    if versions:
        found.append(instance.c.definition_id.in_(select(definition.c.id).where(*versions)))
    if wanted.outdated:
        newer = definition.alias("newer")
        later = (newer.c.key == definition.c.key) & (newer.c.version > definition.c.version)
        old = select(definition.c.id).where(exists(select(newer.c.id).where(later)))
        found.append(instance.c.definition_id.in_(old))
    if wanted.states == (InstanceStatus.ACTIVE,):
        # In the words of the index of running cases.
        found.append(instance.c.status == literal_column("0"))
    elif wanted.states:
        found.append(instance.c.status.in_([int(state) for state in wanted.states]))
    if wanted.business_key:
        found.append(instance.c.business_key == wanted.business_key)
    if wanted.org_units:
        found.append(instance.c.org_unit.in_(wanted.org_units))
    if wanted.counterparties:
        found.append(instance.c.counterparty.in_(wanted.counterparties))
    return found


def event_conditions(event: Any, wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    """What must hold for a row of ``event``, which is ``history_event`` or an alias of it."""
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(event.c.at >= to_micros(wanted.since))
    if wanted.until is not None:
        found.append(event.c.at < to_micros(wanted.until))
    if wanted.kinds:
        found.append(event.c.kind.in_(wanted.kinds))
    if wanted.elements:
        found.append(event.c.element.in_(wanted.elements))
    if wanted.people:
        found.append(or_(event.c.actor.in_(wanted.people), event.c.on_behalf_of.in_(wanted.people)))
    if wanted.substituted:
        found.append(event.c.on_behalf_of.is_not(None))
    if wanted.outcomes:
        answered = select(work_item.c.id).where(
            work_item.c.id == event.c.work_item_id, work_item.c.outcome.in_(wanted.outcomes)
        )
        found.append(and_(event.c.kind == COMPLETED, exists(answered)))
    return found


def has_events(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    """What must hold for a row of ``instance``: it has the events that are asked for."""
    if not wanted.about_events:
        return []
    event = history_event.alias("had")
    of_case = [event.c.instance_id == instance.c.id, *event_conditions(event, wanted)]
    if wanted.times > 1:
        number = select(func.count()).select_from(event).where(*of_case).scalar_subquery()
        return [number >= wanted.times]
    return [any_row(select(event.c.seq).where(*of_case))]


def any_row(found: Select[Any]) -> ColumnElement[bool]:
    """That there is such a row, asked anew for each row that is read.

    PostgreSQL makes a join of EXISTS, and of what is read in order until a page is full
    something that is read and sorted whole.
    """
    return found.limit(1).scalar_subquery().is_not(None)
