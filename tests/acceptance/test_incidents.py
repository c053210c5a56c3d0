"""An incident in a browser: looked at, tried again, seen resolved; by whom it concerns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from engine import Database, Engine, FixedClock
from engine.identity import SYSTEM, Actor
from tests.builders import Diagram
from web.config import Settings
from workflows.mail.models import MailMessage
from workflows.registry import registry

CHIEF = Actor("person:0", "Chief", frozenset({"ri"}), oversees=True)
SAID = {
    "fr": ("Un travail automatique a échoué autant de fois", "Une expression du diagramme"),
    "en": ("Automatic work has failed as often", "An expression of the diagram"),
    "es": ("Un trabajo automático ha fallado tantas veces", "No se ha podido evaluar"),
}


CARMEN = "Carmen, whose server is down"


class Broken:
    """Sends every mail but those to Carmen."""

    def __init__(self, mail):
        self.mail = mail
        self.apply = mail.apply

    def perform(self, job):
        if job.payload["to_name"] == CARMEN:
            raise ConnectionRefusedError("nobody answers on port 25")
        return self.mail.perform(job)


@pytest.fixture
def office(live_server):
    """An engine on the server's database whose mail fails and whose clock is a minute ahead.

    What falls due in that minute is this engine's: the server's workers do not see it yet.
    """
    database = Database(live_server.database_url)
    environ = {"PASSERELLE_DEMO": "1", "PASSERELLE_DATA_DIR": str(live_server.data_dir)}
    known = registry(Settings.from_env(environ))
    broken = replace(known, job_kinds={**known.job_kinds, "mail": Broken(known.job_kinds["mail"])})
    clock = FixedClock(datetime.now(UTC) + timedelta(minutes=1))
    engine = Engine(database, broken, clock=clock)
    yield engine
    database.dispose()


def aside(work):
    """What ``work`` gives, outside the browser's event loop: V8 takes no time limit inside one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def failed_mail(engine):
    """A mail that a worker without a mail server has tried as often as it may."""
    with engine.unit(SYSTEM) as unit:
        row = MailMessage(
            to="carmen@example.org",
            subject="Reminder",
            body="Please answer.",
            language="es",
            message_id=f"incident-{datetime.now(UTC).timestamp()}",
            status="queued",
        )
        unit.session.add(row)
        unit.session.flush()
        payload = {"mail": row.id, "to_name": CARMEN}
        unit.enqueue("mail", payload, max_attempts=1)
    while engine.run_due_jobs(worker="broken"):
        pass


def stuck_case(engine):
    """A case before a fork whose condition reads a value that is not there."""
    diagram = Diagram().start().gateway("which").user("a").user("b").end()
    diagram.flow("begin", "which").flow("which", "a", condition="missing = 1")
    diagram.flow("which", "b", condition="missing = 2")
    engine.deploy(diagram.flow("a", "finish").flow("b", "finish").bundle(), actor=SYSTEM)
    started = engine.start(diagram.key, actor=SYSTEM, business_key="M-7", variables={})
    return started.instance_id


def test_looked_at_tried_again_resolved(visitors, office, language):
    case = aside(lambda: (failed_mail(office), stuck_case(office))[1])
    mail, expression = SAID[language]
    visitor = visitors("Samuel Ortiz", language=language)
    page = visitor.page
    page.goto("/incidents")
    failed = page.locator("[data-incident=job_failed]")
    expect(failed).to_contain_text(mail)
    expect(failed.locator(".technical")).to_contain_text("nobody answers on port 25")
    stuck = page.locator("[data-incident=expression_failed]")
    expect(stuck).to_contain_text(expression)
    assert visitor.violations() == []

    page.goto("/operations")
    alike = page.locator("[data-alike]", has_text="nobody answers on port 25")
    expect(alike).to_contain_text(mail)
    assert visitor.violations() == []
    alike.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("nobody answers on port 25")
    assert visitor.violations() == []

    page.goto("/incidents")
    failed.locator("button").click()
    expect(page.locator("[role=status] .is-done")).to_be_visible()
    page.goto("/incidents")
    expect(page.locator("[data-incident=job_failed]")).to_have_count(0)
    page.goto(f"/cases/{case}")
    expect(page.locator(".case-facts .is-late")).to_be_visible()
    assert visitor.violations() == []

    aside(lambda: office.terminate(case, actor=CHIEF, reason="Made by a test"))
    page.goto("/incidents")
    expect(page.locator("[data-incident]")).to_have_count(0)
    expect(page.locator(".empty")).to_be_visible()
