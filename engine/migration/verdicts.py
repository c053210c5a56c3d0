"""What a migration says of a case: that it moves, or that it stays and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    """What becomes of a case."""

    UNCHANGED = "unchanged"  #: it moves, and every step it stands at keeps its id
    MAPPED = "mapped"  #: it moves, and a step it stands at has another id there
    STAYS = "stays"  #: it stays on its version


class Reason(StrEnum):
    """Why a case stays. Whatever is not proven safe does not move."""

    INCIDENT = "incident"  #: it has an open incident, or a step that is tried again
    BUSY = "busy"  #: automatic work of it is being done at this moment
    SUBPROCESS = "subprocess"  #: it stands inside a subprocess or a called process
    LOOP = "loop"  #: it stands inside a loop or a multi-instance
    REMOVED = "removed"  #: it stands at an element the target lacks, and none is mapped
    TYPE = "type"  #: the element is of another type there, or repeated
    EVENTS = "events"  #: the element has other boundary events there
    TIMER = "timer"  #: it waits for a timer that says something else there
    MESSAGE = "message"  #: it waits for another message or signal there
    SERVICE = "service"  #: its automatic step does something else there
    HALF_DECIDED = "half_decided"  #: a voice was given in a step that is decided otherwise there
    PEOPLE = "people"  #: the step asks other people there
    UNREACHABLE = "unreachable"  #: no case of the target can stand at these steps together
    UNPROVEN = "unproven"  #: the target has too many ways to look at them all


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one case; ``element`` is the one that keeps it, where one does.

    ``names`` are the elements that are called otherwise there, ``more`` the seats of approval
    steps that are to be opened besides, as (token, seat, candidate).
    """

    way: Way
    reason: Reason | None = None
    element: str = ""
    names: dict[str, str] = field(default_factory=dict)
    more: tuple[tuple[int, int, str], ...] = ()


class Stays(Exception):
    """A check has found why a case stays."""

    def __init__(self, reason: Reason, element: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.element = element
