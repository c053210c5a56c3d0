"""A filtered first page of the history: what it costs must not grow with the history."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql

from engine import Actor, Engine
from engine.history.filters import HistoryFilter
from engine.tables import instance
from engine.tables.types import from_micros
from tests.bench.cases import prepared, start

FEW, MANY = 10_000, 1_000_000
CHAIN = 20
PEOPLE, DEPARTMENTS = 40, 2
BEGUN = 1_770_000_000_000_000
"""When the first case was begun; each hour another."""

RUNS = 40
HOUR = 3_600_000_000
AUDITOR = Actor("person:1", "Auditor", oversees=True)

FILTERS: Mapping[str, HistoryFilter] = {
    "returned": HistoryFilter(processes=("approval",), outcomes=("return",), times=2),
    "person": HistoryFilter(people=("person:7",)),
    "department": HistoryFilter(org_units=("d1",), elements=("step1",)),
    "period": HistoryFilter(until=from_micros(BEGUN + 400 * HOUR)),
    "case": HistoryFilter(business_key="M-40"),
}
"""What auditors ask for; the first page is full in both histories, but for the case."""


def measure(url: str) -> dict[str, float]:
    """The slowest growth of a first page, as cases and as events, with its count."""
    engine = prepared(url)
    start(engine)
    _fill(engine, 0, FEW)
    few = _times(engine)
    _fill(engine, FEW, MANY)
    many = _times(engine)
    engine.database.dispose()
    worst = max(few, key=lambda name: many[name] / few[name])
    return {
        "search_ms": round(few[worst], 2),
        "search_many_ms": round(many[worst], 2),
        "search_growth": round(many[worst] / few[worst], 2),
    }


def _times(engine: Engine) -> dict[str, float]:
    """Milliseconds of the first page by its filter and kind."""
    return {
        f"{name} {kind}": _best_ms(search, wanted)
        for name, wanted in FILTERS.items()
        for kind, search in (("cases", engine.search_cases), ("events", engine.search_events))
    }


def _best_ms(search: Any, wanted: HistoryFilter) -> float:
    times = []  # The best of many: what else runs on the machine only ever adds.
    for _ in range(RUNS):
        began = perf_counter()
        found = search(wanted, actor=AUDITOR)
        times.append(perf_counter() - began)
        assert found.items
    return min(times) * 1000


def _fill(engine: Engine, have: int, wanted: int) -> None:
    """Add cases until there are ``wanted`` events."""
    with engine.database.write() as connection:
        definition = connection.execute(select(instance.c.definition_id)).scalar()
        first, last = have // CHAIN, wanted // CHAIN - 1
        numbers = f"""
            WITH RECURSIVE one(n) AS (
                SELECT {first} UNION ALL SELECT n + 1 FROM one WHERE n < {last}
            ),
            step(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM step WHERE s < {CHAIN})"""
        for statement in STATEMENTS:
            text = statement.format(definition=definition)
            table, selected = text.split("SELECT", 1)
            connection.execute(
                sql(f"{table} {numbers} SELECT {selected}"), {"none": b"", "payload": b"{}"}
            )
    # PostgreSQL sweeps by itself after a while; here nobody waits for that.
    tidy = "ANALYZE" if engine.database.is_sqlite else "VACUUM ANALYZE"
    with engine.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(tidy)


_PERSON = f"'person:' || ((n * 7 + s / 5 * 3) % {PEOPLE})"
_OUTCOME = "CASE WHEN n % 4 = 0 AND s / 5 % 2 = 0 THEN 'return' ELSE 'approve' END"
_AT = f"{BEGUN} + (n + s) * {HOUR}"
_LABELS = f"'d' || (n % {DEPARTMENTS}), 'Bologna'"
_ITEM = f"n * {CHAIN} + s / 5"

STATEMENTS = (
    f"""INSERT INTO instance (id, definition_id, business_key, status, revision, seq, head,
            subject, org_unit, counterparty, started_at, restricted)
        SELECT n + 1, {{definition}}, 'M-' || n, CASE WHEN n % 4 = 0 THEN 0 ELSE 1 END, 1, {CHAIN},
            :none, 'Student', {_LABELS}, {BEGUN} + n * {HOUR}, false
        FROM one""",
    f"""INSERT INTO work_item (id, instance_id, definition_id, task_no, element, seat, status,
            candidate, due_at, priority, created_at, completed_at, completed_by, outcome,
            subject, org_unit, counterparty)
        SELECT {_ITEM}, n + 1, {{definition}}, s, 'step' || (s / 5), 0, 1, 'ri', 0, 50,
            {_AT}, {_AT}, {_PERSON}, {_OUTCOME}, 'Student', {_LABELS}
        FROM one, step WHERE s % 5 = 2""",
    f"""INSERT INTO history_event (instance_id, seq, at, kind, element, work_item_id, actor, hash)
        SELECT n + 1, s, {_AT},
            CASE s % 5 WHEN 1 THEN 'work_item_created' WHEN 2 THEN 'work_item_completed'
                ELSE 'service_completed' END,
            CASE WHEN s % 5 IN (1, 2) THEN 'step' || (s / 5) ELSE 'service' || s END,
            CASE WHEN s % 5 IN (1, 2) THEN {_ITEM} END,
            CASE s % 5 WHEN 2 THEN {_PERSON} ELSE 'system' END, :none
        FROM one, step""",
    """INSERT INTO history_payload (instance_id, seq, salt, payload)
        SELECT n + 1, s, :none, :payload FROM one, step WHERE s % 5 = 2""",
)
"""Four steps a case, each offered, answered and followed by three services."""
