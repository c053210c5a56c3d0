"""Faults of activities, people and data."""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    around,
    bundle,
    definitions,
    diagram,
    flow,
    process,
    properties,
    service,
    single,
    user,
)
from tests.unit.definitions.faulty import (
    CARDINALITY,
    COLLECTION,
    Row,
    dmn,
    multi,
    one_file,
    parallel,
    with_gateway,
    with_lanes,
    with_task,
)

ACTIVITIES: list[Row] = [
    ("send_without_service", with_task(service("a", tag="sendTask", service="")), "a"),
    ("service_missing", with_task(service("a", service="")), "a"),
    ("unknown_service", with_task(service("a", service="shell")), "a"),
    ("unknown_parameter", with_task(service("a", param__cc="x")), "a"),
    ("decision_missing", with_task('<bpmn:businessRuleTask id="a"/>'), "a"),
    (
        "unknown_decision",
        with_task(
            '<bpmn:businessRuleTask id="a"><bpmn:extensionElements>'
            "<spiffworkflow:calledDecisionId>none</spiffworkflow:calledDecisionId>"
            "</bpmn:extensionElements></bpmn:businessRuleTask>"
        ),
        "a",
    ),
    ("called_element_missing", with_task('<bpmn:callActivity id="a"/>'), "a"),
    ("unknown_process", with_task('<bpmn:callActivity id="a" calledElement="other"/>'), "a"),
    ("recursive_call", with_task('<bpmn:callActivity id="a" calledElement="main"/>'), "a"),
    (
        "recursive_call",
        Bundle(
            "main",
            {
                "main.bpmn": diagram(single('<bpmn:callActivity id="a" calledElement="other"/>')),
                "other.bpmn": diagram(
                    '<bpmn:startEvent id="s2"/><bpmn:callActivity id="b" calledElement="main"/>'
                    '<bpmn:endEvent id="e2"/>' + flow("s2", "b") + flow("b", "e2"),
                    key="other",
                ),
            },
        ),
        "b",
    ),
    ("loop_incomplete", multi(""), "a"),
    ("loop_incomplete", with_task(service("a", "<bpmn:standardLoopCharacteristics/>")), "a"),
    (
        "loop_invalid",
        with_task(service("a", '<bpmn:standardLoopCharacteristics loopMaximum="0"/>')),
        "a",
    ),
    ("loop_invalid", multi(CARDINALITY + '<bpmn:inputDataItem id="x"/>'), "a"),
    ("variable_name", multi(COLLECTION.format("my-list")), "a"),
    ("variable_name", with_task(service("a", resultVariable="for")), "a"),
]

PEOPLE: list[Row] = [
    ("form_and_page", with_task(user("a", form="f")), "a"),
    ("unknown_form", with_task(user("a", page="", form="f")), "a"),
    ("unknown_page", with_task(user("a", page="secret")), "a"),
    ("unknown_handler", with_task(user("a", handler="os.system")), "a"),
    ("unknown_approval", with_task(user("a", approval="magic")), "a"),
    ("approval_option", with_task(user("a", approval="quorum", approval__size="x")), "a"),
    ("approval_option", with_task(user("a", approval__size="3")), "a"),
    (
        "approval_option",
        with_task(
            user(
                "a",
                approval="quorum",
                approval__outcomes="yes,no",
                approval__reasonRequired="never",
            )
        ),
        "a",
    ),
    ("unknown_property", with_task(user("a", aproval="quorum")), "a"),
    (
        "unknown_property",
        with_task(f'<bpmn:task id="a">{properties({"form": "f"})}</bpmn:task>'),
        "a",
    ),
    (
        "duplicate_property",
        with_task(
            '<bpmn:task id="a"><bpmn:extensionElements><spiffworkflow:properties>'
            '<spiffworkflow:property name="name.en" value="1"/>'
            '<spiffworkflow:property name="name.en" value="2"/>'
            "</spiffworkflow:properties></bpmn:extensionElements></bpmn:task>"
        ),
        "a",
    ),
    ("property_invalid", with_task(user("a", priority="200")), "a"),
    ("property_invalid", with_task(user("a", bulk="yes")), "a"),
    ("property_invalid", with_task(service("a", retries="many")), "a"),
    ("property_invalid", with_task(service("a", backoff="soon")), "a"),
    ("unknown_time_zone", bundle(properties({"timeZone": "../../etc/passwd"}) + around()), "main"),
    ("unknown_calendar", bundle(properties({"calendar": "mars"}) + around()), "main"),
    ("property_invalid", bundle(properties({"restricted": "maybe"}) + around()), "main"),
    ("variable_name", bundle(properties({"routingVariables": "ok, not ok"}) + around()), "main"),
    ("no_lane", with_task(user("a", candidateGroup="")), "a"),
    (
        "lane_without_group",
        with_lanes(
            '<bpmn:lane id="l"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>',
            single(user("a")),
        ),
        "l",
    ),
    (
        "several_lanes",
        with_lanes(
            "".join(
                f'<bpmn:lane id="{n}" name="{n}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
                for n in ("l1", "l2")
            ),
            single(user("a")),
        ),
        "a",
    ),
    ("task_without_name", with_task(user("a").replace('name="Faire"', "")), "a"),
    ("task_without_content", with_task(user("a", page="")), "a"),
]

