"""The installation a command works on: its settings, its engine, and who acts."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.identity import Actor
from web.cli.output import CommandFailed
from web.config import Settings

if TYPE_CHECKING:
    from engine import Engine


def open_engine(settings: Settings) -> Engine:
    """The engine, once its database has the schema this program expects."""
    from web import migrations

    engine = closing_engine(settings)
    migrations.require_current(engine.database)
    return engine


def closing_engine(settings: Settings) -> Engine:
    """The engine, whatever its database holds; closed when the command ends."""
    from web.root import build_engine

    make_data_dir(settings)
    engine = build_engine(settings)
    click.get_current_context().call_on_close(engine.database.dispose)
    return engine


def make_data_dir(settings: Settings) -> None:
    """Make sure that the data folder is there."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(
            f"The data folder {settings.data_dir} cannot be made: {error.strerror}."
        ) from error


def configured_engine() -> Engine:
    """The engine of the installation that the environment describes."""
    return open_engine(Settings.from_env())


def unconfigured_engine() -> Engine:
    """An engine without a database, for what only looks at files."""
    from web.root import build_engine

    return build_engine(
        Settings(
            database_url="sqlite://",
            secret_key="",
            data_dir=Path(),
            bundles_dir=Path(),
        )
    )


def operator() -> Actor:
    """Whoever types the command. They may see everything: they have the database."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return Actor(
        id=f"operator:{user}",
        name=user,
        groups=frozenset({"admin"}),
        oversees=True,
        sees_restricted=True,
    )
