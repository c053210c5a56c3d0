"""Recognition on pages: what its tasks and its case show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.errors import InvalidState
from engine.values import Instance, WorkItem
from web import current, words
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.lifecycles.recognition_bars import bars_of
from web.submissions import Node
from workflows.grading.scales import HOME, SCALES
from workflows.mobility.models import Mobility
from workflows.mobility.services import mobility_of_case
from workflows.papers import documents
from workflows.papers.models import Document
from workflows.partners.services import find_institution
from workflows.recognition.agreed import agreed_in_force
from workflows.recognition.conversion import rounded
from workflows.recognition.decision import within
from workflows.recognition.models import PartnerTranscript
from workflows.recognition.policy import Verdict
from workflows.recognition.reading import RecognitionShown, shown, warnings_of
from workflows.recognition.recording import waiting
from workflows.recognition.services import entered, recognition_of

SCALE_OF = {"FR": "FR", "DE": "DE", "ES": "ES", "IT": "IT", "GB": "UK", "CZ": "CZ", "SE": "SE-AF"}
"""The scale a country's transcripts are usually in; elsewhere RI chooses."""

TRANSCRIPT_ROW = {"code": "", "title": "", "credits": "", "grade": "", "status": ""}
HUNDREDTH = Decimal("0.01")
_CREDITS = re.compile(r"[0-9]{1,3}([.,][0-9]{1,4})?", re.ASCII)
_Context = Callable[[WorkItem, Typed], Mapping[str, Any]]
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)
_GRADE = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The file that waits to be looked over."""

    document: Document | None
    warnings: Sequence[tuple[str, Mapping[str, str]]]


def _entering(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The transcript to be entered, beside what was agreed."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        if mobility is None:
            return {"agreed": [], "uploaded": None, "entry": {}, "rows": []}
        agreed = agreed_in_force(rows, mobility)
        recognition = recognition_of(rows, item.instance_id)
        upload = waiting(recognition)
        returned = recognition.answers[-1] if recognition and recognition.answers else None
        data = typed.data or {}
        return {
            "agreed": agreed.components if agreed else (),
            "uploaded": _uploaded(rows, upload) if upload else None,
            "entry": _entry(rows, mobility, data),
            "rows": _rows(data),
            "total": _total(data),
            "scales": words.grading_scales(),
            "returned": returned if returned and returned.outcome == "return" else None,
            "error_labels": _labels(typed),
            "done_label": _("Match it with the agreement"),
        }


def _uploaded(rows: Session, transcript: PartnerTranscript) -> Uploaded:
    number = transcript.document_id
    document = documents.get(rows, number) if number is not None else None
    return Uploaded(document, warnings_of(transcript))


def _entry(rows: Session, mobility: Mobility, data: Mapping[str, Any]) -> dict[str, str]:
    """The head of the transcript as typed, else as it usually is."""
    partner = find_institution(rows, mobility.receiving_hei_id)
    usual = SCALE_OF.get(partner.country or "", "") if partner else ""
    today = current.engine().clock.now().date().isoformat()
    known = {"received_on": today, "issued_on": "", "scale": usual}
    return {
        name: data[name] if isinstance(data.get(name), str) else value
        for name, value in known.items()
    }


def _rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = data.get("rows")
    rows = [{**TRANSCRIPT_ROW, **row} for row in found or [] if isinstance(row, dict)]
    return rows or [dict(TRANSCRIPT_ROW)]


def _total(data: Mapping[str, Any]) -> Decimal:
    """The credits that can be read as numbers so far."""
    texts = [str(row.get("credits") or "").strip() for row in _rows(data)]
    known = [text.replace(",", ".") for text in texts if _CREDITS.fullmatch(text)]
    return sum(map(Decimal, known), Decimal(0))


def entry_submission(data: dict[str, Node]) -> dict[str, Node]:
    """A transcript as the domain takes it: rows without any text are no rows."""
    rows = data.get("rows")
    if isinstance(rows, list):
        return {**data, "rows": [row for row in rows if _written(row)]}
    return data


def _written(row: Node) -> bool:
    if not isinstance(row, dict):
        return True
    return any(str(value).strip() for name, value in row.items() if name != "status")


def with_rows(data: dict[str, Node], action: str) -> dict[str, Node]:
    """``data`` after a row was added (``add:rows``) or removed (``remove:rows:2``)."""
    verb, _sep, rest = action.partition(":")
    name, _sep, place = rest.partition(":")
    rows = data.get("rows")
    listed = list(rows) if isinstance(rows, list) else []
    if verb == "add" and name == "rows":
        return {**data, "rows": [*listed, dict(TRANSCRIPT_ROW)]}
    if verb == "remove" and name == "rows":
        return {**data, "rows": [row for n, row in enumerate(listed) if str(n) != place]}
    return data


def _for_staff(context: _Context) -> _Context:
    """A context that shows no student what is not decided yet."""

    def shown_to(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
        if not current.signed_in().is_staff:
            return {"recognition": None}
        return context(item, typed)

    return shown_to


@_for_staff
def _matching(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """What the comparison has left over, with the links as they stand."""
    with current.reading() as rows:
        recognition = shown(rows, *entered(rows, item.instance_id))
    chosen = {
        str(row.get("id")): str(row.get("agreed"))
        for row in _listed(typed, "lines")
        if isinstance(row, dict)
    }
    links = {
        str(line.id): chosen.get(str(line.id), str(line.agreed.id) if line.agreed else "")
        for line in recognition.lines
    }
    return {
        "recognition": recognition,
        "links": links,
        "reason_label": _("Why? RI reads this and asks the partner."),
        "error_labels": _link_labels(recognition),
    }


@_for_staff
def _grading(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The proposals, with what is being typed, and what the rule makes of them."""
    sent = {str(row.get("id")): row for row in _listed(typed, "lines") if isinstance(row, dict)}
    grades = {
        int(name): grade
        for name, row in sent.items()
        if _ID.fullmatch(name) and (grade := _grade(row.get("grade"))) is not _UNREADABLE
    }
    with current.reading() as rows:
        recognition = shown(rows, *entered(rows, item.instance_id), grades)
    by_rule = verdict_of(item.definition_id, recognition)
    data = typed.data or {}
    return {
        **_shown(recognition),
        "by_rule": by_rule,
        "typed_rows": sent,
        "typed_units": _typed_units(typed),
        "verdict": data.get("verdict") or by_rule.value,
        "typed_reason": data.get("verdict_reason") or "",
        "error_labels": _grade_labels(recognition),
        "reason_label": _("Why? Whoever gets it back reads this."),
    }


