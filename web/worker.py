"""The Celery worker and its beat: they run the jobs that are due.

A message only says "look now"; what is to be done stands in the job table. A
lost message costs time until the next sweep and nothing else, so messages are
neither acknowledged late nor retried.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, Final

import celery.worker.state
from celery import Celery
from celery.beat import Scheduler, Service
from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from kombu.exceptions import KombuError
from sqlalchemy.exc import SQLAlchemyError

from engine.dispatch import TASK

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Engine
    from web.config import Settings

_log = logging.getLogger(__name__)

SWEEP: Final = "passerelle.sweep"

SWEEP_SECONDS: Final = 3.0
"""How long work can wait after its wake-up was lost, and how late a timer can be."""

SEEN_SECONDS: Final = 15.0
"""How often a worker says that it runs; it sweeps far oftener, but that would write too much."""

THREADS: Final = 2
MAX_BATCHES: Final = 200
"""Batches of one task before it lets go; the next wake-up or sweep continues."""


def create_celery(settings: Settings) -> Celery:
    """The Celery application, as those who send wake-ups and those who hear them need it."""
    # Without a host kombu warns that it makes one up.
    broker = "memory://localhost/" if settings.embedded_broker else settings.broker_url
    app = Celery("passerelle", broker=broker, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_default_queue="passerelle",
        task_ignore_result=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(settings),
        beat_schedule={
            "sweep": {
                "task": SWEEP,
                "schedule": SWEEP_SECONDS,
                # Sweeps that no worker took in time would only repeat each other.
                "options": {"expires": 2 * SWEEP_SECONDS},
            }
        },
    )
    return app


def drain(engine: Engine, worker: str) -> None:
    """Run what is due, batch after batch, until nothing is or others deserve a turn."""
    for _ in range(MAX_BATCHES):
        if engine.run_due_jobs(worker=worker) == 0:
            return


def _transport_options(settings: Settings) -> dict[str, Any]:
    if settings.embedded_broker:
        return {"polling_interval": 0.1}
    return {
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "socket_keepalive": True,
        # A request that cannot send its wake-up goes on at once; Celery would wait six seconds.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "connect_retries_timeout": 0.1,
    }


def _leave_logging_alone(**_: object) -> None:
    """Celery configures no logging when somebody listens to this signal."""


setup_logging.connect(_leave_logging_alone)


def _leave_it() -> None:
    """Tidies nothing up."""


class Worker:
    """Worker and beat in threads of this process; after each look they ``tidy`` up."""

    def __init__(
        self, settings: Settings, engine: Engine, *, tidy: Callable[[], None] = _leave_it
    ) -> None:
        # Celery warns a worker that runs as root; ours takes JSON without arguments only.
        warnings.simplefilter("ignore", SecurityWarning)
        app = create_celery(settings)
        worker = f"{socket.gethostname()}:{os.getpid()}"
        self._embedded = settings.embedded_broker
        self._stopping = threading.Event()
        self._engine, self._name = engine, worker
        self._said = -SEEN_SECONDS
        self._saying = threading.Lock()

        def look() -> None:
            if not self._stopping.is_set():
                drain(engine, worker)
                tidy()

        def sweep() -> None:
            self._say_that_it_runs()
            look()

        self._wake_up = app.task(name=TASK, shared=False)(look)
        app.task(name=SWEEP, shared=False)(sweep)
        self._beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self._worker = app.Worker(
            pool="threads",
            concurrency=THREADS,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel="WARNING",
            hostname=f"passerelle-{os.getpid()}@{socket.gethostname()}",
        )
        self._threads = [
            threading.Thread(target=self._worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def _say_that_it_runs(self) -> None:
        now = time.monotonic()
        with self._saying:
            if self._stopping.is_set() or now < self._said + SEEN_SECONDS:
                return
            self._said = now
            self._engine.worker_runs(self._name)

    def start(self) -> None:
        """Start both; returns at once."""
        celery.worker.state.should_stop = None
        for thread in self._threads:
            thread.start()

    def begin_stop(self) -> None:
        """Ask both to stop after what they are doing; returns at once."""
        self._stopping.set()
        self._beat.stop()
        # Celery's own way out: its loop looks at this flag, in its own thread, each time
        # it got a message or waited two seconds in vain, then does one more round.
        celery.worker.state.should_stop = 0
        if self._embedded:
            for _ in range(2):
                self._wake_up.apply_async(retry=False)

    def join(self, seconds: float) -> bool:
        """Wait for both to end; tells whether they did within ``seconds``.

        A job cut off by the end of the process is taken up again when its lease has run out.
        """
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        try:
            self._engine.worker_ends(self._name)
        except SQLAlchemyError as error:
            _log.warning("not noted that this worker has ended: %s", error)
        return not any(thread.is_alive() for thread in self._threads)


def reach_broker(settings: Settings) -> str | None:
    """Why the broker cannot be reached; None if it answers within a second or so."""
    connection = create_celery(settings).connection_for_write()
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except (OSError, KombuError) as error:
        return str(error)
    finally:
        connection.release()
    return None
