"""Writing a signed validation plan anew."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidState, NotFound
from engine.values import Instance
from web import current
from workflows.mobility.services import mobility_of_case
from workflows.validation_plan.services import reopen_plan

pages = Blueprint("validation_plan", __name__)


@pages.post("/cases/<id:instance_id>/plan/reopen")
def reopen(instance_id: int) -> ResponseReturnValue:
    """Begin the next version; the signed one stays in force meanwhile."""
    case = cast("Instance", g.instance)
    engine = current.engine()
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
    if mobility is None:
        raise NotFound
    try:
        with engine.unit(current.actor()) as unit:
            opened = reopen_plan(engine, unit, mobility.id)
    except InvalidState:
        flash(_("A new version is being written already."), "warning")
        return redirect(url_for("cases.show", instance_id=instance_id))
    flash(_("The next version of the plan is opened."), "done")
    return redirect(url_for("cases.show", instance_id=opened.instance_id))
