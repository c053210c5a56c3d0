"""Diagrams of other modelers: whatever they hold, they open with their picture and their reasons.

What they tell is invented. Their structure is that of real exports, as the interchange test suite
of the BPMN MIWG collects them: prefixes, extensions, attributes and parts that are written without
need, labels, where a line begins and ends, a collapsed subprocess on a plane of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.definitions import Bundle, Severity, brought, compare, lint, revised, to_zip
from engine.definitions.layout import with_drawing
from engine.definitions.xmlns import BPMNDI, DC, attribute
from tests.builders import Diagram, approvals, timer
from tests.unit.definitions.diagrams import catalogue

FOLDER = Path(__file__).parent / "foreign"
FILES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.bpmn"))}
DRAWN = sorted(set(FILES) - {"no_drawing"})
CANNOT_RUN = {
    "adonis": {("no_start_event", "obj.4407"), ("message_missing", "obj.4410")},
    "bizagi": {
        ("resource_role", "Id_1b2c3d4e-0000-4000-8000-000000000003"),
        ("link_event", "Id_1b2c3d4e-0000-4000-8000-000000000004"),
        ("resource_role", "Id_1b2c3d4e-0000-4000-8000-000000000009"),
    },
    "camunda7": {("script_task", "Activity_book")},
    "camunda8": {("manual_task", "Activity_nag")},
    "no_drawing": {("script_task", "score"), ("attribute_not_supported", "tell")},
    "signavio": {("complex_gateway", "sid-EE03")},
}


def opened(name):
    return brought({f"{name}.bpmn": FILES[name]}, "opened")


def bounds(data):
    """Where each element is drawn, as the file says it."""
    return {
        attribute(shape, "bpmnElement"): dict(shape.find(f"{{{DC}}}Bounds").attrib)
        for shape in etree.fromstring(data).iter(f"{{{BPMNDI}}}BPMNShape")
    }


def boxes(data):
    return {
        id_: [float(box[each]) for each in ("x", "y", "width", "height")]
        for id_, box in bounds(data).items()
    }


def inside(inner, outer):
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


@pytest.mark.parametrize("name", DRAWN)
def test_a_diagram_of_another_modeler_opens_with_its_picture_intact(name):
    files = opened(name).files
    assert files[f"{name}.bpmn"] == FILES[name]
    assert len(bounds(files[f"{name}.bpmn"])) >= 3


@pytest.mark.parametrize("name", FILES)
def test_the_file_as_it_was_brought_is_kept(name):
    assert opened(name).files[f"originals/{name}.bpmn"] == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_all_that_cannot_run_is_listed_with_its_reason_its_line_and_what_is_drawn(name):
    bundle = opened(name)
    errors = [each for each in lint(bundle, catalogue()) if each.severity is Severity.ERROR]
    assert {(each.code, each.element_id) for each in errors} == CANNOT_RUN[name]
    data = bundle.files[f"{name}.bpmn"]
    undrawn = {"Id_1b2c3d4e-0000-4000-8000-000000000009"}  # a resource is nowhere in a picture
    assert {each.element_id for each in errors} - undrawn <= bounds(data).keys()
    for each in errors:
        line = data.splitlines()[each.line - 1].decode()
        assert each.message.count("<") == 0 or any(
            f"{tag}" in line for tag in (each.element_id, "resourceRole", "linkEventDefinition")
        )


def test_what_has_no_drawing_gets_one_and_says_the_same():
    before, after = FILES["no_drawing"], opened("no_drawing").files["no_drawing.bpmn"]
    places = boxes(after)
    for lane, nodes in {
        "clerk": ["asked", "check", "late", "complete", "remind", "reminded"],
        "manager": ["rate", "tell", "answered", "score"],
    }.items():
        assert inside(places[lane], places["bank"])
        assert [each for each in nodes if not inside(places[each], places[lane])] == []
    assert inside(places["score"], places["rate"])
    assert places["customer"][1] >= places["bank"][1] + places["bank"][3]
    assert places["asked"][0] < places["check"][0] < places["complete"][0] < places["rate"][0]
    assert places["note"]
    subjects = {
        each.subject
        for each in compare(Bundle("a", {"a.bpmn": before}), Bundle("a", {"a.bpmn": after}))
    }
    assert subjects == {"file", "drawing"}


def test_no_two_steps_are_drawn_over_each_other():
    diagram = approvals("wide", steps=6).user("beside").user("after")
    diagram.flow("begin", "beside", "after", "finish").flow("after", "beside", id_="again")
    diagram.boundary("late", "after", timer("timeDuration", "P1D")).flow("late", "finish")
    places = boxes(with_drawing("wide.bpmn", diagram.xml()))
    steps = {
        id_: box for id_, box in places.items() if id_ not in {"participant", "lane_0", "late"}
    }
    overlapping = [
        (one, other)
        for one, a in steps.items()
        for other, b in steps.items()
        if one < other
        and a[0] < b[0] + b[2]
        and b[0] < a[0] + a[2]
        and a[1] < b[1] + b[3]
        and b[1] < a[1] + a[3]
    ]
    assert overlapping == []
    assert inside([places["late"][0], places["late"][1] - 30, 1, 1], places["after"])


def test_a_very_long_diagram_is_laid_out():
    diagram = Diagram("long").start()
    steps = [f"s{number}" for number in range(3_000)]
    for step in steps:
        diagram.node("task", step)
    diagram.end().flow("begin", *steps, "finish").flow(steps[-1], steps[0], id_="back")
    assert len(boxes(with_drawing("long.bpmn", diagram.xml()))) == 3_004


@pytest.mark.parametrize("data", [b"", b"<half", b"<definitions/>", b"<a></definitions>"])
def test_what_cannot_be_laid_out_stays_as_it_is(data):
    assert with_drawing("any.bpmn", data) == data


def test_a_drawing_that_shows_nothing_is_replaced():
    empty = (
        b'<bpmndi:BPMNDiagram xmlns:bpmndi="' + BPMNDI.encode() + b'"><bpmndi:BPMNPlane'
        b' bpmnElement="main"/></bpmndi:BPMNDiagram></bpmn:definitions>'
    )
    data = approvals("main").xml().replace(b"</bpmn:definitions>", empty)
    drawn = with_drawing("main.bpmn", data)
    assert drawn.count(b"<bpmndi:BPMNDiagram ") == 1
    assert "step1" in boxes(drawn)


def test_originals_are_neither_executed_nor_taken_for_the_diagram():
    bundle = opened("camunda7")
    again = revised(bundle, {"camunda7.bpmn": approvals("opened").xml()})
    assert again.files["camunda7.bpmn"] != bundle.files["camunda7.bpmn"]
    assert again.names(".bpmn") == ("camunda7.bpmn",)
    assert again.files["originals/camunda7.bpmn"] != FILES["camunda7"]
    own = revised(
        Bundle("opened", {}), {"opened.bpmn": with_drawing("a", approvals("opened").xml())}
    )
    assert set(own.files) == {"opened.bpmn"}


def test_an_original_differs_as_a_file_only():
    bundle = opened("camunda7")
    other = Bundle("opened", {**bundle.files, "originals/camunda7.bpmn": FILES["bizagi"]})
    assert [(each.file, each.subject) for each in compare(bundle, other)] == [
        ("originals/camunda7.bpmn", "file")
    ]


def test_foreign_diagrams_in_an_archive_are_opened_alike():
    archive = to_zip(Bundle("any", {"no_drawing.bpmn": FILES["no_drawing"]}))
    assert brought({"any.zip": archive}, "opened") == opened("no_drawing")
