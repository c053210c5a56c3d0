"""A diagram with every element that the engine executes, and what the properties panel writes."""

from __future__ import annotations

import re

from engine.definitions.layout import with_drawing
from engine.kernel.supported import SUPPORTED_ELEMENTS
from tests.builders import Diagram
from tests.unit.definitions.accepted import DEFINITIONS, ROOT

WRITTEN = {
    "name": "name",
    "processName": "name",
    "id": "id",
    "processId": "id",
    "isExecutable": "isExecutable",
    "documentation": "documentation",
    "processDocumentation": "documentation",
    "messageRef": "messageRef",
    "messageName": "name",
    "signalRef": "signalRef",
    "signalName": "name",
    "errorRef": "errorRef",
    "errorName": "name",
    "errorCode": "errorCode",
    "escalationRef": "escalationRef",
    "escalationName": "name",
    "escalationCode": "escalationCode",
    "timer-type": "timeDuration",
    "timer-value": "timeDuration",
    "condition-expression": "conditionExpression",
    "called-element": "calledElement",
    "decision-id": "calledDecisionId",
    "loop-before": "testBefore",
    "loop-condition": "loopCondition",
    "loop-maximum": "loopMaximum",
    "loop-loopDataInputRef": "loopDataInputRef",
    "loop-inputDataItem": "inputDataItem",
    "loop-cardinality": "loopCardinality",
    "loop-loopDataOutputRef": "loopDataOutputRef",
    "loop-outputDataItem": "outputDataItem",
    "loop-completion": "completionCondition",
}
"""The panel's fields that are no properties of ours, with the word of BPMN that each writes."""

_LOOP = "multiInstanceLoopCharacteristics"
_LOOPS = {
    f"{_LOOP}:parallel": f"<bpmn:{_LOOP}/>",
    f"{_LOOP}:sequential": f'<bpmn:{_LOOP} isSequential="true"/>',
    "standardLoopCharacteristics": "<bpmn:standardLoopCharacteristics/>",
}
_HOSTED = 'attachedToRef="host"'
_MARKUP = b'name="&lt;img src=x onerror=alert(1)&gt;"'
_SHOWN = re.compile(rb'(<bpmn:\w+ id="[^"]*" )name="[^"]*"')
_NAMED = {"userTask": {"approval": "quorum"}}


def every_element() -> tuple[bytes, dict[str, str]]:
    """The diagram, drawn, and the ids in it with the engine's name of the element.

    All that can be read in it is markup that would run where a page took it for such.
    """
    drawn = Diagram("blank_process").node("task", "host")
    kinds = {
        "participant": "process",
        "lane_0": "lane",
        "chosen": "sequenceFlow",
        "plain": "sequenceFlow",
    }
    keys = [key for key in SUPPORTED_ELEMENTS if key != "sequenceFlow"]
    for number, key in enumerate(keys):
        element, _, variant = key.partition(":")
        inner = _LOOPS.get(key) or DEFINITIONS.get(variant.partition(":")[0], "")
        attributes = _HOSTED if element == "boundaryEvent" else ""
        kinds[f"e{number}"] = element = "task" if key in _LOOPS else element
        drawn.node(
            element, f"e{number}", inner=inner, attributes=attributes, **_NAMED.get(element, {})
        )
    choice = f"e{keys.index('exclusiveGateway')}"
    drawn.flow(choice, f"e{keys.index('task')}", condition="amount > 1", id_="chosen")
    drawn.flow("host", choice, id_="plain")
    text = drawn.xml().replace(b"<bpmn:collaboration", ROOT.encode() + b"<bpmn:collaboration")
    text = _SHOWN.sub(rb"\1" + _MARKUP, text)
    return with_drawing("blank.bpmn", text), kinds
