"""Faults of events."""

from tests.unit.definitions.diagrams import (
    START,
    around,
    bundle,
    event,
    flow,
    service,
    single,
    timer,
    user,
)
from tests.unit.definitions.faulty import (
    CATCH,
    MESSAGE,
    ON_MESSAGE,
    Row,
    boundary,
    parallel,
    race,
    wait,
    with_root,
    with_task,
)

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
