"""What verifying the record can find."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.history.stamping import Stamp

MOST_NAMED = 10_000
"""Broken instances that are named one by one; more are counted."""


class Wrong(StrEnum):
    """What is wrong with the first wrong event of an instance."""

    CHANGED_EVENT = "changed_event"
    CHANGED_PAYLOAD = "changed_payload"
    MISSING_EVENT = "missing_event"
    INSERTED_EVENT = "inserted_event"
    SWAPPED_EVENTS = "swapped_events"
    CUT_TAIL = "cut_tail"
    HEAD_DIFFERS = "head_differs"
    MISSING_INSTANCE = "missing_instance"
    DIFFERS_FROM_ANCHOR = "differs_from_anchor"
    PAYLOAD_WITHOUT_EVENT = "payload_without_event"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first wrong event of an instance.

    ``column`` is named where a value found elsewhere in the case restores the hash, which
    proves it; of an event without one, any column may have changed, or the event before it
    together with its hash.
    """

    instance_id: int
    seq: int
    wrong: Wrong
    column: str = ""


@dataclass(slots=True)
class Findings:
    """What came of verifying: counts, and the first wrong event of each broken instance.

    ``erased`` counts payloads that were erased, which is no fault: their digest stays in the
    chain. ``anchor`` is the number of the anchor the record was compared with, and
    ``anchor_trouble`` a sentence where that anchor itself is not in order, ``stamp`` what its time
    stamp says, if it has one. ``reached`` is the
    last instance looked at where there is more to come, else None.
    """

    instances: int = 0
    events: int = 0
    erased: int = 0
    broken: int = 0
    faults: list[Fault] = field(default_factory=list)
    reached: int | None = None
    anchor: int | None = None
    anchor_trouble: str = ""
    stamp: Stamp | None = None

    @property
    def intact(self) -> bool:
        """True when nothing is wrong."""
        return self.broken == 0 and not self.anchor_trouble

    def add(self, fault: Fault) -> None:
        """Count a broken instance, and name it among the first :data:`MOST_NAMED`."""
        self.broken += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(fault)
