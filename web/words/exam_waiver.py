"""Exam waivers in words: where they stand, what became of an exam and why."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

STATUS = {
    "proposed": lazy("the coordinator considers it"),
    "endorsed": lazy("the head of department decides"),
    "granted": lazy("granted"),
    "refused": lazy("refused"),
    "superseded": lazy("replaced by a newer decision"),
    "withdrawn": lazy("overtaken by a change"),
}
MARKS = {
    "added": lazy("newly excused"),
    "kept": lazy("excused as before"),
    "revoked": lazy("no longer excused"),
    "left_out": lazy("not excused"),
}
CAUSES = {
    "contract_changed": lazy("the contract no longer replaces it"),
    "cut_short": lazy("the stay is over by then"),
    "days_unknown": lazy("its days are not known, and the stay is cut short"),
    "too_late": lazy("the session is too long ago"),
    "not_proposed": lazy("not proposed"),
}
BASES = {
    "contract": lazy("Learning agreement, version %(number)s"),
    "validation_plan": lazy("Recognition plan, version %(number)s"),
}
STAGES = {
    "coordinator": lazy("Coordinator"),
    "head": lazy("Head of department"),
    "registrar": lazy("Registrar’s office"),
}
REASONS = (
    lazy("The contract does not replace this unit."),
    lazy("The exam takes place outside the stay."),
    lazy("The request comes too long after the session."),
)
"""Reasons often given, offered as a start for one's own words."""


def waiver_status(status: str) -> str:
    """Where a waiver stands."""
    return str(STATUS.get(status, status))


def exam_mark(mark: str) -> str:
    """What becomes of an exam."""
    return str(MARKS.get(mark, mark))


def exam_cause(cause: str | None) -> str:
    """Why an exam is not excused."""
    return str(CAUSES.get(cause or "", ""))


def waiver_basis(kind: str, number: int) -> str:
    """What a waiver rests on."""
    return str(BASES.get(kind, kind)) % {"number": number}


def waiver_stage(stage: str) -> str:
    """Who answers at a stage."""
    return str(STAGES.get(stage, stage))


def exam_session(semester: int | None, session: int) -> str:
    """Semester and session of an exam."""
    said = _("main session") if session == 1 else _("resits")
    return str(
        _("S%(semester)s, %(session)s", semester=semester, session=said) if semester else said
    )


def waiver_reasons() -> list[str]:
    """Reasons often given for refusing a waiver."""
    return [str(reason) for reason in REASONS]
