"""BPMN elements refused one by one: the code, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping

_RESOURCES = ("resource_role", "Name the candidates by the lane or by its candidateGroup property.")

REFUSED: Mapping[str, tuple[str, str]] = {
    "scriptTask": ("script_task", "Code from a diagram is never run; use a service task."),
    "globalScriptTask": ("script_task", "Code from a diagram is never run; use a service task."),
    "script": ("script_task", "Code from a diagram is never run; use a service task."),
    "manualTask": ("manual_task", "Nobody would see it in an inbox; make it a user task."),
    "complexGateway": ("complex_gateway", "Use exclusive, inclusive or parallel gateways."),
    "adHocSubProcess": ("ad_hoc_subprocess", "Draw the order of its tasks in a subprocess."),
    "transaction": ("transaction", "Use a subprocess with error boundary events."),
    "compensateEventDefinition": ("compensation", "Draw the undoing as a path of its own."),
    "linkEventDefinition": ("link_event", "Connect the two places with a sequence flow."),
    "conditionalEventDefinition": ("conditional_event", "Use a gateway, a message or a timer."),
    "cancelEventDefinition": ("cancel_event", "Use an error end event and an error boundary."),
    "eventDefinitionRef": ("event_definition_ref", "Put the definition into the event itself."),
    "resource": _RESOURCES,
    "resourceRole": _RESOURCES,
    "performer": _RESOURCES,
    "humanPerformer": _RESOURCES,
    "potentialOwner": _RESOURCES,
}

VALUE_CODES: Mapping[str, tuple[str, str]] = {
    "isForCompensation": ("compensation", "Draw the undoing as a path of its own."),
    "startQuantity": ("start_quantity", "Every token starts the activity once; remove it."),
    "completionQuantity": ("start_quantity", "One token leaves the activity; remove it."),
    "instantiate": ("instantiate", "Start the process with a message start event."),
    "triggeredByEvent": ("event_subprocess", "Use a boundary event on a subprocess."),
    "parallelMultiple": ("multiple_event_definitions", "Give every trigger an event of its own."),
}
"""Attributes of which only the default is executed; others give the general code."""
