"""Retiring a lifecycle, so that no new cases start, and taking that back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput
from web import current, words
from web.studio.answers import note_of, too_late
from web.studio.library import versions_of

pages = Blueprint("process_retirement", __name__)


@pages.get("/processes/<key:key>/retire")
def confirm_retiring(key: str) -> ResponseReturnValue:
    """What retiring will do, and the question why."""
    return _confirm(key, {})


@pages.get("/processes/<key:key>/resume")
def confirm_resuming(key: str) -> ResponseReturnValue:
    """What taking new cases again will do, and the question why."""
    return _confirm(key, {})


def _confirm(key: str, errors: Mapping[str, list[str]]) -> str:
    versions = versions_of(key)
    definition = current.engine().definition(versions[0].definition_id)
    return render_template(
        "studio/retire.html",
        key=key,
        definition=definition,
        running=sum(each.running for each in versions),
        retired=key in current.engine().retired(),
        resuming=request.path.endswith("/resume"),
        note=request.form.get("note", ""),
        errors=errors,
    )


@pages.post("/processes/<key:key>/retire")
def retire(key: str) -> ResponseReturnValue:
    """Take no new cases of a lifecycle."""
    said = _("Retired: no new cases start. Those that run go on.")
    return _decide(key, current.engine().retire, said)


@pages.post("/processes/<key:key>/resume")
def resume(key: str) -> ResponseReturnValue:
    """Take new cases again."""
    return _decide(key, current.engine().resume, _("New cases can be started again."))


def _decide(key: str, command: Callable[..., None], said: str) -> ResponseReturnValue:
    versions_of(key)
    try:
        command(key, actor=current.actor(), note=note_of(request.form))
    except InvalidInput as refused:
        return _confirm(key, words.field_errors(refused.errors)), 422
    except Conflict:
        return too_late(key)
    flash(said, "done")
    return redirect(url_for("processes.show", key=key))
