"""Which BPMN elements are executed, which only document, which references they hold.

Lint refuses every element and attribute that is not in these tables; the
normalizer drops what only documents. Source of the names: OMG BPMN 2.0,
Semantic.xsd.
"""

from __future__ import annotations

from collections.abc import Mapping

_BASE = frozenset({"id"})
_NAMED = frozenset({"id", "name"})
_ACTIVITY = _NAMED | {"default", "isForCompensation", "startQuantity", "completionQuantity"}
_TASK = _ACTIVITY | {"implementation"}
_EXPRESSION = frozenset({"id", "language", "evaluatesToTypeRef"})

EXECUTED: Mapping[str, frozenset[str]] = {
    "definitions": _NAMED
    | {"targetNamespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"},
    "collaboration": _NAMED | {"isClosed"},
    "participant": _NAMED | {"processRef"},
    "process": _NAMED | {"isExecutable", "isClosed", "processType"},
    "laneSet": _NAMED,
    "childLaneSet": _NAMED,
    "lane": _NAMED,
    "flowNodeRef": frozenset(),
    "incoming": frozenset(),
    "outgoing": frozenset(),
    "sequenceFlow": _NAMED | {"sourceRef", "targetRef", "isImmediate"},
    "conditionExpression": _EXPRESSION,
    "startEvent": _NAMED | {"isInterrupting", "parallelMultiple"},
    "endEvent": _NAMED,
    "intermediateCatchEvent": _NAMED | {"parallelMultiple"},
    "intermediateThrowEvent": _NAMED,
    "boundaryEvent": _NAMED | {"attachedToRef", "cancelActivity", "parallelMultiple"},
    "task": _ACTIVITY,
    "userTask": _TASK,
    "serviceTask": _TASK,
    "sendTask": _TASK,
    "receiveTask": _TASK | {"messageRef", "instantiate"},
    "businessRuleTask": _TASK,
    "subProcess": _ACTIVITY | {"triggeredByEvent"},
    "callActivity": _ACTIVITY | {"calledElement"},
    "exclusiveGateway": _NAMED | {"gatewayDirection", "default"},
    "inclusiveGateway": _NAMED | {"gatewayDirection", "default"},
    "parallelGateway": _NAMED | {"gatewayDirection"},
    "eventBasedGateway": _NAMED | {"gatewayDirection", "instantiate", "eventGatewayType"},
    "timerEventDefinition": _BASE,
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "messageEventDefinition": _BASE | {"messageRef"},
    "errorEventDefinition": _BASE | {"errorRef"},
    "escalationEventDefinition": _BASE | {"escalationRef"},
    "signalEventDefinition": _BASE | {"signalRef"},
    "terminateEventDefinition": _BASE,
    "multiInstanceLoopCharacteristics": _BASE | {"isSequential", "behavior"},
    "loopCardinality": _EXPRESSION,
    "loopDataInputRef": frozenset(),
    "loopDataOutputRef": frozenset(),
    "inputDataItem": _NAMED | {"itemSubjectRef", "isCollection"},
    "outputDataItem": _NAMED | {"itemSubjectRef", "isCollection"},
    "completionCondition": _EXPRESSION,
    "standardLoopCharacteristics": _BASE | {"testBefore", "loopMaximum"},
    "loopCondition": _EXPRESSION,
    "message": _NAMED | {"itemRef"},
    "error": _NAMED | {"errorCode", "structureRef"},
    "escalation": _NAMED | {"escalationCode", "structureRef"},
    "signal": _NAMED | {"structureRef"},
    "correlationKey": _NAMED,
    "correlationPropertyRef": frozenset(),
    "correlationProperty": _NAMED | {"type"},
    "correlationPropertyRetrievalExpression": _BASE | {"messageRef"},
    "messagePath": _EXPRESSION,
    "documentation": frozenset({"id", "textFormat"}),
    "extensionElements": frozenset(),
}
"""Executed elements with the attributes that may stand on them."""

