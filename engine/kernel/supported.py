"""What the kernel executes as BPMN says: the allow-list behind every deployment.

A key is ``element``, ``element:variant`` or ``element:variant:variant``:

- an event with a definition is ``<element>:<definition>``, the definition being
  ``timer``, ``message``, ``signal``, ``error``, ``escalation`` or ``terminate``;
- a boundary event that leaves its activity running ends in ``:nonInterrupting``;
- a loop marker is ``multiInstanceLoopCharacteristics:parallel`` or
  ``:sequential``, or ``standardLoopCharacteristics``.

Whatever has no key here is refused at deployment. Every key has a test of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SUPPORTED_ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "startEvent": "begins a process or an embedded subprocess, one in each",
        "startEvent:message": "begins a case of its own when a message of its name comes",
        "endEvent": "ends a token; the scope ends once all its tokens have",
        "endEvent:message": "ends a token and throws a message to the outside",
        "endEvent:signal": "ends a token and throws a signal inside the instance",
        "endEvent:error": "ends a token with an error that a boundary event around it catches",
        "endEvent:escalation": "ends a token and escalates to a boundary event around it",
        "endEvent:terminate": "ends its scope at once, whatever else runs in it",
        "intermediateThrowEvent": "marks a point in the flow",
        "intermediateThrowEvent:message": "throws a message to the outside and goes on",
        "intermediateThrowEvent:signal": "throws a signal inside the instance and goes on",
        "intermediateThrowEvent:escalation": "escalates to a boundary event around it and goes on",
        "intermediateCatchEvent:timer": "waits for a point in time",
        "intermediateCatchEvent:message": "waits for a message",
        "intermediateCatchEvent:signal": "waits for a signal of the same instance",
        "boundaryEvent:timer": "ends its activity at a point in time",
        "boundaryEvent:timer:nonInterrupting": (
            "starts a branch beside its activity, with a cycle again and again"
        ),
        "boundaryEvent:message": "ends its activity when a message comes",
        "boundaryEvent:message:nonInterrupting": (
            "starts a branch beside its activity at each message"
        ),
        "boundaryEvent:signal": "ends its activity when a signal of the same instance comes",
        "boundaryEvent:signal:nonInterrupting": (
            "starts a branch beside its activity at each signal of the same instance"
        ),
        "boundaryEvent:error": "ends its activity when an error comes out of it",
        "boundaryEvent:escalation": "ends its activity when it escalates",
        "boundaryEvent:escalation:nonInterrupting": (
            "starts a branch beside its activity at each escalation"
        ),
        "task": "marks a step that the engine passes through",
        "userTask": "waits for a person",
        "serviceTask": "waits for a job done by a registered service",
        "sendTask": "waits for a job that sends something",
        "receiveTask": "waits for a message",
        "businessRuleTask": "asks a decision table; each output becomes a variable",
        "subProcess": "runs an embedded process on all variables",
        "callActivity": "runs another process on a copy of all variables and takes them all back",
        "exclusiveGateway": "takes the first true flow in the order of the file, else the default",
        "parallelGateway": "splits into all flows; waits for a token on each incoming flow",
        "inclusiveGateway": "takes every true flow, else the default; joins what can still come",
        "eventBasedGateway": "waits for the first of several events",
        "multiInstanceLoopCharacteristics:parallel": "runs once for each item, all at once",
        "multiInstanceLoopCharacteristics:sequential": "runs once for each item, in their order",
        "standardLoopCharacteristics": "repeats while a condition holds, up to a maximum",
        "sequenceFlow": "leads a token on",
    }
)
