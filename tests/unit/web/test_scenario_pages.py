"""The pages of scenarios: played in the background, changed in a table, judged at publication."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete

from engine import SYSTEM
from engine.definitions import Bundle
from engine.tables import job
from tests.builders_domain import ROOT
from tests.builders_web import application
from web import playing
from workflows.scenarios.coverage import Passed
from workflows.scenarios.loading import plain_values
from workflows.scenarios.results import Report

CONTRACT = Bundle.from_folder(ROOT / "bpmn" / "contract")
PEOPLE = {"sam": ("admin",), "anne": ("auditor",), "claire": ("ri",), "lea": ()}
DRAFT = "/processes/contract/draft/scenarios"
VERSION = "/processes/contract/versions/1/scenarios"
FILES = [name.removeprefix("scenarios/") for name in CONTRACT.names(".yaml")]


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


@pytest.fixture
def played(monkeypatch):
    """What is played; each passes its first step, unless the test says how it goes."""
    asked, outcomes = [], {}

    def play(bundle, others, name):
        asked.append(name)
        passed = Passed(frozenset({"draft"}), frozenset({"to_draft"}))
        return outcomes.get(name) or Report(f"Title of {name}", 0.5, passed=passed)

    monkeypatch.setattr(playing, "play", play)
    return SimpleNamespace(asked=asked, outcomes=outcomes)


def work(engine):
    while engine.run_due_jobs(worker="test"):
        pass


def main_of(answer) -> str:
    return re.search(r"<main.*</main>", answer.get_data(as_text=True), re.DOTALL)[0]


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(answer)).split())


def hidden(answer, name) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def failed(step=3):
    return Report("Late", 1.0, step, 9, "open", "Open are others.", "draft", "decide", "")


def test_all_scenarios_of_a_version_are_played_one_after_the_other(sam, engine, played):
    assert "not played yet" in text_of(sam.get(VERSION))
    page = sam.post(f"{VERSION}/play", follow_redirects=True)
    assert f"0 of {len(FILES)} are done." in text_of(page)
    assert 'hx-trigger="load delay:2s"' in main_of(page)
    engine.run_due_jobs(worker="test", limit=1)
    assert f"1 of {len(FILES)} are done." in text_of(sam.get(VERSION))
    work(engine)
    page = sam.get(VERSION)
    assert text_of(page).count("as it says") == len(FILES)
    assert "hx-trigger" not in main_of(page)
    assert played.asked == list(CONTRACT.names(".yaml"))


def test_asking_twice_plays_once(sam, engine, played):
    sam.post(f"{VERSION}/play")
    sam.post(f"{VERSION}/play")
    work(engine)
    assert len(played.asked) == len(FILES)


def test_who_has_waited_in_vain_is_asked_for_anew(sam, engine, clock, played):
    sam.post(f"{VERSION}/play", data={"file": "late.yaml"})
    with engine.unit(SYSTEM) as unit:
        unit.connection.execute(delete(job).where(job.c.kind == "scenarios.play"))
    sam.post(f"{VERSION}/play", data={"file": "late.yaml"})
    work(engine)
    assert played.asked == []
    clock.at += timedelta(minutes=11)
    sam.post(f"{VERSION}/play", data={"file": "late.yaml"})
    work(engine)
    assert played.asked == ["scenarios/late.yaml"]


def test_one_scenario_is_played_alone(sam, engine, played):
    sam.post(f"{VERSION}/play", data={"file": "late.yaml"})
    work(engine)
    assert played.asked == ["scenarios/late.yaml"]
    assert sam.post(f"{VERSION}/play", data={"file": "none.yaml"}).status_code == 404


def test_a_failure_tells_its_step_what_was_expected_and_what_is(sam, engine, played):
    played.outcomes["scenarios/late.yaml"] = failed()
    sam.post(f"{VERSION}/play")
    work(engine)
    said = text_of(sam.get(VERSION))
    assert "failed at step 3" in said
    assert "Other tasks are open than expected." in said
    assert "Expected draft Found decide" in said
    assert "late.yaml:9: Open are others." in said


def test_coverage_is_painted_and_told_in_tables(sam, engine, played):
    sam.post(f"{VERSION}/play")
    work(engine)
    page = main_of(sam.get(VERSION))
    assert 'data-visited="draft to_draft"' in page
    assert re.search(r'data-missed="[^"]*check_coherence[^"]*"', page)
    assert "1 of 83 elements were passed" in text_of(sam.get(VERSION))
    assert "late, " in text_of(sam.get(VERSION))


def change_step(client, **changes):
    page = client.get(f"{DRAFT}/late.yaml/step?number=3")
    fields = {"kind": "wait", "what": "P5D", "number": "3", "revision": hidden(page, "revision")}
    return client.post(f"{DRAFT}/late.yaml/step", data={**fields, **changes})


def test_a_changed_draft_has_no_results_until_it_is_played_itself(sam, engine, played):
    sam.post(f"{VERSION}/play")
    work(engine)
    assert "not played yet" not in text_of(sam.get(DRAFT)), "it says the same as the version"
    assert change_step(sam).status_code == 302
    assert "not played yet" in text_of(sam.get(DRAFT))
    sam.post(f"{DRAFT}/play")
    assert change_step(sam, what="P6D").status_code == 302
    work(engine)
    assert len(played.asked) == len(FILES), "what nobody can see any more is not played"
    assert "not played yet" in text_of(sam.get(DRAFT))


def test_auditors_read_and_others_do_not(sign_in, engine):
    anne = sign_in("anne")
    for address in (VERSION, DRAFT, f"{DRAFT}/late.yaml", f"{DRAFT}/late.yaml/text"):
        page = anne.get(address)
        assert page.status_code == 200
        assert "btn-primary" not in main_of(page)
    assert anne.post(f"{DRAFT}/play").status_code == 403
    assert sign_in("claire").get(DRAFT).status_code == 403


def sheet(engine):
    draft = engine.definition_draft("contract")
    return plain_values(draft.bundle.files["scenarios/late.yaml"], "late.yaml")


def arrange(client, act, place):
    revision = hidden(client.get(f"{DRAFT}/late.yaml"), "revision")
    data = {"act": act, "number": place, "revision": revision}
    assert client.post(f"{DRAFT}/late.yaml/arrange", data=data).status_code == 302


def test_a_step_is_changed_added_moved_and_taken_out(sam, engine):
    before = plain_values(CONTRACT.files["scenarios/late.yaml"], "late.yaml")["steps"]
    assert change_step(sam).status_code == 302
    assert sheet(engine)["steps"] == [*before[:2], {"wait": "P5D"}, *before[3:]]
    revision = hidden(sam.get(f"{DRAFT}/late.yaml"), "revision")
    more = "mails:\n  - {to: ri, count: 1}"
    new = {"kind": "expect", "open": "draft, contract/draft", "finished": "–", "more": more}
    sam.post(f"{DRAFT}/late.yaml/step", data={"after": "1", "revision": revision, **new})
    expected = {
        "open": ["draft", "contract/draft"],
        "finished": [],
        "mails": [{"to": "ri", "count": 1}],
    }
    assert sheet(engine)["steps"][1] == {"expect": expected}
    arrange(sam, "up", 2)
    assert sheet(engine)["steps"][0] == {"expect": expected}
    arrange(sam, "down", 1)
    arrange(sam, "down", 2)
    assert sheet(engine)["steps"][2] == {"expect": expected}
    arrange(sam, "remove", 3)
    assert sheet(engine)["steps"] == [*before[:2], {"wait": "P5D"}, *before[3:]]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "wait", "what": "three days"}, "three days"),
        ({"kind": "complete", "what": "draft", "who": "nobody"}, "called &#39;nobody&#39;"),
        ({"kind": "do", "what": "x", "more": "with: [1]"}, "with: "),
        ({"kind": "do", "what": "x", "more": "a: &a 1\nb: *a"}, "Links (*name) are not read"),
        ({"kind": "do", "what": "x", "more": "as: ri"}, "as has a field of its own."),
        ({"kind": "do", "what": "x", "more": "- 1"}, "Write names with their values"),
        ({"kind": "dance", "what": "x"}, "A step is one of"),
        ({"kind": "do", "what": "x", "more": "[" * 300}, "levels inside another"),
    ],
)
def test_a_wrong_step_changes_nothing_and_keeps_what_was_typed(sam, engine, typed, sentence):
    answer = change_step(sam, **typed)
    assert answer.status_code == 422
    assert sentence in main_of(answer)
    assert typed["what"] in main_of(answer)
    assert engine.definition_draft("contract") is None


def test_a_stale_save_is_refused_with_what_was_typed(sam, engine):
    change_step(sam)
    stale = hidden(sam.get(f"{DRAFT}/late.yaml"), "revision")
    change_step(sam, what="P6D")
    for address, typed in (
        (f"{DRAFT}/late.yaml/step", {"kind": "wait", "what": "P77D", "number": "3"}),
        (f"{DRAFT}/late.yaml", {"title": "P77D", "at": "2026-01-01"}),
        (f"{DRAFT}/late.yaml/text", {"text": CONTRACT.files["scenarios/late.yaml"].decode()}),
        ("/processes/contract/draft/new-scenario", {"name": "p77d", "title": "P77D"}),
    ):
        answer = sam.post(address, data={**typed, "revision": stale})
        assert answer.status_code == 409
        assert (typed.get("text", "")[:40] or "P77D") in main_of(answer)
    assert sheet(engine)["steps"][2] == {"wait": "P6D"}


def test_the_text_keeps_its_comments_and_refuses_what_is_no_scenario(sam, engine):
    text = "# Why\n" + CONTRACT.files["scenarios/late.yaml"].decode()
    assert sam.post(f"{DRAFT}/late.yaml/text", data={"text": text}).status_code == 302
    draft = engine.definition_draft("contract")
    assert draft.bundle.files["scenarios/late.yaml"].decode() == text
    steps = "".join("  - {wait: P1D}\n" for _ in range(10_000))
    for wrong, sentence in (
        ("title: [", "This is no YAML"),
        (f"title: T\nat: 2026-01-01\nsteps:\n{steps}", "more than 20000 values"),
        ("a: " + "x" * 300_000, "more than 262144 bytes"),
        ("title: T\nat: 2026-01-01\nwhy: me\nsteps: [{wait: P1D}]", "why: Unknown field."),
    ):
        data = {"text": wrong, "revision": draft.revision}
        answer = sam.post(f"{DRAFT}/late.yaml/text", data=data)
        assert (answer.status_code, sentence in main_of(answer)) == (422, True), sentence
    assert engine.definition_draft("contract").revision == draft.revision


def test_a_new_scenario_begins_with_a_step_to_be_changed(sam, engine):
    address = "/processes/contract/draft/new-scenario"
    for name, sentence in (("../x", "Use small letters"), ("late", "of this name already")):
        answer = sam.post(address, data={"name": name, "title": "T"})
        assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    answer = sam.post(address, data={"name": "early", "title": "Early: “at once”"})
    assert answer.headers["Location"] == f"{DRAFT}/early.yaml"
    assert "Early: “at once”" in text_of(sam.get(f"{DRAFT}/early.yaml"))


def test_title_beginning_and_company_are_changed(sam, engine):
    data = {"title": "Later", "at": "2026-10-01T08:00", "processes": "exam_waiver, grant"}
    assert sam.post(f"{DRAFT}/late.yaml", data=data).status_code == 302
    assert {**sheet(engine), "steps": 0} == {
        "title": "Later",
        "at": "2026-10-01T08:00",
        "processes": ["exam_waiver", "grant"],
        "steps": 0,
    }
    revision = hidden(sam.get(f"{DRAFT}/late.yaml"), "revision")
    answer = sam.post(f"{DRAFT}/late.yaml", data={**data, "at": "soon", "revision": revision})
    assert (answer.status_code, "Write a date and time" in text_of(answer)) == (422, True)
    assert 'value="soon"' in main_of(answer)


def publish(client, **typed):
    address = "/processes/contract/draft/publish"
    page = client.get(address)
    seen = {name: hidden(page, name) for name in ("revision", "in_force")}
    return client.post(address, data={"note": "Five days", **seen, **typed})


def test_a_draft_whose_scenario_fails_is_published_with_a_written_reason_only(sam, engine, played):
    played.outcomes["scenarios/late.yaml"] = failed()
    change_step(sam)
    sam.post(f"{DRAFT}/play")
    work(engine)
    page = sam.get("/processes/contract/draft/publish")
    assert "1 scenario has failed: scenarios/late.yaml" in text_of(page)
    refused = publish(sam, despite=" ")
    assert refused.status_code == 422
    assert re.search(r'id="f-despite"[^>]*aria-invalid="true"', main_of(refused))
    assert [each.number for each in engine.versions("contract")] == [1]
    assert publish(sam, despite="The partner\nis waiting").status_code == 302
    said = text_of(sam.get("/processes/contract/versions/2"))
    assert "Scenarios that had failed scenarios/late.yaml" in said
    assert "Published all the same, because The partner is waiting" in said
    assert "published with failed scenarios" in text_of(sam.get("/processes/contract"))


def test_a_publication_at_a_date_keeps_the_reason_for_its_version(
    sam, sign_in, engine, clock, played
):
    played.outcomes["scenarios/late.yaml"] = failed()
    change_step(sam)
    sam.post(f"{DRAFT}/play")
    work(engine)
    at = (clock.at + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    assert publish(sam, at=at).status_code == 422
    assert publish(sam, at=at, despite="The partner is waiting").status_code == 302
    clock.at += timedelta(days=8)
    work(engine)
    auditor = sign_in("anne")
    said = text_of(auditor.get("/processes/contract/versions/2"))
    assert "Published all the same, because The partner is waiting" in said
    assert "because" not in text_of(auditor.get("/processes/contract/versions/1"))


def test_a_draft_that_was_not_played_offers_to_be_and_is_published_as_such(sam, engine, played):
    change_step(sam)
    page = sam.get("/processes/contract/draft/publish")
    assert "5 scenarios have not been played on this draft as it is." in text_of(page)
    assert 'action="/processes/contract/draft/scenarios/play"' in main_of(page)
    assert publish(sam).status_code == 302
    said = text_of(sam.get("/processes/contract/versions/2"))
    assert "Scenarios that had not been played scenarios/late.yaml" in said


def test_a_draft_whose_scenarios_have_passed_is_published_without_a_word(sam, engine, played):
    change_step(sam)
    sam.post(f"{DRAFT}/play")
    work(engine)
    assert "f-despite" not in main_of(sam.get("/processes/contract/draft/publish"))
    assert publish(sam).status_code == 302
    assert "Scenarios that" not in text_of(sam.get("/processes/contract/versions/2"))
    assert "not played yet" not in text_of(sam.get("/processes/contract/versions/2/scenarios"))