EXPRESSIONS = frozenset(
    {
        "conditionExpression",
        "timeDate",
        "timeDuration",
        "timeCycle",
        "loopCardinality",
        "completionCondition",
        "loopCondition",
        "messagePath",
    }
)
"""Elements whose text is an expression."""

ANNOTATIONS = frozenset(
    {"textAnnotation", "association", "group", "category", "messageFlow", "categoryValueRef"}
)
"""Drawn remarks; they never meant anything to an engine."""

DATA_DOCUMENTATION = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "property",
        "itemDefinition",
        "import",
        "auditing",
        "monitoring",
    }
)
"""Data elements we read as documentation; dropped for execution, with a warning."""

DOCUMENTATION = ANNOTATIONS | DATA_DOCUMENTATION

BOOLEAN_VALUES = frozenset({"true", "false", "1", "0"})
BOOLEANS = frozenset(
    {
        "isExecutable",
        "isClosed",
        "isForCompensation",
        "isInterrupting",
        "parallelMultiple",
        "cancelActivity",
        "instantiate",
        "triggeredByEvent",
        "isSequential",
        "testBefore",
        "isImmediate",
        "isCollection",
    }
)

FIXED_VALUES: Mapping[str, frozenset[str]] = {
    "isForCompensation": frozenset({"false"}),
    "startQuantity": frozenset({"1"}),
    "completionQuantity": frozenset({"1"}),
    "instantiate": frozenset({"false"}),
    "triggeredByEvent": frozenset({"false"}),
    "parallelMultiple": frozenset({"false"}),
    "isInterrupting": frozenset({"true"}),
    "isImmediate": frozenset({"true"}),
    "behavior": frozenset({"All"}),
    "gatewayDirection": frozenset({"Unspecified", "Converging", "Diverging", "Mixed"}),
    "processType": frozenset({"None", "Public", "Private"}),
    "eventGatewayType": frozenset({"Exclusive"}),
    "implementation": frozenset({"##unspecified", "##WebService"}),
}
"""Attributes of which only these values are executed, mostly the standard's default."""

FLOW_NODE = "flow node"
REFERENCES: Mapping[tuple[str, str], frozenset[str]] = {
    ("participant", "processRef"): frozenset({"process"}),
    ("sequenceFlow", "sourceRef"): frozenset({FLOW_NODE}),
    ("sequenceFlow", "targetRef"): frozenset({FLOW_NODE}),
    ("boundaryEvent", "attachedToRef"): frozenset({FLOW_NODE}),
    ("receiveTask", "messageRef"): frozenset({"message"}),
    ("messageEventDefinition", "messageRef"): frozenset({"message"}),
    ("errorEventDefinition", "errorRef"): frozenset({"error"}),
    ("escalationEventDefinition", "escalationRef"): frozenset({"escalation"}),
    ("signalEventDefinition", "signalRef"): frozenset({"signal"}),
    ("correlationPropertyRetrievalExpression", "messageRef"): frozenset({"message"}),
}
"""Attributes that must name an element of the same file, and of which type."""

TEXT_REFERENCES: Mapping[str, frozenset[str]] = {
    "flowNodeRef": frozenset({FLOW_NODE}),
    "incoming": frozenset({"sequenceFlow"}),
    "outgoing": frozenset({"sequenceFlow"}),
    "correlationPropertyRef": frozenset({"correlationProperty"}),
}
"""Elements whose text must name an element of the same file, and of which type."""

QNAME_ATTRIBUTES = frozenset(
    {
        "processRef",
        "sourceRef",
        "targetRef",
        "attachedToRef",
        "messageRef",
        "errorRef",
        "escalationRef",
        "signalRef",
        "calledElement",
        "default",
    }
)
QNAME_TEXTS = frozenset(TEXT_REFERENCES) | {"loopDataInputRef", "loopDataOutputRef"}
