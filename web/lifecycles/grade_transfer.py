"""The grade transfer on pages: what its tasks and its case show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.values import Instance, WorkItem
from web import current, words
from web.display import remember_names
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.submissions import Node
from workflows.grade_transfer.courses import (
    LANGUAGES,
    SCALES_OF_COURSES,
    courses_of,
    entries_of,
    state_of,
)
from workflows.grade_transfer.models import Course, GradeEntry, Stay, Transcript
from workflows.grade_transfer.policy import Finding, findings, is_partial, shown, totals
from workflows.grade_transfer.steps import DEFAULT_POSITION
from workflows.grade_transfer.transcripts import (
    CHECKED,
    ISSUED,
    REASONS,
    latest,
    read,
    transcripts_of,
)
from workflows.grading.scales import SCALES
from workflows.mobility.models import Mobility
from workflows.mobility.services import mobility_of_case
from workflows.partners.models import UNASSIGNED
from workflows.partners.services import departments, institution_name
from workflows.people.services import RI

ANNEX_ROW = {"title": "", "code": "", "ects": "", "mark": ""}
MAX_ROWS = 20


@dataclass(frozen=True, slots=True)
class Results:
    """A student's results as the last signed contract and the departments have them."""

    mobility: Mobility
    partner: str
    stay: Stay | None
    courses: Sequence[Course]
    findings: Sequence[Finding]
    partial: bool
    totals: Any

    @property
    def student(self) -> str:
        """Whose results they are."""
        given, family = self.mobility.student_given_names, self.mobility.student_family_name
        return f"{given or ''} {family or ''}".strip()


def results_of(session: Session, business_key: str) -> Results | None:
    """The results of a case; None where the case has no mobility."""
    mobility = mobility_of_case(session, business_key)
    if mobility is None:
        return None
    stay = session.get(Stay, mobility.id)
    courses = courses_of(session, mobility.id)
    states = [state_of(course) for course in courses]
    listed = {state.id for state in shown(states)}
    withdrawn_on = stay.withdrawn_on if stay else None
    return Results(
        mobility=mobility,
        partner=institution_name(session, mobility.sending_hei_id),
        stay=stay,
        courses=[course for course in courses if course.id in listed],
        findings=findings(states, withdrawn_on=withdrawn_on, agreement=mobility.agreement),
        partial=is_partial(states, withdrawn_on=withdrawn_on),
        totals=totals(states),
    )


def scale_limits(code: str) -> dict[str, str]:
    """What the sheet needs to check a mark of a scale at once."""
    scale = SCALES[code]
    decimals = -int(scale.step.normalize().as_tuple().exponent) if scale.step else 0
    return {
        "low": str(scale.worst if scale.worst is not None else ""),
        "high": str(scale.best if scale.best is not None else ""),
        "pass": str(scale.pass_mark if scale.pass_mark is not None else ""),
        "decimals": str(max(0, decimals)),
        "labels": " ".join((*scale.labels, *scale.failing)),
    }


def department_of(item: WorkItem) -> str:
    """For which department a sheet's work item asks, by the group it is offered to."""
    return UNASSIGNED if item.candidate == RI else item.candidate.partition(":")[2]


