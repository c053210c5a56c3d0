"""A draft is rehearsed on the real pages, over a store that is thrown away."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import SYSTEM, Engine
from engine.definitions import Bundle
from engine.tables import metadata
from tests.builders_domain import draft
from tests.builders_web import PASSWORD, actor_of, application, open_leas_agreement, text_of
from tests.security.bad_input_requests import flat
from web.cli.scenarios import player
from web.rehearsal import pages, store
from web.rehearsal.store import Rehearsals
from web.root import plugged_in

CONTRACT = Bundle.from_folder(Path(__file__).parents[2] / "bpmn" / "contract")
PAGE = "/processes/contract/draft/rehearsal"
STARTED = {
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "mobility_type": "semester",
    "academic_year": "2026/2027",
    "idempotency_key": "once",
}


@pytest.fixture
def database_url(sqlite_url):
    """A rehearsal's own database is always of this kind."""
    return sqlite_url


@pytest.fixture
def engine(database, settings, clock):
    """The engine with all that an installation plugs in."""
    return Engine(database, plugged_in(settings), clock=clock)


@pytest.fixture
def app(settings, engine):
    """The office with a draft of the contract; Sam and Ada administer processes."""
    people = {"lea": (), "claire": ("ri",), "sam": ("admin",), "ada": ("admin",)}
    app = application(settings, engine, people, own=True)
    engine.save_definition_draft(CONTRACT, actor=SYSTEM, revision=None, based_on=1)
    return app


def signed_in(app, login):
    client = app.test_client()
    client.post("/sign-in", data={"login": login, "password": PASSWORD})
    return client


@pytest.fixture
def sam(app):
    return signed_in(app, "sam")


@pytest.fixture
def held(settings):
    """The rehearsals on the disk."""
    return Rehearsals(settings.data_dir)


class Inside:
    """A rehearsal as its administrator has it in the browser."""

    def __init__(self, client):
        self.client = client
        answer = client.post(PAGE, data={"at": "2026-04-07T09:00"})
        assert answer.status_code == 302, text_of(answer)
        self.place = answer.location.removesuffix("/rehearsal")
        self.token = self.place.rpartition("/")[2]

    def says(self, path="/rehearsal"):
        return text_of(self.client.get(self.place + path))

    def sends(self, path, **data):
        """Send a form with the token that this installation asks for; gives where it leads."""
        shown = self.client.get(f"{self.place}/rehearsal").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
        address = path if path.startswith(self.place) else self.place + path
        answer = self.client.post(address, data={**data, "csrf_token": token})
        assert answer.status_code == 302, text_of(answer)
        return answer.location

    def acts_as(self, member):
        """Become somebody, at the first task that is theirs."""
        shown = self.client.get(f"{self.place}/rehearsal").get_data(as_text=True)
        item = re.search(rf'name="item" value="(\d+)">\s*<button[^>]*value="{member}"', shown)
        return self.sends("/rehearsal/act-as", member=member, **({"item": item[1]} if item else {}))


def revision(engine):
    """The state of the draft."""
    return engine.definition_draft("contract").revision


def everything(engine):
    """Every row of the installation's own database."""
    with engine.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in metadata.sorted_tables
        }


def test_a_draft_is_played_recorded_and_thrown_away(sam, engine, held, tmp_path):
    before = everything(engine)
    inside = Inside(sam)
    inside.acts_as("student")
    task = inside.sends("/start", **STARTED)
    inside.sends("/rehearsal/advance", days="5", next=task)
    assert "Rappel : Rédiger le contrat d’études" in inside.says(), "mails are shown"
    inside.sends(f"{task}/complete", idempotency_key="k", **flat(draft()))
    task = inside.acts_as("coordinator")
    inside.sends(f"{task}/complete", idempotency_key="k", outcome="approve")
    assert "Signer" in inside.says()
    inside.sends("/rehearsal/do", kind="message", what="mobility_withdrawn")
    assert everything(engine) == before, "nothing of the installation's own is written"

    keep = f"/processes/contract/rehearsals/{inside.token}/scenario"
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", sam.get(keep).text, re.DOTALL)[1]
    text = text.replace("&#39;", "'").replace("&#34;", '"').lstrip("\n")
    for step in ("do: open_contract", "until: '2026-04-12T09:00'", "message: mobility_withdrawn"):
        assert step in text
    sent = {"revision": revision(engine), "title": "Rehearsed", "name": "rehearsed", "text": text}
    assert sam.post(keep, data={**sent, "name": "No name"}).status_code == 422
    assert sam.post(keep, data=sent).status_code == 302
    files = engine.definition_draft("contract").bundle.files
    (tmp_path / "contract" / "scenarios").mkdir(parents=True)
    for name in ("contract.bpmn", "deadlines.dmn", "scenarios/rehearsed.yaml"):
        (tmp_path / "contract" / name).write_bytes(files[name])
    for name in CONTRACT.names(".json"):
        (tmp_path / "contract" / "forms").mkdir(exist_ok=True)
        (tmp_path / "contract" / name).write_bytes(files[name])
    with player(tmp_path / "contract") as stage:
        outcome = stage.run(tmp_path / "contract/scenarios/rehearsed.yaml")
    assert outcome.failures == ()

    folder = held.all()[0].folder
    assert sam.post(f"/processes/contract/rehearsals/{inside.token}/end").status_code == 302
    assert not folder.exists()
    assert sam.get(f"{inside.place}/rehearsal").status_code == 404


