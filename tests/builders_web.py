"""The application as the tests of pages use it: deployed, with a department and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.test import TestResponse

from engine import Engine
from engine.definitions import Bundle
from engine.identity import SYSTEM, Actor
from web import current
from web.app import create_app
from web.config import Settings
from web.security import limiter
from workflows.contract.services import Opened, open_contract
from workflows.partners.models import Department, Institution
from workflows.people.models import Person
from workflows.people.services import actor_for, create_person, find_person, set_password

PASSWORD = "only the tests know this"
PEOPLE = {"lea": (), "marie": ("coordinator:lea",), "claire": ("ri",), "sam": ("admin",)}
"""Groups by login."""


class Compiled(BytecodeCache):
    """Templates compiled once for all applications of a test run."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of the same source."""
        code = self._code.get(bucket.key + bucket.checksum)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next application."""
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def application(
    settings: Settings,
    engine: Engine,
    people: Mapping[str, Iterable[str]] = PEOPLE,
    bundles: Iterable[str] = ("contract",),
    *,
    own: bool = False,
) -> Flask:
    """The application over an empty database, as :func:`served`."""
    for name in bundles:
        engine.deploy(Bundle.from_folder(settings.bundles_dir / name), actor=SYSTEM)
    with engine.unit(SYSTEM) as unit:
        unit.session.add(
            Department(code="lea", name_fr="Langues", name_en="Languages", name_es="Lenguas")
        )
        unit.session.add(Institution(hei_id="usal.es", name="Salamanca", locale="es"))
        for login, groups in people.items():
            create_person(
                unit.session,
                login=login,
                given_names=login.title(),
                family_name="Test",
                email=f"{login}@example.org",
                password=PASSWORD,
                groups=groups,
            )
    return served(settings, engine, own=own)


_apps: dict[str, Flask] = {}


def served(settings: Settings, engine: Engine, *, own: bool = False) -> Flask:
    """The application over what an engine holds, without tokens against forged requests.

    To compile its routes takes a tenth of a second, so one test takes it over from another;
    not one that lives on while others are served: its application is its ``own``.
    """
    app = None if own else _apps.get(settings.secret_key)
    if app is None:
        app = create_app(settings, engine)
        if not own:
            _apps[settings.secret_key] = app
    app.extensions[current.KEY] = current.Running(engine, settings)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    return app


def give_passwords(engine: Engine) -> None:
    """Let everybody who is there sign in with :data:`PASSWORD`."""
    with engine.unit(SYSTEM) as unit:
        for person in unit.session.query(Person):
            set_password(unit.session, person, PASSWORD)


def actor_of(engine: Engine, login: str) -> Actor:
    """The engine's actor of a person."""
    with engine.reading() as session:
        return actor_for(session, find_person(session, login))


def open_leas_agreement(engine: Engine, settings: Settings, login: str = "lea") -> Opened:
    """A new learning agreement of Lea's, at its draft."""
    with engine.unit(actor_of(engine, login)) as unit:
        return open_contract(
            engine,
            unit,
            student=find_person(unit.session, login),
            department="lea",
            receiving_hei_id="usal.es",
            academic_year="2026/2027",
            home_hei_id=settings.home_hei,
        )


def text_of(answer: TestResponse) -> str:
    """What a page says to somebody who reads its main part aloud: no tags, single spaces."""
    main = re.search(r"<main.*</main>", answer.get_data(as_text=True), re.DOTALL)
    assert main, "the page has a main part"
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


def words_of(client: FlaskClient, address: str) -> str:
    """The words of a page, without its frame and its elements."""
    main = re.search(r"<main.*</main>", client.get(address).text, re.DOTALL)
    assert main is not None, f"{address} shows no page"
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())
