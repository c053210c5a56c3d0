"""The throw-away installation of a rehearsal: its own database, clock, settings, application.

It is the same application over another database. Its settings name nothing of the real one: no
mail server, no certificate, no keys, no secret; what it writes lies in the rehearsal's folder.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import func, select

from engine import SYSTEM, Database, Engine
from engine.tables import history_event
from web import current
from web.config import Settings
from web.migrations import make
from web.rehearsal import noting
from web.rehearsal.store import Rehearsal
from web.root import plugged_in
from workflows.scenarios.cast import furnish
from workflows.scenarios.recording import RecordingEngine
from workflows.scenarios.stage import Stage

if TYPE_CHECKING:
    from engine.definitions import Bundle

FACTORY = "passerelle.create_app"
"""Where an application says what makes another one like it."""

SECONDS = 20
"""How long what follows from one act may take before the page comes back."""

_OPEN = 4
"""Applications that a process keeps at hand; a rehearsal that is called again is opened anew."""


@dataclass(frozen=True)
class House:
    """A rehearsal that is open in this process."""

    rehearsal: Rehearsal
    engine: Engine
    home_hei: str

    def stage(self) -> Stage:
        """The stage as the last act has left it."""
        known = self.rehearsal.state
        return Stage(
            self.engine,
            self.rehearsal,
            self.home_hei,
            business_key=known.get("business_key", ""),
            mobility_id=known.get("mobility_id"),
            kept=known.get("kept", {}),
            incidents=known.get("incidents", 0),
            seconds=SECONDS,
        )

    def keep(self, stage: Stage) -> None:
        """Let the next act find the stage as it is now."""
        self.rehearsal.state = {
            "business_key": stage.business_key,
            "mobility_id": stage.mobility_id,
            "kept": stage.kept,
            "incidents": stage.incidents,
            "events": events_in(self.engine),
        }


def events_in(engine: Engine) -> int:
    """How much has happened in all cases."""
    with engine.reading() as session:
        return session.scalar(select(func.count()).select_from(history_event)) or 0


def settings_for(rehearsal: Rehearsal, outer: Settings, prefix: str) -> Settings:
    """The settings of the throw-away installation, which answers under ``prefix``."""
    return replace(
        outer,
        database_url=f"sqlite:///{rehearsal.folder / 'rehearsal.sqlite3'}",
        secret_key=rehearsal.about.secret,
        data_dir=rehearsal.folder,
        broker_url="memory://",
        base_url=f"{outer.base_url}{prefix}",
        smtp_url=None,
        demo=True,
        proxies=0,
        seal_pkcs12=None,
        seal_password=None,
        anchor_keys=None,
        anchors=None,
        anchor_mail=(),
        tsa_url=None,
        tsa_certificates=None,
        exports=None,
        archive=None,
    )


def furnished(rehearsal: Rehearsal, outer: Settings, bundles: Iterable[Bundle]) -> None:
    """Make the database of a rehearsal: ``bundles`` deployed, the cast at home, nothing begun.

    Raises DeploymentRejected with what is wrong with one of them.
    """
    engine = _engine(rehearsal, settings_for(rehearsal, outer, ""))
    try:
        make(engine.database)
        for bundle in bundles:
            engine.deploy(bundle, actor=SYSTEM)
        with engine.unit(SYSTEM) as unit:
            furnish(unit.session, outer.home_hei)
    finally:
        engine.database.dispose()


def _engine(rehearsal: Rehearsal, settings: Settings) -> RecordingEngine:
    return RecordingEngine(Database(settings.database_url), plugged_in(settings), clock=rehearsal)


@dataclass(frozen=True)
class Played:
    """A house with the application that answers for it."""

    house: House
    app: Flask


class Houses:
    """The rehearsals that this process has open, the last used ones alone."""

    def __init__(self) -> None:
        self._open: dict[str, Played] = {}
        self._lock = threading.Lock()

    def open(self, rehearsal: Rehearsal, outer: Settings, prefix: str) -> Played:
        """The house of a rehearsal, opened where it is not yet."""
        with self._lock:
            played = self._open.pop(rehearsal.token, None) or _built(rehearsal, outer, prefix)
            self._open[rehearsal.token] = played
            while len(self._open) > _OPEN:
                self._close(next(iter(self._open)))
        return played

    def close(self, token: str) -> None:
        """Let go of a rehearsal that is over."""
        with self._lock:
            self._close(token)

    def _close(self, token: str) -> None:
        played = self._open.pop(token, None)
        if played is not None:
            played.house.engine.database.dispose()


def _built(rehearsal: Rehearsal, outer: Settings, prefix: str) -> Played:
    settings = settings_for(rehearsal, outer, prefix)
    engine = _engine(rehearsal, settings)
    app: Flask = current_app.extensions[FACTORY](settings, engine)
    app.extensions[current.KEY] = current.Running(engine, settings, rehearsal)
    # A cookie of its own that no other page is sent: neither session can stand for the other.
    noting.init_app(app)
    app.config.update(
        SESSION_COOKIE_NAME="__Secure-rehearsal" if settings.secure_cookies else "rehearsal",
        SESSION_COOKIE_PATH=f"{prefix}/",
    )
    return Played(House(rehearsal, engine, outer.home_hei), app)
