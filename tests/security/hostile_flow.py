"""Hostile diagrams that are right in form but cannot be executed, or only at great cost.

Families as in ``hostile_xml``.
"""

from collections.abc import Iterator

from tests.security.hostile_bpmn import diagram, flow, with_node
from tests.security.hostile_xml import Hostile

_START = '<bpmn:startEvent id="s"/>\n'
_END = '<bpmn:endEvent id="e"/>\n'


def _tasks(count: int) -> str:
    return "".join(f'<bpmn:task id="t{n}"/>\n' for n in range(count))


def large_graphs() -> Iterator[Hostile]:
    chain = "".join(flow(f"t{n}", f"t{n + 1}") for n in range(2_000))
    yield (
        "chain of 2,001 tasks",
        diagram(_START + _tasks(2_001) + _END + flow("s", "t0") + chain + flow("t2000", "e")),
        {"too_many_nodes"},
    )
    gates = "".join(f'<bpmn:parallelGateway id="t{n}"/>\n' for n in range(100))
    dense = "".join(flow(f"t{one}", f"t{two}") for one in range(100) for two in range(one + 1, 100))
    yield (
        "100 gateways, each to each",
        diagram(_START + gates + _END + flow("s", "t0") + dense + flow("t99", "e")),
        {"too_many_nodes"},
    )
    fan = "".join(flow("t0", "e", name=f"f{n}") for n in range(5_000))
    yield (
        "5,000 flows out of one gateway",
        diagram(_START + '<bpmn:parallelGateway id="t0"/>' + _END + flow("s", "t0") + fan),
        {"too_many_nodes"},
    )
    ladder = "".join(f'<bpmn:parallelGateway id="t{n}"/>\n' for n in range(298))
    rungs = "".join(
        flow(f"t{n}", f"t{m}", name=f"r{n}_{m}")
        for n in range(297)
        for m in {n + 1, max(0, n - 1), (n * 7) % 298}
        if m != n
    )
    yield (
        "ladder that leads back",
        diagram(
            _START
            + ladder
            + _END
            + flow("s", "t0")
            + rungs
            + flow("t297", "e")
            + flow("nowhere", "e")
        ),
        {"dangling_reference"},
    )
    yield (
        "ladder without an end",
        diagram(_START + ladder + flow("s", "t0") + rungs),
        {"no_end_event"},
    )
    nested = "".join(
        f'<bpmn:startEvent id="s{n}"/><bpmn:endEvent id="e{n}"/>{flow(f"s{n}", f"p{n}")}'
        f'{flow(f"p{n}", f"e{n}")}<bpmn:subProcess id="p{n}">'
        for n in range(90)
    )
    inner = '<bpmn:startEvent id="si"/><bpmn:endEvent id="ei"/>' + flow("si", "ei")
    yield (
        "90 subprocesses in each other",
        diagram(nested + inner + "</bpmn:subProcess>" * 90),
        {"nested_too_deep"},
    )
    many = "".join(
        f'<bpmn:subProcess id="p{n}"><bpmn:startEvent id="s{n}"/></bpmn:subProcess>'
        for n in range(3_000)
    )
    yield "3,000 subprocesses", diagram(_START + many + _END), {"too_many_nodes"}
    calls = "".join(f'<bpmn:callActivity id="c{n}" calledElement="p"/>' for n in range(250))
    yield "250 loose calls", diagram(_START + calls + _END + flow("s", "e")), {"dead_end"}


