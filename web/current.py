"""What belongs to the running application and to the current request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from engine.identity import SYSTEM, Actor

if TYPE_CHECKING:
    from engine import Engine
    from web.config import Settings
    from web.rehearsal.store import Rehearsal
    from web.viewer import Viewer

KEY = "passerelle"
LOOKING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Running:
    """The one engine and the settings an application was created with.

    ``rehearsal`` is the one whose throw-away installation it is, if it is one.
    """

    engine: Engine
    settings: Settings
    rehearsal: Rehearsal | None = None


def init_app(app: Flask) -> None:
    """Let a page that is only looked at be of one moment.

    What it reads in many statements fits together, whatever is committed meanwhile.
    """

    @app.before_request
    def look_at_one_moment() -> None:
        if request.method in LOOKING:
            g.moment = ExitStack()
            g.moment.enter_context(engine().database.snapshot())

    @app.teardown_request
    def look_away(_: BaseException | None) -> None:
        moment = g.pop("moment", None)
        if moment is not None:
            moment.close()


def running() -> Running:
    """The engine and settings of the current application."""
    return cast("Running", current_app.extensions[KEY])


def engine() -> Engine:
    """The engine of the current application."""
    return running().engine


def settings() -> Settings:
    """The settings of the current application."""
    return running().settings


def rehearsal() -> Rehearsal | None:
    """The rehearsal that the current application is the installation of, if it is one."""
    return running().rehearsal


def viewer() -> Viewer | None:
    """Who is signed in, or None. Loaded once a request by ``web.sessions``."""
    return cast("Viewer | None", g.get("viewer"))


def acting() -> Viewer | None:
    """Who is signed in, as the route's policy has let them in: perhaps in somebody's place."""
    return cast("Viewer | None", g.get("acting")) or viewer()


def signed_in() -> Viewer:
    """Who acts, where the route's policy has made sure that somebody is signed in."""
    found = acting()
    assert found is not None, "the route's policy lets nobody in without signing in"
    return found


def actor() -> Actor:
    """The engine's actor of the current request."""
    return signed_in().actor


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading; nothing written through it is kept."""
    with engine().reading() as session:
        yield session


@contextmanager
def writing(by: Actor = SYSTEM) -> Iterator[Session]:
    """A session inside one unit of work that commits at the end of the block."""
    with engine().unit(by) as unit:
        yield unit.session
