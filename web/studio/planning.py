"""Publications set for a day and time: asked for where a draft is published, and cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict
from web import current
from web.addresses import number
from web.studio.answers import too_late
from web.studio.process import process_of
from workflows.answers import Answers
from workflows.publication.services import withdraw

pages = Blueprint("process_publications", __name__)


def time_of(form: Mapping[str, str]) -> datetime | None:
    """When a publication is to happen, on the clock of the office; None for at once.

    Raises InvalidInput for ``at`` where it is no time.
    """
    answers = Answers({"at": form.get("at", "")})
    at = answers.moment("at")
    answers.check()
    return at


@pages.post("/processes/<key:key>/draft/publication/cancel")
def cancel(key: str) -> ResponseReturnValue:
    """Drop a publication that is set for a time, or the news that it did not happen."""
    process_of(key)
    engine = current.engine()
    planned = engine.planned_publication(key)
    if planned is None or planned.id != number(request.form.get("planned", "")):
        return too_late(key)
    try:
        with engine.unit(current.actor()) as unit:
            if planned.asked:
                withdraw(engine, unit, planned)
            else:
                engine.cancel_publication(key, actor=unit.actor, planned=planned.id, unit=unit)
    except Conflict:
        return too_late(key)
    flash(_("Nothing is set any more. The draft is kept."), "done")
    return redirect(url_for("process_drafts.show", key=key))
