"""Opening a grant on a case."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from engine.values import Instance
from web import current, words
from web.pages.once import once
from web.submissions import key_of
from workflows.grant.services import open_grant
from workflows.mobility.services import mobility_of_case

pages = Blueprint("grants", __name__)


@pages.post("/cases/<id:instance_id>/grant")
def create(instance_id: int) -> ResponseReturnValue:
    """Open a grant for the mobility of a case, and go to its first task."""
    case = cast("Instance", g.instance)
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None:
            raise NotFound
        number = mobility.id
    engine, home = current.engine(), current.settings().home_hei
    scheme = request.form.get("scheme", "")
    try:
        answer = once(
            "grant.open",
            key_of(request.form),
            lambda unit: (
                open_grant(engine, unit, number, scheme=scheme, home_hei_id=home).work_items
            ),
        )
    except InvalidInput as refused:
        for sentences in words.field_errors(refused.errors).values():
            flash(" ".join(sentences), "warning")
        return redirect(url_for("cases.show", instance_id=instance_id))
    flash(_("The grant is opened; establish the facts first."), "done")
    return redirect(url_for("tasks.show", item_id=answer[0]))
