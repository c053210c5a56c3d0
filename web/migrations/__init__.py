"""The schema, revision by revision (Alembic), and the few things that are asked about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import web.sessions
import workflows.models
from engine.tables import metadata, triggers
from web.config import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

    from engine.database import Database

COMPLETED_BY = (workflows.models, web.sessions)
"""The modules whose import adds their tables to the metadata."""

_LOCK = 7_245_316_071
"""Any number, as long as all our migrations take the same: PostgreSQL's advisory lock."""


def target_metadata() -> MetaData:
    """Every table of the product."""
    return metadata


def upgrade(database: Database, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the schema to ``revision``; gives the revisions before and after.

    One transaction; a second process that does the same waits and finds nothing to do.
    Raises :class:`ConfigurationError` for the database of a newer program.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _current(connection)
        _refuse_newer(before)
        if before != head() or revision != "head":
            command.upgrade(_config(connection), revision)
        return before, _current(connection)


def make(database: Database) -> None:
    """Make every table at once in an empty database that is thrown away: it is never upgraded."""
    with database.write() as connection:
        target_metadata().create_all(connection)
        for statement in triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)


def current(database: Database) -> str | None:
    """The revision the database stands at; None if it is empty."""
    with database.read() as connection:
        return _current(connection)


def head() -> str | None:
    """The newest revision this program knows."""
    return _scripts().get_current_head()


def require_current(database: Database) -> None:
    """Raise :class:`ConfigurationError` unless the schema is the one this program knows."""
    standing = current(database)
    _refuse_newer(standing)
    if standing != head():
        raise ConfigurationError(
            "The database has no schema, or an old one; run: passerelle db upgrade"
        )


def drop(database: Database) -> None:
    """Remove every table of the product and all that is in them."""
    with database.write() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        # The guards of the history go with their tables.
        target_metadata().drop_all(connection)


def _refuse_newer(revision: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"The database is at revision {revision}, which is newer than this program."
        )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
