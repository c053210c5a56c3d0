"""`passerelle process` and `passerelle instance`."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from engine.identity import SYSTEM, Actor
from tests.builders import Diagram, approvals

CLERK = Actor("person:1", "Clerk", frozenset({"office"}))


@pytest.fixture
def folder(tmp_path):
    """A bundle that can be deployed."""
    return written(tmp_path / "approval", approvals("approval", steps=2))


def written(folder, diagram):
    folder.mkdir()
    for name, data in diagram.bundle().files.items():
        (folder / name).write_bytes(data)
    return folder


def zipped(folder):
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.iterdir():
            file.write(path, f"{folder.name}/{path.name}")
    return archive


def test_lint_accepts_a_bundle_as_folder_archive_or_single_file(cli, folder):
    for path in (folder, zipped(folder), folder / "approval.bpmn"):
        answer = cli("process", "lint", path)
        assert (answer.code, answer.err) == (0, ""), answer.out
        assert "0 errors" in answer.out


def test_lint_checks_each_bundle_of_a_folder_of_bundles(cli, tmp_path, folder):
    """Each by itself: what one of them has, its neighbour need not have."""
    assert cli("process", "lint", tmp_path).out == cli("process", "lint", folder).out
    written(tmp_path / "other", Diagram("other").start())
    answer = cli("process", "lint", tmp_path, "--json")
    assert answer.code == 1
    assert {row["file"] for row in answer.json if row["severity"] == "error"} == {
        str(tmp_path / "other" / "other.bpmn")
    }
    assert "2 checked" in cli("process", "lint", tmp_path).out


def test_lint_needs_no_configuration(folder):
    """As an editor of diagrams would call it: no database, no secret."""
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "process", "lint", folder, "--json"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [row for row in json.loads(done.stdout) if row["severity"] == "error"] == []


def test_lint_tells_file_line_and_element(cli, tmp_path):
    diagram = approvals("approval", steps=1).node("scriptTask", "sly", inner="<bpmn:script/>")
    folder = written(tmp_path / "approval", diagram)
    answer = cli("process", "lint", folder, "--json")
    assert answer.code == 1
    assert answer.err == ""
    found = [row for row in answer.json if row["element_id"] == "sly"]
    assert found
    for row in found:
        assert row["file"] == str(folder / "approval.bpmn")
        assert row["severity"] == "error"
        assert row["line"] > 0
        assert row["message"].endswith(".")
    lines = cli("process", "lint", folder).out.splitlines()
    assert any(line.startswith(f"{folder / 'approval.bpmn'}:") for line in lines)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.bpmn", b""),
        ("text.bpmn", b"this is not XML"),
        ("entity.bpmn", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("bytes.bpmn", bytes(range(256))),
        ("table.dmn", b"<definitions/>"),
        ("form.json", b"{"),
        ("archive.zip", b"PK\x03\x04 no archive"),
        ("picture.png", b"\x89PNG"),
    ],
)
def test_lint_refuses_what_is_no_bundle_without_a_traceback(cli, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    answer = cli("process", "lint", file, "--json")
    assert answer.code == 1
    assert answer.err == ""
    assert [row for row in answer.json if row["severity"] == "error"]


def test_one_bad_file_among_good_ones_fails(cli, folder, tmp_path):
    bad = tmp_path / "bad.bpmn"
    bad.write_text("<nothing/>")
    answer = cli("process", "lint", folder, bad, "--json")
    assert answer.code == 1
    assert {row["file"] for row in answer.json if row["severity"] == "error"} == {str(bad)}


def test_deploy_then_list(cli, folder):
    (deployed,) = cli("process", "deploy", folder, "--note", "first", "--json").json
    assert (deployed["key"], deployed["version"]) == ("approval", 1)
    assert cli("process", "list", "--json").json == [deployed]
    (again,) = cli("process", "deploy", zipped(folder), "--json").json
    assert again == deployed


def test_a_changed_bundle_is_the_next_version(cli, folder):
    cli("process", "deploy", folder)
    (folder / "approval.bpmn").write_bytes(approvals("approval", steps=3).xml())
    (second,) = cli("process", "deploy", folder, "--json").json
    assert second["version"] == 2


def test_a_bundle_with_problems_is_not_deployed(cli, folder):
    diagram = Diagram("approval").start().node("scriptTask", "sly").end()
    (folder / "approval.bpmn").write_bytes(diagram.flow("begin", "sly", "finish").xml())
    answer = cli("process", "deploy", folder)
    assert (answer.code, answer.out) == (1, "")
    assert "sly" in answer.err
    assert "Traceback" not in answer.err
    assert cli("process", "list", "--json").json == []


def test_nothing_deployed_is_an_empty_list(cli):
    assert cli("process", "list", "--json").json == []
    assert cli("process", "list").out == "No process definition is deployed.\n"


@pytest.fixture
def started(engine):
    engine.deploy(approvals("approval", steps=2).bundle(), actor=SYSTEM)
    return engine.start(
        "approval", actor=SYSTEM, business_key="M-42", variables={"department": "lea"}
    )


def test_instances_are_listed_and_shown(cli, started):
    (row,) = cli("instance", "list", "--json").json
    assert (row["id"], row["business_key"]) == (str(started.instance_id), "M-42")
    assert row["status"] == "active"
    shown = cli("instance", "show", started.instance_id, "--history", "--json").json
    assert shown["active_elements"] == ["step1"]
    assert shown["open_work_items"] == [str(started.work_items[0])]
    assert shown["history"]
    assert "M-42" in cli("instance", "show", started.instance_id).out
    assert cli("instance", "list", "--process", "other", "--json").json == []


def test_an_unknown_instance_is_a_sentence(cli):
    for command in ("show", "retry"):
        answer = cli("instance", command, 4711)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == "passerelle: There is no such object, or you may not see it.\n"


def test_nothing_to_retry_is_a_sentence(cli, started):
    answer = cli("instance", "retry", started.instance_id)
    assert answer.code == 1
    assert "Nothing has stalled" in answer.err


def test_a_stalled_instance_is_retried(cli, engine):
    """A condition over a variable that is missing stalls; with nothing mended it stalls again."""
    diagram = Diagram("stall").start().user("ask").gateway("which", default="no").end().end("other")
    diagram.flow("begin", "ask", "which").flow("which", "finish", condition="unheard_of = 1")
    engine.deploy(diagram.flow("which", "other", id_="no").bundle(), actor=SYSTEM)
    started = engine.start("stall", actor=SYSTEM, business_key="M-1", variables={})
    engine.complete(started.work_items[0], actor=CLERK, idempotency_key="stalls", data={})
    while engine.run_due_jobs(worker="tests"):
        pass
    shown = cli("instance", "show", started.instance_id, "--json").json
    assert len(shown["incidents"]) == 1
    answer = cli("instance", "retry", started.instance_id)
    assert (answer.code, answer.out) == (0, "Retrying 1.\n")
    assert cli("instance", "show", started.instance_id, "--json").json["incidents"] == []
