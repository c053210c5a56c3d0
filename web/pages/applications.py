"""What a student does with an application besides its tasks: documents, withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput, InvalidState, NotFound
from web import current, words
from web.navigation import safe_target
from web.viewer import Viewer
from workflows.application.services import get_application
from workflows.application.uploads import add_document, remove_document
from workflows.application.withdrawals import withdraw
from workflows.papers.documents import checked_upload

pages = Blueprint("applications", __name__)


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the number of one's own application; raises NotFound for anybody else's."""
    with current.reading() as rows:
        application = get_application(rows, arguments["application_id"])
        if application.person_id != viewer.person_id:
            raise NotFound
        g.case_id = application.instance_id


def load_to_withdraw(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """As :func:`load`; the international office withdraws for any student."""
    if not viewer.is_ri:
        load(viewer, arguments)
        return
    with current.reading() as rows:
        g.case_id = get_application(rows, arguments["application_id"]).instance_id


def _back(place: str = "") -> ResponseReturnValue:
    """To where the form was: to its top, where it is told what was refused, or to a place of it."""
    return redirect(safe_target(request.form.get("next")) + place)


@pages.post("/applications/<id:application_id>/documents")
def add(application_id: int) -> ResponseReturnValue:
    """Add a PDF, JPEG or PNG, known by what it holds."""
    try:
        content, media_type, filename = _sent()
        with current.engine().unit(current.actor()) as unit:
            application = get_application(unit.session, application_id, lock=True)
            kind = request.form.get("kind", "")
            add_document(unit, application, kind, media_type, filename, content)
    except InvalidInput as refused:
        for sentences in words.field_errors(refused.errors).values():
            flash(" ".join(sentences), "warning")
    except InvalidState:
        flash(_("This application has been submitted: its documents stay as they are."), "warning")
    else:
        flash(_("Added: %(name)s", name=filename), "done")
        return _back("#documents")
    return _back()


def _sent() -> tuple[bytes, str, str]:
    """The uploaded file's content, its media type and its name; raises InvalidInput."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput({"file": ["required"]})
    content = sent.stream.read()
    return content, *checked_upload(content, sent.filename)


@pages.post("/applications/<id:application_id>/documents/<id:document_id>/remove")
def remove(application_id: int, document_id: int) -> ResponseReturnValue:
    """Take a document back."""
    try:
        with current.engine().unit(current.actor()) as unit:
            application = get_application(unit.session, application_id, lock=True)
            remove_document(unit, application, document_id)
    except InvalidState:
        flash(_("This application has been submitted: its documents stay as they are."), "warning")
        return _back()
    return _back("#documents")


@pages.post("/applications/<id:application_id>/withdraw")
def give_up(application_id: int) -> ResponseReturnValue:
    """End an application or the departure it led to; a place it held goes to the next."""
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            withdraw(engine, unit, application_id, request.form.get("reason", ""))
    except InvalidInput as refused:
        flash(words.why_missing(refused.errors), "warning")
    except InvalidState:
        flash(_("There is nothing to withdraw from at this stage."), "warning")
    except Conflict:
        flash(_("The case is moving at this very moment: try again in a minute."), "warning")
    else:
        flash(_("The application is withdrawn."), "done")
    return redirect(url_for("cases.show", instance_id=g.case_id))
