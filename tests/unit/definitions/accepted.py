"""A diagram that is accepted for every element the kernel says it executes."""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    END,
    START,
    around,
    diagram,
    event,
    flow,
    service,
    single,
    timer,
    user,
)
from tests.unit.definitions.faulty import dmn

ROOT = (
    '<bpmn:message id="m" name="answer"/><bpmn:signal id="g" name="stop"/>'
    '<bpmn:error id="x" errorCode="late"/><bpmn:escalation id="y" escalationCode="slow"/>'
)
DEFINITIONS = {
    "timer": timer("timeDuration", "P7D"),
    "message": '<bpmn:messageEventDefinition messageRef="m"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="g"/>',
    "error": '<bpmn:errorEventDefinition errorRef="x"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="y"/>',
    "terminate": "<bpmn:terminateEventDefinition/>",
}
RULE = (
    '<bpmn:businessRuleTask id="a"><bpmn:extensionElements><spiffworkflow:calledDecisionId>limit'
    "</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
)
INNER = '<bpmn:startEvent id="s2"/><bpmn:endEvent id="e2">{}</bpmn:endEvent>' + flow("s2", "e2")
CALLED = diagram(
    '<bpmn:startEvent id="s3"/><bpmn:endEvent id="e3"/>' + flow("s3", "e3"), key="other"
)


def _bundle(body: str) -> Bundle:
    return Bundle(
        "main",
        {
            "main.bpmn": diagram(body, root=ROOT),
            "other.bpmn": CALLED,
            "table.dmn": dmn("&gt; 1"),
        },
    )


def _ending(definition: str) -> str:
    """A subprocess that ends that way, with somebody outside who catches it."""
    catch = definition if "terminate" not in definition else timer("timeDuration", "P1D")
    if "message" in definition or "signal" in definition:
        catch = timer("timeDuration", "P1D")
    sub = f'<bpmn:subProcess id="a">{INNER.format(definition)}</bpmn:subProcess>'
    return single(sub, extra=_boundary(catch))


def _boundary(definition: str, interrupting: bool = True) -> str:
    attributes = f'attachedToRef="a" cancelActivity="{str(interrupting).lower()}"'
    return (
        event("boundaryEvent", "b", definition, attributes)
        + '<bpmn:endEvent id="after"/>'
        + flow("b", "after")
    )


def _body(key: str) -> str:
    element, _, variant = key.partition(":")
    definition = DEFINITIONS.get(variant.partition(":")[0], "")
    if element == "endEvent" and definition:
        return _ending(definition)
    if element == "intermediateThrowEvent":
        return single(event(element, "a", definition))
    if element == "intermediateCatchEvent":
        return single(event(element, "a", definition))
    if element == "boundaryEvent":
        sub = f'<bpmn:subProcess id="a">{INNER.format("")}</bpmn:subProcess>'
        return single(sub, extra=_boundary(definition, not variant.endswith("nonInterrupting")))
    if element == "multiInstanceLoopCharacteristics":
        return single(
            service(
                "a",
                f'<bpmn:{element} isSequential="{str(variant == "sequential").lower()}">'
                "<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef>"
                "<bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef>"
                '<bpmn:inputDataItem id="person"/><bpmn:outputDataItem id="answer"/>'
                f"</bpmn:{element}>",
            )
        )
    return _PLAIN[element]


_FORK = (
    START
    + '<bpmn:{0} id="fork"/>{1}{2}<bpmn:{0} id="join"/>'
    + END
    + flow("start", "fork")
    + "{3}{4}"
    + flow("a", "join")
    + flow("b", "join")
    + flow("join", "end")
)
_PLAIN = {
    "startEvent": around(),
    "startEvent:message": around(
        extra=event("startEvent", "opened", DEFINITIONS["message"]) + flow("opened", "end")
    ),
    "endEvent": around(),
    "sequenceFlow": around(),
    "task": single('<bpmn:task id="a"/>'),
    "userTask": single(user("a", approval="quorum", approval__outcomes="yes,no")),
    "serviceTask": single(service("a", param__to="person", retries="3", backoff="PT1M")),
    "sendTask": single(service("a", tag="sendTask")),
    "receiveTask": single('<bpmn:receiveTask id="a" messageRef="m"/>'),
    "businessRuleTask": single(RULE),
    "subProcess": single(f'<bpmn:subProcess id="a">{INNER.format("")}</bpmn:subProcess>'),
    "callActivity": single('<bpmn:callActivity id="a" calledElement="other"/>'),
    "exclusiveGateway": START
    + '<bpmn:exclusiveGateway id="g1" default="no"/>'
    + END
    + flow("start", "g1")
    + flow("g1", "end", "x &gt; 1")
    + flow("g1", "end", identifier="no"),
    "parallelGateway": _FORK.format(
        "parallelGateway", user("a"), user("b"), flow("fork", "a"), flow("fork", "b")
    ),
    "inclusiveGateway": _FORK.format(
        "inclusiveGateway",
        user("a"),
        user("b"),
        flow("fork", "a", "x &gt; 1"),
        flow("fork", "b", "x &gt; 2"),
    ),
    "eventBasedGateway": START
    + '<bpmn:eventBasedGateway id="g1"/>'
    + event("intermediateCatchEvent", "a", DEFINITIONS["timer"])
    + event("intermediateCatchEvent", "b", DEFINITIONS["message"])
    + END
    + flow("start", "g1")
    + flow("g1", "a")
    + flow("g1", "b")
    + flow("a", "end")
    + flow("b", "end"),
    "standardLoopCharacteristics": single(
        service(
            "a",
            '<bpmn:standardLoopCharacteristics testBefore="1" loopMaximum="3">'
            "<bpmn:loopCondition>again</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
        )
    ),
}


def accepted(key: str) -> Bundle:
    """A bundle that uses an element, by the kernel's key for it."""
    return _bundle(_body(key))
