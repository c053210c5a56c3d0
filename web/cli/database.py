"""``passerelle db``: the schema and a copy of the data."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.installation import make_data_dir
from web.cli.output import FAILED, CommandFailed, json_option, print_fields, print_json
from web.config import Settings

if TYPE_CHECKING:
    from engine.database import Database


def _database() -> Database:
    from engine.database import Database

    settings = Settings.from_env()
    make_data_dir(settings)
    database = Database(settings.database_url)
    click.get_current_context().call_on_close(database.dispose)
    return database


@click.group()
def db() -> None:
    """The database: its schema, and a copy of it."""


@db.command()
def upgrade() -> None:
    """Bring the schema to what this version needs."""
    from web import migrations

    before, after = migrations.upgrade(_database())
    if before == after:
        click.echo(f"The schema is up to date (revision {after}).")
    else:
        click.echo(f"The schema went from revision {before or 'none'} to {after}.")


@db.command()
@json_option
def status(as_json: bool) -> None:
    """Show where the schema stands; exit code 1 if it has to be upgraded."""
    from web import migrations

    database = _database()
    standing, head = migrations.current(database), migrations.head()
    row = {
        "database": database.url.render_as_string(hide_password=True),
        "revision": standing,
        "newest": head,
        "up_to_date": standing == head,
    }
    if as_json:
        print_json(row)
    else:
        print_fields(row)
    if standing != head:
        raise SystemExit(FAILED)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy a running SQLite database to FILE, consistent as of one moment."""
    database = _database()
    if not database.is_sqlite:
        raise CommandFailed("This database is a PostgreSQL server; use its own pg_dump.")
    if file.exists():
        raise CommandFailed(f"{file} exists already; choose another name.")
    source = f"file:{database.url.database}?mode=ro"
    with (
        closing(sqlite3.connect(source, uri=True)) as original,
        closing(sqlite3.connect(file)) as copy,
    ):
        original.backup(copy)
    click.echo(f"Copied to {file} ({file.stat().st_size} bytes).")


COMMANDS = (db,)
