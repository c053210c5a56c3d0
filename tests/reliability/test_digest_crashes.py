"""A process may die at any moment between the news and the digest: each is told exactly once."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from sqlalchemy import select

from engine import SYSTEM, Database, Engine, FixedClock
from tests.databases import Kept
from tests.reliability.commands import CHIEF, MONDAY, work
from tests.reliability.crashes import DIED, crash_at, in_child
from web.migrations import target_metadata
from workflows.mail.models import MailMessage
from workflows.notices.news import tell
from workflows.office_work import mail_settings
from workflows.people.models import Person
from workflows.people.services import create_person
from workflows.registry import registry

PARTNERS = ("Salamanca", "Uppsala")


def build(url, settings, at):
    return Engine(Database(url), registry(settings), clock=FixedClock(at))


def prepare(url, settings):
    """Somebody who wants a digest, and two decisions to tell them."""
    engine = build(url, settings, MONDAY)
    with engine.unit(SYSTEM) as unit:
        person = create_person(
            unit.session, login="marie", given_names="Marie", family_name="Delmas",
            email="marie@example.org", groups=("coordinator:lea",),
        )  # fmt: skip
        mail_settings.choose(unit.session, person, {"decision": "digest"})
        for partner in PARTNERS:
            values = {"student": "Léa", "partner": partner, "year": "2026/2027"}
            tell(
                unit, mails="workflows.contract", kind="signed", news=f"signed-{partner}",
                to=[person], values=values,
            )  # fmt: skip
    engine.database.dispose()


def live(engine):
    """The afternoon, and the morning after."""
    work(engine)
    engine.clock.advance(timedelta(days=1))
    work(engine)


def recover(url, settings):
    """Another process takes over when the leases have run out."""
    engine = build(url, settings, MONDAY + timedelta(minutes=5))
    live(engine)
    engine.database.dispose()


def crash_on_the_way(url, settings, step):
    """Let the worker die at every ``step``-th moment and another take over; gives the last one."""
    database = Database(url)
    prepare(url, settings)
    kept = Kept(database, target_metadata().sorted_tables)
    point = 0
    while True:
        point += step
        kept.rewind()

        def act(at=point):
            engine = build(url, settings, MONDAY)
            crash_at(engine.database, at)
            live(engine)

        if in_child(database, act) != DIED:
            return point
        recover(url, settings)
        with database.read() as connection:
            bodies = list(connection.scalars(select(MailMessage.body)))
            assert connection.scalar(select(Person.login)) == "marie"
        assert len(bodies) == 1, f"{len(bodies)} mails after a crash at point {point}"
        for partner in PARTNERS:
            assert bodies[0].count(f"Léa, {partner}") == 1, f"crash at point {point}"


def test_every_crash_point_on_the_way_to_a_digest_recovers(database_url, settings, apart):
    # Each moment on SQLite, where a crash is cheap to stage; every third on PostgreSQL.
    step = 1 if database_url.startswith("sqlite") else 3
    assert apart(crash_on_the_way, database_url, settings, step) > 30


def test_workers_at_once_put_each_news_into_one_digest(database_url, settings):
    prepare(database_url, settings)
    engine = build(database_url, settings, MONDAY)
    with engine.unit(SYSTEM) as unit:
        person = unit.session.scalars(select(Person)).one()
        for number in range(20):
            values = {"student": f"Student {number}", "partner": "Lund", "year": "2026/2027"}
            tell(
                unit,
                mails="workflows.contract",
                kind="signed",
                news=f"signed-{number}",
                to=[person],
                values=values,
            )

    def busy(worker):
        while engine.run_due_jobs(worker=worker, limit=2):
            pass

    for _ in range(2):
        threads = [Thread(target=busy, args=(f"worker {number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        engine.clock.advance(timedelta(days=1))
    with engine.reading() as session:
        (body,) = session.scalars(select(MailMessage.body))
    for number in range(20):
        assert body.count(f"Student {number}, Lund") == 1
    assert list(engine.incidents(actor=CHIEF).items) == []
    engine.database.dispose()
