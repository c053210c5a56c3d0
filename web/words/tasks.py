"""Tasks in words: outcomes as decisions and as buttons, history, usual reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext

from engine.values import WorkItem
from web.i18n import translated

DECIDED = {
    "approve": lazy("approved"),
    "return": lazy("returned"),
    "reject": lazy("rejected"),
    "sign": lazy("signed"),
    "submit": lazy("submitted"),
    "issue": lazy("issued"),
    "no_transcript": lazy("finished without a new transcript"),
    "acknowledge": lazy("acknowledged"),
    "contest": lazy("contested"),
    "admit": lazy("admitted"),
    "refuse": lazy("refused"),
    "score": lazy("scored"),
    "conflict": lazy("conflict of interest"),
    "confirm": lazy("confirmed"),
    "withdraw": lazy("withdrawn"),
    "nominate": lazy("nominated"),
    "cancel": lazy("cancelled"),
    "passed": lazy("year passed"),
    "failed": lazy("year not passed"),
    "publish": lazy("published"),
    "drop": lazy("dropped"),
    "take_up": lazy("taken up"),
    "set_aside": lazy("set aside"),
    "award": lazy("awarded"),
    "decline": lazy("declined"),
    "renew": lazy("to be renewed"),
    "let_expire": lazy("left to expire"),
    "prolong": lazy("prolonged"),
    "lapse": lazy("left to lapse"),
}
ACTIONS = {
    "approve": lazy("Approve"),
    "return": lazy("Return with a reason"),
    "reject": lazy("Reject with a reason"),
    "sign": lazy("Sign"),
    "submit": lazy("Submit"),
    "issue": lazy("Issue the transcript"),
    "no_transcript": lazy("Finish without a new transcript"),
    "acknowledge": lazy("Acknowledge"),
    "contest": lazy("Something is wrong"),
    "admit": lazy("Admit"),
    "refuse": lazy("Refuse with a reason"),
    "score": lazy("Give these points"),
    "conflict": lazy("Declare a conflict of interest"),
    "confirm": lazy("Confirm my departure"),
    "withdraw": lazy("Withdraw"),
    "nominate": lazy("Nominate to the partner"),
    "cancel": lazy("Cancel the departure"),
    "passed": lazy("The year is passed"),
    "failed": lazy("The year is not passed"),
    "publish": lazy("Publish"),
    "drop": lazy("Drop it"),
    "take_up": lazy("Take it up"),
    "set_aside": lazy("Set it aside"),
    "award": lazy("Award the grant"),
    "decline": lazy("Decline the grant"),
    "renew": lazy("The renewal is under way"),
    "let_expire": lazy("Let it expire"),
    "prolong": lazy("Prolong with a reason"),
    "lapse": lazy("Let it lapse"),
}
EVENTS = {
    "instance_started": lazy("Case opened"),
    "instance_completed": lazy("Case finished"),
    "instance_terminated": lazy("Case ended early"),
    "work_item_created": lazy("Task offered"),
    "work_item_claimed": lazy("Task taken"),
    "work_item_released": lazy("Task given back"),
    "evidence_exported": lazy("Evidence of this case exported"),
    "access_exported": lazy("All that is held of the student handed out"),
    "hold_set": lazy("Put under a legal hold"),
    "hold_lifted": lazy("Legal hold lifted"),
    "erased": lazy("Content erased"),
    "work_item_assigned": lazy("Task assigned"),
    "work_item_delegated": lazy("Task delegated"),
    "work_item_resolved": lazy("Delegated task handed back"),
    "work_item_completed": lazy("Task done: %(outcome)s"),
    "task_cancelled": lazy("Task no longer needed"),
    "seats_closed": lazy("Other answers no longer needed"),
    "due_date_changed": lazy("Due date changed"),
    "priority_changed": lazy("Priority changed"),
    "follow_up_changed": lazy("Follow-up date changed"),
    "job_failed": lazy("Automatic work failed; it will be tried again"),
    "commented": lazy("Comment written"),
    "timer_fired": lazy("Time limit reached"),
    "message_received": lazy("Message received"),
    "message_not_delivered": lazy("A message found nobody waiting for it"),
    "service_completed": lazy("Automatic step done"),
    "job_completed": lazy("Automatic work done"),
    "incident_raised": lazy("Incident: the case cannot go on by itself"),
    "incident_retried": lazy("Incident: tried again"),
    "step_taken": lazy("Case gone on after an incident"),
    "migrated": lazy("Case moved from version %(before)s to version %(after)s of its process"),
}
REASONS = (
    lazy("The total of credits is too low for the time abroad."),
    lazy("A course overlaps with one already passed at home."),
    lazy("The level of a course does not fit the year of study."),
    lazy("A course code or link to the catalogue is missing."),
)
"""Why an agreement is often returned."""


def outcome_words(outcome: str | None) -> str:
    """An outcome as what has been decided; no outcome is simply done."""
    if not outcome:
        return str(_("done"))
    return str(DECIDED.get(outcome, outcome))


def outcome_action(outcome: str, *, signs: bool = False) -> str:
    """An outcome as the button that gives it; on a page that signs, approving is signing."""
    if signs and outcome == "approve":
        return str(_("Sign"))
    return str(ACTIONS.get(outcome, outcome))


def count_of_tasks(number: int) -> str:
    """How many tasks, in words."""
    return str(ngettext("%(num)d task", "%(num)d tasks", number))


def event_words(kind: str, payload: Mapping[str, Any] | None) -> str:
    """A kind of history event in words."""
    if kind not in EVENTS:
        return kind
    given = payload or {}
    # One seat's answer may be no outcome of the step yet.
    said = given.get("outcome") or given.get("vote")
    if kind == "work_item_completed" and not said:
        return str(_("Task done"))
    return str(EVENTS[kind]) % {
        "outcome": outcome_words(str(said)),
        "before": given.get("from", "–"),
        "after": given.get("to", "–"),
    }


def contract_reasons() -> list[str]:
    """Why an agreement or a plan is often returned, in the reader's language."""
    return [str(reason) for reason in REASONS]


def name_of(item: WorkItem) -> str:
    """The name of a work item in the reader's language."""
    return translated(item.names)
