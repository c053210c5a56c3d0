"""Whether what waits at an element goes on waiting rightly at another one."""

from __future__ import annotations

from engine.definitions import DefinitionModel, Element
from engine.migration.verdicts import Reason, Stays


def require_same(
    source: DefinitionModel, target: DefinitionModel, before: Element, after: Element
) -> None:
    """Raises Stays where a token that waits at ``before`` could not wait at ``after``."""
    if (before.type, before.event, before.loop) != (after.type, after.event, after.loop):
        raise Stays(Reason.TYPE, before.id)
    if before.timer is not None or after.timer is not None:
        zones = (source.time_zone, target.time_zone)
        if before.timer != after.timer or zones[0] != zones[1]:
            raise Stays(Reason.TIMER, before.id)
    if _caught(source, before) != _caught(target, after):
        raise Stays(Reason.MESSAGE, before.id)
    if before.type in ("serviceTask", "sendTask") and _work(before) != _work(after):
        raise Stays(Reason.SERVICE, before.id)


def deciding(element: Element) -> dict[str, str]:
    """What an approval step is decided by; empty for a plain task."""
    return {
        name: value
        for name, value in element.properties.items()
        if name == "approval" or name.startswith("approval.")
    }


def asked(element: Element) -> tuple[str | None, str | None]:
    """The expression for the group a task is offered to, else its lane."""
    group = element.properties.get("candidateGroup") or element.candidate_group
    return group, element.lane if group is None else None


def _caught(model: DefinitionModel, element: Element) -> tuple[object, ...]:
    """The message or signal an event waits for, with what finds the right case."""
    known = model.messages.get(element.message or "")
    return (
        element.message,
        dict(element.correlation),
        dict(known.correlation) if known else {},
        element.signal,
        element.code,
        element.interrupting,
    )


def _work(element: Element) -> dict[str, str]:
    return {
        name: value
        for name, value in element.properties.items()
        if name in ("service", "handler") or name.startswith("param.")
    }
