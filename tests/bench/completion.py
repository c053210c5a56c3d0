"""What a completion costs, against the least it could cost.

The limit is one step of a live, raw SpiffWorkflow and one bare commit of the
bytes a completion writes, timed in the same run, taking turns.
"""

from __future__ import annotations

import os
from collections import deque
from statistics import median
from time import perf_counter
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from engine import Engine
from tests.bench.cases import VARIABLES, complete, counted, prepared, start
from tests.builders import approvals

ROUNDS = 1500
WARM_UP = 100
POOL = 40


class LiveStep:
    """The raw library: five tasks in a row on live objects, nothing stored."""

    def __init__(self) -> None:
        xml = approvals().xml().replace(b'_outcome = "approve"', b"_outcome == 'approve'")
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml))
        self._spec = parser.get_spec("approval")
        self._subprocesses = parser.get_subprocess_specs("approval")
        self._pool: deque[Any] = deque(self._fresh() for _ in range(POOL))

    def _fresh(self) -> Any:
        workflow = BpmnWorkflow(self._spec, self._subprocesses)
        workflow.task_tree.data = dict(VARIABLES)
        workflow.do_engine_steps()
        return workflow

    def time(self) -> float:
        """Seconds of one step."""
        workflow = self._pool.popleft()
        began = perf_counter()
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.set_data(**{f"{task.task_spec.name}_outcome": "approve"})
        task.run()
        workflow.do_engine_steps()
        took = perf_counter() - began
        self._pool.append(self._fresh() if workflow.is_completed() else workflow)
        return took


class BareCommit:
    """One update and one insert of as many bytes as a completion writes, and a commit."""

    def __init__(self, engine: Engine, size: int) -> None:
        self._engine = engine.database.engine
        self._sqlite = engine.database.is_sqlite
        mark, blob = ("?", "BLOB") if self._sqlite else ("%s", "BYTEA")
        self._update = f"UPDATE bare SET content = {mark} WHERE id = {mark}"
        self._insert = f"INSERT INTO bare_log (id, content) VALUES ({mark}, {mark})"
        self._half = os.urandom(size // 2)
        self._number = 0
        with engine.database.write() as connection:
            for table in ("bare", "bare_log"):
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
                connection.exec_driver_sql(
                    f"CREATE TABLE {table} (id BIGINT PRIMARY KEY, content {blob})"
                )
            connection.exec_driver_sql(
                f"INSERT INTO bare (id, content) VALUES ({mark}, {mark})",
                [(number, b"") for number in range(POOL)],
            )

    def time(self) -> float:
        """Seconds of one transaction on the driver's own connection."""
        self._number += 1
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        began = perf_counter()
        cursor = connection.cursor()
        if self._sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(self._update, (self._half, self._number % POOL))
        cursor.execute(self._insert, (self._number, self._half))
        connection.commit()
        took = perf_counter() - began
        cursor.close()
        pooled.close()
        return took


def measure(url: str) -> dict[str, float]:
    """Medians in milliseconds, their ratio, and what is sent."""
    engine = prepared(url)
    item: int | None = start(engine)
    with counted(engine) as sent:
        complete(engine, item)
        written = sent.bytes
    live, bare = LiveStep(), BareCommit(engine, written)
    items = deque(start(engine) for _ in range(POOL))
    times: dict[str, list[float]] = {"complete": [], "live": [], "bare": []}
    for number in range(ROUNDS + WARM_UP):
        item = items.popleft()
        began = perf_counter()
        following = complete(engine, item)
        took = perf_counter() - began
        items.append(start(engine) if following is None else following)
        figures = {"complete": took, "live": live.time(), "bare": bare.time()}
        if number >= WARM_UP:
            for name, figure in figures.items():
                times[name].append(figure)
    ms = {name: median(figures) * 1000 for name, figures in times.items()}
    result = {f"{name}_ms": round(figure, 3) for name, figure in ms.items()}
    result["written_bytes"] = written
    result["complete_over_limit"] = round(ms["complete"] / (ms["live"] + ms["bare"]), 2)
    engine.database.dispose()
    return result


def statements(url: str) -> dict[str, float]:
    """Statements and commits of a start and of a completion (medians over one case)."""
    engine = prepared(url)
    start(engine)
    with counted(engine) as sent:
        item: int | None = start(engine)
        starting = sent.statements
    each: list[int] = []
    commits: list[int] = []
    while item is not None:
        with counted(engine) as sent:
            item = complete(engine, item)
            each.append(sent.statements)
        commits.append(sent.commits)
    engine.database.dispose()
    return {
        "sql_per_complete": median(each),
        "commits_per_complete": median(commits),
        "sql_per_start": starting,
    }
