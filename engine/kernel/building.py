"""Building one node from one element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.kernel.activities import InnerProcess, RuleTask, ServiceTask, UserTask
from engine.kernel.diagram import (
    Unsupported,
    Xml,
    children,
    decision_id,
    flag,
    identifier,
    reference,
    tag,
)
from engine.kernel.events import BoundaryEvent, CatchEvent, EventDefinition, EventKind
from engine.kernel.gateways import (
    EventGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from engine.kernel.node import Node
from engine.kernel.process import ProcessSpec
from engine.kernel.throws import ErrorEnd, TerminateEnd, ThrowEvent


@dataclass
class Context:
    """What a builder needs besides the element, and what it finds on the way.

    ``named`` maps ids of messages, signals, errors and escalations to names or
    codes; ``main`` says that instances start in this very process; ``embedded``
    collects subprocesses with their keys, ``called`` the ids of called processes,
    ``starts`` and ``message_starts`` the start events.
    """

    process: ProcessSpec
    named: Mapping[str, str]
    main: bool
    starts: list[Node] = field(default_factory=list)
    message_starts: dict[str, Node] = field(default_factory=dict)
    embedded: list[tuple[str, Xml]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


Builder = Callable[[Context, Xml, str], Node]
"""Makes the node of an element under a given name."""

_SUFFIX = "EventDefinition"
_REFERENCES = {
    EventKind.MESSAGE: "messageRef",
    EventKind.SIGNAL: "signalRef",
    EventKind.ERROR: "errorRef",
    EventKind.ESCALATION: "escalationRef",
}
_CODED = (EventKind.ERROR, EventKind.ESCALATION)


def _definition(context: Context, element: Xml, *allowed: EventKind) -> EventDefinition:
    """The one definition of an event. Raises Unsupported unless it is of an allowed kind."""
    found = [each for each in element if tag(each).endswith(_SUFFIX)]
    if len(found) > 1:
        raise Unsupported(element, "an event with several definitions cannot be executed.")
    if children(element, "eventDefinitionRef"):
        raise Unsupported(element, "an event needs its definition inside it.")
    kind = EventKind.NONE
    if found:
        local = tag(found[0]).removesuffix(_SUFFIX)
        if local not in set(EventKind):
            raise Unsupported(element, f"a {tag(found[0])} cannot be executed.")
        kind = EventKind(local)
    if kind not in allowed:
        raise Unsupported(element, f"a {tag(element)} of kind '{kind}' cannot be executed.")
    if kind is EventKind.TIMER:
        return _timer(found[0])
    if kind in _REFERENCES:
        return EventDefinition(kind, _name(context, found[0], kind))
    return EventDefinition(kind)


def _timer(element: Xml) -> EventDefinition:
    parts = [
        tag(each) for each in element if tag(each) in ("timeDate", "timeDuration", "timeCycle")
    ]
    if len(parts) != 1:
        raise Unsupported(element, "a timer needs a date, a duration or a cycle.")
    return EventDefinition(EventKind.TIMER, repeats=parts[0] == "timeCycle")


def _name(context: Context, element: Xml, kind: EventKind) -> str:
    attribute = _REFERENCES[kind]
    if kind in _CODED and not element.get(attribute):
        return ""  # catches any code
    referred = reference(element, attribute)
    if referred not in context.named:
        raise Unsupported(element, f"there is no {kind} '{referred}'.")
    return context.named[referred]


def _plain(make: Callable[[ProcessSpec, str, str], Node]) -> Builder:
    def build(context: Context, element: Xml, name: str) -> Node:
        return make(context.process, name, identifier(element))

    return build


def _start(context: Context, element: Xml, name: str) -> Node:
    allowed = (EventKind.NONE, EventKind.MESSAGE) if context.main else (EventKind.NONE,)
    node = Node(context.process, name)
    if _definition(context, element, *allowed).kind is EventKind.MESSAGE:
        context.message_starts[name] = node
    else:
        context.starts.append(node)
    return node


def _end(context: Context, element: Xml, name: str) -> Node:
    throws = _definition(
        context,
        element,
        EventKind.NONE,
        EventKind.MESSAGE,
        EventKind.SIGNAL,
        EventKind.ERROR,
        EventKind.ESCALATION,
        EventKind.TERMINATE,
    )
    if throws.kind is EventKind.ERROR:
        return ErrorEnd(context.process, name, throws)
    if throws.kind is EventKind.TERMINATE:
        return TerminateEnd(context.process, name, throws)
    return ThrowEvent(context.process, name, throws)


def _throw(context: Context, element: Xml, name: str) -> Node:
    throws = _definition(
        context,
        element,
        EventKind.NONE,
        EventKind.MESSAGE,
        EventKind.SIGNAL,
        EventKind.ESCALATION,
    )
    return ThrowEvent(context.process, name, throws)


def _catch(context: Context, element: Xml, name: str) -> Node:
    catches = _definition(context, element, EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL)
    return CatchEvent(context.process, name, name, catches)


def _receive(context: Context, element: Xml, name: str) -> Node:
    if flag(element, "instantiate", default=False):
        raise Unsupported(element, "a receive task cannot start a process.")
    message = _name(context, element, EventKind.MESSAGE)
    catches = EventDefinition(EventKind.MESSAGE, message)
    return CatchEvent(context.process, name, identifier(element), catches)


def _boundary(context: Context, element: Xml, name: str) -> Node:
    catches = _definition(
        context,
        element,
        EventKind.TIMER,
        EventKind.MESSAGE,
        EventKind.SIGNAL,
        EventKind.ERROR,
        EventKind.ESCALATION,
    )
    interrupting = flag(element, "cancelActivity", default=True)
    if catches.kind is EventKind.ERROR and not interrupting:
        raise Unsupported(element, "an error always ends its activity.")
    host = reference(element, "attachedToRef")
    return BoundaryEvent(context.process, name, catches, host=host, interrupting=interrupting)


def _rule(context: Context, element: Xml, name: str) -> Node:
    return RuleTask(context.process, name, identifier(element), decision_id(element))


def _subprocess(context: Context, element: Xml, name: str) -> Node:
    if flag(element, "triggeredByEvent", default=False):
        raise Unsupported(element, "an event subprocess cannot be executed.")
    inside = identifier(element)
    key = f"{context.process.name}/{inside}"
    context.embedded.append((key, element))
    return InnerProcess(context.process, name, inside, key)


def _call(context: Context, element: Xml, name: str) -> Node:
    called = reference(element, "calledElement")
    context.called.append(called)
    return InnerProcess(context.process, name, identifier(element), called)


def _event_gateway(context: Context, element: Xml, name: str) -> Node:
    if flag(element, "instantiate", default=False):
        raise Unsupported(element, "an event-based gateway cannot start a process.")
    return EventGateway(context.process, name)


BUILDERS: Mapping[str, Builder] = {
    "startEvent": _start,
    "endEvent": _end,
    "intermediateThrowEvent": _throw,
    "intermediateCatchEvent": _catch,
    "boundaryEvent": _boundary,
    "task": _plain(Node),
    "userTask": _plain(UserTask),
    "serviceTask": _plain(ServiceTask),
    "sendTask": _plain(ServiceTask),
    "receiveTask": _receive,
    "businessRuleTask": _rule,
    "subProcess": _subprocess,
    "callActivity": _call,
    "exclusiveGateway": _plain(ExclusiveGateway),
    "parallelGateway": _plain(ParallelGateway),
    "inclusiveGateway": _plain(InclusiveGateway),
    "eventBasedGateway": _event_gateway,
}
"""How each executable element becomes a node."""
