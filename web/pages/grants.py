"""Opening a grant on a case, and telling that a stay has changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, InvalidState, NotFound
from engine.values import Instance
from web import current, words
from web.pages.once import once
from web.submissions import key_of
from web.viewer import Viewer
from web.words import duties
from workflows.grant.models import Grant
from workflows.grant.services import change_stay, get_grant, open_grant
from workflows.mobility.services import mobility_of_case

pages = Blueprint("grants", __name__)

STAY = ("stay_start", "stay_end", "note")


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the grant for the request; raises NotFound where the viewer may not see its case."""
    with current.reading() as rows:
        found = get_grant(rows, arguments["grant_id"])
        rows.expunge_all()
    if found.instance_id is None:
        raise NotFound
    g.grant = found
    g.instance = current.engine().instance(found.instance_id, actor=viewer.actor)


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


@pages.get("/grants/<id:grant_id>/stay")
def stay(grant_id: int) -> ResponseReturnValue:
    """The form by which RI tells that a stay is cut short or prolonged."""
    found = _grant()
    known = {"stay_start": found.stay_start, "stay_end": found.stay_end}
    return _form({name: day.isoformat() if day else "" for name, day in known.items()}, {})


def _grant() -> Grant:
    return cast("Grant", g.grant)


def _form(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "grant/stay.html",
        grant=_grant(),
        case=g.instance,
        typed=typed,
        errors=errors,
        duties=duties,
    )


@pages.post("/grants/<id:grant_id>/stay")
def changed(grant_id: int) -> ResponseReturnValue:
    """Recompute the grant; the case then waits for the new end of the stay."""
    typed = {name: request.form.get(name, "") for name in STAY}
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            change_stay(engine, unit, grant_id, typed)
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    except InvalidState:
        flash(_("This grant does not wait for the end of a stay at the moment."), "warning")
    else:
        flash(_("The grant is computed anew."), "done")
    return redirect(url_for("cases.show", instance_id=_grant().instance_id))
