"""How fast the record is verified: every chain and payload recomputed."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

from sqlalchemy import insert

from engine import Engine
from engine.history.chain import GENESIS
from engine.history.keys import KeyRing
from engine.history.recorder import Recorded, append
from engine.tables import instance
from tests.bench.cases import CLERK, VARIABLES, prepared, start

EVENTS = 50_000
CHAIN = 20
"""Events of a case, a payload with every second one, as a contract has."""

KINDS = ("work_item_created", "work_item_completed")
PAYLOADS = (None, VARIABLES)


def verify(url: str) -> dict[str, float]:
    """Events a second of one core that computes all chains anew, the best of three runs."""
    engine = filled(url, EVENTS)
    took = []
    for _ in range(3):
        began = process_time()
        found = engine.verify_history(KeyRing(Path()))
        took.append(process_time() - began)
        assert not found.broken
        assert found.events >= EVENTS
    engine.database.dispose()
    return {"verify_events_per_s": round(found.events / min(took))}


def filled(url: str, events: int) -> Engine:
    """An engine over ``events`` events more than its own."""
    engine = prepared(url)
    start(engine)
    with engine.database.write() as connection:
        template = connection.execute(instance.select().limit(1)).one()._asdict()
        rows: list[dict[str, Any]] = []
        for number in range(events // CHAIN):
            own = template["id"] + number + 1
            recorded = [
                Recorded(KINDS[each % 2], CLERK, f"step{each}", own, PAYLOADS[each % 2])
                for each in range(CHAIN)
            ]
            seq, head = append(connection, own, 0, GENESIS, template["started_at"], recorded)
            rows.append(template | {"id": own, "seq": seq, "head": head})
        connection.execute(insert(instance), rows)
    with engine.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return engine
