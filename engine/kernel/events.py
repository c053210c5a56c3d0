"""Events that catch: intermediate events, receive tasks and boundary events.

Timers and messages are triggered from outside; errors, escalations and signals
by the process itself. No event here looks at a clock or evaluates anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.kernel.node import Node, disarm
from engine.kernel.spiff import WAITING
from engine.values import Value

if TYPE_CHECKING:
    from engine.kernel.process import ProcessSpec
    from engine.kernel.tokens import Token


class EventKind(StrEnum):
    """What an event catches or throws."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """The definition inside an event.

    ``name`` is a message's or signal's name, an error's or escalation's code
    (empty: any code), or nothing. ``repeats`` marks a timer with a cycle.
    """

    kind: EventKind
    name: str = ""
    repeats: bool = False


class CatchEvent(Node):
    """An intermediate catch event or a receive task."""

    def __init__(
        self, process: ProcessSpec, name: str, element: str, catches: EventDefinition
    ) -> None:
        super().__init__(process, name, element)
        self.catches = catches

    def arrive(self, token: Token) -> bool:
        """Wait for the event."""
        token._state = WAITING
        return False

    def trigger(self, token: Token, payload: Mapping[str, Value]) -> None:
        """The event has come: give up the rivals of an event-based gateway and go on."""
        race = token.internal_data.pop("race", None)
        if race is not None:
            for rival in token.workflow.live():
                if rival.internal_data.get("race") == race:
                    rival.cancel()
        token.learn(payload)
        token._ready()


class BoundaryEvent(CatchEvent):
    """An event on an activity. ``of`` of its token is the number of the activity's token.

    A token triggered by it sees the variables as they were when the activity
    began, with what the event itself brings.
    """

    def __init__(
        self,
        process: ProcessSpec,
        name: str,
        catches: EventDefinition,
        *,
        host: str,
        interrupting: bool,
    ) -> None:
        super().__init__(process, name, name, catches)
        self.host = host
        self.interrupting = interrupting

    def leaves_trace(self, token: Token) -> bool:
        """Being armed or given up is not part of the path."""
        return not token.in_state(WAITING)

    def _update_hook(self, token: Token) -> bool:
        self.take_variables(token)
        return self.arrive(token)

    @property
    def stays(self) -> bool:
        """Whether the event may come again on the same activity."""
        once = self.catches.kind is EventKind.TIMER and not self.catches.repeats
        return not self.interrupting and not once

    def trigger(self, token: Token, payload: Mapping[str, Value]) -> None:
        """The event has come: end the activity, or leave it and go on beside it."""
        scope = token.workflow
        if self.interrupting:
            host = scope.tasks[token.internal_data["of"]]
            token.internal_data.clear()
            disarm(host)
            host.cancel()
        elif self.stays:
            fork = token.origin
            assert fork is not None  # kept, because activity and event both live below it
            again = fork.spawn(self)
            again.inherit(token)
            token = again
        else:
            token.internal_data.clear()
        token.learn(payload)
        token._ready()
        token.record("entered")


class BoundarySplit(Node):
    """The hidden node before an activity with boundary events: starts it and arms them.

    Its token remembers the variables with which the activity began. The first
    target is the activity.
    """

    def __init__(self, process: ProcessSpec, name: str, element: str) -> None:
        super().__init__(process, name, element, visible=False)

    def _on_complete_hook(self, token: Token) -> None:
        activity, *events = self.targets
        host = token.spawn(activity)
        for event in events:
            token.spawn(event).internal_data["of"] = host.id
