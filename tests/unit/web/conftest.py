"""The application over an empty SQLite database, with a few people."""

import pytest

from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.builders_domain import draft
from web.app import create_app
from workflows.contract.services import open_contract
from workflows.partners.models import Department, Institution
from workflows.people.services import actor_for, create_person, find_person

PASSWORD = "only the tests know this"
PEOPLE = {"lea": (), "marie": ("coordinator:lea",), "claire": ("ri",), "sam": ("admin",)}


@pytest.fixture
def database_url(sqlite_url):
    """Pages do not depend on the kind of database."""
    return sqlite_url


@pytest.fixture
def app(engine, settings):
    engine.deploy(Bundle.from_folder(settings.bundles_dir / "contract"), actor=SYSTEM)
    with engine.unit(SYSTEM) as unit:
        unit.session.add(
            Department(code="lea", name_fr="Langues", name_en="Languages", name_es="Lenguas")
        )
        unit.session.add(Institution(hei_id="usal.es", name="Salamanca", locale="es"))
        for login, groups in PEOPLE.items():
            create_person(
                unit.session,
                login=login,
                given_names=login.title(),
                family_name="Test",
                email=f"{login}@example.org",
                password=PASSWORD,
                groups=groups,
            )
    app = create_app(settings, engine)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


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
        client.get("/home", headers={"Accept-Language": "en"})
        client.post("/language", data={"language": "en"})
        return client

    return by_login


@pytest.fixture
def task(app, engine, settings):
    """The coordinator's task on a case of Léa's."""
    with engine.reading() as session:
        student = actor_for(session, find_person(session, "lea"))
    with engine.unit(student) as unit:
        opened = open_contract(
            engine,
            unit,
            student=find_person(unit.session, "lea"),
            department="lea",
            receiving_hei_id="usal.es",
            academic_year="2026/2027",
            home_hei_id=settings.home_hei,
        )
    engine.run_due_jobs(worker="test")
    item = engine.instance(opened.instance_id, actor=student).open_items[0]
    done = engine.complete(item.id, actor=student, data=draft(), idempotency_key="k")
    return done.next_items[0]
