"""Grade transfer in words: marks, results, findings, versions of a transcript."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from web.words.documents import language_name

RESULTS = {
    "passed": lazy("passed"),
    "failed": lazy("failed"),
    "in-progress": lazy("to come"),
    "withdrawn": lazy("gave up"),
}
FINDINGS = {
    "missing": lazy("%(title)s: no certified result."),
    "resit": lazy("%(title)s: the result of the resit is still to come."),
    "annex": lazy("%(title)s is not in the signed agreement; it is listed as an annex."),
    "dropped": lazy("%(title)s was graded, but is no longer in the signed agreement."),
    "no_credits": lazy("%(title)s carries no ECTS credits."),
    "untranslated": lazy(
        "No title in %(languages)s, where the transcript will repeat the original: %(title)s"
    ),
    "withdrawn": lazy("The student gave up the stay on %(day)s: nothing more is waited for."),
    "no_esi": lazy("The European Student Identifier is missing; the partner may need it."),
}
CHANGE_REASONS = {
    "late_results": lazy("Results that came in later"),
    "resit": lazy("Resit session"),
    "correction": lazy("A grade was corrected"),
    "contract_changed": lazy("The agreement was changed"),
}
TRANSCRIPTS = {
    "checked": lazy("waiting for the signature"),
    "returned": lazy("not issued"),
    "signed": lazy("being made"),
    "issued": lazy("in force"),
    "superseded": lazy("superseded"),
}
CELLS = {
    "certified": lazy("certified"),
    "taken": lazy("a colleague is on it"),
    "waiting": lazy("not asked for now"),
}
SCALES = {"FR": lazy("0 to 20"), "FR-V": lazy("passed or not (V, NV)")}
ENTRIES = {
    "entered": lazy("entered"),
    "certified": lazy("certified"),
    "reopened": lazy("opened again"),
}


ANNEX = {
    "title": lazy("Title of the course"),
    "code": lazy("Code of the course"),
    "ects": lazy("ECTS credits"),
    "mark": lazy("Mark"),
}
READERS = {
    "departments": lazy("Why? The departments read this."),
    "office": lazy("Why? The international office reads this."),
    "sender": lazy("What is wrong? The university that issued it reads this."),
}


def annex_title(name: str) -> str:
    """A field of a course outside the contract."""
    return str(ANNEX.get(name, name))


def reason_for(readers: str) -> str:
    """The label of a reason, by who reads it."""
    return str(READERS[readers])


def result(status: str) -> str:
    """What a mark says about the course."""
    return str(RESULTS.get(status, status))


def finding(code: str, params: Mapping[str, str]) -> str:
    """Something to know before a transcript is issued."""
    sentence = FINDINGS.get(code)
    languages = [language_name(each) for each in params.get("languages", "").split(",") if each]
    said = {**params, "languages": ", ".join(languages)}
    return code if sentence is None else str(sentence) % said


def transcript_reason(code: str) -> str:
    """Why a version follows another."""
    return str(CHANGE_REASONS.get(code, code))


def transcript_status(status: str) -> str:
    """Where a version of a transcript stands."""
    return str(TRANSCRIPTS.get(status, status))


def cell_state(state: str) -> str:
    """Why a cell cannot be written."""
    return str(CELLS.get(state, state))


def mark_scale(code: str) -> str:
    """How a course is marked."""
    return str(SCALES.get(code, code))


def grade_entry(kind: str) -> str:
    """What was done to a mark."""
    return str(ENTRIES.get(kind, kind))


def mark_texts() -> dict[str, str]:
    """What the sheet says at once about a cell; ``{low}``, ``{high}``, ``{most}`` are filled in."""
    return {
        "off": str(_("from {low} to {high}")),
        "decimals": str(_("at most {most} decimals")),
        "absence": str(_("ABI or ABJ?")),
        "unknown": str(_("no mark")),
        "compensation": str(_("C only below the pass mark")),
        "unsaved": str(_("Not saved: {count}")),
        "pasted": str(_("Pasted, not saved yet: {count}")),
        "rows": str(_("{lines} lines, but only {rows} rows from here: nothing was pasted.")),
        "columns": str(_("{lines} columns, but only {rows} from here: nothing was pasted.")),
        "closed": str(_("Cells that cannot be written: {count}. Nothing was pasted.")),
        "long": str(_("That is too much text for this sheet: nothing was pasted.")),
    }
