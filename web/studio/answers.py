"""What the studio's forms have in common: the note, what was seen, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from engine import Definition
from engine.errors import InvalidInput
from engine.texts import checked
from web import current
from web.addresses import number
from web.display import remember_names

MAX_NOTE = 1_000


def note_of(form: Mapping[str, str]) -> str:
    """Why a version is published; raises InvalidInput for ``note`` where nobody says it."""
    note = checked("note", form.get("note", "").replace("\r\n", "\n"), MAX_NOTE)
    if not note:
        raise InvalidInput({"note": ["required"]})
    return note


def despite_of(form: Mapping[str, str]) -> str:
    """Why it is published whatever its scenarios say; raises InvalidInput for ``despite``."""
    return checked("despite", form.get("despite", "").replace("\r\n", "\n"), MAX_NOTE)


def version_seen(form: Mapping[str, str]) -> int:
    """The number of the version that was in force when the page was made; 0 for no number."""
    return number(form.get("in_force", "")) or 0


def in_force_now(definition: Definition, seen: int) -> ResponseReturnValue:
    """The answer to a publication: the version in force, new or the one that said the same."""
    if definition.version == seen:
        flash(_("Nothing was changed: version %(number)s says the same.", number=seen))
    else:
        flash(_("Version %(number)s is in force.", number=definition.version), "done")
    return redirect(url_for("processes.version", key=definition.key, number=definition.version))


def planned_now(key: str, at: datetime) -> ResponseReturnValue:
    """The answer to a publication that was set for a time."""
    when = format_datetime(at, "d MMMM y, HH:mm")
    flash(_("The publication is set for %(when)s (time in Paris).", when=when), "done")
    return redirect(url_for("process_drafts.show", key=key))


def asked_now(key: str) -> ResponseReturnValue:
    """The answer to a publication that another administrator has to approve."""
    flash(_("Asked for: it is published once another administrator has approved it."), "done")
    return redirect(url_for("process_drafts.show", key=key))


def too_late(key: str, typed: str = "") -> ResponseReturnValue:
    """The answer to who acted on what has changed meanwhile: what is now, and what they typed."""
    engine = current.engine()
    draft, in_force = engine.definition_draft(key), next(iter(engine.versions(key)), None)
    remember_names([draft.saved_by if draft else None, in_force.deployed_by if in_force else None])
    page = render_template(
        "studio/too_late.html",
        key=key,
        draft=draft,
        in_force=in_force,
        note=request.form.get("note", ""),
        typed=typed,
    )
    return page, 409
