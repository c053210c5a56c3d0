"""Incidents: what cannot go on by itself, why, and another try."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import current

pages = Blueprint("incidents", __name__)


@pages.get("/incidents")
def index() -> ResponseReturnValue:
    """Open incidents, oldest first."""
    after = request.args.get("after") or None
    page = current.engine().incidents(actor=current.actor(), after=after)
    return render_template("incidents.html", page=page)


@pages.post("/incidents/<id:incident_id>/retry")
def retry(incident_id: int) -> ResponseReturnValue:
    """Give the work behind an incident another try."""
    current.engine().retry(incident_id, actor=current.actor())
    flash(_("It is being tried again."), "done")
    return redirect(url_for("incidents.index"))
