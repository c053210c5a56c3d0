"""The waiver's diagram as people see it: drawn whole, in three languages, without overlaps."""

import itertools

from lxml import etree

from tests.builders_domain import ROOT

FOLDER = ROOT / "bpmn" / "exam_waiver"
DIAGRAM = etree.parse(str(FOLDER / "exam_waiver.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
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
    path = "//bpmn:flowNodeRef/text() | //bpmn:sequenceFlow/@id | //bpmn:lane/@id"
    assert set(find(path)) <= drawn


def test_lanes_hold_their_nodes():
    for lane in find("//bpmn:lane"):
        left, top, right, bottom = box(
            find(f"//di:BPMNShape[@bpmnElement='{lane.get('id')}']/dc:Bounds")[0]
        )
        for reference in find("bpmn:flowNodeRef/text()", lane):
            x, y, x2, y2 = box(find(f"//di:BPMNShape[@bpmnElement='{reference}']/dc:Bounds")[0])
            assert left <= x < x2 <= right, reference
            assert top <= y < y2 <= bottom, reference


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
        events = find(f"//bpmn:boundaryEvent[@attachedToRef='{task}']")
        assert {event.get("cancelActivity") for event in events} == {"false"}
        assert len(events) == 2


def test_no_date_or_period_stands_in_the_diagram():
    """Dates and thresholds are the business of the decision tables."""
    expressions = find("//bpmn:timeCycle/text() | //bpmn:timeDuration/text()")
    assert set(expressions) == {'"R8/" + reminder_every', "escalate_after"}
    due = find("//s:property[@name='dueDate']/@value")
    assert sorted(due) == ["coordinator_due", "head_due", "registrar_due"]
