"""The diagram of a case after each of its events, for the scrubber and its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from engine import Definition
from engine.history.replaying import ElementState, Moment, replayed
from engine.values import HistoryEvent, Instance
from web import current
from web.i18n import translated
from web.pages import diagrams
from web.pages.timeline import Teller
from web.words.studio import element_type
from workflows.evidence.files import events_of

_NOTHING = ElementState()


@dataclass(frozen=True, slots=True)
class Row:
    """An element in the table beside the diagram: its state is now, done, skipped or later."""

    element: str
    name: str
    state: str
    said: str
    times: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The case at a moment: the version it followed, and a table for each that it ever has."""

    version: int
    diagrams: Mapping[int, str]
    tables: Mapping[int, list[Row]]
    certain: bool
    words: Mapping[str, str]


def listed(case: Instance) -> dict[str, object]:
    """All moments: per event number, instant in milliseconds, sentence, version, what is
    skipped, whether it is certain, and what changed of elements and flows.

    Sentences and sets of skipped elements stand once each, and are meant by their place.
    """
    events, _versions, moments = _replayed(case)
    teller = Teller(case, events)
    said: dict[str, int] = {}
    skipped: dict[frozenset[str], int] = {}
    rows = [
        [
            moment.seq,
            round(moment.at.timestamp() * 1000),
            said.setdefault(teller.told(event), len(said)),
            moment.version,
            skipped.setdefault(moment.skipped, len(skipped)),
            int(moment.certain),
            {
                name: [state.tokens, state.done, state.ended, state.begun]
                for name, state in moment.elements.items()
            },
            moment.flows,
        ]
        for event, moment in zip(events, moments, strict=True)
    ]
    return {
        "moments": rows,
        "sentences": [*said],
        "skipped": [sorted(each) for each in skipped],
        "zone": str(get_timezone()),
    }


def shown(case: Instance, at: int) -> Shown:
    """The case right after the event ``at``."""
    _events, versions, moments = _replayed(case)
    states: dict[str, ElementState] = {}
    last: Moment | None = None
    for last in moments[:at]:
        states.update(last.elements)
    skipped = last.skipped if last else frozenset()
    addresses = {
        each.version: url_for("case_history.diagram", instance_id=case.id, number=each.version)
        for each in versions
    }
    return Shown(
        last.version if last else case.version,
        addresses,
        {each.version: _rows(each, states, skipped) for each in versions},
        last.certain if last else True,
        words_of_states(),
    )


def _replayed(
    case: Instance,
) -> tuple[list[HistoryEvent], list[Definition], list[Moment]]:
    events = events_of(current.engine(), case.id, current.actor())
    versions = diagrams.versions_told(case, events)
    models = {each.version: each.model for each in versions}
    return events, versions, list(replayed(models, events, case.version))


def words_of_states() -> dict[str, str]:
    """How a state is said, here and by the scrubber."""
    return {
        "now": _("now"),
        "tokens": _("now, %(num)s times"),
        "rounds": _("now, %(ended)s of %(begun)s done"),
        "done": _("done"),
        "skipped": _("skipped"),
        "later": _("not reached"),
    }


def _rows(
    version: Definition, states: Mapping[str, ElementState], skipped: frozenset[str]
) -> list[Row]:
    said = words_of_states()
    rows = []
    for element in version.model.elements.values():
        state = states.get(element.id, _NOTHING)
        kind = _kind(element.id, state, skipped)
        name = translated(element.names) or element_type(element.type)
        rows.append(Row(element.id, name, kind, _said(kind, state, said), state.done))
    return rows


def _kind(element: str, state: ElementState, skipped: frozenset[str]) -> str:
    if state.tokens:
        return "now"
    if state.done:
        return "done"
    return "skipped" if element in skipped else "later"


def _said(kind: str, state: ElementState, said: Mapping[str, str]) -> str:
    if kind == "now" and state.begun > 1:
        return said["rounds"] % {"ended": state.ended, "begun": state.begun}
    if kind == "now" and state.tokens > 1:
        return said["tokens"] % {"num": state.tokens}
    return said[kind]
