"""How fast running cases move to another version, and whether the inbox answers meanwhile."""

from __future__ import annotations

import threading
from statistics import median
from time import perf_counter, sleep

from engine import SYSTEM, Engine, InboxQuery, Way
from tests.bench.cases import CLERK, prepared, start
from tests.builders import approvals

CASES = 5_000
PAUSE = 0.05


def measure(url: str, cases: int = CASES) -> dict[str, float]:
    """Cases a second that one worker moves to a version with a step more at the end.

    ``migrate_inbox_ms`` is the median of inbox pages of 50 items read while they move.
    """
    engine = prepared(url)
    for _ in range(cases):
        start(engine)
    engine.deploy(approvals(steps=6).bundle(), actor=SYSTEM)
    order = engine.migrate(engine.migration_route("approval", 1, 2, {}), actor=SYSTEM)
    ended, pages = threading.Event(), []
    reader = threading.Thread(target=_read, args=(engine, ended, pages))
    began = perf_counter()
    reader.start()
    while engine.work_off_migration(order):
        pass
    took = perf_counter() - began
    ended.set()
    reader.join()
    assert engine.migration(order, actor=SYSTEM).counts == {Way.UNCHANGED: cases}
    engine.database.dispose()
    return {
        "migrate_per_s": round(cases / took),
        "migrate_inbox_ms": round(median(pages) * 1000, 2),
        "migrate_inbox_worst_ms": round(max(pages) * 1000, 2),
    }


def _read(engine: Engine, ended: threading.Event, pages: list[float]) -> None:
    while not ended.is_set():
        began = perf_counter()
        page = engine.inbox(actor=CLERK, query=InboxQuery(limit=50))
        pages.append(perf_counter() - began)
        assert page.items
        sleep(PAUSE)
