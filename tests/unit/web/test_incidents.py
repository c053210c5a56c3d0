"""Incidents on their page: told in the reader's language, tried again, gone once they work."""

import re
from pathlib import Path

import pytest

from engine.identity import SYSTEM
from tests.builders import Diagram
from web.words import incidents

DOCS = Path(__file__).parents[3] / "docs" / "incidents.md"


def stuck(engine):
    """A case stopped before a fork whose condition cannot be evaluated."""
    diagram = Diagram().start().gateway("which").user("a").user("b").end()
    diagram.flow("begin", "which").flow("which", "a", condition="missing = 1")
    diagram.flow("which", "b", condition="missing = 2")
    engine.deploy(diagram.flow("a", "finish").flow("b", "finish").bundle(), actor=SYSTEM)
    return engine.start(diagram.key, actor=SYSTEM, business_key="M-7", variables={})


@pytest.fixture
def failing_mail(engine, clock, monkeypatch):
    """A mail whose server answers nothing until the returned switch is set."""
    from workflows.mail.models import MailMessage

    answers = []

    def perform(job):
        if not answers:
            raise ConnectionRefusedError("nobody answers on port 25")
        return "stored"

    monkeypatch.setattr(
        type(engine.registry.job_kinds["mail"]), "perform", lambda _, job: perform(job)
    )
    with engine.unit(SYSTEM) as unit:
        row = MailMessage(
            to="carmen@example.org", subject="s", body="b", language="es",
            message_id="m-1", status="queued",
        )  # fmt: skip
        unit.session.add(row)
        unit.session.flush()
        unit.enqueue("mail", {"mail": row.id, "to_name": "Carmen"}, max_attempts=1)
    engine.run_due_jobs(worker="test")
    return answers


def test_every_documented_reason_has_its_sentences():
    documented = set(re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE))
    assert documented == set(incidents.REASONS)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "An expression of the diagram could not be evaluated."),
        ("fr", "Une expression du diagramme n’a pas pu être évaluée."),
        ("es", "No se ha podido evaluar una expresión del diagrama."),
    ],
)
def test_an_incident_is_told_in_the_reader_s_language(engine, sign_in, app, language, said):
    started = stuck(engine)
    client = sign_in("sam")
    client.post("/language", data={"language": language})
    text = client.get("/incidents").text
    assert said in text
    assert "expression_failed" in text
    assert "missing" in text
    assert f"/cases/{started.instance_id}" in text


def test_tried_again_in_vain_it_comes_back(engine, sign_in, app):
    stuck(engine)
    client = sign_in("claire")
    address = re.search(r"/incidents/\d+/retry", client.get("/incidents").text)[0]
    answer = client.post(address, follow_redirects=True)
    assert "comes back here" in answer.text
    assert "No incidents" in answer.text
    engine.run_due_jobs(worker="test")
    assert "expression_failed" in client.get("/incidents").text
    # The first one is over: whoever has it on an old page is told so.
    assert client.post(address).status_code == 409


def test_once_the_cause_is_gone_it_is_resolved(engine, sign_in, app, failing_mail):
    client = sign_in("claire")
    text = client.get("/incidents").text
    assert "Automatic work has failed as often as it may be tried." in text
    assert "nobody answers on port 25" in text
    failing_mail.append("works again")
    client.post(re.search(r"/incidents/\d+/retry", text)[0])
    engine.run_due_jobs(worker="test")
    assert "No incidents" in client.get("/incidents").text


def test_many_incidents_come_in_pages(engine, sign_in, app, failing_mail):
    with engine.unit(SYSTEM) as unit:
        for _ in range(60):
            unit.enqueue("mail", {"mail": 1, "to_name": ""}, max_attempts=1)
    engine.run_due_jobs(limit=100, worker="test")
    client = sign_in("sam")
    text = client.get("/incidents").text
    following = re.search(r'href="(/incidents\?after=\d+)"', text)[1]
    assert text.count("data-incident=") == 50
    assert client.get(following).text.count("data-incident=") == 11
