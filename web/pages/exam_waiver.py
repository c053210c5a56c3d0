"""Asking for an exam waiver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from engine.values import Instance
from web import current, words
from workflows.exam_waiver.services import ask_for_waiver
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, mobility_of_case

pages = Blueprint("exam_waiver", __name__)


def _case() -> Instance:
    return cast("Instance", g.instance)


def _mobility() -> Mobility:
    """The outgoing mobility of the case; a case without one is not found."""
    with current.reading() as rows:
        found = mobility_of_case(rows, _case().business_key)
        if found is None or not is_outgoing(found, current.settings().home_hei):
            raise NotFound
    return found


@pages.get("/cases/<id:instance_id>/exam-waiver")
def ask(instance_id: int) -> ResponseReturnValue:
    """The form that asks for a waiver."""
    _mobility()
    return _page("", {})


@pages.post("/cases/<id:instance_id>/exam-waiver")
def send(instance_id: int) -> ResponseReturnValue:
    """Open the case of the waiver; a refusal keeps what was typed."""
    mobility, engine = _mobility(), current.engine()
    reason = request.form.get("reason", "")
    try:
        with engine.unit(current.actor()) as unit:
            opened = ask_for_waiver(
                engine,
                unit,
                mobility.id,
                reason=reason,
                home_hei_id=current.settings().home_hei,
            )
    except InvalidInput as refused:
        return _page(reason, words.field_errors(refused.errors)), 422
    flash(_("Your request is with the coordinator."), "done")
    return redirect(url_for("cases.show", instance_id=opened))


def _page(reason: str, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "exam_waiver/ask.html", case=_case(), typed={"reason": reason}, errors=errors
    )
