"""Hostile diagrams: well-formed BPMN that would make an engine do something else.

Families as in ``hostile_xml``.
"""

from collections.abc import Iterator

from tests.security.hostile_xml import Hostile

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\n'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"\n'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:evil"\n'
    ' id="D" targetNamespace="urn:t">\n'
)
_CODE = "__import__('os').system('touch /tmp/pwned')"


def flow(source: str, target: str, inner: str = "", name: str = "") -> str:
    name = name or f"{source}_{target}"
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}'
        "</bpmn:sequenceFlow>\n"
    )


def diagram(body: str, root: str = "", process: str = 'id="p" isExecutable="true"') -> bytes:
    return (
        f"{_HEAD}{root}\n<bpmn:process {process}>\n{body}\n</bpmn:process>\n</bpmn:definitions>"
    ).encode()


def with_node(node: str, more: str = "", root: str = "", inner: str = "") -> bytes:
    """Start, the node ``n``, end."""
    return diagram(
        f'{inner}<bpmn:startEvent id="s"/>\n{node}\n<bpmn:endEvent id="e"/>\n'
        + flow("s", "n")
        + flow("n", "e")
        + more,
        root,
    )


def extended(inner: str, tag: str = "task") -> str:
    return (
        f'<bpmn:{tag} id="n"><bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:{tag}>'
    )


def scripts() -> Iterator[Hostile]:
    for name, code in {
        "shell": _CODE,
        "subclasses": "().__class__.__bases__[0].__subclasses__()",
        "open": "open('/etc/passwd').read()",
        "CDATA": f"<![CDATA[{_CODE}]]>",
    }.items():
        task = f'<bpmn:scriptTask id="n"><bpmn:script>{code}</bpmn:script></bpmn:scriptTask>'
        yield f"script task, {name}", with_node(task), {"script_task"}
        task = task.replace('id="n"', 'id="n" scriptFormat="python"')
        yield f"script task in Python, {name}", with_node(task), {"script_task"}
    yield "global script task", diagram("", '<bpmn:globalScriptTask id="g"/>'), {"script_task"}
    inner = (
        '<bpmn:startEvent id="s2"/><bpmn:scriptTask id="n2"/><bpmn:endEvent id="e2"/>'
        + flow("s2", "n2")
        + flow("n2", "e2")
    )
    yield (
        "script task in a subprocess",
        with_node(f'<bpmn:subProcess id="n">{inner}</bpmn:subProcess>'),
        {"script_task"},
    )
    for local in (
        "preScript",
        "postScript",
        "unitTests",
        "serviceTaskOperator",
        "taskMetadataValues",
        "instructionsForEndUser",
        "messageVariable",
        "signalButtonLabel",
    ):
        element = f"<spiffworkflow:{local}>{_CODE}</spiffworkflow:{local}>"
        yield f"extension {local}", with_node(extended(element)), {"extension_not_supported"}
    yield (
        "script beside properties",
        with_node(
            extended(
                "<spiffworkflow:properties><spiffworkflow:preScript>x</spiffworkflow:preScript>"
                "</spiffworkflow:properties>"
            )
        ),
        {"extension_not_supported"},
    )
    yield (
        "decision on a service",
        with_node(
            extended(
                "<spiffworkflow:calledDecisionId>x</spiffworkflow:calledDecisionId>", "serviceTask"
            )
        ),
        {"extension_not_supported"},
    )
    yield (
        "scripts on instances",
        with_node(
            '<bpmn:serviceTask id="n"><bpmn:multiInstanceLoopCharacteristics '
            'spiffworkflow:scriptsOnInstances="true"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
            "</bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>"
        ),
        {"attribute_not_supported"},
    )
    yield (
        "expression in Python",
        with_node(
            '<bpmn:exclusiveGateway id="n"/>',
        ).replace(
            b'targetRef="e">',
            b'targetRef="e"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" '
            b'language="http://www.python.org/">1</bpmn:conditionExpression>',
        ),
        {"expression_language"},
    )
    yield (
        "service of the web",
        with_node('<bpmn:serviceTask id="n" implementation="http://169.254.169.254/latest"/>'),
        {"attribute_not_supported"},
    )
    yield (
        "unknown service",
        with_node(
            extended(
                '<spiffworkflow:properties><spiffworkflow:property name="service" '
                'value="os.system"/></spiffworkflow:properties>',
                "serviceTask",
            )
        ),
        {"unknown_service"},
    )


