"""Kinds of automatic work in words."""

from __future__ import annotations

from math import isinf

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

KINDS = {
    "admission.arrival": lazy("Arrival certificates"),
    "anchor_mail": lazy("Mails with anchors"),
    "application.nomination_cancelled": lazy("Cancelled nominations"),
    "contract_change.ask_sending": lazy("Questions to the sending university"),
    "definition.publish": lazy("Planned publications"),
    "evidence_bundle": lazy("Evidence of many cases"),
    "evidence_bundle_expiry": lazy("Removal of evidence archives"),
    "evidence_bundle_file": lazy("Files of evidence archives"),
    "exam_waiver.decision": lazy("Decision letters"),
    "grade_transfer.transcript": lazy("Transcripts of records"),
    "history_anchor": lazy("Anchors of the record"),
    "history_anchor_file": lazy("Files of anchors"),
    "history_anchor_stamp": lazy("Time stamps of anchors"),
    "history_check": lazy("Verification of the record"),
    "history_export": lazy("Exports of the history"),
    "history_export_removal": lazy("Removal of exports"),
    "history_report": lazy("Reports on durations"),
    "mail": lazy("Mails"),
    "message": lazy("Messages between cases"),
    "migration": lazy("Migrations of running cases"),
    "move": lazy("Cases that go on"),
    "office.digest": lazy("Daily digests"),
    "office.mention": lazy("Mentions in comments"),
    "office.news": lazy("News about cases"),
    "office.publication_refused": lazy("News about publications"),
    "office.substitution": lazy("News about substitutions"),
    "office.substitution_over": lazy("Ends of substitutions"),
    "office.take_back": lazy("Tasks given back"),
    "office.task": lazy("News about tasks"),
    "recognition.decision": lazy("Recognition decisions"),
    "relay.enclosure": lazy("Enclosures of letters"),
    "relay.partner": lazy("Letters to partners"),
    "retention_daily": lazy("Daily look for what is to be erased"),
    "retention_purge": lazy("Erasures"),
    "retries": lazy("Retries of incidents"),
    "scenarios.play": lazy("Scenarios played"),
    "service": lazy("Automatic steps of cases"),
    "timer": lazy("Reminders and time limits"),
}


def job_kind(kind: str) -> str:
    """A kind of automatic work; the code of one that is not of the house."""
    return str(KINDS.get(kind, kind))


def seconds_taken(seconds: float) -> str:
    """A short time, in milliseconds or seconds."""
    if isinf(seconds):
        return str(_("more than 10 s"))
    if seconds < 1:
        return str(_("%(number)s ms", number=format_decimal(round(seconds * 1000, 1))))
    return str(_("%(number)s s", number=format_decimal(round(seconds, 1))))
