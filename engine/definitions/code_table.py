"""The table of lint codes. Read it through :mod:`engine.definitions.codes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.definitions.problems import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A code's severity, unless a call says otherwise, and its meaning in one line."""

    severity: Severity
    meaning: str


_ERRORS = {
    # reading a file
    "file_too_large": "the file has more bytes than are read",
    "compressed_file": "the file is an archive or compressed",
    "encoding_not_utf8": "the file is written or declared in another encoding than UTF-8",
    "nul_character": "the file contains a NUL character",
    "invalid_utf8": "the bytes are not valid UTF-8",
    "doctype_refused": "the file has a DOCTYPE",
    "xml_malformed": "the file is not well-formed XML",
    "too_many_elements": "the file has more elements than are read",
    "too_deep": "elements are nested too deeply",
    "too_many_attributes": "an element has too many attributes",
    "attribute_too_long": "a value is too long",
    "name_too_long": "the name of an element or attribute is too long",
    # the bundle
    "bundle_key_invalid": "the folder's name cannot be the key of a definition",
    "bundle_too_large": "all files together have more bytes than are read",
    "too_many_files": "the bundle has more files than are read",
    "unsafe_file_name": "a file name leads out of the bundle or holds odd characters",
    "duplicate_file_name": "two files have the same name",
    "zip_malformed": "the archive cannot be read",
    "zip_bomb": "the archive unpacks to far more bytes than it has",
    "zip_link": "the archive contains a link",
    "zip_encrypted": "the archive is encrypted",
    "no_process": "there is no process that could be started",
    "main_process_unclear": "several processes could be the one that is started",
    "executable_unclear": "of several processes in a file none is marked executable",
    # structure
    "not_bpmn": "the file is not a BPMN 2.0 diagram",
    "structure_invalid": "the file breaks the BPMN 2.0 schema",
    "foreign_element": "an element of another vocabulary stands outside extensionElements",
    "bpmn_in_extension": "BPMN elements hide inside extensionElements",
    "type_override": "xsi:type makes an element into another one",
    "element_not_supported": "the element is not executed",
    "attribute_not_supported": "the attribute, or its value, is not executed",
    "extension_not_supported": "the extension element would run code or is not executed",
    "markup_in_expression": "an expression contains elements or processing instructions",
    "expression_language": "an expression is written in another language than FEEL",
    # elements refused one by one
    "script_task": "script tasks are refused",
    "manual_task": "manual tasks are refused",
    "complex_gateway": "complex gateways are refused",
    "event_subprocess": "event subprocesses are refused",
    "ad_hoc_subprocess": "ad-hoc subprocesses are refused",
    "transaction": "transactions are refused",
    "compensation": "compensation is refused",
    "link_event": "link events are refused",
    "conditional_event": "conditional events are refused",
    "cancel_event": "cancel events are refused",
    "event_definition_ref": "shared event definitions are refused",
    "multiple_event_definitions": "an event has several definitions",
    "event_not_supported": "this event is not executed in this place",
    "event_without_definition": "the event says nothing to wait for or to throw",
    "start_quantity": "a start or completion quantity other than 1",
    "instantiate": "tasks and gateways that start instances are refused",
    "resource_role": "performers and potential owners are refused",
    # identifiers and references
    "missing_id": "an executed element has no id",
    "duplicate_id": "two elements have the same id",
    "reserved_id": "the id collides with a name of the engine",
    "invalid_id": "the id holds characters that are not accepted",
    "dangling_reference": "a reference names nothing, or the wrong kind of thing",
    "unresolved_prefix": "a reference has a namespace prefix that is not declared",
    # flow
    "no_start_event": "a process or subprocess has no start event",
    "several_start_events": "a process or subprocess has several none start events",
    "join_of_starts": "a parallel join waits for flows that no one start event leads to",
    "no_end_event": "a process or subprocess has no end event",
    "flow_into_start": "a sequence flow leads into a start or boundary event",
    "flow_out_of_end": "a sequence flow leaves an end event",
    "flow_crosses_scope": "a sequence flow crosses the border of a subprocess",
    "dead_end": "a token can go nowhere from here",
    "unreachable_node": "no token ever gets here",
    "end_unreachable": "no end can be reached from here",
    "join_never_complete": "a parallel join waits for branches of which only one is taken",
    "join_waits_for_itself": "a parallel join waits for what only comes out of itself",
    "implicit_split": "several flows leave something that is not a gateway",
    "too_many_nodes": "the process has too many elements on one level",
    "nested_too_deep": "subprocesses are nested too deeply",
    "condition_missing": "a flow out of a deciding gateway has no condition",
    "condition_not_evaluated": "a condition that nothing would evaluate",
    "default_not_outgoing": "the default flow is not one that leaves the gateway",
    "default_not_used": "a default flow on something that does not decide",
    "event_gateway_branches": "an event-based gateway needs two branches or more",
    "event_gateway_target": "an event-based gateway leads to something that does not wait",
    "event_gateway_two_timers": "an event-based gateway waits for two timers",
    "event_gateway_same_message": "an event-based gateway waits twice for one message",
    # events
    "message_missing": "an event or task does not say which message",
    "message_without_name": "a message has no name",
    "message_start_place": "a message start event outside the process that cases start with",
    "message_start_twice": "two start events of a process wait for the same message",
    "message_starts_itself": "a process throws the message that starts it",
    "signal_missing": "an event does not say which signal",
    "signal_without_name": "a signal has no name",
    "timer_missing": "a timer says no time",
    "timer_invalid": "a timer is neither ISO 8601 nor FEEL of its kind",
    "timer_cycle_not_here": "a repeating timer where only one moment is possible",
    "error_missing": "an error end event names no error",
    "error_without_code": "an error has no code",
    "escalation_missing": "an escalation event names no escalation",
    "escalation_without_code": "an escalation has no code",
    "uncaught_error": "nothing catches the error thrown here",
    "error_not_interrupting": "an error boundary event must interrupt",
    "boundary_host": "a boundary event on something that cannot carry it",
    # activities
    "send_without_service": "a send task names no service",
    "service_missing": "a service task names no service",
    "unknown_service": "the service is not registered",
    "unknown_parameter": "the service has no such parameter",
    "decision_missing": "a business rule task names no decision",
    "unknown_decision": "the decision is not in the bundle",
    "form_and_page": "a user task names both a form and a page",
    "unknown_form": "the form is not in the bundle",
    "unknown_page": "the page is not registered",
    "unknown_handler": "the task handler is not registered",
    "unknown_approval": "the kind of approval is not installed",
    "approval_option": "an option of the approval step is wrong",
    "unknown_property": "the property means nothing on this element",
    "duplicate_property": "a property is set twice on one element",
    "property_invalid": "the value of a property is not acceptable",
    "unknown_time_zone": "the time zone does not exist",
    "unknown_calendar": "the working calendar does not exist",
    "variable_name": "the name of a variable is not acceptable",
    "called_element_missing": "a call activity names no process",
    "unknown_process": "the called process is not in the bundle",
    "recursive_call": "a process calls itself",
    "loop_incomplete": "a loop or multi-instance does not say how often",
    "loop_invalid": "the values of a loop or multi-instance contradict each other",
    # routing and data
    "no_lane": "a user task lies in no lane and names no candidate group",
    "lane_without_group": "a lane has neither a name nor a candidate group",
    "several_lanes": "an element lies in two lanes",
    "parallel_write": "two parallel branches write the same variable",
    "reserved_field": "a form field is named like a routing variable",
    "expression_invalid": "an expression is not acceptable FEEL",
    "expression_missing": "an expression is empty",
    "expression_too_long": "an expression is too long",
    "too_many_expressions": "the bundle has too many different expressions",
    "condition_not_boolean": "a condition can never be true or false",
    # other files
    "form_malformed": "the form is not acceptable JSON",
    "form_without_id": "the form has no id",
    "duplicate_form": "two forms have the same id",
    "not_dmn": "the file is not a DMN table",
    "duplicate_decision": "two decisions have the same id",
}

