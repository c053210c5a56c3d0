"""`passerelle process diff` and `export`: versions compared and taken out, also by CI."""

import json
import os
import subprocess
import sys

import pytest

from engine.definitions import Bundle, to_zip
from tests.builders import approvals


def bundle(steps=2, **options):
    return approvals("approval", steps=steps, **options).bundle()


def written(folder, content):
    folder.mkdir(parents=True)
    for name, data in content.files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def before(tmp_path):
    return written(tmp_path / "before" / "approval", bundle())


@pytest.fixture
def after(tmp_path):
    return written(tmp_path / "after" / "approval", bundle(dueDate="P3D"))


def test_what_is_the_same_is_told_by_the_exit_code(cli, before, tmp_path):
    archive = tmp_path / "approval.zip"
    archive.write_bytes(to_zip(Bundle.from_folder(before)))
    for one, other in ((before, before), (before, archive), (archive, before)):
        answer = cli("process", "diff", one, other)
        assert (answer.code, answer.out, answer.err) == (0, "Nothing differs.\n", "")
        assert cli("process", "diff", one, other, "--json").json == []


def test_differences_are_a_readable_text_and_exit_code_1(cli, before, after):
    answer = cli("process", "diff", before, after)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.splitlines() == [
        "~ approval.bpmn",
        "  ~ userTask step1  step1",
        "      dueDate: P7D -> P3D",
        "  ~ userTask step2  step2",
        "      dueDate: P7D -> P3D",
    ]


def test_differences_are_read_by_programs(cli, before, after):
    answer = cli("process", "diff", before, after, "--json")
    assert answer.code == 1
    assert answer.json[0] == {
        "change": "changed",
        "subject": "file",
        "file": "approval.bpmn",
        "type": "",
        "id": "",
        "name": "",
        "facts": [],
    }
    assert answer.json[1]["facts"] == [{"name": "dueDate", "before": "P7D", "after": "P3D"}]


def test_two_single_files_are_compared_whatever_they_are_called(cli, before, after, tmp_path):
    newer = tmp_path / "newer.bpmn"
    newer.write_bytes((after / "approval.bpmn").read_bytes())
    assert "dueDate: P7D -> P3D" in cli("process", "diff", before / "approval.bpmn", newer).out
    newer.write_bytes((before / "approval.bpmn").read_bytes())
    assert cli("process", "diff", before / "approval.bpmn", newer).code == 0


def test_a_comparison_of_files_needs_no_configuration(before, after):
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "process", "diff", before, after, "--json"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert len(json.loads(done.stdout)) == 3


def test_deployed_versions_are_compared_by_name(cli, before, after):
    cli("process", "deploy", before)
    cli("process", "deploy", after)
    assert cli("process", "diff", "approval@1", "approval@2").code == 1
    assert cli("process", "diff", "approval", "approval@2").code == 0
    assert cli("process", "diff", before, "approval@1").code == 0


@pytest.mark.parametrize("name", ["nothing", "approval@7", "approval@", "nowhere/approval.zip"])
def test_what_cannot_be_compared_is_a_sentence_and_exit_code_2(cli, before, name):
    cli("process", "deploy", before)
    answer = cli("process", "diff", before, name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"passerelle: There is no deployed process '{name}'.\n"


def test_a_broken_archive_cannot_be_compared(cli, before, tmp_path):
    archive = tmp_path / "broken.zip"
    archive.write_bytes(b"PK\x03\x04 no archive")
    answer = cli("process", "diff", before, archive)
    assert (answer.code, answer.out) == (2, "")
    assert "not a readable ZIP archive" in answer.err


def test_names_in_a_bundle_do_not_steer_the_terminal(cli, before, tmp_path):
    steering = "\x85\u202e"
    hostile = written(tmp_path / "x" / "approval", bundle(name_en=steering))
    answer = cli("process", "diff", before, hostile)
    assert "name.en: nothing ->" in answer.out
    assert not set(steering) & set(answer.out)


def test_an_export_is_the_version_and_always_the_same_bytes(cli, before, after, tmp_path):
    cli("process", "deploy", before)
    cli("process", "deploy", after)
    first, second, newest = (tmp_path / name for name in ("1.zip", "again.zip", "new.zip"))
    assert cli("process", "export", "approval@1", first).code == 0
    cli("process", "export", "approval@1", second)
    (row,) = cli("process", "export", "approval", newest, "--json").json
    assert row["version"] == 2
    assert first.read_bytes() == second.read_bytes()
    assert Bundle.from_zip(first.read_bytes()) == Bundle.from_folder(before)
    assert Bundle.from_zip(newest.read_bytes()) == Bundle.from_folder(after)
    assert cli("process", "lint", newest).code == 0


def test_an_export_into_a_folder_is_the_version_and_nothing_else(cli, before, after, tmp_path):
    cli("process", "deploy", before)
    folder = tmp_path / "git" / "approval"
    assert cli("process", "export", "approval", folder).code == 0
    (folder / "forms").mkdir()
    (folder / "forms" / "gone.json").write_text("{}")
    (folder / "README.md").write_text("Ours")
    assert cli("process", "export", "approval", folder).code == 0
    assert Bundle.from_folder(folder) == Bundle.from_folder(before)
    assert (folder / "README.md").exists()
    assert cli("process", "diff", "approval", folder).code == 0


def test_an_export_touches_no_folder_that_holds_something_else(cli, before, tmp_path):
    cli("process", "deploy", before)
    (tmp_path / "package.json").write_text("{}")
    answer = cli("process", "export", "approval", tmp_path)
    assert (answer.code, "holds no bundle" in answer.err) == (1, True)
    assert (tmp_path / "package.json").exists()


def test_a_deployment_that_is_refused_tells_programs_why(cli, tmp_path):
    wrong = written(tmp_path / "wrong" / "approval", bundle(approval="guess"))
    answer = cli("process", "deploy", wrong, "--json")
    assert answer.code == 1
    assert answer.json == cli("process", "lint", wrong, "--json").json
    assert "unknown_approval" in {each["code"] for each in answer.json}


def test_an_export_that_cannot_be_made_is_a_sentence(cli, before, tmp_path):
    cli("process", "deploy", before)
    unknown = cli("process", "export", "nothing", tmp_path / "x.zip")
    assert (unknown.code, unknown.err) == (
        1,
        "passerelle: There is no deployed process 'nothing'.\n",
    )
    nowhere = cli("process", "export", "approval", tmp_path / "no" / "x.zip")
    assert nowhere.code == 1
    assert "cannot be written: No such file or directory." in nowhere.err
