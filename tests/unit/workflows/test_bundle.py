"""The contract's diagram as people see it: complete drawing, three languages, room for labels."""

from __future__ import annotations

import itertools

from lxml import etree

from tests.builders_domain import ROOT

FOLDER = ROOT / "bpmn" / "contract"
DIAGRAM = etree.parse(str(FOLDER / "contract.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "wp": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


def find(path, node=DIAGRAM):
    return node.xpath(path, namespaces=NS)


def box(bounds):
    x, y, w, h = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_everything_is_drawn():
    drawn = set(find("//@bpmnElement"))
    nodes = find("//bpmn:process/*[@id][not(self::bpmn:laneSet)]/@id")
    assert set(nodes) | set(find("//bpmn:lane/@id")) <= drawn


def test_lanes_leave_room_and_hold_their_nodes():
    for lane in find("//bpmn:lane"):
        left, top, right, bottom = box(
            find(f"//di:BPMNShape[@bpmnElement='{lane.get('id')}']/dc:Bounds")[0]
        )
        assert bottom - top >= 125
        for reference in find("bpmn:flowNodeRef/text()", lane):
            x, y, x2, y2 = box(find(f"//di:BPMNShape[@bpmnElement='{reference}']/dc:Bounds")[0])
            assert left < x < x2 < right, reference
            assert top < y < y2 < bottom, reference


def test_no_label_lies_on_another_or_on_a_task():
    labels = [box(bounds) for bounds in find("//di:BPMNLabel/dc:Bounds")]
    solid = [
        box(bounds)
        for shape in find("//di:BPMNShape")
        if find(f"//bpmn:*[@id='{shape.get('bpmnElement')}']")[0].tag.endswith(("Task", "Event"))
        for bounds in find("dc:Bounds", shape)
    ]
    assert not [pair for pair in itertools.combinations(labels, 2) if overlap(*pair)]
    assert not [(a, b) for a in labels for b in solid if overlap(a, b)]


def test_every_user_task_has_a_reminder_and_an_escalation_that_leave_it_open():
    for task in find("//bpmn:userTask/@id"):
        events = find(f"//bpmn:boundaryEvent[@attachedToRef='{task}'][bpmn:timerEventDefinition]")
        assert len(events) == 2
        assert {event.get("cancelActivity") for event in events} == {"false"}
