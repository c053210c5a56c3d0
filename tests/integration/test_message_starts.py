"""Messages that start cases: thrown by another case or sent from outside, each start once."""

from __future__ import annotations

import threading

import pytest

from engine import (
    SYSTEM,
    InstanceQuery,
    InstanceStatus,
    InvalidInput,
    InvalidState,
    Labels,
)
from tests.builders import Diagram

LABELS = Labels("Lea Durand", "lea", "usal.es")
PAYLOAD = {"mobility": 7, "department": "lea"}


def opening(key="waiver", message="signed", declared="mobility, department") -> Diagram:
    """A case that the message starts, and in which somebody is asked."""
    diagram = Diagram(key, process_properties={"routingVariables": declared})
    diagram.node("startEvent", "on_signed", inner=diagram.message(message))
    return diagram.user("ask").end().flow("on_signed", "ask", "finish")


def sending(key="contract", message="signed", **named) -> Diagram:
    """A case that asks somebody and then throws the message."""
    diagram = Diagram(key).start().user("sign")
    diagram.node("endEvent", "tell", inner=diagram.message(message), **named)
    return diagram.flow("begin", "sign", "tell")


def deploy(office, *diagrams):
    for diagram in diagrams:
        office.engine.deploy(diagram.bundle(), actor=SYSTEM)


def sign(office, business_key="M-1", **variables):
    """A contract is signed; the workers deliver what it throws."""
    started = office.engine.start(
        "contract",
        actor=office.chief,
        business_key=business_key,
        variables={**PAYLOAD, **variables},
        labels=LABELS,
        links=["coordinator:lea", "student:1"],
    )
    actor = type(office.ana)("person:5", "Olga", frozenset({"office"}))
    office.complete(started.work_items[0], actor=actor)
    office.work()
    return started


def cases(office, process="waiver", business_key="M-1", actor=None):
    query = InstanceQuery(process=process, business_key=business_key)
    return list(office.engine.instances(actor=actor or office.chief, query=query).items)


def send(office, message_id="m1", payload=PAYLOAD, business_key="M-1", **named):
    return office.engine.correlate(
        "signed", payload, message_id=message_id, business_key=business_key, **named
    )


def test_a_thrown_message_starts_a_case_that_takes_over_whose_it_is(office):
    deploy(office, sending(), opening())
    sign(office)
    (case,) = cases(office)
    assert (case.status, case.labels) == (InstanceStatus.ACTIVE, LABELS)
    assert [each.id for each in cases(office, actor=office.ana)] == [case.id]
    assert cases(office, actor=office.eve) == []
    event = office.engine.history(case.id, actor=office.chief)[0]
    assert (event.kind, event.element, event.actor) == ("instance_started", "on_signed", SYSTEM.id)
    assert event.payload["message"] == "signed"
    assert event.payload["variables"] == PAYLOAD
    assert office.incidents() == []


def test_only_declared_variables_leave_the_throwing_case(office):
    deploy(office, sending(), opening(declared="mobility"))
    sign(office, secret="of the contract", rows=[1, 2])
    (case,) = cases(office)
    event = office.engine.history(case.id, actor=office.chief)[0]
    assert event.payload["variables"] == {"mobility": 7}


def test_a_declared_variable_that_is_not_flat_is_an_incident(office):
    deploy(office, sending(), opening(declared="rows"))
    sign(office, rows=[1, 2])
    assert cases(office) == []
    (incident,) = office.incidents()
    assert incident.reason == "message_refused"
    assert "payload.rows: not_flat" in incident.detail


def test_every_process_that_starts_by_the_message_starts_once(office):
    deploy(office, sending(), opening(), opening("other"), opening("unrelated", "withdrawn"))
    sign(office)
    sign(office)
    assert [len(cases(office, key)) for key in ("waiver", "other", "unrelated")] == [1, 1, 0]


def test_another_case_starts_once_the_first_has_ended(office):
    deploy(office, sending(), opening())
    sign(office)
    (first,) = cases(office)
    office.engine.terminate(first.id, actor=office.chief, reason="By mistake")
    sign(office)
    assert [case.status.name for case in cases(office)] == ["ACTIVE", "TERMINATED"]


def test_another_business_key_is_another_case(office):
    deploy(office, sending(), opening())
    sign(office)
    sign(office, "M-2")
    assert [len(cases(office, business_key=key)) for key in ("M-1", "M-2")] == [1, 1]


