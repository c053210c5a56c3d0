"""Hostile diagrams that hide elements under other names or in other places.

Families as in ``hostile_xml``.
"""

from collections.abc import Iterator

from tests.security.hostile_bpmn import diagram, extended, with_node
from tests.security.hostile_xml import Hostile


def namespaces() -> Iterator[Hostile]:
    task = '<bpmn:task id="n"/>'
    for tag in ("sequenceFlow", "boundaryEvent", "scriptTask", "process", "task"):
        foreign = f'<x:{tag} id="z" sourceRef="n" targetRef="e" attachedToRef="n"/>'
        yield f"foreign {tag}", with_node(task, foreign), {"foreign_element"}
        without = f'<{tag} xmlns="" id="z" sourceRef="n" targetRef="e"/>'
        yield f"{tag} of no namespace", with_node(task, without), {"foreign_element"}
    hidden = '<bpmn:process id="z" isExecutable="true"><bpmn:scriptTask id="q"/></bpmn:process>'
    yield "process in an extension", with_node(extended(hidden)), {"bpmn_in_extension"}
    yield (
        "process deep in an extension",
        with_node(extended(f"<x:a><x:b>{hidden}</x:b></x:a>")),
        {"bpmn_in_extension"},
    )
    yield (
        "process in a documentation",
        with_node(
            f'<bpmn:task id="n"><bpmn:documentation>{hidden}</bpmn:documentation></bpmn:task>'
        ),
        {"bpmn_in_extension"},
    )
    yield (
        "process in our own properties",
        with_node(extended(f"<spiffworkflow:properties>{hidden}</spiffworkflow:properties>")),
        {"bpmn_in_extension"},
    )
    yield "process in a process", diagram(hidden), {"structure_invalid", "element_not_supported"}
    yield (
        "BPMN under another prefix",
        with_node(
            task, '<y:scriptTask xmlns:y="http://www.omg.org/spec/BPMN/20100524/MODEL" id="z"/>'
        ),
        {"script_task"},
    )
    yield (
        "our prefix for BPMN",
        with_node(
            task,
            '<spiffworkflow:scriptTask id="z" '
            'xmlns:spiffworkflow="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        ),
        {"script_task"},
    )
    for name, attribute in {
        "qualified attribute": 'bpmn:triggeredByEvent="true"',
        "type": 'xsi:type="bpmn:tScriptTask"',
        "nil": 'xsi:nil="true"',
        "XML id": 'xml:id="Start"',
        "XML base": 'xml:base="http://127.0.0.1/"',
        "our attribute": 'spiffworkflow:preScript="x"',
        "unknown attribute": 'script="x"',
        "event handler": 'onclick="alert(1)"',
    }.items():
        codes = {"attribute_not_supported", "type_override"}
        yield f"task with {name}", with_node(f'<bpmn:task id="n" {attribute}/>'), codes
    yield (
        "XInclude",
        with_node(
            task, '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
        ),
        {"foreign_element"},
    )
    yield (
        "XSLT",
        with_node(
            task, '<xsl:value-of xmlns:xsl="http://www.w3.org/1999/XSL/Transform" select="1"/>'
        ),
        {"foreign_element"},
    )
    yield (
        "import of a script",
        diagram("", '<bpmn:extension mustUnderstand="true"/>'),
        {"element_not_supported"},
    )


FAMILIES = (namespaces,)
