"""Faults of events."""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    END,
    START,
    around,
    bundle,
    diagram,
    event,
    flow,
    properties,
    service,
    single,
    timer,
    user,
)
from tests.unit.definitions.faulty import (
    CATCH,
    INNER_END,
    MESSAGE,
    ON_MESSAGE,
    Row,
    boundary,
    parallel,
    race,
    subprocess,
    wait,
    with_root,
    with_task,
)

STARTED_INNER = event("startEvent", "s2", ON_MESSAGE) + INNER_END + flow("s2", "e2")


def opened(identifier: str, message: str = "m") -> str:
    """A message start event that leads to the end."""
    definition = f'<bpmn:messageEventDefinition messageRef="{message}"/>'
    return event("startEvent", identifier, definition) + flow(identifier, "end")


EVENTS: list[Row] = [
    (
        "event_gateway_branches",
        bundle(
            around(
                ("g", '<bpmn:eventBasedGateway id="g"/>'),
                ("a", wait("a", timer("timeDuration", "P1D"))),
            )
        ),
        "g",
    ),
    ("event_gateway_target", race(wait("a", ON_MESSAGE), user("b")), "b"),
    (
        "event_gateway_two_timers",
        race(wait("a", timer("timeDuration", "P1D")), wait("b", timer("timeDuration", "P2D"))),
        "g",
    ),
    ("event_gateway_same_message", race(wait("a", ON_MESSAGE), wait("b", ON_MESSAGE)), "b"),
    ("message_start_place", with_root(single(subprocess(STARTED_INNER), "sub"), MESSAGE), "s2"),
    (
        "message_start_place",
        Bundle(
            "main",
            {
                "main.bpmn": diagram(single('<bpmn:callActivity id="a" calledElement="other"/>')),
                "other.bpmn": diagram(STARTED_INNER, key="other", root=MESSAGE),
            },
        ),
        "s2",
    ),
    (
        "message_start_twice",
        with_root(
            around(extra=opened("s2") + opened("s3", "again")),
            MESSAGE + '<bpmn:message id="again" name="answer"/>',
        ),
        "s3",
    ),
    (
        "message_starts_itself",
        with_root(
            around(extra=opened("s2")).replace(
                END, f'<bpmn:endEvent id="end">{ON_MESSAGE}</bpmn:endEvent>'
            ),
            MESSAGE,
        ),
        "end",
    ),
    (
        "property_invalid",
        bundle(around().replace(END, event("endEvent", "end", properties({"businessKey": "x"})))),
        "end",
    ),
    (
        "expression_invalid",
        with_root(
            around().replace(
                END, event("endEvent", "end", properties({"businessKey": "a == b"}) + ON_MESSAGE)
            ),
            MESSAGE,
        ),
        "end",
    ),
    ("message_missing", with_task('<bpmn:receiveTask id="a"/>'), "a"),
    ("message_missing", with_task(CATCH.format("<bpmn:messageEventDefinition/>")), "a"),
    (
        "message_without_name",
        with_root(single('<bpmn:receiveTask id="a" messageRef="m"/>'), '<bpmn:message id="m"/>'),
        "a",
    ),
    ("signal_missing", with_task(CATCH.format("<bpmn:signalEventDefinition/>")), "a"),
    (
        "signal_without_name",
        with_root(
            single(CATCH.format('<bpmn:signalEventDefinition signalRef="s"/>')),
            '<bpmn:signal id="s"/>',
        ),
        "a",
    ),
    (
        "signal_never_thrown",
        with_root(
            single(CATCH.format('<bpmn:signalEventDefinition signalRef="s"/>')),
            '<bpmn:signal id="s" name="stop"/>',
        ),
        "a",
    ),
    ("timer_missing", with_task(CATCH.format("<bpmn:timerEventDefinition/>")), "a"),
    ("timer_invalid", with_task(CATCH.format(timer("timeDuration", "2027-01-01"))), "a"),
    (
        "timer_invalid",
        bundle(
            single(user("a"))
            + boundary("b", "a", timer("timeCycle", "R/PT0S"), 'cancelActivity="false"')
        ),
        "b",
    ),
    ("timer_cycle_not_here", with_task(CATCH.format(timer("timeCycle", "R/P1D"))), "a"),
    (
        "error_missing",
        bundle(
            START + event("endEvent", "end", "<bpmn:errorEventDefinition/>") + flow("start", "end")
        ),
        "end",
    ),
    (
        "error_without_code",
        with_root(
            START
            + event("endEvent", "end", '<bpmn:errorEventDefinition errorRef="x"/>')
            + flow("start", "end"),
            '<bpmn:error id="x"/>',
        ),
        "end",
    ),
    (
        "escalation_missing",
        with_task(event("intermediateThrowEvent", "a", "<bpmn:escalationEventDefinition/>")),
        "a",
    ),
    (
        "escalation_without_code",
        with_root(
            single(
                event(
                    "intermediateThrowEvent",
                    "a",
                    '<bpmn:escalationEventDefinition escalationRef="x"/>',
                )
            ),
            '<bpmn:escalation id="x"/>',
        ),
        "a",
    ),
    (
        "uncaught_error",
        with_root(
            START
            + event("endEvent", "end", '<bpmn:errorEventDefinition errorRef="x"/>')
            + flow("start", "end"),
            '<bpmn:error id="x" errorCode="late"/>',
        ),
        "end",
    ),
    (
        "uncaught_escalation",
        with_root(
            single(
                event(
                    "intermediateThrowEvent",
                    "a",
                    '<bpmn:escalationEventDefinition escalationRef="x"/>',
                )
            ),
            '<bpmn:escalation id="x" escalationCode="late"/>',
        ),
        "a",
    ),
    (
        "error_not_interrupting",
        bundle(
            single(service("a"))
            + boundary("b", "a", "<bpmn:errorEventDefinition/>", 'cancelActivity="0"')
        ),
        "b",
    ),
    ("boundary_host", bundle(around() + boundary("b", "end", timer("timeDuration", "P1D"))), "b"),
    (
        "boundary_never_fires",
        bundle(single(user("a")) + boundary("b", "a", "<bpmn:errorEventDefinition/>")),
        "b",
    ),
    (
        "message_ambiguous",
        parallel(
            '<bpmn:receiveTask id="a" messageRef="m"/>', '<bpmn:receiveTask id="b" messageRef="m"/>'
        ),
        "b",
    ),
    (
        "correlation_incomplete",
        with_root(
            single('<bpmn:receiveTask id="a" messageRef="m"/>'),
            MESSAGE
            + '<bpmn:message id="m2" name="other"/>'
            + "".join(
                f'<bpmn:correlationProperty id="c{n}" name="{name}">'
                f'<bpmn:correlationPropertyRetrievalExpression messageRef="{message}">'
                "<bpmn:messagePath>id</bpmn:messagePath>"
                "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
                for n, (name, message) in enumerate([("case", "m"), ("year", "m2")])
            ),
        ),
        "a",
    ),
]
