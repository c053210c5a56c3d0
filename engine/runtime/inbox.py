"""The inbox: what waits for an actor, page by page.

One LIMITed sub-select a group, each served by the partial index on open items,
merged; so a page costs the same whatever is open, finished or past.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.identity import Actor, Replaced
from engine.runtime.access import overseen
from engine.runtime.cursors import parts_of
from engine.runtime.deployed import Definitions
from engine.runtime.presenting import present_item
from engine.tables import identity_link, instance, work_item
from engine.tables.types import to_micros
from engine.values import InboxCounts, InboxQuery, Page, WorkItem

COUNT_CAP = 100
MAX_LIMIT = 200
_OPEN = work_item.c.status == literal_column("0")


def inbox(
    connection: Connection,
    definitions: Definitions,
    actor: Actor,
    query: InboxQuery,
    now: int,
) -> Page[WorkItem]:
    """A page of open work items in the order asked for."""
    limit = max(1, min(query.limit, MAX_LIMIT))
    conditions = _filters(connection, definitions, query, now)
    branches = [_page(scope, conditions, query, limit + 1) for scope in _scopes(actor, query.view)]
    if not branches:
        return Page(())
    keys = union_all(*[select(branch.subquery()) for branch in branches]).subquery()
    rows = connection.execute(
        select(work_item, instance.c.business_key)
        .join(keys, keys.c.id == work_item.c.id)
        .join(instance, instance.c.id == work_item.c.instance_id)
        .order_by(*_order(work_item.c, query))
        .limit(limit + 1)
    ).all()
    unique = list({row.id: row for row in rows}.values())
    items = [
        present_item(row, definitions.get(connection, row.definition_id), row.business_key)
        for row in unique[:limit]
    ]
    more = len(rows) > limit
    return Page(items, _cursor(unique[len(items) - 1], query) if more and items else None)


def counts(connection: Connection, actor: Actor, now: int) -> InboxCounts:
    """How much waits, each group counted up to a hundred; one statement."""
    mine, groups = _scopes(actor, "mine"), _scopes(actor, "groups")
    late = work_item.c.due_at < now
    wanted = [
        *(_capped(scope) for scope in groups),
        *(_capped(and_(scope, late)) for scope in groups),
        *(_capped(scope) for scope in mine),
    ]
    found = [int(count) for count in connection.execute(select(*wanted)).one()]
    number = len(groups)
    return InboxCounts(
        mine=min(sum(found[2 * number :]), COUNT_CAP),
        groups=min(sum(found[:number]), COUNT_CAP),
        overdue=min(sum(found[number : 2 * number]), COUNT_CAP),
    )


def _capped(scope: ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(work_item.c.id).where(_OPEN, scope).limit(COUNT_CAP).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def totals(
    connection: Connection,
    definitions: Definitions,
    actor: Actor,
    queries: Sequence[InboxQuery],
    now: int,
) -> list[int]:
    """How many work items each query finds, counted up to a hundred; one statement for all."""
    wanted: list[ScalarSelect[int]] = []
    parts: list[int] = []
    for query in queries:
        conditions = _filters(connection, definitions, query, now)
        scopes = _scopes(actor, query.view)
        wanted += [_capped(and_(scope, *conditions)) for scope in scopes]
        parts.append(len(scopes))
    if not wanted:
        return [0 for _ in queries]
    found = iter(connection.execute(select(*wanted)).one())
    return [min(sum(next(found) for _ in range(number)), COUNT_CAP) for number in parts]


def _scopes(actor: Actor, view: str) -> list[ColumnElement[bool]]:
    """The disjoint parts of a view, each with its own index range."""
    if actor.only_item is not None:
        return [work_item.c.id == actor.only_item]
    mine = [work_item.c.assignee == actor.id]
    mine += [_within(work_item.c.assignee == each.id, each) for each in actor.replaces]
    if view == "mine":
        return mine
    offered = [*sorted(actor.groups), actor.id]
    if view == "groups":
        free = work_item.c.assignee.is_(None)
        asked = [work_item.c.candidate == group for group in offered]
        asked += _asked_of_replaced(actor, frozenset(offered))
        return mine + [and_(each, free) for each in asked]
    seen = [_within(_seen([*sorted(each.groups), each.id]), each) for each in actor.replaces]
    if actor.oversees:
        return [or_(overseen(actor, work_item.c.instance_id), *seen)]
    return [or_(*mine, _seen(offered), *seen)]


def _within(condition: ColumnElement[bool], replaced: Replaced) -> ColumnElement[bool]:
    """``condition`` in the definitions for which somebody is replaced."""
    if replaced.definitions is None:
        return condition
    return and_(condition, work_item.c.definition_id.in_(sorted(replaced.definitions)))


def _asked_of_replaced(actor: Actor, own: frozenset[str]) -> list[ColumnElement[bool]]:
    """What is offered to those the actor replaces and not to the actor, each offer once."""
    found: dict[str, list[Replaced]] = {}
    for each in actor.replaces:
        for candidate in {*each.groups, each.id} - own:
            found.setdefault(candidate, []).append(each)
    return [
        or_(*(_within(work_item.c.candidate == candidate, each) for each in replaced))
        for candidate, replaced in sorted(found.items())
    ]


def _seen(groups: Sequence[str]) -> ColumnElement[bool]:
    """What is offered to the groups, or belongs to a case they may see."""
    linked = select(identity_link.c.instance_id).where(identity_link.c.group.in_(groups))
    return or_(work_item.c.candidate.in_(groups), work_item.c.instance_id.in_(linked))


def _filters(
    connection: Connection, definitions: Definitions, query: InboxQuery, now: int
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.process:
        ids = definitions.ids_of(connection, query.process)
        wanted.append(work_item.c.definition_id.in_(ids))
    if query.element:
        wanted.append(work_item.c.element == query.element)
    if query.org_unit:
        wanted.append(work_item.c.org_unit == query.org_unit)
    if query.counterparty:
        wanted.append(work_item.c.counterparty == query.counterparty)
    if query.overdue:
        wanted.append(work_item.c.due_at < now)
    if query.due_before is not None:
        wanted.append(work_item.c.due_at < to_micros(query.due_before))
    if query.text.strip():
        text = query.text.strip()
        wanted.append(
            or_(
                work_item.c.subject.icontains(text, autoescape=True),
                work_item.c.counterparty.icontains(text, autoescape=True),
            )
        )
    return wanted


def _page(
    scope: ColumnElement[bool],
    conditions: Sequence[ColumnElement[bool]],
    query: InboxQuery,
    limit: int,
) -> Select[Any]:
    """The keys of one scope's first items; the rows themselves are read once, after merging."""
    statement = select(work_item.c.id, work_item.c.due_at).where(_OPEN, scope, *conditions)
    if query.after is not None:
        statement = statement.where(_beyond(query))
    return statement.order_by(*_order(work_item.c, query)).limit(limit)


def _order(columns: Any, query: InboxQuery) -> tuple[ColumnElement[Any], ...]:
    if query.sort == "newest":
        return (columns.id.desc(),)
    return (columns.due_at, columns.id)


def _cursor(row: Any, query: InboxQuery) -> str:
    return str(row.id) if query.sort == "newest" else f"{row.due_at}.{row.id}"


def _beyond(query: InboxQuery) -> ColumnElement[bool]:
    parts = parts_of(query.after or "", 1 if query.sort == "newest" else 2)
    if query.sort == "newest":
        return work_item.c.id < parts[0]
    return tuple_(work_item.c.due_at, work_item.c.id) > tuple_(*parts)
