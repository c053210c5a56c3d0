"""An office whose clock the test moves: the real application and job runner, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server

from engine import SYSTEM, Actor, Database, Engine, FixedClock, Registry
from engine.tables import job
from engine.tables.types import from_micros, to_micros
from engine.values import Instance, InstanceQuery
from tests.builders_domain import draft
from tests.builders_exam_waiver import sign_agreement
from tests.builders_recognition import record_tables
from tests.servers import free_port
from web.app import create_app
from web.cli.deployment import deploy_folder
from web.config import Settings
from web.playing import PlayScenarios
from workflows.demo.dates import ZONE
from workflows.demo.people import INCOMING, STAFF, STUDENTS, give_accounts
from workflows.demo.world import furnish
from workflows.registry import registry
from workflows.scenarios.results import KIND

OBSERVER = Actor("observer", oversees=True, sees_restricted=True)
_PENDING = 0


@dataclass
class MovedOffice:
    """The demonstration's people in an installation where nothing has happened yet.

    Jobs run in one thread, woken by each command as a worker is; the clock stands still until
    :meth:`pass_until` moves it, stopping at each instant at which a job is due.
    """

    settings: Settings
    clock: FixedClock
    engine: Engine = field(init=False)
    # V8 takes no time limit in the thread in which the browser has its event loop.
    _worker: ThreadPoolExecutor = field(init=False, default_factory=lambda: ThreadPoolExecutor(1))

    def __post_init__(self) -> None:
        database = Database(self.settings.database_url)
        self.engine = Engine(
            database, _plugged_in(self.settings), clock=self.clock, wake=self._wake
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.settings.base_url

    @property
    def data_dir(self) -> Path:
        """The folder of its database."""
        return self.settings.data_dir

    def work(self, what: Callable[..., Any], *arguments: Any) -> Any:
        """Do something after the jobs that wait, where jobs run."""
        return self._worker.submit(what, *arguments).result()

    def settle(self) -> None:
        """Wait until everything that is due now is done."""
        self.work(self._drain)

    def pass_until(self, *moment: int) -> None:
        """Let the time pass until ``year, month, day, hour``, as Paris counts it."""
        self.work(self._pass_until, datetime(*moment, tzinfo=ZONE))

    def cases(self, process: str = "") -> list[Instance]:
        """Every case of a process, oldest first."""
        query = InstanceQuery(process=process, limit=200)
        found = self.engine.instances(actor=OBSERVER, query=query).items
        return list(reversed(found))

    def case(self, process: str) -> str:
        """The address of the newest case of a process."""
        self.settle()
        return f"/cases/{self.cases(process)[-1].id}"

    def agreement(self, **changes: object) -> int:
        """A contract of Léa Martin's with Salamanca that all have signed; gives its mobility."""
        arguments = (self.settings.home_hei, "lea.martin", "2026/2027", draft(**changes))
        mobility: int = self.work(sign_agreement, self.engine, *arguments)
        self.settle()
        return mobility

    def close(self) -> None:
        """Let go of everything."""
        self._worker.shutdown()
        self.engine.database.dispose()

    def furnish(self) -> None:
        """Deploy every process; add the world of the demonstration and who works in it."""
        list(deploy_folder(self.engine, self.settings.bundles_dir))
        with self.engine.unit(SYSTEM) as unit:
            furnish(unit.session, self.settings.home_hei)
            give_accounts(unit.session, (*STUDENTS, *STAFF, INCOMING))
        record_tables(self.engine, self.settings.home_hei)

    def _wake(self) -> Future[None]:
        return self._worker.submit(self._drain)

    def _drain(self) -> None:
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def _pass_until(self, at: datetime) -> None:
        self._drain()
        while (due := self._next_due(at)) is not None:
            self.clock.at = max(self.clock.at, due)
            self._drain()
        self.clock.at = at

    def _next_due(self, until: datetime) -> datetime | None:
        statement = select(func.min(job.c.due_at)).where(
            job.c.status == _PENDING, job.c.due_at <= to_micros(until)
        )
        with self.engine.reading() as session:
            due = session.scalar(statement)
        return None if due is None else from_micros(due)


def _plugged_in(settings: Settings) -> Registry:
    """What the domain plugs in, and the playing of scenarios; nothing proves the record here."""
    domain = registry(settings)
    return replace(domain, job_kinds={**domain.job_kinds, KIND: PlayScenarios()})


class _Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


@contextmanager
def moved_office(settings: Settings, *begins: int) -> Iterator[MovedOffice]:
    """An office that answers inside the block, where it is ``year, month, day, hour`` in Paris."""
    port = free_port()
    settings = replace(settings, demo=True, port=port, base_url=f"http://127.0.0.1:{port}")
    office = MovedOffice(settings, FixedClock(datetime(*begins, tzinfo=ZONE)))
    try:
        office.work(office.furnish)
        app = create_app(settings, office.engine)
        server = make_server(settings.host, port, app, threaded=True, request_handler=_Quiet)
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield office
        server.shutdown()
        serving.join()
    finally:
        office.close()
