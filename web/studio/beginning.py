"""A lifecycle that does not exist yet: from a blank, from another one, or from files brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Conflict, Definition
from engine.definitions import Bundle, Problem, blank, brought, check_beginning, copied
from engine.errors import DeploymentRejected, InvalidInput
from web import current, words
from web.i18n import LANGUAGES
from workflows.people.services import RI

pages = Blueprint("process_beginnings", __name__)

BLANK = ""


@pages.get("/new-lifecycle")
def show() -> ResponseReturnValue:
    """The question what to begin with."""
    return _page()


def _page(
    errors: Mapping[str, list[str]] | None = None,
    refused: Sequence[Problem] = (),
    *,
    bringing: bool = False,
) -> str:
    return render_template(
        "studio/begin.html",
        models=current.engine().definitions(),
        typed=request.form,
        errors=errors or {},
        refused=refused,
        bringing=bringing,
    )


@pages.post("/new-lifecycle")
def write() -> ResponseReturnValue:
    """Begin a lifecycle with one step, or as a copy of one in force."""
    key = request.form.get("key", "").strip()
    names = {each: request.form.get(f"name_{each}", "").strip() for each in LANGUAGES}
    try:
        check_beginning(key, names, _taken())
        source = _source(request.form.get("source", BLANK))
        first = copied(source.bundle, key, names) if source else blank(key, names, RI)
        current.engine().begin_definition(first, actor=current.actor())
    except InvalidInput as refused:
        return _page(words.field_errors(refused.errors)), 422
    except Conflict:
        return _page(words.field_errors({"key": ["process_key_taken"]})), 422
    return _begun(key)


def _source(key: str) -> Definition | None:
    """The version in force that is copied; None for a blank."""
    if key == BLANK:
        return None
    found = {each.key: each for each in current.engine().definitions()}.get(key)
    if found is None:
        raise InvalidInput({"source": ["not_an_option"]})
    return found


@pages.post("/new-lifecycle/files")
def bring() -> ResponseReturnValue:
    """Begin a lifecycle with files from elsewhere."""
    uploads = {
        each.filename: each.read() for each in request.files.getlist("files") if each.filename
    }
    try:
        first = _brought(uploads)
        current.engine().begin_definition(first, actor=current.actor())
    except InvalidInput as refused:
        return _page(words.field_errors(refused.errors), bringing=True), 422
    except DeploymentRejected as refused:
        return _page(refused=refused.problems, bringing=True), 422
    except Conflict:
        taken = words.field_errors({"bring_key": ["process_key_taken"]})
        return _page(taken, bringing=True), 422
    return _begun(first.key)


def _brought(uploads: Mapping[str, bytes]) -> Bundle:
    if not uploads:
        raise InvalidInput({"files": ["required"]})
    try:
        first = brought(uploads, request.form.get("bring_key", "").strip())
    except InvalidInput as refused:
        errors = dict(refused.errors)
        if "key" in errors:
            errors["bring_key"] = errors.pop("key")
        raise InvalidInput(errors) from refused
    if first.key in _taken():
        raise InvalidInput({"bring_key": ["process_key_taken"]})
    return first


def _taken() -> set[str]:
    engine = current.engine()
    return {each.key for each in engine.definitions()} | set(engine.definition_drafts())


def _begun(key: str) -> ResponseReturnValue:
    flash(_("The draft is saved. Nothing is published yet."), "done")
    return redirect(url_for("process_drafts.show", key=key))
