"""The application with people and cases at every step, shared by the tests of bad input.

Its database is made once for a module: a test asks for a case of its own and compares
what is stored before and after.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from engine import Database, Engine, FixedClock
from engine.history.access_log import LOG
from engine.identity import SYSTEM, Actor
from engine.tables import history_event, history_payload, metadata
from tests.builders_domain import draft
from tests.builders_web import PASSWORD, actor_of, application, open_leas_agreement
from web.config import Settings
from workflows.contract.services import contract_view
from workflows.contract_change.services import Wish, ask_for_change
from workflows.links import issue_link
from workflows.people.services import find_person
from workflows.registry import registry
from workflows.validation_plan.services import open_plan

PEOPLE = {
    "lea": (),
    "tom": (),
    "marie": ("coordinator:lea",),
    "paul": ("coordinator:lea",),
    "claire": ("ri",),
    "sam": ("admin",),
}
BUNDLES = ("contract", "contract_change", "validation_plan")
STEPS = ("draft", "check", "sign_student", "sign_sending", "admin", "partner")
ACTORS = ("lea", "marie", "lea", "marie", "claire")
EPHEMERAL = {"sign_in", "history_log", "access_refused"}
"""Tables that a session writes by being there, and a refusal by being noted."""

_numbers = itertools.count(1)


@cache
def _stored() -> list[tuple[str, str]]:
    """Each table that :meth:`House.stored` looks at, and how its rows are asked for."""
    of_the_log = f" WHERE instance_id <> {LOG}"
    noted = {history_event.name: of_the_log, history_payload.name: of_the_log}
    return [
        (name, f'SELECT * FROM "{name}"{noted.get(name, "")}')
        for name in metadata.tables
        if name not in EPHEMERAL
    ]


def fresh_number() -> int:
    """A number nobody has used."""
    return next(_numbers)


def fresh_key() -> str:
    """An idempotency key nobody has used."""
    return f"key {next(_numbers)}"


class House:
    """An installation of the tests' own on ``database_url``; close it after use."""

    people: Mapping[str, tuple[str, ...]] = PEOPLE
    bundles: tuple[str, ...] = BUNDLES

    def __init__(self, database_url: str, folder: Path) -> None:
        self.settings = Settings(
            database_url=database_url,
            secret_key="a key that only the tests know, 2718281828",
            data_dir=folder,
            bundles_dir=Path(__file__).parents[2] / "bpmn",
            base_url="https://passerelle.example.org",
        )
        self.clock = FixedClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.database = Database(database_url)
        self.engine = Engine(self.database, registry(self.settings), clock=self.clock)
        self.app = application(self.settings, self.engine, self.people, self.bundles, own=True)
        self._clients = {login: self.new_client(login) for login in self.people}
        self._kept: dict[tuple[str, ...], int] = {}

    def close(self) -> None:
        """Let engine and database go."""
        self.database.dispose()

    def visitor(self):
        """Somebody without a session, whom no rate limit has met yet."""
        client = self.app.test_client()
        number = next(_numbers)
        client.environ_base["REMOTE_ADDR"] = f"10.{number >> 8 & 255}.{number & 255}.1"
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    def new_client(self, login: str):
        """A browser of its own, signed in and speaking English."""
        client = self.visitor()
        answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        client.post("/language", data={"language": "en"})
        return client

    def client(self, login: str):
        """The browser that person uses in most tests."""
        return self._clients[login]

    def actor(self, login: str) -> Actor:
        """The engine's actor of a person."""
        return actor_of(self.engine, login)

    def open(self):
        """A new learning agreement of Lea's, at its draft."""
        return open_leas_agreement(self.engine, self.settings)

    def at(self, step: str) -> int:
        """The work item of a new case that has come to ``step``."""
        item = self.open().work_items[0]
        for login in ACTORS[: STEPS.index(step)]:
            drafting = self.engine.work_item(item, actor=SYSTEM).page == "contract.draft"
            done = self.engine.complete(
                item,
                actor=self.actor(login),
                data=draft() if drafting else {},
                outcome=None if drafting else "approve",
                idempotency_key=fresh_key(),
            )
            item = done.next_items[0]
        return item

    def kept(self, name: str, *of: str) -> int:
        """What the method of that name makes, the same each time: for what changes nothing."""
        if (name, *of) not in self._kept:
            self._kept[(name, *of)] = getattr(self, name)(*of)
        return self._kept[(name, *of)]

    def signed(self) -> int:
        """The case of a new contract that everybody has signed; its stay begins later."""
        item = self.at("partner")
        signer = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}
        done = self.engine.complete(
            item,
            actor=self.actor("claire"),
            data=signer,
            outcome="approve",
            idempotency_key=fresh_key(),
        )
        return done.instance_id

    def changing(self) -> int:
        """The work item in which Lea writes a change of a new, signed contract."""
        case = self.engine.instance(self.signed(), actor=SYSTEM)
        with self.engine.unit(self.actor("lea")) as unit:
            asked = ask_for_change(
                self.engine,
                unit,
                int(case.business_key),
                Wish("student", "components", "A course is full."),
                home_hei_id=self.settings.home_hei,
            )
        return asked.work_items[0]

    def planning(self) -> int:
        """The work item in which Lea writes a new validation plan."""
        with self.engine.unit(self.actor("lea")) as unit:
            opened = open_plan(
                self.engine,
                unit,
                student=find_person(unit.session, "lea"),
                department="lea",
                receiving_hei_id="usal.es",
                academic_year="2026/2027",
                home_hei_id=self.settings.home_hei,
            )
        return opened.work_items[0]

    def link(self, item: int, *, secret: str | None = None, digest: str | None = None) -> str:
        """The address of the partner's page for ``item``."""
        asked = self.engine.work_item(item, actor=SYSTEM)
        with self.engine.reading() as session:
            current = contract_view(session, int(asked.business_key)).current.digest
        token = issue_link(
            secret or self.settings.secret_key,
            instance_id=asked.instance_id,
            work_item_id=item,
            digest=digest or current,
            now=self.clock.now(),
        )
        return f"/partner/{token}"

    def stored(self) -> str:
        """A digest of every row of every table but what a session or a refusal writes."""
        digest = hashlib.sha256()
        with self.database.read() as connection:
            # As the driver gives them: to make values of our types costs ten times as much.
            cursor = connection.connection.cursor()
            for name, query in _stored():
                cursor.execute(query)
                digest.update("\n".join([name, *sorted(map(repr, cursor))]).encode())
            cursor.close()
        return digest.hexdigest()
