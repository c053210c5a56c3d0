"""Saved views: kept, renamed, deleted and taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput
from engine.values import InboxQuery
from web import current, words
from web.navigation import safe_target
from web.pages import inbox
from web.pages.inbox_queries import Saving, query_from
from web.pages.saved_entries import HOMES, UNDO, address
from workflows.office_work import saved_views
from workflows.office_work.models import SavedView

pages = Blueprint("saved", __name__)


@pages.get("/inbox/saved/counts")
def counts() -> ResponseReturnValue:
    """How much each saved view finds now, put beside its name once the page is there."""
    viewer = current.signed_in()
    with current.reading() as rows:
        found = saved_views.views_for(rows, viewer.person_id, viewer.actor)
    totals = current.engine().inbox_totals([_query(view) for view in found], actor=viewer.actor)
    return render_template(
        "inbox/counts.html", counts=list(zip([view.id for view in found], totals, strict=True))
    )


def _query(view: SavedView) -> InboxQuery:
    return query_from(saved_views.arguments_of(view), current.engine().clock.now())


@pages.post("/inbox/saved")
def create() -> ResponseReturnValue:
    """Keep the present list under a name."""
    viewer = current.signed_in()
    arguments = {name: request.form.get(name, "") for name in saved_views.ARGUMENTS}
    name, group = request.form.get("name", ""), request.form.get("group", "")
    try:
        with current.engine().unit(viewer.actor) as unit:
            view = saved_views.save(unit, viewer.person_id, name, arguments, group)
            target = address(view)
    except InvalidInput as refused:
        saving = Saving(name, group, words.field_errors(refused.errors))
        return inbox.page(arguments, saving), 422
    flash(_("“%(name)s” is saved; you find it on the left.", name=view.name), "done")
    return redirect(target)


@pages.post("/inbox/saved/<id:view_id>/rename")
def rename(view_id: int) -> ResponseReturnValue:
    """Give a view of one's own another name."""
    viewer = current.signed_in()
    name = request.form.get("name", "")
    try:
        with current.engine().unit(viewer.actor) as unit:
            before = saved_views.rename(unit, viewer.person_id, view_id, name)
    except InvalidInput as refused:
        for sentence in words.field_errors(refused.errors)["name"]:
            flash(sentence, "warning")
    else:
        if "undo" not in request.form:
            session[UNDO] = {"view": view_id, "was": before, "deleted": False}
    return redirect(safe_target(request.form.get("next")))


@pages.post("/inbox/saved/<id:view_id>/delete")
def delete(view_id: int) -> ResponseReturnValue:
    """Delete a view of one's own; its page offers to take it back."""
    viewer = current.signed_in()
    with current.engine().unit(viewer.actor) as unit:
        view = saved_views.remove(unit, viewer.person_id, view_id)
        home = url_for(HOMES[view.page])
    session[UNDO] = {"view": view_id, "was": view.name, "deleted": True}
    return redirect(home)


@pages.post("/inbox/saved/<id:view_id>/restore")
def restore(view_id: int) -> ResponseReturnValue:
    """Take a deleted view back."""
    viewer = current.signed_in()
    try:
        with current.engine().unit(viewer.actor) as unit:
            view = saved_views.restore(unit, viewer.person_id, view_id)
            target = address(view)
    except InvalidInput:
        flash(_("Another view has that name by now; rename it first."), "warning")
        return redirect(safe_target(request.form.get("next") or url_for("inbox.show")))
    return redirect(target)
