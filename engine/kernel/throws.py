"""Events that throw: messages to the outside, errors, escalations and signals inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kernel.events import BoundaryEvent, CatchEvent, EventDefinition, EventKind
from engine.kernel.failures import uncaught_error
from engine.kernel.interface import Thrown
from engine.kernel.node import Node, armed
from engine.kernel.spiff import COMPLETED, WAITING
from engine.values import Value

if TYPE_CHECKING:
    from engine.kernel.process import ProcessSpec
    from engine.kernel.tokens import Token


class ThrowEvent(Node):
    """An intermediate throw event or an end event."""

    def __init__(self, process: ProcessSpec, name: str, throws: EventDefinition) -> None:
        super().__init__(process, name)
        self.throws = throws

    def execute(self, token: Token) -> bool:
        """Throw and go on, unless somebody who caught it has taken the token away."""
        kind, name = self.throws.kind, self.throws.name
        if kind is EventKind.MESSAGE:
            token.workflow.instance.thrown.append(Thrown(name, self.element, dict(token.data)))
        elif kind is EventKind.SIGNAL:
            throw_signal(token, name)
        elif kind is EventKind.ESCALATION:
            throw_escalation(token, name)
        return True


class ErrorEnd(ThrowEvent):
    """An error end event: the token ends here and the error looks for a boundary event."""

    def execute(self, token: Token) -> bool:
        """Raises ExecutionError ``uncaught_error`` if nothing catches the error."""
        token.record("completed")
        token._state = COMPLETED
        throw_error(token, self.throws.name)
        return False


class TerminateEnd(ThrowEvent):
    """A terminate end event: every other token of the scope is taken away.

    The scope ends with the variables of the token that has reached this event.
    """

    def execute(self, token: Token) -> bool:
        """End the scope."""
        token.record("completed")
        token._state = COMPLETED
        token.workflow.cancel()
        token.workflow.finish(token.data)
        return False


def throw_signal(token: Token, name: str) -> None:
    """Trigger every event of the instance that waits for this signal, oldest first."""
    catching = [
        each
        for scope in token.workflow.instance.scopes()
        for each in scope.live()
        if isinstance(each.task_spec, CatchEvent)
        and each.in_state(WAITING)
        and each.task_spec.catches == EventDefinition(EventKind.SIGNAL, name)
    ]
    for each in sorted(catching, key=lambda each: each.id):
        if each.in_state(WAITING) and isinstance(each.task_spec, CatchEvent):
            each.task_spec.trigger(each, {})


def throw_error(token: Token, code: str) -> None:
    """Trigger the innermost error boundary event around a token that catches ``code``.

    Raises ExecutionError ``uncaught_error`` where there is none.
    """
    if not _throw(token, EventKind.ERROR, code):
        raise uncaught_error(token.task_spec.element, code)


def throw_escalation(token: Token, code: str) -> None:
    """Trigger the innermost escalation boundary event that catches ``code``, if there is one."""
    _throw(token, EventKind.ESCALATION, code)


def _throw(token: Token, kind: EventKind, code: str) -> bool:
    """Look outwards for a boundary event.

    The thrower's variables go along with an interrupting one, which takes the
    activity's place; beside an activity that goes on they would count as changes
    of two branches.
    """
    variables: dict[str, Value] = dict(token.data)
    around: Token | None = token
    while around is not None:
        catching = _catching(around, kind, code)
        if catching is not None:
            event, boundary = catching
            boundary.trigger(event, variables if boundary.interrupting else {})
            return True
        loop = around.task_spec.loop
        if loop is None:
            around = around.workflow.host
        else:
            for name in loop.local_names:
                variables.pop(name, None)
            around = around.origin
    return False


def _catching(host: Token, kind: EventKind, code: str) -> tuple[Token, BoundaryEvent] | None:
    """The boundary event of an activity for this code: one that names it before one for any."""
    found = [
        (token, token.task_spec)
        for token in armed(host)
        if isinstance(token.task_spec, BoundaryEvent)
        and token.task_spec.catches.kind is kind
        and token.task_spec.catches.name in (code, "")
    ]
    return min(found, key=lambda each: each[1].catches.name == "", default=None)