_UNREADABLE = object()


def _grade(value: object) -> Any:
    """A grade being typed: a number, None for an empty box, else unreadable."""
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        return None
    if not _GRADE.fullmatch(text) or not SCALES[HOME].contains(text):
        return _UNREADABLE
    return Decimal(text.replace(",", "."))


def _typed_units(typed: Typed) -> dict[str, bool] | None:
    if not typed.data or "units" not in typed.data:
        return None
    rows = [row for row in _listed(typed, "units") if isinstance(row, dict)]
    return {str(row.get("id")): row.get("recognised") == "yes" for row in rows}


def _shown(recognition: RecognitionShown) -> dict[str, Any]:
    mean = recognition.totals.mean
    return {
        "recognition": recognition,
        "bars": {line.id: bars_of(line.trace) for line in recognition.lines},
        "mean": None if mean is None else rounded(Fraction(mean), HUNDREDTH),
    }


def verdict_of(definition_id: int, recognition: RecognitionShown) -> Verdict:
    """What the department's rule, in the version of the case, makes of the grades."""
    facts = recognition.totals.facts.variables()
    definition = current.engine().definition(definition_id)
    said = definition.decide("verdict", {**facts, "rule": recognition.rule.code}).get("verdict")
    known = {each.value for each in Verdict}
    return within(Verdict(str(said)) if said in known else None, recognition.open_verdicts)