_WARNINGS = {
    "unknown_file": "a file that is no part of a bundle",
    "not_marked_executable": "the only process of the file is not marked executable",
    "documentation_only": "data elements are read as documentation",
    "foreign_extension": "extensions of another tool are kept and ignored",
    "comment_in_expression": "a comment inside an expression is ignored",
    "not_drawn": "an executed element is not in the drawing",
    "no_default_flow": "a deciding gateway has no default flow",
    "default_with_condition": "the condition of a default flow is ignored",
    "gateway_without_purpose": "a gateway neither splits nor joins",
    "abstract_task": "the task has no type, so the engine passes through it",
    "signal_never_thrown": "no process of the bundle throws the signal",
    "automatic_loop": "a loop in which nothing waits",
    "parallel_split_not_joined": "branches side by side meet without waiting for each other",
    "message_ambiguous": "one message is caught in several places",
    "boundary_never_fires": "nothing inside can throw what the boundary event catches",
    "uncaught_escalation": "nothing catches the escalation thrown here",
    "correlation_incomplete": "a correlated message lacks the path of a property",
    "task_without_name": "a user task has no name",
    "task_without_content": "a user task has neither form, page nor approval",
    "unused_file": "nothing refers to this form or decision",
    "too_many_problems": "there are more problems than are shown",
}

CODES: Mapping[str, Code] = MappingProxyType(
    {code: Code(Severity.ERROR, meaning) for code, meaning in _ERRORS.items()}
    | {code: Code(Severity.WARNING, meaning) for code, meaning in _WARNINGS.items()}
)
"""Every code by its name."""
