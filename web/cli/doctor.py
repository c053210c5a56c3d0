"""``passerelle doctor``: is everything there that the installation needs?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.errors import EngineError
from web.cli.output import FAILED, Row, json_option, print_json
from web.config import ConfigurationError, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Engine


class _Trouble(Exception):
    """A check failed; the message says what to do."""


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check the configuration, the database, the broker and the built files; one line each.

    Exit code 0 if all is well, 1 if something needs attention.
    """
    rows = _examine()
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{'ok  ' if row['ok'] else 'FAIL'}  {row['check']:<13} {row['detail']}")
    if not all(row["ok"] for row in rows):
        raise SystemExit(FAILED)


def _examine() -> list[Row]:
    try:
        settings = Settings.from_env()
    except ConfigurationError as error:
        return [{"check": "configuration", "ok": False, "detail": str(error)}]
    from web.root import build_engine

    mode = "demo mode: anyone can sign in" if settings.demo else settings.base_url
    rows = [{"check": "configuration", "ok": True, "detail": mode}]
    engine = build_engine(settings)
    click.get_current_context().call_on_close(engine.database.dispose)
    checks: dict[str, Callable[[], str]] = {
        "data folder": lambda: _data_folder(settings),
        "database": lambda: _database(engine),
        "schema": lambda: _schema(engine),
        "processes": lambda: _processes(engine),
        "broker": lambda: _broker(settings),
        "assets": _assets,
        "expressions": lambda: _expressions(engine),
        "mail": lambda: _mail(settings),
        "seal": lambda: _seal(settings, engine),
    }
    return rows + [_result(name, check) for name, check in checks.items()]


def _result(name: str, check: Callable[[], str]) -> Row:
    try:
        return {"check": name, "ok": True, "detail": check()}
    except (_Trouble, EngineError, ConfigurationError) as error:
        detail = str(error)
    except (DBAPIError, OSError) as error:
        detail = str(getattr(error, "orig", error)).splitlines()[0]
    return {"check": name, "ok": False, "detail": detail}


def _data_folder(settings: Settings) -> str:
    probe = settings.data_dir / ".writable"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    probe.touch()
    probe.unlink()
    return str(settings.data_dir)


def _database(engine: Engine) -> str:
    sqlite = engine.database.is_sqlite
    with engine.database.read() as connection:
        version = connection.scalar(
            text("SELECT sqlite_version()" if sqlite else "SHOW server_version")
        )
    return f"{'SQLite' if sqlite else 'PostgreSQL'} {version}"


def _schema(engine: Engine) -> str:
    from web import migrations

    migrations.require_current(engine.database)
    return f"revision {migrations.head()}"


def _processes(engine: Engine) -> str:
    keys = [definition.key for definition in engine.definitions()]
    if not keys:
        raise _Trouble("No process is deployed; run: passerelle process deploy bpmn/*")
    return ", ".join(keys)


def _broker(settings: Settings) -> str:
    from web.worker import reach_broker

    if settings.embedded_broker:
        return "inside the server's own process"
    trouble = reach_broker(settings)
    if trouble is not None:
        raise _Trouble(f"The broker does not answer: {trouble}")
    return "answers"


def _assets() -> str:
    from web.assets import Assets

    try:
        return Assets().script
    except RuntimeError as error:
        raise _Trouble(str(error)) from error


def _expressions(engine: Engine) -> str:
    if engine.feel.evaluate(["string length(x)"], {"x": "abc"}) != [3]:
        raise _Trouble("FEEL expressions give wrong answers; install the package again.")
    return "evaluated"


def _mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        return "kept in the database, not sent: PASSERELLE_SMTP_URL is not set"
    return "sent by the configured server"


def _seal(settings: Settings, engine: Engine) -> str:
    from workflows.papers.sealing import Sealer
    from workflows.registry import office_of

    if settings.seal_pkcs12 is None and not settings.demo:
        return "no document can be sealed: PASSERELLE_SEAL_PKCS12_FILE is not set"
    held = Sealer(office_of(settings)).certificate(at=engine.clock.now())
    return f"{held.subject}, until {held.expires_at:%Y-%m-%d}"


COMMANDS = (doctor,)
