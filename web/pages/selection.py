"""What is done to many tasks at once: each is one command, and each is told what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext

from engine.errors import Conflict, EngineError, InvalidInput
from engine.values import WorkItem, WorkItemStatus
from web import current
from web.addresses import number
from web.display import person_name, remember_names
from web.navigation import safe_target
from web.pages import colleagues
from web.submissions import key_of

AT_ONCE = 200
REFUSALS = {
    "conflict": lazy("somebody else was faster"),
    "forbidden": lazy("it is not yours to do"),
    "invalid_state": lazy("it is delegated: it goes back to its owner first"),
    "invalid_input": lazy("it needs answers that only its own page asks for"),
    "not_bulk": lazy("it must be decided on its own page"),
    "not_an_option": lazy("that person does not belong to its group"),
    "voice_given": lazy("you, or whom you replace, have spoken already; the others decide now"),
    "excluded": lazy("you may not decide on this case"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one task of a selection; ``why`` is empty where it was done."""

    item: WorkItem
    why: str = ""


def handle() -> ResponseReturnValue:
    """Do what was asked to every selected task, and tell of each."""
    action = request.form.get("action", "")
    sent = list(dict.fromkeys(request.form.getlist("item")))[:AT_ONCE]
    numbers = [number(value) for value in sent]
    chosen = [_seen(each) for each in numbers if each is not None]
    items = [item for item in chosen if item is not None]
    target = safe_target(request.form.get("next"))
    if not sent:
        flash(_("Select at least one task first."), "warning")
        return redirect(target)
    if action == "complete" and items and "confirmed" not in request.form:
        return _confirm(items, target)
    told = [_done(action, item) for item in items]
    return _answer(action, told, strangers=len(sent) - len(told), target=target)


def completable(item: WorkItem) -> bool:
    """Whether a task may be completed among others: its diagram says so, and it asks nothing.

    Its first outcome must need no reason, and its form no answer.
    """
    if not item.bulk or item.status != WorkItemStatus.OPEN:
        return False
    if item.outcomes and item.outcomes[0] in item.reason_required:
        return False
    if item.form is None:
        return True
    form = current.engine().definition(item.definition_id).forms.get(item.form)
    return form is not None and not any(field.required for field in form.fields)


def _seen(item_id: int) -> WorkItem | None:
    """The task as the actor sees it; None for one that is not there for them."""
    try:
        return current.engine().work_item(item_id, actor=current.actor())
    except EngineError:
        return None


def _confirm(items: Sequence[WorkItem], target: str) -> str:
    """The page that says what is about to be completed, and what is not and why."""
    told = [Told(item, "" if completable(item) else str(REFUSALS["not_bulk"])) for item in items]
    return render_template(
        "inbox/confirm.html",
        ready=[each.item for each in told if not each.why],
        kept=[each for each in told if each.why],
        key=key_of(request.form),
        next=target,
    )


def _done(action: str, item: WorkItem) -> Told:
    """One command on one task, and what became of it."""
    try:
        _act(action, item)
    except EngineError as refused:
        return Told(item, _why(refused))
    return Told(item)


def _act(action: str, item: WorkItem) -> None:
    """One action on one item; raises EngineError where it is refused."""
    engine, actor = current.engine(), current.actor()
    if action == "claim":
        engine.claim(item.id, actor=actor)
    elif action == "release":
        engine.release(item.id, actor=actor)
    elif action == "assign":
        to = request.form.get("to", "")
        if to not in dict(colleagues.of_item(item, actor)):
            raise InvalidInput({"to": ["not_an_option"]})
        engine.assign(item.id, actor=actor, to=to)
    elif action == "complete":
        # Whoever sends the form twice gets the first answer again, though it is done by now.
        if not item.bulk or (item.status == WorkItemStatus.OPEN and not completable(item)):
            raise InvalidInput({"action": ["not_bulk"]})
        engine.complete(
            item.id,
            actor=actor,
            outcome=item.outcomes[0] if item.outcomes else None,
            idempotency_key=f"{key_of(request.form)}:{item.id}",
        )
    else:
        raise InvalidInput({"action": ["not_an_option"]})


def _why(refused: EngineError) -> str:
    cause = str(refused.params.get("cause") or "")
    if isinstance(refused, InvalidInput):
        codes = {code for codes in refused.errors.values() for code in codes}
        cause = next((code for code in sorted(codes) if code in REFUSALS), "")
    holder = refused.params.get("assignee") or refused.params.get("by")
    if isinstance(refused, Conflict) and holder:
        return str(_("%(name)s was faster", name=person_name(str(holder))))
    return str(REFUSALS.get(cause or refused.code, REFUSALS["forbidden"]))


def _answer(
    action: str, told: Sequence[Told], *, strangers: int, target: str
) -> ResponseReturnValue:
    """Back to the list where all went well or nothing can be named; else what became of each."""
    done = sum(1 for each in told if not each.why)
    refused = len(told) - done + strangers
    changed = ngettext("%(num)d task changed.", "%(num)d tasks changed.", done) if done else ""
    left = (
        ngettext(
            "%(num)d task could not be changed.", "%(num)d tasks could not be changed.", refused
        )
        if refused
        else ""
    )
    if len(told) != done or (told and action == "complete"):
        remember_names(each.item.assignee for each in told)
        return render_template(
            "inbox/told.html", told=told, strangers=strangers, said=(changed, left), next=target
        )
    for said, category in ((changed, "done"), (left, "warning")):
        if said:
            flash(said, category)
    return redirect(target)
