"""Signing in and out. A session is a row, so that signing out ends it for good.

The cookie, signed and dated, carries a random token; the table keeps the
token's digest. The cookie dies after two idle hours, the row after twelve.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, g, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import Column, ForeignKey, Table, Text, insert, select, update

from engine.tables import metadata
from engine.tables.types import BIG, Instant
from web import current
from web.viewer import Viewer
from workflows.office_work.standing_in import acting
from workflows.people.models import Person

LIFETIME = timedelta(hours=12)

sign_in_table = Table(
    "sign_in",
    metadata,
    Column("token_digest", Text, primary_key=True),
    Column("person_id", BIG, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

manager = LoginManager()


def init_app(app: Flask) -> None:
    """Load the viewer of every request from its session."""
    manager.init_app(app)
    manager.session_protection = None
    manager.user_loader(load)

    @app.before_request
    def recognise() -> None:
        """Know who asks before anything is refused: a refusal speaks their language too."""
        g.viewer = current_user._get_current_object() if current_user.is_authenticated else None


def load(token: str) -> Viewer | None:
    """The viewer of a session that has neither ended nor grown too old."""
    with current.reading() as rows:
        oldest = current.engine().clock.now() - LIFETIME
        person = rows.scalar(
            select(Person)
            .join(sign_in_table, sign_in_table.c.person_id == Person.id)
            .where(
                sign_in_table.c.token_digest == _digest(token),
                sign_in_table.c.ended_at.is_(None),
                sign_in_table.c.started_at > oldest,
                Person.active,
            )
        )
        if person is None:
            return None
        return Viewer.of(token, person, *acting(rows, person, current.engine().clock.now()))


def sign_in(person_id: int) -> None:
    """Start a session for the person; whatever the browser had before is gone."""
    token = secrets.token_urlsafe(32)
    language = session.get("language")
    with current.writing() as rows:
        rows.execute(
            insert(sign_in_table).values(
                token_digest=_digest(token),
                person_id=person_id,
                started_at=current.engine().clock.now(),
            )
        )
    session.clear()
    session.permanent = True
    if language:
        session["language"] = language
    started = load(token)
    assert started is not None, "a session that has just begun is valid"
    login_user(started)
    g.viewer = started


def sign_out() -> None:
    """End the current session; its cookie is worth nothing from now on."""
    viewer = current.viewer()
    if viewer is not None:
        with current.writing(viewer.actor) as rows:
            rows.execute(
                update(sign_in_table)
                .where(sign_in_table.c.token_digest == _digest(viewer.token))
                .values(ended_at=current.engine().clock.now())
            )
    logout_user()
    session.clear()
    g.viewer = None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
