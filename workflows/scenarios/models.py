"""Tables of what became of scenarios, and of what was published all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import Instant
from workflows.base import Base

WAITING, PASSED, FAILED = "waiting", "passed", "failed"


class ScenarioResult(Base):
    """How one scenario of one state of a lifecycle went, or that it is to be played.

    The state is the ``digest`` of the bundle: a draft and the version it becomes have the same
    results. ``name`` is the file in the bundle; ``report`` is JSON (see
    :class:`workflows.scenarios.results.Report`), empty while the scenario waits.
    """

    __tablename__ = "scenario_result"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    report: Mapped[str] = mapped_column(Text, default="")


class PublishedDespite(Base):
    """Why a bundle was to be published although its scenarios had failed or were not played.

    It is written ``at`` the moment of asking: the version may come into force later, at a set
    time or once it is approved, and is the next one with this ``digest``. ``failed`` and
    ``unplayed`` are JSON lists of the files.
    """

    __tablename__ = "published_despite"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    failed: Mapped[str] = mapped_column(Text)
    unplayed: Mapped[str] = mapped_column(Text)