def test_the_latest_version_starts_and_an_active_case_of_an_older_one_counts(office):
    deploy(office, sending(), opening())
    sign(office)
    deploy(office, _changed(opening()))
    sign(office)
    sign(office, "M-2")
    assert [case.version for case in cases(office)] == [1]
    assert [case.version for case in cases(office, business_key="M-2")] == [2]


def _changed(diagram):
    diagram.process_properties["name.en"] = "Exam waiver"
    return diagram


def catching() -> Diagram:
    """Starts by the message, and while somebody is asked catches it again."""
    diagram = opening()
    diagram.boundary("changed", "ask", diagram.message("signed")).user("again").end("changed_end")
    return diagram.flow("changed", "again", "changed_end")


def test_a_running_case_catches_the_message_that_would_start_it(office):
    deploy(office, sending(), catching())
    sign(office)
    sign(office, "M-2")
    sign(office)
    (case,) = cases(office)
    (other,) = cases(office, business_key="M-2")
    assert [_open(office, each) for each in (case, other)] == [["again"], ["ask"]]


def _open(office, case):
    return [item.element for item in office.engine.instance(case.id, actor=office.chief).open_items]


def test_a_case_that_the_message_ends_is_not_followed_by_another(office):
    diagram = opening()
    diagram.boundary("changed", "ask", diagram.message("signed")).end("changed_end")
    deploy(office, sending(), diagram.flow("changed", "changed_end"))
    sign(office)
    sign(office)
    assert [case.status.name for case in cases(office)] == ["COMPLETED"]


def test_one_message_is_caught_by_one_process_and_starts_another(office):
    waits = Diagram("waits").start()
    waits.catch("signed", waits.message("signed")).user("then").end()
    waits.flow("begin", "signed", "then", "finish")
    deploy(office, sending(), opening(), waits)
    started = office.engine.start("waits", actor=office.chief, business_key="M-1", variables={})
    sign(office)
    assert office.open_elements(started) == ["then"]
    assert len(cases(office)) == 1


def test_a_thrown_message_does_not_stray_into_the_case_of_another_key(office):
    waits = Diagram("waits").start()
    waits.catch("signed", waits.message("signed")).user("then").end()
    deploy(office, sending(), waits.flow("begin", "signed", "then", "finish"))
    started = office.engine.start("waits", actor=office.chief, business_key="M-2", variables={})
    sign(office)
    assert office.open_elements(started) == []
    assert office.incidents() == []


def test_an_event_may_throw_under_another_business_key(office):
    deploy(office, sending(businessKey='"mobility-" + string(mobility)'), opening())
    sign(office, "application-3")
    assert cases(office, business_key="application-3") == []
    assert len(cases(office, business_key="mobility-7")) == 1


def test_a_whole_number_is_a_business_key(office):
    deploy(office, sending(businessKey="mobility"), opening())
    sign(office, "application-3")
    assert len(cases(office, business_key="7")) == 1


def test_a_business_key_that_is_none_is_an_incident_of_the_throwing_case(office):
    deploy(office, sending(businessKey="nothing"), opening())
    started = sign(office, "application-3", nothing=None)
    (incident,) = office.incidents()
    assert (incident.instance_id, incident.element) == (started.instance_id, "tell")
    assert incident.reason == "no_business_key"


def test_a_message_from_outside_starts_a_case(office):
    deploy(office, opening())
    delivery = send(office, labels=LABELS, links=["coordinator:lea"], actor=office.chief)
    (case,) = cases(office, actor=office.ana)
    assert delivery.delivered
    assert (delivery.instance_id, delivery.started) == (case.id, (case.id,))
    assert case.labels == LABELS
    event = office.engine.history(case.id, actor=office.chief)[0]
    assert (event.actor, event.payload["variables"]) == (office.chief.id, PAYLOAD)


def test_the_same_message_again_starts_nothing_even_when_the_case_has_ended(office):
    deploy(office, opening())
    first = send(office)
    office.engine.terminate(first.instance_id, actor=office.chief, reason="By mistake")
    again = send(office)
    assert (again.duplicate, again.instance_id, again.started) == (True, first.instance_id, ())
    assert len(cases(office)) == 1


def test_another_message_finds_the_case_active_and_is_not_delivered(office):
    deploy(office, opening())
    send(office)
    assert not send(office, "m2").delivered
    assert len(cases(office)) == 1


