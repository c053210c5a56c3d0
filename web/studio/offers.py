"""Taking over what a release of the program brings for a lifecycle."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.definitions import Bundle
from engine.errors import Conflict, NotFound
from web import current
from web.studio.answers import too_late
from web.studio.library import answer_diagram, versions_of
from web.studio.outline import drawn
from web.studio.releases import offered

pages = Blueprint("process_offers", __name__)


def _offered(key: str) -> Bundle:
    """The offered bundle; raises NotFound where there is none."""
    found = offered(key, versions_of(key))
    if found is None:
        raise NotFound
    return found


@pages.get("/processes/<key:key>/release/diagram.bpmn")
def diagram(key: str) -> ResponseReturnValue:
    """The diagram that the release brings."""
    return answer_diagram(drawn(_offered(key)))


@pages.post("/processes/<key:key>/release")
def take_over(key: str) -> ResponseReturnValue:
    """Begin a draft with what the release brings; where there is a draft, it stays."""
    bundle, engine = _offered(key), current.engine()
    try:
        engine.save_definition_draft(
            bundle, actor=current.actor(), revision=None, based_on=versions_of(key)[0].number
        )
    except Conflict:
        return too_late(key)
    flash(_("The draft is what the program brings. Nothing is published yet."), "done")
    return redirect(url_for("process_drafts.show", key=key))
