"""Files brought to a bundle take the place of those of the same name; bad ones are refused."""

import pytest

from engine.definitions import Bundle, revised, to_zip, without
from engine.errors import DeploymentRejected, InvalidInput, NotFound
from tests.security import hostile_zip

CASE = Bundle("case", {"case.bpmn": b"1", "forms/check.json": b"{}", "scenarios/late.yaml": b"a"})
HOSTILE = [each for each in hostile_zip.names() if "no_process" not in each[2]]
"""Those whose fault is not for lint to find."""


@pytest.mark.parametrize(
    ("uploaded", "place"),
    [
        ("case.bpmn", "case.bpmn"),
        ("check.json", "forms/check.json"),
        ("late.yaml", "scenarios/late.yaml"),
        ("new.json", "forms/new.json"),
        ("new.yml", "scenarios/new.yml"),
        ("new.dmn", "new.dmn"),
        ("new.DMN", "new.dmn"),
        (r"C:\Users\anne\case.bpmn", "case.bpmn"),
        ("../../etc/case.bpmn", "case.bpmn"),
    ],
)
def test_a_file_goes_where_its_kind_lies(uploaded, place):
    after = revised(CASE, {uploaded: b"2"})
    assert after.files[place] == b"2"
    assert set(after.files) == {*CASE.files, place}


def test_a_name_in_other_letters_is_no_second_file():
    with pytest.raises(DeploymentRejected):
        revised(CASE, {"CASE.bpmn": b"2"})


def test_an_archive_replaces_the_whole_whatever_its_folder_is_called():
    other = Bundle("contract-of-march", {"case.bpmn": b"3"})
    assert revised(CASE, {"Any name.ZIP": to_zip(other)}) == Bundle("case", {"case.bpmn": b"3"})


@pytest.mark.parametrize(
    ("uploads", "code"),
    [
        ({}, "required"),
        ({"picture.png": b"x"}, "upload_kind:picture.png"),
        ({"case.bpmn": b""}, "upload_empty:case.bpmn"),
        ({"case.bpmn": b"x" * 5_000_000}, "upload_too_large:case.bpmn:2"),
        ({"a.zip": b"x", "b.bpmn": b"x"}, "archive_not_alone"),
        ({"grant.zip": to_zip(Bundle("grant", {"x.bpmn": b"1"}))}, "archive_of_another:grant"),
    ],
)
def test_what_no_bundle_holds_is_refused(uploads, code):
    with pytest.raises(InvalidInput) as refused:
        revised(CASE, uploads, others={"grant"})
    assert refused.value.errors == {"files": [code]}


@pytest.mark.parametrize(
    ("data", "codes"),
    [(data, codes) for _, data, codes in HOSTILE],
    ids=[name for name, _, _ in HOSTILE],
)
def test_hostile_archives_are_refused(data, codes):
    with pytest.raises(DeploymentRejected) as refused:
        revised(CASE, {"a.zip": data})
    assert {each.code for each in refused.value.problems} & codes


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.bpmn", "a\nb.dmn", "..bpmn"])
def test_names_that_are_no_plain_names_are_refused(name):
    with pytest.raises((DeploymentRejected, InvalidInput)):
        revised(CASE, {name: b"1"})


def test_a_file_is_taken_out():
    assert set(without(CASE, "case.bpmn").files) == {"forms/check.json", "scenarios/late.yaml"}
    with pytest.raises(NotFound):
        without(CASE, "nothing.bpmn")
