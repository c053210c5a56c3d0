"""The studio's pages about when versions come into force, and whether new cases follow them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.definitions import Bundle
from tests.builders_web import actor_of, application
from tests.unit.web.test_studio import (
    CHANGED,
    CONTRACT,
    PEOPLE,
    hidden,
    numbers,
    publish,
    text_of,
    upload,
)
from web.cli.deployment import deploy_folder
from web.words.studio import NOTES
from workflows.mail.models import MailMessage

STARTING = {
    "student": "lea",
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "mobility_type": "semester",
    "academic_year": "2026/2027",
}
AT_NINE = {"at": "2026-03-09T09:00"}


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def plan(client, **typed):
    page = client.get("/processes/contract/draft/publish")
    fields = {"note": "From Monday", **{n: hidden(page, n) for n in ("revision", "in_force")}}
    return client.post(
        "/processes/contract/draft/publish", data={**fields, **typed}, follow_redirects=True
    )


def post(client, path, **typed):
    return client.post(f"/processes/contract/{path}", data=typed, follow_redirects=True)


class TestRetiring:
    def test_it_asks_why_and_tells_everybody_what_it_means(self, sam, sign_in):
        question = text_of(sam.get("/processes/contract/retire"))
        assert "0 running cases go on to their end." in question
        assert post(sam, "retire").status_code == 422
        assert "no new cases" in text_of(post(sam, "retire", note="A new law"))
        page = text_of(sam.get("/processes/contract"))
        assert "Retired by Sam Test" in page
        assert "A new law" in page
        assert "retired" in text_of(sam.get("/processes"))
        claire = sign_in("claire")
        assert "“Learning agreement” is retired" in text_of(claire.get("/start"))
        assert "A new law" in text_of(sign_in("anne").get("/processes/contract"))

    def test_no_case_starts_on_a_page_or_through_the_api(self, engine, sam, sign_in):
        engine.retire("contract", actor=actor_of(engine, "sam"), note="because")
        claire = sign_in("claire")
        refused = claire.post("/start", data=STARTING)
        assert refused.status_code == 409
        assert "This process is retired" in text_of(refused)
        refused = claire.post(
            "/api/v1/learning-agreements", json=STARTING, headers={"X-Requested-With": "tests"}
        )
        assert (refused.status_code, refused.json["code"]) == (409, "retired")
        assert "is retired" in refused.json["detail"]

    def test_it_can_be_taken_back(self, sam, sign_in):
        post(sam, "retire", note="A new law")
        assert post(sam, "retire", note="again").status_code == 409
        page = text_of(post(sam, "resume", note="The law was changed"))
        assert "Taken back by Sam Test" in page
        assert "The law was changed" in page
        assert post(sam, "resume", note="again").status_code == 409
        assert sign_in("claire").post("/start", data=STARTING).status_code == 302


class TestAtATime:
    def test_it_is_seen_waits_and_happens(self, sam, engine, clock):
        upload(sam, ("deadlines.dmn", CHANGED))
        page = text_of(plan(sam, **AT_NINE))
        assert "The draft will be published on 9 Mar 2026, 09:00 (time in Paris)." in page
        assert "From Monday" in text_of(sam.get("/processes/contract"))
        clock.advance(timedelta(days=6, hours=22, minutes=59))
        engine.run_due_jobs(worker="tests")
        assert [each.number for each in engine.versions("contract")] == [1]
        clock.advance(timedelta(minutes=1))
        engine.run_due_jobs(worker="tests")
        newest = engine.versions("contract")[0]
        assert (newest.number, newest.note) == (2, "From Monday")

    @pytest.mark.parametrize(
        ("at", "sentence"),
        [
            ("2026-03-01T09:00", "This lies in the past."),
            ("2026-03-29T02:30", "a day and a time"),
            ("soon", "a day and a time"),
        ],
    )
    def test_what_is_no_time_to_come_is_told_at_its_field(self, sam, engine, at, sentence):
        upload(sam, ("deadlines.dmn", CHANGED))
        refused = plan(sam, at=at)
        assert refused.status_code == 422
        assert sentence in text_of(refused)
        assert engine.planned_publication("contract") is None

    def test_it_can_be_cancelled_once(self, sam, engine):
        upload(sam, ("deadlines.dmn", CHANGED))
        page = plan(sam, **AT_NINE)
        planned = {"planned": hidden(page, "planned")}
        assert "The draft is kept." in text_of(post(sam, "draft/publication/cancel", **planned))
        assert post(sam, "draft/publication/cancel", **planned).status_code == 409
        assert engine.definition_draft("contract") is not None

    def test_its_author_is_told_why_it_did_not_happen(self, sam, sign_in, engine, clock):
        upload(sam, ("deadlines.dmn", CHANGED))
        plan(sam, **AT_NINE)
        engine.deploy(
            Bundle("contract", {**CONTRACT.files, "deadlines.dmn": CHANGED + b"\n"}), actor=SYSTEM
        )
        clock.advance(timedelta(days=7))
        while engine.run_due_jobs(worker="tests"):
            pass
        sam = sign_in("sam")  # a week is longer than a session
        page = text_of(sam.get("/processes/contract/draft"))
        assert "did not happen. Another version has come into force" in page
        with engine.reading() as session:
            (mail,) = session.query(MailMessage)
        assert mail.to == "sam@example.org"
        assert "/processes/contract/draft" in mail.body
        assert "(9 March 2026, 09:00)" in mail.body
        assert "Another version has come into force meanwhile." in mail.body
        seen = post(
            sam,
            "draft/publication/cancel",
            planned=hidden(sam.get("/processes/contract"), "planned"),
        )
        assert "did not happen" not in text_of(seen)


class TestReleases:
    @pytest.fixture
    def published(self, sam):
        """An administrator has published a version of their own."""
        upload(sam, ("deadlines.dmn", CHANGED))
        publish(sam)

    @pytest.fixture
    def release(self, tmp_path):
        """The bundles of the next release, in which the contract is another."""
        folder = tmp_path / "bpmn" / "contract"
        for name, data in {**CONTRACT.files, "deadlines.dmn": CHANGED + b"\n"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder.parent

    def test_what_a_release_deployed_a_release_replaces(self, sam, engine, release):
        (deployed,) = deploy_folder(engine, release)
        assert (deployed.version, deployed.note in NOTES) == (2, True)
        assert list(deploy_folder(engine, release)) == []

    def test_what_somebody_has_published_stays_in_force(self, published, engine, release):
        assert list(deploy_folder(engine, release)) == []
        assert [each.number for each in engine.versions("contract")] == [2, 1]

    def test_it_is_offered_compared_and_taken_over(
        self, published, app, sam, engine, settings, release
    ):
        assert "The program brings" not in text_of(sam.get("/processes/contract"))
        running = app.extensions["passerelle"]
        app.extensions["passerelle"] = replace(
            running, settings=replace(settings, bundles_dir=release)
        )
        assert "The program brings" in text_of(sam.get("/processes/contract"))
        page = sam.get("/processes/contract/compare?before=2&after=release")
        assert "changed deadlines.dmn" in text_of(page)
        assert sam.get("/processes/contract/release/diagram.bpmn").status_code == 200
        assert "Nothing is published yet" in text_of(post(sam, "release"))
        assert post(sam, "release").status_code == 409
        publish(sam)
        assert "The program brings" not in text_of(sam.get("/processes/contract"))
        assert post(sam, "release").status_code == 404


class TestFourEyes:
    @pytest.fixture
    def app(self, engine, settings):
        """An installation in which a second administrator approves."""
        careful = replace(settings, four_eyes=True)
        return application(careful, engine, PEOPLE, ("contract", "publication"))

    @pytest.fixture
    def asked(self, sam):
        """Sam has asked for a publication."""
        upload(sam, ("deadlines.dmn", CHANGED))
        return publish(sam, note="Eight days")

    def task(self, client):
        """The address of the one open task of an administrator."""
        page = client.get("/inbox?view=groups").text
        (address,) = set(re.findall(r"/tasks/\d+", page))
        return address

    def decide(self, client, outcome, **typed):
        address = self.task(client)
        key = hidden(client.get(address), "idempotency_key")
        fields = {"outcome": outcome, "idempotency_key": key, **typed}
        return client.post(f"{address}/complete", data=fields, follow_redirects=True)

    def test_a_publication_waits_for_another_administrator(self, asked, sam, sign_in, engine):
        assert "waits for another administrator" in text_of(asked)
        assert numbers(engine) == [1]
        ada = sign_in("ada")
        page = text_of(ada.get(self.task(ada)))
        assert "Asked by Sam Test" in page
        assert "changed rule" in page
        assert "Eight days" in page
        assert "no department yet" not in page
        self.decide(ada, "approve")
        engine.run_due_jobs(worker="tests")
        newest = engine.versions("contract")[0]
        assert (newest.number, newest.note) == (2, "Eight days")
        assert newest.deployed_by == actor_of(engine, "sam").id

    def test_who_has_asked_does_not_approve(self, asked, sam, engine):
        refused = self.decide(sam, "approve")
        assert refused.status_code == 422
        assert "another administrator decides" in text_of(refused)
        engine.run_due_jobs(worker="tests")
        assert numbers(engine) == [1]

    def test_a_rejection_says_why_and_keeps_the_draft(self, asked, sam, sign_in, engine):
        ada = sign_in("ada")
        assert self.decide(ada, "reject").status_code == 422
        self.decide(ada, "reject", reason_reject="Too short")
        assert "has rejected it" in text_of(sam.get("/processes/contract/draft"))
        assert numbers(engine) == [1]

    def test_what_was_changed_since_cannot_be_approved(self, asked, sam, sign_in):
        upload(sam, ("deadlines.dmn", CHANGED + b"\n"))
        ada = sign_in("ada")
        assert "has been changed since" in text_of(ada.get(self.task(ada)))
        assert self.decide(ada, "approve").status_code == 422

    def test_it_can_be_taken_back_and_the_task_is_gone(self, asked, sam, sign_in):
        post(sam, "draft/publication/cancel", planned=hidden(asked, "planned"))
        assert "/tasks/" not in sign_in("ada").get("/inbox?view=groups").text

    def test_going_back_is_asked_for_too(self, asked, sam, sign_in, engine):
        self.decide(sign_in("ada"), "approve")
        engine.run_due_jobs(worker="tests")
        page = post(sam, "versions/1/go-back", note="As it was", in_force="2")
        assert "waits for another administrator" in text_of(page)
        assert numbers(engine) == [2, 1]

    @pytest.fixture
    def first(self, sam):
        """Sam has asked for the first version of a lifecycle."""
        names = {"name_fr": "École d’été", "name_en": "Summer school", "name_es": "Escuela"}
        sam.post("/new-lifecycle", data={"key": "summer", "source": "", **names})
        page = sam.get("/processes/summer/draft/publish")
        seen = {name: hidden(page, name) for name in ("revision", "in_force")}
        data = {"note": "The first", **seen}
        return sam.post("/processes/summer/draft/publish", data=data, follow_redirects=True)

    def test_so_does_the_first_version_of_a_lifecycle(self, first, sign_in, engine):
        ada = sign_in("ada")
        task = text_of(ada.get(self.task(ada)))
        assert "Summer school" in task
        assert "It becomes version 1 of a new lifecycle" in task
        self.decide(ada, "approve")
        engine.run_due_jobs(worker="tests")
        assert engine.version("summer", 1).note == "The first"

    def test_a_first_version_is_taken_back_too(self, first, sam, engine):
        address = "/processes/summer/draft/publication/cancel"
        page = sam.post(address, data={"planned": hidden(first, "planned")}, follow_redirects=True)
        assert "Nothing is set any more" in text_of(page)
        assert engine.planned_publication("summer") is None

    def test_who_asked_for_a_first_version_hears_why_it_was_rejected(self, first, sign_in, engine):
        self.decide(sign_in("ada"), "reject", reason_reject="Too short")
        while engine.run_due_jobs(worker="tests"):
            pass
        with engine.reading() as session:
            subjects = [each.subject for each in session.query(MailMessage)]
        assert any("École d’été" in each or "Summer school" in each for each in subjects)

    def test_asking_to_go_back_leaves_no_draft_where_it_fails(
        self, asked, sam, sign_in, engine, monkeypatch
    ):
        self.decide(sign_in("ada"), "approve")
        engine.run_due_jobs(worker="tests")

        def fails(*_arguments, **_named):
            raise RuntimeError("the disk is full")

        monkeypatch.setattr("web.studio.library.ask", fails)
        answer = post(sam, "versions/1/go-back", note="As it was", in_force="2")
        assert answer.status_code == 500
        assert engine.definition_draft("contract") is None
