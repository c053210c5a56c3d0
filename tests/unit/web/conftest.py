"""The application over an empty SQLite database, with a few people."""

from copy import copy

import pytest

from engine import Engine
from tests.builders_domain import draft
from tests.builders_recognition import RecognitionHouse
from tests.builders_web import (
    PASSWORD,
    actor_of,
    application,
    give_passwords,
    open_leas_agreement,
)
from tests.databases import Kept
from web.migrations import target_metadata
from workflows.registry import registry


@pytest.fixture
def database_url(sqlite_url):
    """Pages do not depend on the kind of database."""
    return sqlite_url


@pytest.fixture
def app(engine, settings):
    return application(settings, engine)


@pytest.fixture
def sign_in(app):
    """Signs somebody in and returns their client."""

    def by_login(login):
        client = app.test_client()
        answer = client.post(
            "/sign-in",
            data={"login": login, "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": f"10.2.0.{len(login)}"},
        )
        assert answer.status_code == 302
        client.post("/language", data={"language": "en"})
        return client

    return by_login


@pytest.fixture
def task(app, engine, settings):
    """The coordinator's task on a case of Léa's."""
    student = actor_of(engine, "lea")
    opened = open_leas_agreement(engine, settings)
    engine.run_due_jobs(worker="test")
    item = engine.instance(opened.instance_id, actor=student).open_items[0]
    done = engine.complete(item.id, actor=student, data=draft(), idempotency_key="k")
    return done.next_items[0]


@pytest.fixture(scope="session")
def _back_from_abroad():
    """The first house whose student is back, and the database as it was then."""
    return []


@pytest.fixture
def back_from_abroad(database, settings, clock, _back_from_abroad):
    """A house whose student is back; to come that far takes a while, so all begin with one."""
    if not _back_from_abroad:
        house = RecognitionHouse.at_the_end(database, settings, clock)
        give_passwords(house.engine)
        kept = Kept(database, target_metadata().sorted_tables)
        _back_from_abroad.extend((copy(house), clock.now(), kept))
    first, now, kept = _back_from_abroad
    kept.rewind()
    clock.at = now
    house = copy(first)
    house.engine, house.clock = Engine(database, registry(settings), clock=clock), clock
    house.ids = dict(first.ids)
    return house
