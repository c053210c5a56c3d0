"""Exports in words: formats, columns, and what the log of accesses says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from engine.history import access_log

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


def access_words(kind: str, payload: Mapping[str, Any] | None) -> tuple[str, str]:
    """An event of the log of accesses: what happened, and to what."""
    given = payload or {}
    if kind == access_log.DENIED:
        about = _asked_for(given)
    else:
        named = given.get("people") == "names"
        about = f"{export_format(str(given.get('format')))}, {people_told(named=named)}"
    return str(_ACCESSES.get(kind, kind)), about


def _asked_for(given: Mapping[str, Any]) -> str:
    """What was refused, and how often, where one event stands for many refusals."""
    what = f"{given.get('method', '')} {given.get('path', '')}"
    times, before = given.get("times"), given.get("before")
    if times:
        what = str(_("%(what)s (%(number)s within an hour)", what=what, number=times))
    elif before:
        told = _("%(what)s (the time before: %(number)s within an hour)", what=what, number=before)
        what = str(told)
    return what
