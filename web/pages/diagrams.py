"""The diagram of a case and its textual equivalent: which steps are done, which are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.values import HistoryEvent, Instance
from web import current
from web.i18n import translated

if TYPE_CHECKING:
    from engine import Definition


@dataclass(frozen=True, slots=True)
class Step:
    """One user task of the process: its name, its lane, whether it is done, now or to come."""

    element: str
    name: str
    lane: str
    state: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """What the viewer lights, and the same as a list."""

    active: tuple[str, ...]
    visited: tuple[str, ...]
    steps: tuple[Step, ...]


def of(definition: Definition, instance: Instance, events: Sequence[HistoryEvent]) -> Diagram:
    """The diagram of ``instance`` as its history has it now."""
    model = definition.model
    active = tuple(instance.active_elements)
    visited = tuple(dict.fromkeys(event.element for event in events if event.element))
    steps = []
    for element in model.elements.values():
        if element.type != "userTask":
            continue
        state = "now" if element.id in active else "done" if element.id in visited else "later"
        name = translated(element.names) or element.id
        steps.append(Step(element.id, name, element.lane or "", state))
    return Diagram(active, tuple(each for each in visited if each not in active), tuple(steps))


def element_names(definition: Definition, *earlier: Definition) -> dict[str, str]:
    """The names of all elements in the reader's language, by id.

    Elements that the definition lacks have the name of ``earlier`` ones: the versions a case
    has moved away from.
    """
    return {
        name: translated(each.names)
        for version in (*earlier, definition)
        for name, each in version.model.elements.items()
    }


def versions_told(case: Instance, events: Sequence[HistoryEvent]) -> list[Definition]:
    """The versions that a case has left in these events, and at the end the one it follows."""
    engine = current.engine()
    left = {each.payload["from"] for each in events if each.kind == "migrated" and each.payload}
    earlier = [engine.version(case.key, number) for number in sorted(int(str(n)) for n in left)]
    return [*earlier, engine.definition(case.definition_id)]


def names_told(case: Instance, events: Sequence[HistoryEvent]) -> dict[str, str]:
    """The names of the elements that these events of a case are about, whatever version it had."""
    *earlier, now = versions_told(case, events)
    return element_names(now, *earlier)


def source(definition: Definition) -> bytes:
    """The BPMN file with the process that the case started with."""
    facts = definition.model.processes[definition.model.process_id]
    return definition.bundle.files[facts.file]
