"""One task: can I decide, with everything before me?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, EngineError, Forbidden, InvalidInput, InvalidState
from engine.tables.types import from_micros
from engine.values import Completed, WorkItem, WorkItemStatus
from web import current, words
from web.display import clock_time, remember_names
from web.lifecycles import task_page
from web.lifecycles.base import Typed
from web.navigation import safe_target
from web.pages import colleagues, diagrams
from web.pages.remarks import NOTHING_SAID, Remark, may_comment, named_on
from web.pages.timeline import Teller
from web.submissions import comment_of, key_of, nested, readable, reason_of
from workflows.office_work.mentions import add_comment

pages = Blueprint("tasks", __name__)

REFUSALS = (InvalidInput, InvalidState, Conflict, Forbidden)
"""What a person may be told while what they typed stays on the page."""

EVENTS = 60
"""The newest part of a case's history: enough for the marks of the diagram."""
LINES = 6


def _item() -> WorkItem:
    return cast("WorkItem", g.work_item)


@pages.get("/tasks/<id:item_id>")
def show(item_id: int) -> ResponseReturnValue:
    """The task: what is to be decided, and the bar to decide it."""
    return _page(_item(), _typed_from_draft(_item()))


def _typed_from_draft(item: WorkItem) -> Typed:
    if item.draft is None:
        return Typed()
    reasons = {
        name.removeprefix("reason_"): str(text)
        for name, text in item.draft.items()
        if name.startswith("reason_")
    }
    data = {name: value for name, value in item.draft.items() if not name.startswith("reason_")}
    return Typed(data or None, reasons)


def _page(item: WorkItem, typed: Typed, remark: Remark = NOTHING_SAID) -> str:
    engine, actor = current.engine(), current.actor()
    definition = engine.definition(item.definition_id)
    page = task_page(item)
    seats = engine.seats(item.id, actor=actor) if item.approval else []
    comments = engine.comments(item.instance_id, actor=actor)
    events = engine.history(item.instance_id, actor=actor, limit=EVENTS, newest=True)
    instance = engine.instance(item.instance_id, actor=actor)
    remember_names(
        [item.assignee, item.owner, item.completed_by]
        + [seat.decided_by or seat.assignee for seat in seats]
        + [comment.author for comment in comments]
    )
    return render_template(
        page.template,
        item=item,
        page=page,
        instance=instance,
        typed=typed,
        form=definition.forms.get(item.form) if item.form else None,
        seats=seats,
        comments=comments,
        named=named_on(item.instance_id),
        may_comment=may_comment(item.instance_id),
        remark=remark,
        lines=Teller(instance, events).lines(events)[:LINES],
        diagram=diagrams.of(definition, instance, events),
        may_act=_may_act(item),
        acting=actor.acting_on(item),
        colleagues=colleagues.of_item(item, actor),
        signs=page.signs,
        usual_reasons=page.reasons(),
        **page.context(item, typed),
    )


def _may_act(item: WorkItem) -> bool:
    actor = current.actor().acting_on(item)
    if item.status != WorkItemStatus.OPEN:
        return False
    if item.assignee is not None:
        return actor.holds(item.assignee)
    return actor.asked(item.candidate)


def _typed_from_request(item: WorkItem) -> Typed:
    data = task_page(item).submission(nested(request.form.items()))
    outcome = request.form.get("outcome") or None
    reasons = {
        name.removeprefix("reason_"): text
        for name, text in request.form.items()
        if name.startswith("reason_")
    }
    return Typed(data, reasons, outcome, key_of(request.form))


@pages.post("/tasks/<id:item_id>/complete")
def complete(item_id: int) -> ResponseReturnValue:
    """Decide; on any refusal the page comes back with everything that was typed."""
    item = _item()
    change_rows = task_page(item).row_action
    if change_rows is not None and "row_action" in request.form:
        rows = change_rows(nested(request.form.items()), request.form["row_action"])
        return _with_rows(item, rows)
    typed = _typed_from_request(item)
    try:
        done = current.engine().complete(
            item_id,
            actor=current.actor(),
            data=_data_for(item, typed),
            outcome=typed.outcome,
            reason=reason_of(request.form, typed.outcome),
            idempotency_key=typed.key,
        )
    except REFUSALS as refused:
        return _refused(item, typed, refused)
    return _go_on(item, done)


def _refused(item: WorkItem, typed: Typed, refused: EngineError) -> ResponseReturnValue:
    """The page again with its errors, or the page of a task that is no longer one's to do."""
    if isinstance(refused, InvalidInput):
        typed.errors = words.field_errors(errors_at_boxes(refused, typed.outcome))
        return _page(item, typed), 422
    return _stale(item, typed, refused), 403 if isinstance(refused, Forbidden) else 409