@pytest.mark.parametrize(
    ("payload", "business_key", "errors"),
    [
        (PAYLOAD, None, {"business_key": ["required"]}),
        (PAYLOAD, " ", {"business_key": ["required"]}),
        (PAYLOAD, "k" * 201, {"business_key": ["too_long:200"]}),
        (PAYLOAD, "a\x00", {"business_key": ["invalid_characters"]}),
        ({"grade": 20}, "M-1", {"payload.grade": ["unknown_variable"]}),
        ({"mobility": [1]}, "M-1", {"payload.mobility": ["not_flat"]}),
        ({"mobility": {"id": 1}}, "M-1", {"payload.mobility": ["not_flat"]}),
        ({"mobility": "\x00"}, "M-1", {"payload.mobility": ["invalid_characters"]}),
        ({"mobility": float("nan")}, "M-1", {"payload.mobility": ["invalid_number"]}),
        ({"mobility": 2**63}, "M-1", {"payload.mobility": ["invalid_number"]}),
        ({"mobility": "x" * 70_000}, "M-1", {"variables": ["too_long:65536"]}),
    ],
    ids=[
        *("no key", "blank key", "long key", "unusable key", "undeclared", "list", "object"),
        *("unusable", "not a number", "too large a number", "too long"),
    ],
)
def test_a_message_from_outside_that_cannot_start_is_refused(office, payload, business_key, errors):
    deploy(office, opening())
    with pytest.raises(InvalidInput) as refused:
        send(office, payload=payload, business_key=business_key)
    assert refused.value.errors == errors
    assert cases(office) == []


def test_a_process_that_only_messages_start_is_started_by_nobody_else(office):
    deploy(office, opening())
    with pytest.raises(InvalidState, match="starts by itself when a message comes \\(signed\\)"):
        office.engine.start("waiver", actor=office.chief, business_key="M-1", variables={})


def test_a_person_may_start_what_a_message_may_start_too(office):
    diagram = opening().start()
    deploy(office, diagram.flow("begin", "ask", id_="by_hand"))
    office.engine.start("waiver", actor=office.chief, business_key="M-1", variables={})
    assert not send(office).delivered
    assert len(cases(office)) == 1


def test_a_case_that_cannot_go_on_at_its_start_is_an_incident_and_starts_again(office):
    diagram = Diagram("waiver", process_properties={"routingVariables": "mobility"})
    diagram.node("startEvent", "on_signed", inner=diagram.message("signed"))
    diagram.gateway("which", default="no").user("ask").user("other").end()
    diagram.flow("on_signed", "which").flow("which", "ask", condition="mobility")
    diagram.flow("which", "other", id_="no").flow("ask", "finish").flow("other", "finish")
    deploy(office, diagram)
    send(office, payload={"mobility": 7})
    (incident,) = office.incidents()
    assert incident.reason == "expression_failed"
    office.engine.retry(incident.id, actor=office.chief)
    office.work()
    assert [each.reason for each in office.incidents()] == ["expression_failed"]


def test_messages_at_the_same_moment_start_one_case(office):
    deploy(office, opening())
    for number in range(10):
        gate = threading.Barrier(4)
        delivered = []

        def act(id_, key, gate=gate, delivered=delivered):
            gate.wait()
            try:
                delivered.append(send(office, f"{key} {id_}", business_key=key))
            except InvalidState as error:
                delivered.append(error)

        key = f"M-{number}"
        threads = [threading.Thread(target=act, args=(id_ % 2, key)) for id_ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(delivered) == 4
        assert len(cases(office, business_key=key)) == 1


def test_workers_at_the_same_moment_start_one_case(office):
    deploy(office, sending("contract"), sending("change"), opening())
    olga = type(office.ana)("person:5", "Olga", frozenset({"office"}))
    for number in range(5):
        for key in ("contract", "change"):
            started = office.engine.start(
                key, actor=office.chief, business_key=f"M-{number}", variables=PAYLOAD
            )
            office.complete(started.work_items[0], actor=olga)
    threads = [
        threading.Thread(target=office.engine.run_due_jobs, kwargs={"worker": name, "limit": 20})
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    office.work()
    assert [len(cases(office, business_key=f"M-{number}")) for number in range(5)] == [1] * 5
    assert office.incidents() == []
