"""Events as an event log in XES (IEEE 1849): a trace for each case.

Attributes that every event or trace has are declared as global; their meaning is that of the
standard's extensions Concept, Time, Lifecycle and Organizational.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from engine.history.export.model import STATES, Case, Event, Log, Order, instant
from engine.texts import cleaned

_CHUNK = 64 * 1024

TRANSITIONS: Mapping[str, str] = {
    "instance_started": "start",
    "instance_completed": "complete",
    "instance_terminated": "pi_abort",
    "work_item_created": "schedule",
    "work_item_claimed": "assign",
    "work_item_assigned": "assign",
    "work_item_delegated": "reassign",
    "work_item_resolved": "reassign",
    "work_item_released": "reassign",
    "work_item_completed": "complete",
    "work_item_cancelled": "withdraw",
    "task_cancelled": "withdraw",
    "service_completed": "complete",
    "job_completed": "complete",
    "timer_fired": "complete",
    "message_received": "complete",
    "incident_raised": "suspend",
    "incident_retried": "resume",
}
"""Kinds of events in the standard transactional model of IEEE 1849, clause 6.3; else unknown."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
<string key="process" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
<string key="lifecycle:transition" value="unknown"/>
<string key="org:resource" value=""/>
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Transition" scope="event" keys="concept:name lifecycle:transition"/>
<string key="concept:name" value="Passerelle"/>
<string key="lifecycle:model" value="standard"/>
"""


def xes_lines(log: Log, _order: Order) -> Iterator[bytes]:
    """The log, as it is written."""
    parts, size = [_HEAD], 0
    for case, events in groupby(log.events(), attrgetter("case")):
        parts.append(_trace(case, log))
        for event in events:
            written = _event(event, log)
            parts.append(written)
            size += len(written)
            if size > _CHUNK:
                yield "".join(parts).encode()
                parts, size = [], 0
        parts.append("</trace>\n")
    parts.append("</log>\n")
    yield "".join(parts).encode()


def _trace(case: Case, log: Log) -> str:
    return "<trace>\n" + _strings(
        {
            "concept:name": str(case.instance_id),
            "process": case.process,
            "version": str(case.version),
            "matter": case.business_key,
            "department": case.org_unit,
            "partner": log.vocabulary.partner(case.business_key, case.counterparty),
            "concerns": log.people.concerned(case),
            "subject": case.subject if log.people.named else None,
            "state": STATES[case.status],
        }
    )


def _event(event: Event, log: Log) -> str:
    of = log.people.of
    said = event.content() if log.people.named else None
    strings = _strings(
        {
            "concept:name": event.activity,
            "concept:instance": None if event.work_item_id is None else str(event.work_item_id),
            "lifecycle:transition": TRANSITIONS.get(event.kind, "unknown"),
            "org:resource": of(event.actor),
            "org:role": event.group,
            "on_behalf_of": of(event.on_behalf_of),
            "kind": event.kind,
            "outcome": event.outcome,
            "reason": said.get("reason") if said else None,
        }
    )
    return (
        f'<event>\n<date key="time:timestamp" value="{instant(event.at)}"/>\n'
        f'{strings}<int key="number" value="{event.seq}"/>\n</event>\n'
    )


def _strings(attributes: Mapping[str, str | None]) -> str:
    return "".join(
        f'<string key="{key}" value="{_quoted(value)}"/>\n'
        for key, value in attributes.items()
        if value
    )


def _quoted(text: str) -> str:
    """A text as the value of an attribute, whatever stands in it."""
    if text.isalnum():
        return text
    return cleaned(text).translate(_ESCAPES)


_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)
