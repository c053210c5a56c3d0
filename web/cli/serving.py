"""``passerelle up`` and ``passerelle worker``: the processes that stay."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from engine.identity import SYSTEM
from web.cli.installation import configured_engine, make_data_dir
from web.cli.output import CommandFailed
from web.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Engine

STOP_SECONDS: Final = 2.5
"""How long a job under way may take to end; a longer one is taken up again later."""


@click.command()
@click.option("--worker/--no-worker", default=True, help="Also run jobs in this process.")
def up(worker: bool) -> None:
    """Migrate, deploy the bundles and serve, in one process; Ctrl-C stops it.

    In demo mode it also loads the demonstration, once.
    """
    from web import logs, server

    settings = Settings.from_env()
    logs.configure()
    if not worker and settings.embedded_broker:
        raise CommandFailed(
            "Without a worker in this process PASSERELLE_BROKER_URL has to name a broker "
            "that another process can reach."
        )
    # The port comes first: a server that cannot start changes nothing.
    listener = server.listen(settings)
    engine = _prepare(settings)

    from web.app import create_app
    from web.worker import Worker

    app = create_app(settings, engine)
    jobs = Worker(settings, engine, tidy=_tidy(settings, engine)) if worker else None

    def ready() -> None:
        if jobs is not None:
            jobs.start()
        _announce(settings, engine)

    def stopping() -> None:
        if jobs is not None:
            jobs.begin_stop()

    server.serve(settings, app, listener, ready=ready, stopping=stopping)
    if jobs is not None:
        jobs.join(STOP_SECONDS)
    engine.database.dispose()
    server.end_process(0)


def _prepare(settings: Settings) -> Engine:
    """Everything an installation needs before its first request."""
    from web import migrations
    from web.cli.deployment import deploy_folder
    from web.root import build_engine

    make_data_dir(settings)
    engine = build_engine(settings)
    migrations.upgrade(engine.database)
    for definition in deploy_folder(engine, settings.bundles_dir):
        click.echo(f"Deployed {definition.key}, version {definition.version}.")
    if settings.demo:
        from workflows.demo import SMALL, load

        load(engine, settings, first=SMALL)
    _keep_up(engine, settings)
    return engine


def _keep_up(engine: Engine, settings: Settings) -> None:
    """What is done at set intervals: anchors, and the look for what is to be erased."""
    from engine.history.jobs import keep_anchoring
    from workflows.retention.purging import keep_purging

    with engine.unit(SYSTEM) as unit:
        keep_anchoring(unit, timedelta(hours=settings.anchor_hours))
        keep_purging(unit, timedelta(hours=settings.purge_hours))


def _tidy(settings: Settings, engine: Engine) -> Callable[[], None]:
    """Ends the rehearsals that nobody has used for long."""
    from web.rehearsal.store import Rehearsals

    return lambda: Rehearsals(settings.data_dir).sweep(engine.clock.now())


def _announce(settings: Settings, engine: Engine) -> None:
    click.echo(f"\nPasserelle answers on {settings.base_url}")
    if settings.demo:
        from web.cli.demo import sign_ins

        for line in sign_ins(engine):
            click.echo(line)
    click.echo("Ctrl-C stops it.")


@click.command()
def worker() -> None:
    """Run jobs only; the web server runs elsewhere and shares database and broker."""
    from web import logs
    from web.server import end_process
    from web.worker import Worker

    settings = Settings.from_env()
    logs.configure()
    if settings.embedded_broker:
        raise CommandFailed(
            "PASSERELLE_BROKER_URL has to name a broker that this process shares with the "
            "web server, for example redis://127.0.0.1:6379/0."
        )
    engine = configured_engine()
    _keep_up(engine, settings)
    jobs = Worker(settings, engine, tidy=_tidy(settings, engine))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    jobs.start()
    click.echo("The worker is running; Ctrl-C stops it.")
    stop.wait()
    jobs.begin_stop()
    jobs.join(STOP_SECONDS)
    engine.database.dispose()
    end_process(0)


COMMANDS = (up, worker)
