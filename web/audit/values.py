"""The values of a case: what each event changed, and who set each of them to what, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from flask_babel import format_datetime
from flask_babel import gettext as _

from engine import Definition
from engine.forms.model import Field
from engine.history.replaying import versions_after
from engine.values import HistoryEvent, Instance, Value
from web import current
from web.display import number, person_name
from web.i18n import translated
from web.pages import diagrams
from web.pages.timeline import Teller
from web.words.tasks import outcome_words
from workflows.evidence.files import events_of

_OUTCOME = "_outcome"
_DATES = frozenset({"due_date_changed", "follow_up_changed"})
_PEOPLE = frozenset({"work_item_assigned"})
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that an event changed. ``key`` is what the process calls it.

    ``internal`` are the variables that the process itself goes by.
    """

    key: str
    label: str
    before: str
    after: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One change of a value: by whom, when, in which event."""

    seq: int
    at: datetime
    who: str
    before: str
    after: str


@dataclass(slots=True)
class ValueHistory:
    """All that a value has been, the last setting first."""

    key: str
    label: str
    internal: bool
    settings: list[Setting] = field(default_factory=list)


def value_histories(case: Instance) -> list[ValueHistory]:
    """Every value that the history of a case tells, in the order of their first setting."""
    events = events_of(current.engine(), case.id, current.actor())
    versions = {each.version: each for each in diagrams.versions_told(case, events)}
    teller = Teller(case, events)
    answers: dict[str, Value] = {}
    found: dict[str, ValueHistory] = {}
    followed = versions_after(events, case.version)
    for event, version in zip(events, followed, strict=True):
        for each in changes_of(event, answers, versions[version], teller.names):
            of = found.setdefault(each.key, ValueHistory(each.key, each.label, each.internal))
            of.settings.insert(
                0, Setting(event.seq, event.at, teller.who(event), each.before, each.after)
            )
        answers |= answers_in([event])
    return list(found.values())


def answers_in(events: Iterable[HistoryEvent]) -> dict[str, Value]:
    """The last answer to each question of a form, by step and question."""
    found: dict[str, Value] = {}
    for event in events:
        data = (event.payload or {}).get("data")
        if isinstance(data, dict):
            found |= {f"{event.element}.{name}": value for name, value in data.items()}
    return found


def changes_of(
    event: HistoryEvent,
    answers: Mapping[str, Value],
    definition: Definition,
    names: Mapping[str, str],
) -> Iterator[Changed]:
    """What an event changed; ``answers`` are those given before it."""
    payload = event.payload or {}
    step = names.get(event.element or "", event.element or "")
    yield from _answers(event, answers, definition, step)
    told = payload.get("data")
    variables = payload.get("changed")
    known = told if isinstance(told, dict) else {}
    for name, pair in (variables if isinstance(variables, dict) else {}).items():
        if name not in known and isinstance(pair, list):
            yield _variable(name, pair[0], pair[1], names)
    if event.kind == "instance_started" and isinstance(payload.get("variables"), dict):
        for name, value in payload["variables"].items():  # type: ignore[union-attr]
            yield _variable(name, None, value, names)
    if "to" in payload:
        yield from _moved(event, payload, step)


def _answers(
    event: HistoryEvent, answers: Mapping[str, Value], definition: Definition, step: str
) -> Iterator[Changed]:
    data = (event.payload or {}).get("data")
    if not isinstance(data, dict):
        return
    element = definition.model.elements.get(event.element or "")
    form = definition.forms.get(element.properties.get("form", "")) if element else None
    questions = {each.key: each for each in form.fields} if form else {}
    for name, value in data.items():
        key = f"{event.element}.{name}"
        before = answers.get(key)
        if value == before:
            continue
        question = questions.get(name)
        label = translated(question.labels) if question else name
        yield Changed(
            key,
            _("%(label)s (%(step)s)", label=label or name, step=step),
            _answer(before, question),
            _answer(value, question),
        )


def _variable(name: str, before: Value, after: Value, names: Mapping[str, str]) -> Changed:
    element = name.removesuffix(_OUTCOME)
    if element != name and element in names:
        label = _("Outcome of %(step)s", step=names[element])
        return Changed(name, label, _outcome(before), _outcome(after))
    return Changed(name, name, said(before), said(after), internal=True)


def _outcome(value: Value) -> str:
    return outcome_words(value) if isinstance(value, str) else said(value)


def _moved(event: HistoryEvent, payload: Mapping[str, Value], step: str) -> Iterator[Changed]:
    """Dates, priorities, holders and versions, which events name ``from`` and ``to``."""
    labels = {
        "due_date_changed": _("Due date of %(step)s", step=step),
        "follow_up_changed": _("Follow-up date of %(step)s", step=step),
        "priority_changed": _("Priority of %(step)s", step=step),
        "work_item_assigned": _("Holder of %(step)s", step=step),
        "migrated": _("Version of the process"),
    }
    if event.kind in labels:
        shown = _instant if event.kind in _DATES else said
        shown = _holder if event.kind in _PEOPLE else shown
        key = f"{event.kind}.{event.element or ''}"
        yield Changed(key, labels[event.kind], shown(payload.get("from")), shown(payload.get("to")))


def _holder(value: Value) -> str:
    return person_name(str(value)) if value else "–"


def _instant(value: Value) -> str:
    if not isinstance(value, str):
        return "–"
    return str(format_datetime(datetime.fromisoformat(value), "d MMM y, HH:mm"))


def _answer(value: Value, question: Field | None) -> str:
    """An answer in words: options of a list by their labels."""
    options = {each.value: translated(each.labels) for each in question.values} if question else {}
    if isinstance(value, list):
        return ", ".join(options.get(str(each), str(each)) for each in value) or "–"
    if isinstance(value, str) and value in options:
        return options[value]
    return said(value)


def said(value: Value) -> str:
    """A value as a person reads it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str):
        return value
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