DATA: list[Row] = [
    (
        "parallel_write",
        parallel(service("a", resultVariable="x"), service("b", resultVariable="x")),
        "b",
    ),
    (
        "parallel_write",
        multi(CARDINALITY, "false", service("a", "{}", resultVariable="x")),
        "a",
    ),
    (
        "reserved_field",
        bundle(
            properties({"routingVariables": "route"}) + single(user("a", page="", form="f")),
            **{"forms/f.json": b'{"id": "f", "keys": ["route"]}'},
        ),
        "f",
    ),
    (
        "reserved_field",
        bundle(
            single(user("a", page="", form="f")),
            **{"forms/f.json": b'{"id": "f", "keys": ["b_outcome"]}'},
        ),
        "f",
    ),
    ("expression_invalid", with_gateway("exclusiveGateway", "x == 1", "y"), "f1"),
    ("expression_invalid", with_task(user("a", candidateGroup="#")), "a"),
    ("expression_invalid", with_task(user("a", dueDate="#")), "a"),
    ("expression_invalid", with_task(user("a", approval="quorum", approval__seats="#")), "a"),
    ("expression_invalid", with_task(service("a", param__to="#")), "a"),
    ("expression_invalid", multi("<bpmn:loopCardinality>#</bpmn:loopCardinality>"), "a"),
    ("expression_invalid", bundle(around(), **{"t.dmn": dmn("#")}), "c1"),
    ("expression_invalid", with_gateway("exclusiveGateway", "1 + 1", "y"), "f1"),
    ("expression_missing", with_gateway("exclusiveGateway", " ", "y"), "f1"),
    ("expression_too_long", with_gateway("exclusiveGateway", "x" * 4001, "y"), "f1"),
    ("expression_too_long", bundle(around(), **{"t.dmn": dmn("x" * 4001)}), "c1"),
    (
        "too_many_expressions",
        Bundle(
            "main",
            {
                "main.bpmn": diagram(around()),
                "t.dmn": dmn("x").replace(
                    b"</decisionTable>",
                    b"".join(
                        b"<rule><inputEntry id='n%d'><text>x%d</text></inputEntry></rule>" % (n, n)
                        for n in range(501)
                    )
                    + b"</decisionTable>",
                ),
            },
        ),
        "n500",
    ),
    ("form_malformed", bundle(around(), **{"forms/f.json": b'{\n"id": }'}), ""),
    ("form_malformed", bundle(around(), **{"forms/f.json": b'{"id": "a", "id": "b"}'}), ""),
    ("form_without_id", bundle(around(), **{"forms/f.json": b"[]"}), ""),
    (
        "duplicate_form",
        bundle(around(), **{"forms/f.json": b'{"id": "f"}', "forms/g.json": b'{"id": "f"}'}),
        "",
    ),
    ("not_dmn", bundle(around(), **{"t.dmn": b"<table/>"}), ""),
    ("duplicate_decision", bundle(around(), **{"t.dmn": dmn(), "u.dmn": dmn()}), "limit"),
    ("unused_file", bundle(around(), **{"t.dmn": dmn()}), "limit"),
    ("unused_file", bundle(around(), **{"forms/f.json": b'{"id": "f"}'}), "f"),
    ("not_drawn", bundle(around()), ""),
    (
        "not_drawn",
        one_file(
            definitions(
                process(around()) + "<bpmndi:BPMNDiagram "
                'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"/>'
            )
        ),
        "end",
    ),
    (
        "too_many_problems",
        bundle("".join(f'<bpmn:task id="t{n}" startQuantity="2"/>' for n in range(600))),
        "",
    ),
]
