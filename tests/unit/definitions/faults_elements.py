"""Elements that are refused, ids, references and flows."""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    END,
    START,
    around,
    bundle,
    definitions,
    diagram,
    event,
    flow,
    joined,
    single,
    timer,
    user,
)
from tests.unit.definitions.faulty import (
    CATCH,
    INNER,
    MESSAGE,
    ON_MESSAGE,
    Row,
    boundary,
    subprocess,
    with_gateway,
    with_root,
    with_task,
)

REFUSED: list[Row] = [
    (
        "script_task",
        with_task('<bpmn:scriptTask id="a"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'),
        "a",
    ),
    ("abstract_task", with_task('<bpmn:task id="a"/>'), "a"),
    ("manual_task", with_task('<bpmn:manualTask id="a"/>'), "a"),
    ("complex_gateway", with_task('<bpmn:complexGateway id="a"/>'), "a"),
    (
        "event_subprocess",
        bundle(around() + subprocess(INNER, attributes='triggeredByEvent="1"')),
        "sub",
    ),
    ("ad_hoc_subprocess", with_task('<bpmn:adHocSubProcess id="a"/>'), "a"),
    ("transaction", with_task(f'<bpmn:transaction id="a">{INNER}</bpmn:transaction>'), "a"),
    (
        "compensation",
        with_task(event("intermediateThrowEvent", "a", "<bpmn:compensateEventDefinition/>")),
        "a",
    ),
    ("compensation", with_task('<bpmn:userTask id="a" isForCompensation="true"/>'), "a"),
    (
        "link_event",
        with_task(event("intermediateThrowEvent", "a", '<bpmn:linkEventDefinition name="x"/>')),
        "a",
    ),
    (
        "conditional_event",
        with_task(
            CATCH.format(
                "<bpmn:conditionalEventDefinition><bpmn:condition/>"
                "</bpmn:conditionalEventDefinition>"
            )
        ),
        "a",
    ),
    (
        "cancel_event",
        bundle(single(user("a")) + boundary("b", "a", "<bpmn:cancelEventDefinition/>")),
        "b",
    ),
    (
        "event_definition_ref",
        with_task(CATCH.format("<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>")),
        "a",
    ),
    ("event_definition_ref", with_root(around(), '<bpmn:timerEventDefinition id="t"/>'), "t"),
    (
        "multiple_event_definitions",
        with_root(single(CATCH.format(ON_MESSAGE + timer("timeDuration", "P1D"))), MESSAGE),
        "a",
    ),
    (
        "event_not_supported",
        bundle(
            event("startEvent", "start", timer("timeDuration", "P1D")) + END + flow("start", "end"),
        ),
        "start",
    ),
    ("event_without_definition", with_task(CATCH.format("")), "a"),
    ("start_quantity", with_task('<bpmn:userTask id="a" startQuantity="2"/>'), "a"),
    ("instantiate", with_task('<bpmn:receiveTask id="a" instantiate="true"/>'), "a"),
    (
        "resource_role",
        with_task('<bpmn:userTask id="a"><bpmn:potentialOwner/></bpmn:userTask>'),
        "a",
    ),
]

IDENTIFIERS: list[Row] = [
    ("missing_id", bundle(around() + "<bpmn:task/>"), "main"),
    ("duplicate_id", bundle(around() + END), "end"),
    (
        "duplicate_id",
        bundle(around(), **{"other.bpmn": diagram(around(), key="other")}),
        "start",
    ),
    (
        "duplicate_id",
        Bundle(
            "main",
            {
                "main.bpmn": diagram(around(), root=MESSAGE),
                "other.bpmn": definitions('<bpmn:message id="m" name="other"/>'),
            },
        ),
        "m",
    ),
    ("reserved_id", bundle(around().replace('"end"', '"End"')), "End"),
    ("reserved_id", bundle(around(("__class__", '<bpmn:task id="__class__"/>'))), "__class__"),
    ("invalid_id", bundle(around(("tâche", '<bpmn:task id="tâche"/>'))), "tâche"),
    ("dangling_reference", bundle(around() + flow("start", "nowhere", identifier="f")), "f"),
    (
        "dangling_reference",
        bundle(around() + boundary("b", "nobody", timer("timeDuration", "P1D"))),
        "b",
    ),
    (
        "unresolved_prefix",
        bundle(around() + boundary("b", "x:a", timer("timeDuration", "P1D"))),
        "b",
    ),
]

