"""What a migration would do, told before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.identity import Actor
from engine.migration.cases import Selection, cases_of, running_on
from engine.migration.orders import Staying
from engine.migration.route import Route
from engine.migration.verdicts import Reason, Verdict, Way
from engine.runtime.access import overseen
from engine.runtime.cursors import parts_of
from engine.tables import instance, work_item
from engine.values import Page, WorkItemStatus

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """What the running cases of a version can be narrowed by: what some of them have."""

    org_units: tuple[str, ...]
    counterparties: tuple[str, ...]
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How many cases would go which way, why some would stay, and a page of these.

    Cases that the reader may not see are in none of it.
    """

    counts: Mapping[Way, int]
    reasons: Mapping[Reason, int]
    staying: Page[Staying]

    @property
    def moving(self) -> int:
        """How many cases would move."""
        return self.counts.get(Way.UNCHANGED, 0) + self.counts.get(Way.MAPPED, 0)


def choices(connection: Connection, definition_id: int, actor: Actor) -> Choices:
    """The labels and open steps of the running cases of a version that the actor may see."""
    running = [*running_on(definition_id, Selection()), overseen(actor, instance.c.id)]
    steps = (
        select(work_item.c.element)
        .join(instance, instance.c.id == work_item.c.instance_id)
        .where(*running, work_item.c.status == int(WorkItemStatus.OPEN))
    )
    wanted = (
        select(instance.c.org_unit).where(*running),
        select(instance.c.counterparty).where(*running),
        steps,
    )
    found = (connection.execute(each.distinct()).scalars() for each in wanted)
    return Choices(*(tuple(sorted(filter(None, values))) for values in found))


def preview(
    connection: Connection,
    route: Route,
    selection: Selection,
    actor: Actor,
    now: int,
    *,
    limit: int,
    after: str | None,
) -> Preview:
    """Look at every case that is meant; the page of those that stay begins ``after``."""
    beyond = 0 if after is None else parts_of(after, 1)[0]
    counts: Counter[Way] = Counter()
    reasons: Counter[Reason] = Counter()
    shown: list[Staying] = []
    for row, verdict in _verdicts(connection, route, selection, actor, now):
        counts[verdict.way] += 1
        if verdict.reason is None:
            continue
        reasons[verdict.reason] += 1
        if row.id > beyond and len(shown) <= limit:
            shown.append(
                Staying(row.id, row.business_key, row.subject, verdict.reason, verdict.element)
            )
    cursor = str(shown[limit - 1].instance_id) if len(shown) > limit else None
    return Preview(counts, reasons, Page(shown[:limit], cursor))


def _verdicts(
    connection: Connection, route: Route, selection: Selection, actor: Actor, now: int
) -> Iterator[tuple[Any, Verdict]]:
    beyond = 0
    while True:
        rows = connection.execute(
            select(instance.c.id, instance.c.state, instance.c.business_key, instance.c.subject)
            .where(
                *running_on(route.source.id, selection),
                overseen(actor, instance.c.id),
                instance.c.id > beyond,
            )
            .order_by(instance.c.id)
            .limit(_CHUNK)
        ).all()
        cases = cases_of(connection, [(row.id, row.state) for row in rows], now)
        for row, case in zip(rows, cases, strict=True):
            yield row, route.verdict(case)
        if len(rows) < _CHUNK:
            return
        beyond = rows[-1].id
