import io
import zipfile
from pathlib import Path

import pytest
import time_machine

from engine.definitions import Bundle, lint, to_zip
from engine.errors import DeploymentRejected
from tests.unit.definitions.diagrams import around, catalogue, diagram

SHIPPED = Path(__file__).parents[3] / "bpmn"


def _archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return target.getvalue()


def test_the_digest_depends_on_names_and_contents_only():
    one = Bundle("main", {"a.bpmn": b"1", "b.bpmn": b"2"})
    assert one.digest == Bundle("other", {"b.bpmn": b"2", "a.bpmn": b"1"}).digest
    assert len(one.digest) == 64
    for other in (
        {"a.bpmn": b"1", "b.bpmn": b"3"},
        {"a.bpmn": b"1", "c.bpmn": b"2"},
        {"a.bpmn": b"1b.bpmn", "": b"2"},
        {"a.bpmn": b"1"},
    ):
        assert Bundle("main", other).digest != one.digest


def test_the_files_of_a_bundle_cannot_be_changed():
    bundle = Bundle("main", {"a.bpmn": b"1"})
    with pytest.raises(TypeError):
        bundle.files["a.bpmn"] = b"2"


def test_a_folder_is_read_without_what_does_not_belong(tmp_path):
    folder = tmp_path / "contract"
    (folder / "forms").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("a.bpmn", "t.dmn", "forms/f.json", "README.md", ".hidden.bpmn", ".git/x.json"):
        (folder / name).write_bytes(name.encode())
    bundle = Bundle.from_folder(folder)
    assert bundle.key == "contract"
    assert dict(bundle.files) == {
        "a.bpmn": b"a.bpmn",
        "forms/f.json": b"forms/f.json",
        "t.dmn": b"t.dmn",
    }


def test_an_archive_of_a_folder_is_that_folder(tmp_path):
    folder = tmp_path / "contract"
    (folder / "forms").mkdir(parents=True)
    (folder / "a.bpmn").write_bytes(b"1")
    (folder / "forms/f.json").write_bytes(b"2")
    archive = _archive(
        **{"contract/a.bpmn": b"1", "contract/forms/f.json": b"2", "__MACOSX/._a": b""}
    )
    assert Bundle.from_zip(archive) == Bundle.from_folder(folder)
    assert Bundle.from_zip(archive).digest == Bundle.from_folder(folder).digest


def test_an_archive_without_a_folder_is_named_after_its_only_diagram():
    assert Bundle.from_zip(_archive(**{"main.bpmn": b"1", "forms/f.json": b"2"})).key == "main"
    assert Bundle.from_zip(_archive(**{"main.bpmn": b"1"}), "given").key == "given"
    assert Bundle.from_zip(_archive(**{"a.bpmn": b"1", "b.bpmn": b"2"})).key == ""


def test_a_refused_archive_says_why():
    with pytest.raises(DeploymentRejected) as refused:
        Bundle.from_zip(b"no archive")
    assert [each.code for each in refused.value.problems] == ["zip_malformed"]


def test_too_many_files_in_a_folder_are_not_read(tmp_path):
    for number in range(201):
        (tmp_path / f"{number}.bpmn").touch()
    with pytest.raises(DeploymentRejected) as refused:
        Bundle.from_folder(tmp_path)
    assert [each.code for each in refused.value.problems] == ["too_many_files"]


def test_a_diagram_whose_suffix_is_in_capitals_is_named_not_ignored_in_silence():
    problems = lint(Bundle("main", {"main.BPMN": diagram(around())}), catalogue())
    assert {each.code for each in problems} == {"unknown_file", "no_process"}


@pytest.mark.parametrize("key", ["contract", "exam_waiver"])
def test_a_bundle_survives_its_archive(key):
    bundle = Bundle.from_folder(SHIPPED / key)
    archive = to_zip(bundle)
    assert Bundle.from_zip(archive) == bundle


def test_the_archive_of_a_bundle_is_the_same_bytes_whenever_it_is_made():
    files = {"a.bpmn": b"1", "forms/b.json": b"{}"}
    with time_machine.travel(0):
        first = to_zip(Bundle("case", files))
    assert to_zip(Bundle("case", dict(reversed(files.items())))) == first