def identifiers() -> Iterator[Hostile]:
    for name in (
        "Start",
        "End",
        "Root",
        "n.EndJoin",
        "n.BoundaryEventSplit",
        "n.BoundaryEventJoin",
        "StartEventSplit",
        "__class__",
        "__init__",
        "__proto__",
        "__globals__",
    ):
        data = with_node('<bpmn:task id="n"/>').replace(b'"n"', f'"{name}"'.encode())
        yield f"id {name}", data, {"reserved_id"}
    for what, name in {
        "with an accent": "t\u00e2che",
        "of another alphabet": "\u0455tart",
        "right to left": "a\u0627",
        "very long": "a" * 101,
    }.items():
        data = with_node('<bpmn:task id="n"/>').replace(b'"n"', f'"{name}"'.encode())
        yield f"id {what}", data, {"invalid_id"}
    for what, name in {
        "with a space": "a b",
        "with a quote": "a&apos;b",
        "with a slash": "../a",
        "with a bracket": "a[child]",
        "that is a number": "1",
        "of markup": "&lt;b&gt;",
        "reversed": "a\u202eb",
    }.items():
        data = with_node('<bpmn:task id="n"/>').replace(b'"n"', f'"{name}"'.encode())
        yield f"id {what}", data, {"invalid_id"}
    yield "no id", with_node('<bpmn:task id="n"/>', "<bpmn:userTask/>"), {"missing_id"}
    yield "empty id", with_node('<bpmn:task id="n"/>', '<bpmn:userTask id=""/>'), {"missing_id"}
    yield (
        "flow without id",
        with_node('<bpmn:task id="n"/>', '<bpmn:sequenceFlow sourceRef="n" targetRef="e"/>'),
        {"missing_id"},
    )
    for tag in ("task", "userTask", "endEvent", "sequenceFlow", "subProcess", "exclusiveGateway"):
        more = f'<bpmn:{tag} id="n" sourceRef="s" targetRef="e"/>'
        yield f"id twice, {tag}", with_node('<bpmn:task id="n"/>', more), {"duplicate_id"}
    yield (
        "id of the process twice",
        with_node('<bpmn:task id="n"/>', '<bpmn:task id="p"/>'),
        {"duplicate_id"},
    )
    yield "process twice", diagram("", '<bpmn:process id="p"/>'), {"duplicate_id"}
    yield (
        "message twice",
        with_node(
            '<bpmn:task id="n"/>',
            root='<bpmn:message id="m" name="a"/><bpmn:message id="m" name="b"/>',
        ),
        {"duplicate_id"},
    )


def references() -> Iterator[Hostile]:
    task = '<bpmn:task id="n"/>'
    for what, more in {
        "source": flow("nowhere", "e"),
        "target": flow("n", "nowhere"),
        "source is a flow": flow("s_n", "e", name="f"),
        "target is the process": flow("n", "p"),
        "target is a lane": flow("n", "l"),
    }.items():
        lane = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="l"/></bpmn:laneSet>'
        yield f"flow whose {what}", with_node(task, more, inner=lane), {"dangling_reference"}
    for what, value, code in (
        ("host that is missing", "nobody", "dangling_reference"),
        ("host with a strange prefix", "y:n", "unresolved_prefix"),
        ("host that is a flow", "s_n", "dangling_reference"),
        ("host that is an event", "e", "boundary_host"),
        ("host that is itself", "b", "boundary_host"),
    ):
        event = (
            f'<bpmn:boundaryEvent id="b" attachedToRef="{value}"><bpmn:timerEventDefinition>'
            "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
            "</bpmn:boundaryEvent>" + flow("b", "e")
        )
        yield f"boundary event with a {what}", with_node(task, event), {code}
    for definition in ("message", "error", "escalation", "signal"):
        node = (
            f'<bpmn:intermediateThrowEvent id="n"><bpmn:{definition}EventDefinition '
            f'{definition}Ref="nothing"/></bpmn:intermediateThrowEvent>'
        )
        yield f"{definition} that is missing", with_node(node), {"dangling_reference"}
        wrong = node.replace("nothing", "s")
        yield f"{definition} that is an event", with_node(wrong), {"dangling_reference"}
    yield (
        "called process that is missing",
        with_node('<bpmn:callActivity id="n" calledElement="elsewhere"/>'),
        {"unknown_process"},
    )
    yield (
        "call of itself",
        with_node('<bpmn:callActivity id="n" calledElement="p"/>'),
        {"recursive_call"},
    )
    yield (
        "lane with a missing node",
        with_node(
            task,
            inner='<bpmn:laneSet id="ls"><bpmn:lane id="l" name="l"><bpmn:flowNodeRef>none'
            "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
        ),
        {"dangling_reference"},
    )
    yield (
        "pool of a missing process",
        diagram(
            "",
            '<bpmn:collaboration id="c"><bpmn:participant id="q" processRef="none"/>'
            "</bpmn:collaboration>",
        ),
        {"dangling_reference"},
    )
    yield (
        "default that is missing",
        with_node('<bpmn:exclusiveGateway id="n" default="none"/>'),
        {"default_not_outgoing"},
    )
    yield (
        "shared definition",
        with_node(
            '<bpmn:intermediateCatchEvent id="n">'
            "<bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>"
            "</bpmn:intermediateCatchEvent>"
        ),
        {"event_definition_ref"},
    )


FAMILIES = (scripts, identifiers, references)
