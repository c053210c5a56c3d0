"""What must not grow: the inbox with what is open, a loop with its rounds, rows with time."""

from __future__ import annotations

import random
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from engine import Actor, Engine, InboxQuery
from engine.tables import work_item
from tests.bench.cases import complete, prepared, start
from tests.builders import approvals

FEW, MANY = 100, 100_000
GROUPS = 10
"""Five of them hold enough for a whole page even when few items are open."""
PAGES = 60
DAY = 86_400_000_000


def inbox_growth(url: str) -> dict[str, float]:
    """One page of 50 items for somebody in five groups, with 100 and with 100,000 open."""
    engine = prepared(url)
    start(engine)
    few = _page_ms(engine, FEW)
    many = _page_ms(engine, MANY)
    engine.database.dispose()
    return {
        "inbox_ms": round(few, 3),
        "inbox_many_ms": round(many, 3),
        "inbox_growth": round(many / few, 2),
    }


def _page_ms(engine: Engine, wanted: int) -> float:
    _fill(engine, wanted)
    random.seed(7)
    times = []
    for _ in range(PAGES):
        groups = frozenset(f"group:{number}" for number in random.sample(range(GROUPS), 5))
        reader = Actor("person:7", "Reader", groups)
        began = perf_counter()
        page = engine.inbox(actor=reader, query=InboxQuery(limit=50))
        times.append(perf_counter() - began)
        assert len(page.items) == 50
    return median(times[10:]) * 1000


def _fill(engine: Engine, wanted: int) -> None:
    """Add open items up to ``wanted``, and as many finished ones."""
    with engine.database.write() as connection:
        template = connection.execute(work_item.select().limit(1)).one()._asdict()
        have = connection.exec_driver_sql("SELECT count(*) FROM work_item").scalar_one() // 2
        rows: list[dict[str, Any]] = []
        for number in range(have, wanted):
            group = f"group:{number % GROUPS}"
            due = template["created_at"] + (number * 7919 % 60) * DAY
            common = template | {"candidate": group, "due_at": due}
            rows.append(common | {"id": 2 * number + 1, "status": 0})
            rows.append(common | {"id": 2 * number + 2, "status": 1})
        connection.execute(insert(work_item), rows)
    with engine.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")


def loop_growth(url: str) -> dict[str, float]:
    """A completion in round 1,000 of a revise loop against round 10, taking turns."""
    engine = prepared(url, approvals("loop", steps=1, loop=True))
    late = _looped(engine, 1_000)
    early_times, late_times = [], []
    for _ in range(60):
        took, _following = _timed(engine, _looped(engine, 10))
        early_times.append(took)
        took, late = _timed(engine, late)
        late_times.append(took)
    engine.database.dispose()
    return {"loop_growth": round(median(late_times) / median(early_times), 2)}


def _looped(engine: Engine, rounds: int) -> int:
    """A case in its round ``rounds``; returns its open work item."""
    item = start(engine, "loop")
    for _ in range(rounds - 1):
        item = _timed(engine, item)[1]
    return item


def _timed(engine: Engine, item: int) -> tuple[float, int]:
    began = perf_counter()
    following = complete(engine, item, "reject")
    took = perf_counter() - began
    assert following is not None
    return took, following


def bytes_per_instance(url: str, instances: int = 400) -> dict[str, float]:
    """What a finished five-task case leaves in the database, tables and indexes, on SQLite."""
    engine = prepared(url)
    before = _size(engine)
    for _ in range(instances):
        item: int | None = start(engine)
        while item is not None:
            item = complete(engine, item)
    after = _size(engine)
    engine.database.dispose()
    return {"bytes_per_instance": round((after - before) / instances)}


def _size(engine: Engine) -> int:
    with engine.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        return int(pages) * int(driver.execute("PRAGMA page_size").fetchone()[0])
