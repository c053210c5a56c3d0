"""The application over an empty SQLite database, with a few people."""

import pytest

from tests.builders_domain import draft
from tests.builders_recognition import RecognitionHouse
from tests.builders_web import (
    PASSWORD,
    actor_of,
    application,
    give_passwords,
    open_leas_agreement,
)


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


def _back_from_abroad(database, settings, clock):
    house = RecognitionHouse.at_the_end(database, settings, clock)
    give_passwords(house.engine)
    return house


@pytest.fixture
def back_from_abroad(once):
    """A house whose student is back; to come that far takes a while, so all begin with one."""
    return once(_back_from_abroad)