def expressions() -> Iterator[Hostile]:
    for name, text in {
        "of 100,000 characters": "x" * 100_000,
        "that is empty": "  ",
        "of text": '"yes"',
        "of a number": "42",
        "with markup": "<x:b/>1",
        "with an instruction": "1<?php x?>",
        "with BPMN": "<bpmn:script>1</bpmn:script>",
    }.items():
        condition = f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"
        body = (
            _START
            + '<bpmn:exclusiveGateway id="n" default="d"/>'
            + _END
            + flow("s", "n")
            + flow("n", "e", condition, "f")
            + flow("n", "e", name="d")
        )
        yield (
            f"condition {name}",
            diagram(body),
            {
                "expression_too_long",
                "expression_missing",
                "condition_not_boolean",
                "markup_in_expression",
            },
        )
    for name, text in {
        "at once for ever": "R/PT0S",
        "of rubbish": "P1X",
        "as a date": "2027-01-01",
        "that is empty": "",
    }.items():
        catch = (
            '<bpmn:intermediateCatchEvent id="n"><bpmn:timerEventDefinition><bpmn:timeDuration>'
            f"{text}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        )
        yield (
            f"timer {name}",
            with_node(catch),
            {
                "timer_invalid",
                "timer_missing",
                "expression_invalid",
            },
        )
    for name, loop in {
        "without anything": "<bpmn:standardLoopCharacteristics/>",
        "a billion times": '<bpmn:standardLoopCharacteristics loopMaximum="1000000000"/>',
        "less than never": '<bpmn:standardLoopCharacteristics loopMaximum="-1"/>',
        "over nothing": "<bpmn:multiInstanceLoopCharacteristics/>",
        "over a strange variable": "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopDataInputRef>__class__</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>",
        "over a prototype": "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopDataInputRef>constructor</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>",
        "with events": '<bpmn:multiInstanceLoopCharacteristics behavior="None">'
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
    }.items():
        task = f'<bpmn:task id="n">{loop}</bpmn:task>'
        yield (
            f"loop {name}",
            with_node(task),
            {
                "loop_incomplete",
                "loop_invalid",
                "variable_name",
                "attribute_not_supported",
            },
        )


def traps() -> Iterator[Hostile]:
    """Each is accepted by common engines and then executed as something else."""
    gateway = '<bpmn:exclusiveGateway id="n"/>'
    yield "complex gateway", with_node('<bpmn:complexGateway id="n"/>'), {"complex_gateway"}
    yield (
        "event subprocess",
        with_node('<bpmn:task id="n"/>', '<bpmn:subProcess id="z" triggeredByEvent="1"/>'),
        {"event_subprocess"},
    )
    yield "ad-hoc subprocess", with_node('<bpmn:adHocSubProcess id="n"/>'), {"ad_hoc_subprocess"}
    yield "transaction", with_node('<bpmn:transaction id="n"/>'), {"transaction"}
    for kind in ("compensate", "link", "conditional", "cancel"):
        inner = "<bpmn:condition>1</bpmn:condition>" if kind == "conditional" else ""
        name = 'name="x"' if kind == "link" else ""
        node = (
            f'<bpmn:intermediateThrowEvent id="n"><bpmn:{kind}EventDefinition {name}>{inner}'
            f"</bpmn:{kind}EventDefinition></bpmn:intermediateThrowEvent>"
        )
        yield (
            f"{kind} event",
            with_node(node),
            {
                "compensation",
                "link_event",
                "conditional_event",
                "cancel_event",
            },
        )
    yield (
        "instantiating task",
        with_node('<bpmn:receiveTask id="n" instantiate="1"/>'),
        {"instantiate"},
    )
    yield (
        "two tokens to start",
        with_node('<bpmn:task id="n" startQuantity="2"/>'),
        {"start_quantity"},
    )
    yield (
        "catch event of nothing",
        with_node('<bpmn:intermediateCatchEvent id="n"/>'),
        {"event_without_definition"},
    )
    yield "receive task of nothing", with_node('<bpmn:receiveTask id="n"/>'), {"message_missing"}
    yield "send task of nothing", with_node('<bpmn:sendTask id="n"/>'), {"send_without_service"}
    yield (
        "two start events",
        with_node(gateway, '<bpmn:startEvent id="s2"/>' + flow("s2", "n")),
        {"several_start_events"},
    )
    yield "orphan", with_node(gateway, '<bpmn:task id="o"/>' + flow("o", "e")), {"unreachable_node"}
    yield "nothing at all", diagram(""), {"no_start_event"}
    yield "flow into the start", with_node(gateway, flow("n", "s")), {"flow_into_start"}
    yield "flow out of the end", with_node(gateway, flow("e", "n")), {"flow_out_of_end"}
    yield (
        "split without a gateway",
        with_node('<bpmn:task id="n"/>', flow("n", "e", name="f2")),
        {"implicit_split"},
    )
    yield (
        "performer of the diagram's choice",
        with_node(
            '<bpmn:userTask id="n"><bpmn:potentialOwner><bpmn:resourceRef>admin</bpmn:resourceRef>'
            "</bpmn:potentialOwner></bpmn:userTask>"
        ),
        {"resource_role"},
    )
    yield "task for nobody", with_node('<bpmn:userTask id="n"/>'), {"no_lane"}
    for name, value in {
        "page": "../../admin",
        "handler": "os.system",
        "approval": "__import__",
        "form": "/etc/passwd",
        "priority": "1e9",
        "unheard": "x",
    }.items():
        properties = (
            '<bpmn:userTask id="n"><bpmn:extensionElements><spiffworkflow:properties>'
            '<spiffworkflow:property name="candidateGroup" value="&quot;ri&quot;"/>'
            f'<spiffworkflow:property name="{name}" value="{value}"/>'
            "</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>"
        )
        yield (
            f"property {name}",
            with_node(properties),
            {
                "unknown_page",
                "unknown_handler",
                "unknown_approval",
                "unknown_form",
                "property_invalid",
                "unknown_property",
            },
        )
    yield (
        "time zone of a file",
        with_node(
            gateway,
            inner="<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property "
            'name="timeZone" value="../../../etc/passwd"/></spiffworkflow:properties>'
            "</bpmn:extensionElements>",
        ),
        {"unknown_time_zone"},
    )


FAMILIES = (large_graphs, expressions, traps)
