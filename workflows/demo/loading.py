"""Loading the demonstration: its world, its people, its stories on a moving clock.

Nothing of a process is written into the tables: each case is moved by the commands that the
pages use, and between them the workers' jobs run at their time, so histories, deadlines and
mails are those of real ones. What was played is noted step by step, so the same database is
never loaded twice and an interrupted loading goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from engine import Database
from engine.clock import FixedClock
from engine.errors import InvalidState
from engine.identity import SYSTEM
from workflows.demo import heroes, journal
from workflows.demo.casting import cast
from workflows.demo.director import Director, Progress
from workflows.demo.journal import Beginning, Journal
from workflows.demo.people import INCOMING, STAFF, STUDENTS, give_accounts
from workflows.demo.script import Story
from workflows.demo.world import furnish
from workflows.demo.year import Year
from workflows.office_work.local_time import ZONE
from workflows.registry import office_of, registry

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from engine import Engine
    from workflows.registry import DomainSettings

SMALL, FULL = "small", "full"
SIZES = (SMALL, FULL)
MORNING = time(7)
"""Nothing is played on the day of the loading after this hour in Paris."""

EARLIEST = timedelta(days=1200)
"""So long before the loading the clock begins."""


@dataclass(frozen=True)
class _Past:
    """The installation while stories are played: it keeps its mails and sends none."""

    secret_key: str
    base_url: str
    home_hei: str
    data_dir: Path
    demo: bool
    seal_pkcs12: Path | None
    seal_password: str | None
    smtp_url: str | None = None

    @classmethod
    def of(cls, settings: DomainSettings) -> _Past:
        return cls(
            settings.secret_key,
            settings.base_url,
            settings.home_hei,
            settings.data_dir,
            settings.demo,
            settings.seal_pkcs12,
            settings.seal_password,
        )


def _silent(played: int, at: datetime) -> None:
    """Nobody watches."""


def load(
    engine: Engine,
    settings: DomainSettings,
    *,
    size: str | None = None,
    first: str = FULL,
    progress: Progress = _silent,
) -> str:
    """Load the demonstration and give its size; one that is there already stays as it is.

    Every process must be deployed, and no worker may be running: it would take jobs whose
    time, on the clock of the stories, is still to come. ``size`` is ``small`` or ``full``;
    None is what is there already, else ``first``. Raises InvalidState where the other one is.
    """
    with engine.reading() as session:
        notes = Journal.read(session)
    if notes.beginning is None:
        notes = _begun(engine, settings, size or first)
    assert notes.beginning is not None
    if size not in {None, notes.beginning.size}:
        raise InvalidState(
            f"This database holds the {notes.beginning.size} demonstration; "
            f"`passerelle demo reset --size {size}` deletes it and loads the other one."
        )
    if not notes.done:
        _played(engine, settings, notes, notes.beginning, progress)
    return notes.beginning.size


def _begun(engine: Engine, settings: DomainSettings, size: str) -> Journal:
    """Note which demonstration this is, and add its world and its people."""
    beginning = Beginning(size, engine.clock.now())
    with engine.unit(SYSTEM) as unit:
        journal.begin(unit, beginning)
        furnish(unit.session, settings.home_hei)
        give_accounts(unit.session, (*STUDENTS, *STAFF, INCOMING))
        if size == FULL:
            give_accounts(unit.session, cast(_day(beginning)).people)
    return Journal(beginning)


def _played(
    engine: Engine,
    settings: DomainSettings,
    notes: Journal,
    beginning: Beginning,
    progress: Progress,
) -> None:
    today = _day(beginning)
    clock = FixedClock(beginning.present - EARLIEST)
    house = _Past.of(settings)
    database = _hasty(engine.database)
    bell = Event()
    past = type(engine)(database, registry(house), clock=clock, wake=bell.set)
    # Stories may have the certificate for seals go missing for some hours.
    missing = replace(house, seal_pkcs12=settings.data_dir / "moved" / "seal.p12")
    outage = type(engine)(database, registry(missing), clock=clock, wake=bell.set)
    director = Director(past, outage, bell, clock, office_of(house), notes, progress)
    try:
        director.play(_stories(beginning.size, today), datetime.combine(today, MORNING, ZONE))
        director.pass_until(beginning.present)
        with past.unit(SYSTEM) as unit:
            journal.finish(unit)
    finally:
        database.dispose()


def _hasty(database: Database) -> Database:
    """The same database without waiting for the disk at each commit.

    What a crash of the machine takes away is played again: a step goes with its note.
    """
    hasty = Database(database.url.render_as_string(hide_password=False))

    @event.listens_for(hasty.engine, "connect")
    def _hurry(connection: Any, _record: object) -> None:
        setting = "PRAGMA synchronous=NORMAL" if hasty.is_sqlite else "SET synchronous_commit=off"
        with closing(connection.cursor()) as cursor:
            cursor.execute(setting)

    return hasty


def _day(beginning: Beginning) -> date:
    return beginning.present.astimezone(ZONE).date()


def _stories(size: str, today: date) -> Iterator[Story]:
    if size == SMALL:
        yield from heroes.stories(today)
    else:
        yield from Year(today, cast(today)).stories()
