"""Exports in words: formats, columns, filters, and what the log of accesses says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from engine.history import access_log
from engine.history.filters import STATES, HistoryFilter
from web.display import department_name, person_name
from web.words.tasks import event_words, outcome_words

EXPORT_FORMATS = {
    "csv": (lazy("Table (CSV)"), lazy("For a spreadsheet; one line for each event.")),
    "jsonl": (lazy("JSON lines"), lazy("For programs; one object for each event.")),
    "xes": (
        lazy("Event log (XES)"),
        lazy("For process mining; the events of each case one after the other (IEEE 1849)."),
    ),
    "ocel": (
        lazy("Object-centric event log (OCEL 2.0)"),
        lazy("For process mining; shows how the cases of one mobility meet."),
    ),
}
EXPORT_COLUMNS = {
    "instance": lazy("Case"),
    "seq": lazy("Number of the event"),
    "at": lazy("Instant"),
    "process": lazy("Lifecycle"),
    "version": lazy("Version"),
    "business_key": lazy("Business key"),
    "department": lazy("Department"),
    "counterparty": lazy("Partner university"),
    "state": lazy("State"),
    "kind": lazy("Kind of event"),
    "element": lazy("Step"),
    "role": lazy("Role"),
    "actor": lazy("Who"),
    "on_behalf_of": lazy("On whose behalf"),
    "outcome": lazy("Decision"),
    "work_item": lazy("Task"),
    "concerns": lazy("Whom it concerns"),
    "subject": lazy("Title of the case"),
    "reason": lazy("Reason"),
    "payload": lazy("All details"),
}
_STATES = {
    "active": lazy("running"),
    "completed": lazy("finished"),
    "terminated": lazy("ended early"),
}
_ACCESSES = {
    access_log.DENIED: lazy("Access refused"),
    access_log.EXPORTED: lazy("Events exported"),
    access_log.ORDERED: lazy("Export ordered"),
    access_log.DOWNLOADED: lazy("Export downloaded"),
}


def export_format(name: str) -> str:
    """The name of a format."""
    return str(EXPORT_FORMATS[name][0]) if name in EXPORT_FORMATS else name


def people_told(*, named: bool) -> str:
    """How people are called in an export."""
    return str(_("with names") if named else _("with pseudonyms"))


def export_filter(wanted: HistoryFilter, processes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a filter asks for, each condition beside its values; ``processes`` names the keys."""
    said: tuple[tuple[Any, list[str]], ...] = (
        (_("Lifecycle"), [processes.get(key, key) for key in wanted.processes]),
        (_("Version"), [str(number) for number in wanted.versions]),
        (_("State"), [str(_STATES[name]) for name, of in STATES.items() if of in wanted.states]),
        (_("Business key"), [wanted.business_key]),
        (_("Department"), [department_name(code) for code in wanted.org_units]),
        (_("Partner university"), list(wanted.counterparties)),
        (_("Who"), [person_name(person) for person in wanted.people]),
        (_("Kind of event"), [event_words(kind, None) for kind in wanted.kinds]),
        (_("Step"), list(wanted.elements)),
        (_("Decision"), [outcome_words(outcome) for outcome in wanted.outcomes]),
        (_("At least so many times"), [str(wanted.times)] if wanted.times > 1 else []),
        (_("From"), [format_date(wanted.since, "d MMM y")] if wanted.since else []),
        (_("Before"), [format_date(wanted.until, "d MMM y")] if wanted.until else []),
    )
    for label, values in said:
        if any(values):
            yield str(label), ", ".join(values)


def access_words(kind: str, payload: Mapping[str, Any] | None) -> tuple[str, str]:
    """An event of the log of accesses: what happened, and to what."""
    given = payload or {}
    if kind == access_log.DENIED:
        about = f"{given.get('method', '')} {given.get('path', '')}"
    else:
        named = given.get("people") == "names"
        about = f"{export_format(str(given.get('format')))}, {people_told(named=named)}"
    return str(_ACCESSES.get(kind, kind)), about