def _certifying(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    department = department_of(item)
    with current.reading() as rows:
        results = results_of(rows, item.business_key)
    if results is None:
        return {"results": None}
    mine = [course for course in results.courses if course.department == department]
    data = typed.data or {}
    return {
        "results": results,
        "department": department,
        "courses": mine,
        "open_courses": [course for course in mine if not course.certified_at],
        "cells": _texts(data, "cells"),
        "scales_typed": _texts(data, "scales"),
        "annex": _annex_rows(data),
        "scales": SCALES_OF_COURSES,
        "limits": {code: scale_limits(code) for code in SCALES_OF_COURSES},
        "mark_texts": words.mark_texts(),
        "error_labels": {
            **{f"cells.c{course.id}": course.title for course in mine},
            **_annex_labels(),
        },
        "done_label": _("Certify"),
    }


def _texts(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _annex_rows(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = data.get("annex")
    rows = found if isinstance(found, list) else []
    return [{**ANNEX_ROW, **row} for row in rows[:MAX_ROWS] if isinstance(row, dict)]


def _annex_labels() -> dict[str, str]:
    return {
        f"annex.{number}.{name}": f"{words.annex_title(name)} ({number + 1})"
        for number in range(MAX_ROWS)
        for name in ANNEX_ROW
    }


def _with_annex(data: dict[str, Node], action: str) -> dict[str, Node]:
    """The sheet after a course outside the contract was added (``add``) or taken out."""
    found = data.get("annex")
    rows = list(found) if isinstance(found, list) else []
    verb, _, number = action.partition(":")
    if verb == "add" and len(rows) < MAX_ROWS:
        rows.append(dict(ANNEX_ROW))
    elif verb == "remove":
        rows = [row for n, row in enumerate(rows) if str(n) != number]
    return {**data, "annex": rows}


def _checking(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    with current.reading() as rows:
        results = results_of(rows, item.business_key)
        if results is None:
            return {"results": None}
        versions = transcripts_of(rows, results.mobility.id)
        known = [(each.code, each) for each in departments(rows)]
    issued = [row for row in versions if row.number is not None]
    data = typed.data or {}
    return {
        "results": results,
        "cells": {course.id: state_of(course) for course in results.courses},
        "given": {**_stay_fields(results), **data},
        "titles": {x: _texts(data, f"titles_{x}") for x in LANGUAGES},
        "moved": _texts(data, "departments"),
        "reopened": _texts(data, "reopen"),
        "known_departments": known,
        "unassigned": UNASSIGNED,
        "before": issued[-1] if issued else None,
        "sent_back": _sent_back(versions),
        "change_reasons": REASONS,
        "default_reason": "late_results" if issued and issued[-1].partial else "correction",
        "title_languages": LANGUAGES,
        "reason_label": words.reason_for("departments"),
        "error_labels": _course_labels(results),
    }


def _course_labels(results: Results) -> dict[str, str]:
    names = ("departments", "titles_fr", "titles_en", "titles_es", "reopen")
    return {f"{name}.c{course.id}": course.title for name in names for course in results.courses}


def _stay_fields(results: Results) -> dict[str, str]:
    stay, mobility = results.stay, results.mobility
    return {
        "first_day": (stay.first_day if stay else mobility.start_date) or "",
        "last_day": (stay.last_day if stay else mobility.end_date) or "",
        "withdrawn_on": (stay.withdrawn_on if stay else None) or "",
        "programme": (stay.programme if stay else mobility.isced_clarification) or "",
    }


def _sent_back(versions: Sequence[Transcript]) -> str | None:
    """Why the last version did not get its signature, while none has followed it."""
    last = versions[-1] if versions else None
    return last.returned if last is not None and last.status == "returned" else None


def _signing(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        row = latest(rows, mobility.id, CHECKED) if mobility else None
    return {
        "transcript": row,
        "content": read(row) if row else None,
        "default_position": DEFAULT_POSITION,
        "reason_label": words.reason_for("office"),
    }


def _acknowledging(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        row = latest(rows, mobility.id, ISSUED) if mobility else None
        contact = mobility.agreement if mobility else None
        home = institution_name(rows, mobility.receiving_hei_id) if mobility else ""
    names = (
        (contact.sending_contact_given_names, contact.sending_contact_family_name)
        if contact
        else ()
    )
    return {
        "transcript": row,
        "content": read(row) if row else None,
        "home": home,
        "default_name": " ".join(name for name in names if name),
        "reason_label": words.reason_for("sender"),
    }


def _digest(item: WorkItem) -> str:
    """The digest of the transcript in force: what the partner's link is bound to."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        row = latest(rows, mobility.id, ISSUED) if mobility else None
        return row.digest if row else ""


def _section(case: Instance) -> Mapping[str, Any] | None:
    with current.reading() as rows:
        results = results_of(rows, case.business_key)
        if results is None:
            return None
        versions = transcripts_of(rows, results.mobility.id)
        entries = entries_of(rows, [course.id for course in results.courses])
    remember_names(name for each in entries for name in (each.actor, each.on_behalf_of))
    remember_names(row.signed_by for row in versions)
    issued = [row for row in versions if row.number is not None]
    viewer = current.signed_in().within(case.key)
    return {
        "results": results,
        "cells": {course.id: state_of(course) for course in results.courses},
        "versions": issued[::-1],
        "entries": _by_course(entries),
        "action_key": str(uuid.uuid4()),
        "may_correct": viewer.is_ri and bool(issued),
        "may_withdraw": viewer.is_ri and case.ended_at is None and not _has_left(results),
    }


def _has_left(results: Results) -> bool:
    return bool(results.stay and results.stay.withdrawn_on)


def _by_course(entries: Sequence[GradeEntry]) -> dict[int, list[GradeEntry]]:
    found: dict[int, list[GradeEntry]] = {}
    for entry in entries:
        found.setdefault(entry.course_id, []).append(entry)
    return found


TASK_PAGES: Mapping[str, TaskPage] = {
    "grade_transfer.certify": TaskPage(
        body="grade_transfer/_asked.html",
        inputs="grade_transfer/_sheet.html",
        preview="grade_transfer/_preview.html",
        context=_certifying,
        row_action=_with_annex,
    ),
    "grade_transfer.check": TaskPage(
        body="grade_transfer/_check.html",
        inputs="grade_transfer/_check_inputs.html",
        preview="grade_transfer/_preview.html",
        context=_checking,
    ),
    "grade_transfer.sign": TaskPage(
        body="grade_transfer/_content.html",
        inputs="grade_transfer/_sign_inputs.html",
        context=_signing,
    ),
    "grade_transfer.acknowledge": TaskPage(
        body="grade_transfer/_arrived.html",
        inputs="grade_transfer/_acknowledge_inputs.html",
        partner="grade_transfer/partner.html",
        context=_acknowledging,
        digest=_digest,
    ),
}
"""By the page a diagram names."""

CASE = CaseSection("grade_transfer/_case.html", _section)