FLOW: list[Row] = [
    ("no_start_event", bundle(END), "main"),
    (
        "several_start_events",
        bundle('<bpmn:startEvent id="s2"/>' + flow("s2", "end") + around()),
        "start",
    ),
    (
        "join_of_starts",
        with_root(
            around(("join", '<bpmn:parallelGateway id="join"/>'))
            + event("startEvent", "s2", ON_MESSAGE)
            + flow("s2", "join"),
            MESSAGE,
        ),
        "join",
    ),
    ("join_never_complete", joined("exclusiveGateway", "parallelGateway"), "join"),
    ("parallel_split_not_joined", joined("parallelGateway", "exclusiveGateway"), "join"),
    (
        "join_waits_for_itself",
        bundle(
            START
            + '<bpmn:parallelGateway id="join"/><bpmn:exclusiveGateway id="g" default="out"/>'
            + END
            + user("a")
            + flow("start", "join")
            + flow("join", "a")
            + flow("a", "g")
            + flow("g", "join", "again")
            + flow("g", "end", identifier="out")
        ),
        "join",
    ),
    ("no_end_event", bundle(START + '<bpmn:task id="a"/>' + flow("start", "a")), "main"),
    ("flow_into_start", bundle(around(("a", user("a")), extra=flow("a", "start"))), "a_to_start"),
    ("flow_out_of_end", bundle(around(("a", user("a")), extra=flow("end", "a"))), "end_to_a"),
    (
        "flow_crosses_scope",
        bundle(single(subprocess(INNER), "sub", extra=flow("s2", "end", identifier="f"))),
        "f",
    ),
    ("dead_end", bundle(around(extra=user("b"))), "b"),
    ("unreachable_node", bundle(around(extra=user("b") + flow("b", "end"))), "b"),
    (
        "end_unreachable",
        bundle(
            START
            + user("a")
            + user("b")
            + END
            + flow("start", "a")
            + flow("a", "b")
            + flow("b", "a")
        ),
        "start",
    ),
    (
        "implicit_split",
        bundle(single(user("a"), extra=flow("a", "end", identifier="f2"))),
        "a_to_end",
    ),
    (
        "too_many_nodes",
        bundle(around(*((f"t{n}", f'<bpmn:task id="t{n}"/>') for n in range(300)))),
        "main",
    ),
    (
        "nested_too_deep",
        bundle(
            "".join(
                f'<bpmn:startEvent id="s{n}"/><bpmn:endEvent id="e{n}"/>{flow(f"s{n}", f"p{n}")}'
                f'{flow(f"p{n}", f"e{n}")}<bpmn:subProcess id="p{n}">'
                for n in range(11)
            )
            + '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
            + flow("s", "e")
            + "</bpmn:subProcess>" * 11
        ),
        "p10",
    ),
    ("condition_missing", with_gateway("exclusiveGateway", "x &gt; 1"), "f2"),
    ("condition_not_evaluated", with_gateway("parallelGateway", "x &gt; 1"), "f1"),
    (
        "condition_not_evaluated",
        bundle(START + user("a") + END + flow("start", "a") + flow("a", "end", "x &gt; 1")),
        "a_to_end",
    ),
    (
        "default_not_outgoing",
        with_gateway("exclusiveGateway", "x", "y", 'default="start_to_g"'),
        "g",
    ),
    ("default_not_used", with_task('<bpmn:task id="a" default="a_to_end"/>'), "a"),
    ("default_with_condition", with_gateway("inclusiveGateway", "x", "y", 'default="f2"'), "f2"),
    ("no_default_flow", with_gateway("exclusiveGateway", "x", "y"), "g"),
    ("condition_not_boolean", with_gateway("exclusiveGateway", '"yes"', "y"), "f1"),
    ("gateway_without_purpose", with_task('<bpmn:parallelGateway id="a"/>'), "a"),
    (
        "automatic_loop",
        bundle(
            START
            + '<bpmn:exclusiveGateway id="g" default="out"/><bpmn:task id="a"/>'
            + END
            + flow("start", "g")
            + flow("g", "a", "again")
            + flow("a", "g")
            + flow("g", "end", identifier="out")
        ),
        "a",
    ),
]