def test_a_rehearsal_is_found_by_whoever_began_it_alone_and_in_any_process(app, sam, monkeypatch):
    inside = Inside(sam)
    monkeypatch.setattr(pages, "_houses", pages.house.Houses())
    assert "Nobody is asked" in inside.says() or "Personne" in inside.says()
    ada = signed_in(app, "ada")
    assert ada.get(f"{inside.place}/rehearsal").status_code == 404
    assert ada.post(f"/processes/contract/rehearsals/{inside.token}/end").status_code == 404
    assert signed_in(app, "lea").get(f"{inside.place}/rehearsal").status_code == 403
    assert Inside(ada).token != inside.token, "two rehearse the same draft, each on their own"
    assert Inside(sam).token == inside.token, "beginning again is going on"


def test_sessions_inside_and_outside_know_nothing_of_each_other(sam):
    inside = Inside(sam)
    inside.acts_as("ri")
    assert sam.get("/processes").status_code == 200
    assert sam.get("/start").status_code == 403, "outside, Sam is still Sam"
    forged = sam.post(f"{inside.place}/rehearsal/advance", data={"days": "3"})
    assert forged.status_code == 400
    assert sam.get(f"{inside.place}{PAGE}").status_code == 403


def test_what_cannot_be_deployed_is_not_rehearsed(sam, engine, held):
    broken = Bundle("contract", {**CONTRACT.files, "contract.bpmn": b"<half"})
    engine.save_definition_draft(broken, actor=SYSTEM, revision=revision(engine), based_on=1)
    assert "contract.bpmn:1" in text_of(sam.get(PAGE))
    answer = sam.post(PAGE, data={"at": "2026-04-07T09:00"})
    assert answer.status_code == 422
    assert held.all() == []


def test_a_rehearsal_outlives_its_draft(sam, engine):
    inside = Inside(sam)
    engine.discard_definition_draft("contract", actor=SYSTEM, revision=revision(engine))
    shown = sam.get(PAGE)
    assert f"/processes/contract/rehearsals/{inside.token}/end" in shown.text
    sam.post(f"/processes/contract/rehearsals/{inside.token}/end")
    assert sam.get(PAGE).status_code == 404


def test_there_are_only_so_many_at_once_and_unused_ones_end(app, sam, engine, clock, monkeypatch):
    monkeypatch.setattr(store, "MOST", 1)
    inside, ada = Inside(sam), signed_in(app, "ada")
    full = ada.post(PAGE, data={"at": "2026-04-07T09:00"})
    assert full.status_code == 409
    assert "Sam Test" in text_of(full)
    clock.at += timedelta(hours=3)
    Inside(ada)
    assert sam.get(f"{inside.place}/rehearsal").status_code == 404
    assert ada.post(PAGE, data={"at": "one day"}).status_code == 422


def test_a_case_becomes_a_scenario_without_anything_personal(app, sam, engine, settings):
    opened = open_leas_agreement(engine, settings)
    engine.complete(
        engine.instance(opened.instance_id, actor=SYSTEM).open_items[0].id,
        actor=actor_of(engine, "lea"),
        data=draft(),
        idempotency_key="k",
    )
    page = f"/cases/{opened.instance_id}/scenario"
    shown = sam.get(page).text
    assert "open_contract" in shown
    assert "Lea Test" not in shown
    text = "title: T\nat: 2026-04-07T09:00\nsteps:\n  - {do: open_contract, as: student}\n"
    sent = {
        "revision": revision(engine),
        "title": "Like Lea's",
        "name": "like_a_case",
        "text": text,
    }
    assert sam.post(page, data={**sent, "text": "title: T"}).status_code == 422
    assert sam.post(page, data={**sent, "revision": "1"}).status_code == 409
    assert sam.post(page, data=sent).status_code == 302
    assert "scenarios/like_a_case.yaml" in engine.definition_draft("contract").bundle.files
    assert signed_in(app, "claire").get(page).status_code == 403
