"""The page on which a diagram is edited: what it offers, under which policy, and for whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from engine.approvals import OptionProblem
from engine.definitions.vocabulary import EXECUTED
from engine.kernel.supported import SUPPORTED_ELEMENTS
from tests.builders_web import application

PAGE = "/processes/contract/draft/edit/contract.bpmn"
PRESENCE = "/processes/contract/draft/presence"


class Veto:
    """An approval kind as another package brings it."""

    kind = "veto"
    expressions = frozenset({"veto"})

    def check(self, options):
        """``veto`` is needed."""
        return [] if "veto" in options else [OptionProblem("veto", "Say which group may veto.")]


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, {"sam": ("admin",), "ada": ("admin",)})


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def offered(page):
    """What the page hands to its editor."""
    found = re.search(r'id="vocabulary">(.*?)</script>', page.text, re.DOTALL)
    return orjson.loads(found[1])


def test_the_editor_is_offered_what_the_engine_executes_and_what_is_installed(sam, engine):
    said = offered(sam.get(PAGE))
    assert set(said["supported"]) == set(SUPPORTED_ELEMENTS)
    assert set(said["services"]) == set(engine.registry.services)
    assert said["services"]["office.notify"] == sorted(
        engine.registry.services["office.notify"].parameters
    )
    assert "deadlines" in said["decisions"]
    assert {"reminder_every", "escalate_after"} <= set(said["variables"])
    assert "contract_signed" in said["messages"]
    assert "dueDate" in said["properties"]["userTask"]
    assert {key.partition(":")[0] for key in said["supported"]} <= set(EXECUTED)


def test_the_options_of_an_approval_kind_say_which_are_needed_and_which_are_feel(sam):
    kinds = {each["kind"]: each["options"] for each in offered(sam.get(PAGE))["approvals"]}
    assert kinds["quorum"] == [
        {"name": "required", "feel": True, "required": True},
        {"name": "seats", "feel": True, "required": False},
        {"name": "size", "feel": True, "required": False},
    ]
    assert kinds["automatic"][0] == {"name": "decision", "feel": False, "required": True}
    assert kinds["single"] == []


def test_a_kind_of_another_package_is_offered_by_itself(sam, engine, monkeypatch):
    steps = {**engine.registry.approval_steps, "veto": Veto()}
    monkeypatch.setattr(engine, "registry", replace(engine.registry, approval_steps=steps))
    kinds = {each["kind"]: each["options"] for each in offered(sam.get(PAGE))["approvals"]}
    assert kinds["veto"] == [{"name": "veto", "feel": True, "required": True}]


def test_only_editors_may_set_styles_and_no_page_runs_foreign_scripts(sam):
    editor, library = (
        sam.get(each).headers["Content-Security-Policy"] for each in (PAGE, "/processes")
    )
    assert "style-src 'self' 'unsafe-inline'" in editor
    assert "font-src 'self' data:" in editor
    assert "script-src 'self';" in editor
    assert "unsafe" not in library
    assert "data:" not in library.replace("img-src 'self' data:", "")


def test_a_name_with_a_script_stays_text_in_what_the_editor_is_handed(sam):
    evil = b"</script><script>alert(1)</script>"
    diagram = sam.get("/processes/contract/draft/files/contract.bpmn").data
    written = evil.replace(b"<", b"&lt;")
    hostile = re.sub(rb' id="draft"', b' id="' + written + b'"', diagram)
    kept = sam.put(
        "/processes/contract/draft/files/contract.bpmn",
        data=hostile,
        headers={"If-Match": '"v1"'},
    )
    assert kept.status_code == 200
    assert evil.decode() not in sam.get(PAGE).text


@pytest.mark.parametrize("name", ["none.bpmn", "deadlines.dmn", "../contract.bpmn"])
def test_what_is_no_diagram_of_the_draft_is_not_found(sam, name):
    assert sam.get(f"/processes/contract/draft/edit/{name}").status_code == 404


def test_who_has_the_draft_open_is_seen_by_the_others_until_half_a_minute_of_silence(
    sam, sign_in, clock
):
    ada = sign_in("ada")
    assert sam.post(PRESENCE).json == {"others": []}
    assert ada.post(PRESENCE).json == {"others": ["Sam Test"]}
    clock.advance(timedelta(seconds=20))
    assert sam.post(PRESENCE).json == {"others": ["Ada Test"]}
    clock.advance(timedelta(seconds=20))
    assert sam.post(PRESENCE).json == {"others": []}
    assert sign_in("ada").post("/processes/nothing/draft/presence").status_code == 404
