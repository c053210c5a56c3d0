"""Legal files that an engine would misread are brought into the form that is executed."""

from lxml import etree

from engine.definitions import Bundle, Severity, describe, lint
from engine.definitions.xmlns import BPMN
from engine.kernel import compile_process
from tests.unit.definitions.diagrams import END, START, around, catalogue, diagram, flow, user

OTHER_MODELER = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made elsewhere -->
<semantic:definitions xmlns:semantic="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:s="http://www.signavio.com"
  xmlns:tns="urn:t" targetNamespace="urn:t" id="d" exporter="Other" exporterVersion="1">
  <semantic:message id="m" name="answer"/>
  <semantic:process id="travel" isExecutable="false" s:color="red">
    <semantic:ioSpecification><semantic:inputSet/><semantic:outputSet/></semantic:ioSpecification>
    <semantic:laneSet id="ls">
      <semantic:lane id="office" name="Office">
        <semantic:flowNodeRef>
          begin
        </semantic:flowNodeRef>
        <semantic:flowNodeRef>ask</semantic:flowNodeRef>
        <semantic:flowNodeRef>paper</semantic:flowNodeRef>
      </semantic:lane>
    </semantic:laneSet>
    <semantic:startEvent id="begin"><semantic:outgoing>f1</semantic:outgoing></semantic:startEvent>
    <semantic:dataObject id="data"/>
    <semantic:dataObjectReference id="paper" dataObjectRef="data"/>
    <semantic:userTask id="ask" name="Ask">
      <semantic:extensionElements><s:metaData key="x"/></semantic:extensionElements>
      <semantic:incoming>f1</semantic:incoming><semantic:outgoing>f2</semantic:outgoing>
      <semantic:dataOutputAssociation id="out"><semantic:targetRef>paper</semantic:targetRef>
      </semantic:dataOutputAssociation>
    </semantic:userTask>
    <semantic:boundaryEvent id="late" attachedToRef="tns:ask" cancelActivity="0">
      <semantic:outgoing>f3</semantic:outgoing>
      <semantic:timerEventDefinition><semantic:timeDuration>P<!-- a week -->7D
      </semantic:timeDuration></semantic:timerEventDefinition>
    </semantic:boundaryEvent>
    <semantic:endEvent id="stop"><semantic:incoming>f2</semantic:incoming></semantic:endEvent>
    <semantic:sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
    <semantic:sequenceFlow id="f2" sourceRef="ask" targetRef="stop"/>
    <semantic:sequenceFlow id="f3" sourceRef="late" targetRef="stop"/>
    <semantic:textAnnotation id="note"><semantic:text>Hi</semantic:text></semantic:textAnnotation>
    <semantic:association id="line" sourceRef="ask" targetRef="note"/>
  </semantic:process>
  <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="travel">
    <bpmndi:BPMNShape bpmnElement="begin"><dc:Bounds x="0" y="0" width="1" height="1"/>
    </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</semantic:definitions>
"""


def _normalized(body: str) -> etree._Element:
    return etree.fromstring(
        describe(Bundle("main", {"m.bpmn": diagram(body)})).normalized["m.bpmn"]
    )


def test_a_diagram_of_another_modeler_is_executed_and_the_upload_kept():
    bundle = Bundle("travel", {"travel.bpmn": OTHER_MODELER})
    problems = lint(bundle, catalogue())
    assert [each for each in problems if each.severity is Severity.ERROR] == []
    assert {each.code for each in problems} == {
        "not_marked_executable",
        "documentation_only",
        "foreign_extension",
        "comment_in_expression",
        "not_drawn",
        "task_without_content",
    }
    model = describe(bundle)
    late = model.elements["late"]
    assert (late.attached_to, late.interrupting, late.timer) == ("ask", False, ("duration", "P7D"))
    assert {model.elements[name].lane for name in ("begin", "ask", "late")} == {"Office"}
    compile_process(model.normalized, model.process_id)
    assert bundle.files["travel.bpmn"] == OTHER_MODELER


def test_what_only_documents_is_not_executed():
    root = _normalized("<bpmn:dataObject id='d'/>" + around() + "<bpmn:textAnnotation id='n'/>")
    assert {etree.QName(node).localname for node in root.iter()} == {
        "definitions",
        "process",
        "startEvent",
        "endEvent",
        "sequenceFlow",
    }


def test_flags_are_written_out():
    body = (
        START
        + user(
            "a",
            '<bpmn:multiInstanceLoopCharacteristics isSequential=" 1 ">'
            "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
            "</bpmn:multiInstanceLoopCharacteristics>",
        )
        + END
        + flow("start", "a")
        + flow("a", "end")
    )
    root = _normalized(body)
    assert root.find(f".//{{{BPMN}}}multiInstanceLoopCharacteristics").get("isSequential") == "true"
    assert root.find(f"{{{BPMN}}}process").get("isExecutable") == "true"


def test_only_the_marked_of_several_processes_are_executed():
    other = '<bpmn:process id="pool"><bpmn:scriptTask id="hidden"/></bpmn:process>'
    bundle = Bundle("main", {"m.bpmn": diagram(around(), root=other)})
    assert [each for each in lint(bundle, catalogue()) if each.severity is Severity.ERROR] == []
    model = describe(bundle)
    assert set(model.processes) == {"main"}
    assert b"hidden" not in model.normalized["m.bpmn"]


def test_a_message_path_as_the_modeler_writes_it_is_read():
    prop = (
        '<bpmn:message id="m" name="answer"/><bpmn:correlationProperty id="c" name="case">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="m"><bpmn:formalExpression>'
        "payload.case</bpmn:formalExpression></bpmn:correlationPropertyRetrievalExpression>"
        "</bpmn:correlationProperty>"
    )
    body = around(("a", '<bpmn:receiveTask id="a" messageRef="m"/>'))
    bundle = Bundle("main", {"m.bpmn": diagram(body, root=prop)})
    assert [each for each in lint(bundle, catalogue()) if each.severity is Severity.ERROR] == []
    model = describe(bundle)
    assert model.elements["a"].correlation == {"case": "payload.case"}
    assert model.messages["answer"].correlation == {"case": "payload.case"}


def test_normalizing_twice_changes_nothing_more():
    once = describe(Bundle("travel", {"t.bpmn": OTHER_MODELER})).normalized["t.bpmn"]
    assert describe(Bundle("travel", {"t.bpmn": once})).normalized["t.bpmn"] == once
