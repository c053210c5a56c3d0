"""One student: all that is held of them, handed out or erased; a case put under a legal hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput, InvalidState, NotFound
from engine.values import Instance
from web import current, words
from web.audit.access_export import MEDIA_TYPE, all_about
from web.display import remember_names
from workflows.people.services import get_person
from workflows.retention.collecting import Subject, subject_of_case, subject_of_person
from workflows.retention.holdings import FILES
from workflows.retention.persons import erase_person, outlook

pages = Blueprint("personal_data", __name__)

HOLDS = 20


@pages.get("/cases/<id:instance_id>/personal-data")
def show(instance_id: int) -> ResponseReturnValue:
    """Whose data the case holds, the holds on it, and what can be done with it."""
    return _page(instance_id, {})


def _page(instance_id: int, errors: Mapping[str, list[str]]) -> str:
    case = cast("Instance", g.instance)
    holds = current.engine().holds(actor=current.actor(), instance_id=instance_id, limit=HOLDS)
    remember_names(name for each in holds for name in (each.set_by, each.lifted_by))
    return render_template(
        "audit/personal_data.html",
        case=case,
        subject=_subject(instance_id),
        holds=holds,
        held=next((each for each in holds if each.lifted_at is None), None),
        reason=request.form.get("reason", ""),
        errors=errors,
        files=FILES,
    )


def _subject(instance_id: int) -> Subject | None:
    with current.reading() as rows:
        try:
            return subject_of_case(rows, instance_id)
        except NotFound:
            return None


@pages.post("/cases/<id:instance_id>/hold")
def hold(instance_id: int) -> ResponseReturnValue:
    """Put the case under a legal hold."""
    said = _("The case is under a legal hold: nothing of it is erased.")
    return _decide(instance_id, current.engine().hold, said)


@pages.post("/cases/<id:instance_id>/hold/lift")
def lift(instance_id: int) -> ResponseReturnValue:
    """Lift the legal hold on the case."""
    return _decide(instance_id, current.engine().lift_hold, _("The legal hold is lifted."))


def _decide(instance_id: int, command: Callable[..., object], said: str) -> ResponseReturnValue:
    try:
        command(instance_id, actor=current.actor(), reason=request.form.get("reason", ""))
    except InvalidInput as refused:
        return _page(instance_id, words.field_errors(refused.errors)), 422
    except Conflict:
        said = _("Somebody else was faster.")
    flash(said, "done")
    return redirect(url_for("personal_data.show", instance_id=instance_id))


@pages.post("/cases/<id:instance_id>/personal-data/export")
def export(instance_id: int) -> ResponseReturnValue:
    """All that is held of the student of a case, for the office to hand over."""
    subject = _subject(instance_id)
    if subject is None:
        raise NotFound
    return _handed_out(all_about(subject, seen_by=current.actor()))


@pages.post("/settings/my-data")
def export_own() -> ResponseReturnValue:
    """All that is held of oneself."""
    with current.reading() as rows:
        subject = subject_of_person(rows, get_person(rows, current.signed_in().person_id))
    return _handed_out(all_about(subject))


def _handed_out(archive: bytes) -> Response:
    answer = Response(archive, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=personal-data.zip"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/cases/<id:instance_id>/erase")
def confirm_erasing(instance_id: int) -> ResponseReturnValue:
    """What goes for good, what stays, and the question why."""
    return _confirm(instance_id, {})


@pages.post("/cases/<id:instance_id>/erase")
def erase(instance_id: int) -> ResponseReturnValue:
    """Erase the student of a case, and all that is held of them."""
    subject = _subject(instance_id)
    if subject is None:
        raise NotFound
    try:
        erase_person(
            current.engine(),
            subject,
            actor=current.actor(),
            reason=request.form.get("reason", ""),
        )
    except InvalidInput as refused:
        return _confirm(instance_id, words.field_errors(refused.errors)), 422
    except InvalidState:
        return _confirm(instance_id, {}), 409
    flash(_("Erased. The report stays below."), "done")
    return redirect(url_for("retention.index"))


def _confirm(instance_id: int, errors: Mapping[str, list[str]]) -> str:
    subject = _subject(instance_id)
    if subject is None:
        raise NotFound
    with current.reading() as rows:
        seen = outlook(rows, subject)
    return render_template(
        "audit/erase.html",
        case=g.instance,
        outlook=seen,
        reason=request.form.get("reason", ""),
        errors=errors,
        files=FILES,
    )
