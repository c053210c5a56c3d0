"""Incidents: what cannot go on by itself, why, and another try."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.values import Incident
from web import current
from web.addresses import cursor
from web.navigation import safe_target
from web.pages import diagrams

pages = Blueprint("incidents", __name__)


@pages.get("/incidents")
def index() -> ResponseReturnValue:
    """Open incidents, oldest first."""
    after = cursor(request.args.get("after"))
    page = current.engine().incidents(actor=current.actor(), after=after)
    return render_template("incidents.html", page=page, steps=_steps(page.items))


def _steps(incidents: Sequence[Incident]) -> dict[int, str]:
    """The names of the steps that failed, by incident, in the reader's language."""
    engine, actor = current.engine(), current.actor()
    names: dict[int, dict[str, str]] = {}
    steps = {}
    for incident in incidents:
        case = incident.instance_id
        if case is None:
            continue
        if case not in names:
            definition = engine.definition(engine.instance(case, actor=actor).definition_id)
            names[case] = diagrams.element_names(definition)
        steps[incident.id] = names[case].get(incident.element, "")
    return steps


@pages.post("/incidents/<id:incident_id>/retry")
def retry(incident_id: int) -> ResponseReturnValue:
    """Give the work behind an incident another try; back to the page that it was asked on."""
    current.engine().retry(incident_id, actor=current.actor())
    flash(_("It is being tried again. Should it fail once more, it comes back here."), "done")
    return redirect(safe_target(request.form.get("next") or url_for("incidents.index")))