@_for_staff
def _reading(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """What was decided, to be entered in the student's record."""
    with current.reading() as rows:
        recognition = shown(rows, *entered(rows, item.instance_id))
    return {
        **_shown(recognition),
        "reference": (typed.data or {}).get("register_reference") or "",
        "reason_label": _("Why? The examination board reads this."),
        "error_labels": {"register_reference": _("Where it was entered")},
    }


def _section(case: Instance) -> Mapping[str, Any] | None:
    """The recognition on its case's page; a student sees the result once it is notified."""
    with current.reading() as rows:
        try:
            recognition = shown(rows, *entered(rows, case.id))
        except InvalidState:
            recognition = None
    staff = current.signed_in().is_staff
    return {
        **(_shown(recognition) if recognition else {"recognition": None}),
        "visible": recognition is not None and (staff or bool(case.ended_at)),
        "decided": recognition is not None and recognition.verdict is not None,
    }


def _listed(typed: Typed, name: str) -> list[Any]:
    found = (typed.data or {}).get(name)
    return found if isinstance(found, list) else []


def _labels(typed: Typed) -> dict[str, str]:
    """What the error paths of the transcript are called."""
    labels = {name: words.transcript_field(name) for name in ("received_on", "issued_on", "scale")}
    labels["rows"] = words.transcript_field("rows")
    for path in typed.errors:
        first, *rest = path.split(".")
        if first == "rows" and len(rest) == 2 and rest[0].isdigit():
            field = words.transcript_field(rest[1])
            labels[path] = _("Course %(number)s, %(field)s", number=int(rest[0]) + 1, field=field)
    return labels


def _link_labels(recognition: RecognitionShown) -> dict[str, str]:
    labels = {"lines": _("Which course answers what?")}
    courses = [line for line in recognition.lines if line.present]
    return labels | {f"lines.{n}.agreed": line.title for n, line in enumerate(courses)}


def _grade_labels(recognition: RecognitionShown) -> dict[str, str]:
    labels = {"verdict": _("Decision"), "verdict_reason": _("Reason for the decision")}
    for n, line in enumerate(recognition.lines):
        labels[f"lines.{n}.grade"] = labels[f"lines.{n}.reason"] = line.title
    for n, unit in enumerate(recognition.units):
        labels[f"units.{n}.recognised"] = unit.title
    return labels


TASK_PAGES: Mapping[str, TaskPage] = {
    "recognition.transcript": TaskPage(
        body="recognition/_expected.html",
        inputs="recognition/_transcript.html",
        context=_entering,
        submission=entry_submission,
        row_action=with_rows,
    ),
    "recognition.match": TaskPage(
        body="recognition/_matching.html",
        inputs="recognition/_match.html",
        context=_matching,
        reasons=words.transcript_returns,
    ),
    "recognition.propose": TaskPage(
        body="recognition/_proposal.html",
        inputs="recognition/_grades.html",
        preview="recognition/_preview.html",
        context=_grading,
        row_action=lambda data, _action: data,
        reasons=words.transcript_returns,
    ),
    "recognition.decide": TaskPage(
        body="recognition/_proposal.html",
        inputs="recognition/_decision.html",
        preview="recognition/_preview.html",
        context=_grading,
        row_action=lambda data, _action: data,
        reasons=words.transcript_returns,
    ),
    "recognition.register": TaskPage(
        body="recognition/_result.html",
        inputs="recognition/_register.html",
        preview="recognition/_preview.html",
        context=_reading,
    ),
}
"""By the page a diagram names."""

CASE = CaseSection("recognition/_case.html", _section)
"""The recognition on its case's page."""
