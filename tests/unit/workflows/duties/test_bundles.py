"""The duties' diagrams as people see them: complete drawing, three languages, room for labels."""

from __future__ import annotations

import itertools

import pytest
from lxml import etree

from tests.builders_domain import ROOT
from tests.builders_duties import DUTIES

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "wp": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


@pytest.fixture(params=DUTIES)
def find(request):
    """Finds nodes of one diagram by their path."""
    diagram = etree.parse(str(ROOT / "bpmn" / request.param / f"{request.param}.bpmn"))

    def by_path(path, node=diagram):
        return node.xpath(path, namespaces=NS)

    return by_path


def box(bounds):
    x, y, w, h = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_everything_is_drawn(find):
    drawn = set(find("//@bpmnElement"))
    nodes = find("//bpmn:process/*[@id][not(self::bpmn:laneSet)]/@id")
    assert set(nodes) | set(find("//bpmn:lane/@id")) <= drawn


def test_lanes_hold_their_nodes(find):
    for lane in find("//bpmn:lane"):
        left, top, right, bottom = box(
            find(f"//di:BPMNShape[@bpmnElement='{lane.get('id')}']/dc:Bounds")[0]
        )
        for reference in find("bpmn:flowNodeRef/text()", lane):
            x, y, x2, y2 = box(find(f"//di:BPMNShape[@bpmnElement='{reference}']/dc:Bounds")[0])
            assert left < x < x2 < right, reference
            assert top < y < y2 < bottom, reference


def test_nothing_lies_on_anything_else(find):
    labels = [box(bounds) for bounds in find("//di:BPMNLabel/dc:Bounds")]
    solid = [
        (shape.get("bpmnElement"), box(find("dc:Bounds", shape)[0]))
        for shape in find("//di:BPMNShape")
        if find(f"//bpmn:*[@id='{shape.get('bpmnElement')}']")[0].tag.endswith(
            ("Task", "Event", "Gateway")
        )
    ]
    hosts = set(find("//bpmn:boundaryEvent/@attachedToRef"))
    events = set(find("//bpmn:boundaryEvent/@id"))
    assert not [pair for pair in itertools.combinations(labels, 2) if overlap(*pair)]
    assert not [(a, name) for a in labels for name, b in solid if overlap(a, b)]
    assert not [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(solid, 2)
        if overlap(one, other) and not ({a, b} & hosts and {a, b} & events)
    ]


def test_no_flow_runs_through_a_label(find):
    labels = [box(bounds) for bounds in find("//di:BPMNLabel/dc:Bounds")]
    for edge in find("//di:BPMNEdge"):
        points = [
            (float(point.get("x")), float(point.get("y"))) for point in find("wp:waypoint", edge)
        ]
        for (x, y), (x2, y2) in itertools.pairwise(points):
            way = (min(x, x2) - 0.5, min(y, y2) - 0.5, max(x, x2) + 0.5, max(y, y2) + 0.5)
            assert not [label for label in labels if overlap(way, label)], edge.get("id")


def test_flows_are_straight_and_touch_what_they_join(find):
    shapes = {
        shape.get("bpmnElement"): box(find("dc:Bounds", shape)[0])
        for shape in find("//di:BPMNShape")
    }
    for flow in find("//bpmn:sequenceFlow"):
        points = [
            (float(point.get("x")), float(point.get("y")))
            for point in find(f"//di:BPMNEdge[@bpmnElement='{flow.get('id')}']/wp:waypoint")
        ]
        for one, other in itertools.pairwise(points):
            assert one[0] == other[0] or one[1] == other[1], flow.get("id")
        for point, end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            left, top, right, bottom = shapes[flow.get(end)]
            assert left <= point[0] <= right, flow.get("id")
            assert top <= point[1] <= bottom, flow.get("id")


def test_every_user_task_has_a_reminder_and_an_escalation_that_leave_it_open(find):
    for task in find("//bpmn:userTask/@id"):
        told = find(f"//bpmn:boundaryEvent[@attachedToRef='{task}'][@cancelActivity='false']")
        assert {event.get("id") for event in told} == {f"{task}_reminder", f"{task}_escalation"}