def _data_for(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """What engine and handler get: of a checklist all ticked values, not the last alone."""
    data = dict(typed.data or {})
    if item.form is None:
        return data
    form = current.engine().definition(item.definition_id).forms[item.form]
    for each in form.fields:
        if each.type == "checklist":
            data[each.key] = request.form.getlist(each.key)
    return data


def errors_at_boxes(refused: InvalidInput, outcome: str | None) -> dict[str, list[str]]:
    """Errors by field, with those of the reason at the box of its outcome."""
    renamed = {
        f"reason_{outcome}" if name == "reason" else name: codes
        for name, codes in refused.errors.items()
    }
    return {
        name: [
            "reason_required" if name.startswith("reason_") and code == "required" else code
            for code in codes
        ]
        for name, codes in renamed.items()
    }


def _with_rows(item: WorkItem, data: Mapping[str, Any]) -> ResponseReturnValue:
    """The page with a row more or less, for browsers without script; nothing is submitted."""
    typed = _typed_from_request(item)
    try:
        current.engine().save_draft(item.id, actor=current.actor(), data=data)
    except REFUSALS as refused:
        return _refused(item, typed, refused)
    typed.data = data
    return _page(item, typed)


def _stale(item: WorkItem, typed: Typed, refused: EngineError) -> str:
    """The task is done or somebody else's by now: say whose and when, and give the text back."""
    at = refused.params.get("at")
    by = str(refused.params.get("by") or "")
    return render_template(
        "tasks/stale.html",
        item=item,
        typed=typed,
        by=by or None,
        holder=refused.params.get("assignee"),
        forbidden=isinstance(refused, Forbidden),
        cause=refused.params.get("cause"),
        at=from_micros(at) if isinstance(at, int) and at else None,
        outcome=str(refused.params.get("outcome") or ""),
        kept="\n".join(readable(typed.data or {})),
    )


def _go_on(item: WorkItem, done: Completed) -> ResponseReturnValue:
    """To the next task of the same case that is this person's, else back to the list."""
    flash(
        _("Done: %(task)s, %(subject)s.", task=words.name_of(item), subject=item.labels.subject),
        "done",
    )
    engine, actor = current.engine(), current.actor()
    for next_id in done.next_items:
        try:
            following = engine.work_item(next_id, actor=actor)
        except EngineError:
            # Not this person's to see; the next one may be.
            continue
        if _may_act(following):
            return redirect(url_for("tasks.show", item_id=next_id))
    return redirect(url_for("home.show"))


@pages.post("/tasks/<id:item_id>/draft")
def draft(item_id: int) -> ResponseReturnValue:
    """Keep what is typed, valid or not; answers with the sentence "saved 12:04"."""
    item = _item()
    typed = _typed_from_request(item)
    kept = {**(typed.data or {}), **{f"reason_{k}": v for k, v in typed.reasons.items() if v}}
    engine = current.engine()
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        engine.save_draft(item_id, actor=current.actor(), data=kept)
    except REFUSALS as refused:
        if by_script:
            raise
        return _refused(item, typed, refused)
    saved = _("saved %(time)s", time=clock_time(engine.clock.now()))
    if by_script:
        return {"message": saved}
    flash(saved, "done")
    return redirect(url_for("tasks.show", item_id=item_id))


@pages.post("/tasks/<id:item_id>/claim")
def claim(item_id: int) -> ResponseReturnValue:
    """Take the task, so that colleagues see who is on it."""
    current.engine().claim(item_id, actor=current.actor())
    return redirect(safe_target(request.form.get("next")))


@pages.post("/tasks/<id:item_id>/release")
def release(item_id: int) -> ResponseReturnValue:
    """Give the task back to its group."""
    current.engine().release(item_id, actor=current.actor())
    return redirect(safe_target(request.form.get("next")))


@pages.post("/tasks/<id:item_id>/assign")
def assign(item_id: int) -> ResponseReturnValue:
    """Give the task to a colleague of the group it is offered to."""
    current.engine().assign(item_id, actor=current.actor(), to=_colleague())
    flash(_("The task is assigned."), "done")
    return redirect(safe_target(request.form.get("next")))


def _colleague() -> str:
    """Who was chosen among those who share the group the task is offered to."""
    to = request.form.get("to", "")
    known = dict(colleagues.of_item(_item(), current.actor()))
    if not known:
        raise Forbidden
    if to not in known:
        raise InvalidInput({"to": ["not_an_option"]})
    return to


@pages.post("/tasks/<id:item_id>/delegate")
def delegate(item_id: int) -> ResponseReturnValue:
    """Let a colleague prepare the task; it comes back once they have."""
    current.engine().delegate(item_id, actor=current.actor(), to=_colleague())
    flash(_("The task is with your colleague; it comes back to you prepared."), "done")
    return redirect(safe_target(request.form.get("next")))


@pages.post("/tasks/<id:item_id>/resolve")
def resolve(item_id: int) -> ResponseReturnValue:
    """Give a task that one has prepared back to whom it belongs to."""
    current.engine().resolve(item_id, actor=current.actor())
    flash(_("The task is back with whom it belongs to."), "done")
    return redirect(safe_target(request.form.get("next")))


@pages.post("/tasks/<id:item_id>/comment")
def comment(item_id: int) -> ResponseReturnValue:
    """Add a remark everybody on the case can read."""
    item = _item()
    try:
        add_comment(
            current.engine(),
            item.instance_id,
            actor=current.actor(),
            text=comment_of(request.form),
            work_item_id=item_id,
        )
    except InvalidInput as refused:
        return _page(item, _typed_from_draft(item), Remark.refused(request.form, refused)), 422
    return redirect(url_for("tasks.show", item_id=item_id) + "#comments")
