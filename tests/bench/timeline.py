"""The history page of a case, and the moments of its scrubber, with few and with many events."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from engine import SYSTEM, Actor, Database, Engine, Registry
from tests.bench.cases import VARIABLES
from tests.bench.http import Client
from tests.builders import approvals
from tests.servers import running_server

FEW, MANY = 50, 5_000
VISITS = 9
CLERK = Actor("person:1", "Ana", frozenset({"coordinator:lea"}))


def measure(_url: str) -> dict[str, float]:
    """Medians in milliseconds, over HTTP, of an auditor who opens a case."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "var") as server:
        engine = Engine(Database(server.database_url), Registry())
        engine.deploy(approvals(loop=True).bundle(), actor=SYSTEM)
        few, many = (_case(engine, events) for events in (FEW, MANY))
        engine.database.dispose()
        auditor = Client(server.port, "anne.lacombe")
        return {
            "timeline_ms": _median_ms(auditor, f"/cases/{few}/history"),
            "timeline_many_ms": _median_ms(auditor, f"/cases/{many}/history"),
            "moments_many_ms": _median_ms(auditor, f"/cases/{many}/history/moments.json"),
        }


def _median_ms(client: Client, path: str) -> float:
    return round(median(client.fetch(path) for _ in range(VISITS)) * 1000, 1)


def _case(engine: Engine, events: int) -> int:
    """A case that goes round and round until it has that many events, two for each answer."""
    started = engine.start("approval", actor=CLERK, business_key="round", variables=VARIABLES)
    item = started.work_items[0]
    for number in range(events // 2 - 1):
        done = engine.complete(
            item,
            actor=CLERK,
            outcome="approve" if number % 3 else "reject",
            reason="Once more",
            idempotency_key=f"{started.instance_id} {number}",
        )
        item = done.next_items[0]
    return started.instance_id
