"""Asking for an exam waiver, and telling that a stay is cut short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from engine.values import Instance
from web import current, words
from workflows.exam_waiver.services import ask_for_waiver, cut_short
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, mobility_of_case

pages = Blueprint("exam_waiver", __name__)

NOTHING_TYPED: Mapping[str, str] = {"reason": "", "last_day": ""}
NO_ERRORS: Mapping[str, list[str]] = {}


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
    return _page("exam_waiver/ask.html", NOTHING_TYPED, NO_ERRORS)


@pages.post("/cases/<id:instance_id>/exam-waiver")
def send(instance_id: int) -> ResponseReturnValue:
    """Open the case of the waiver; a refusal keeps what was typed."""
    mobility, engine = _mobility(), current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            opened = ask_for_waiver(
                engine,
                unit,
                mobility.id,
                reason=request.form.get("reason", ""),
                home_hei_id=current.settings().home_hei,
            )
    except InvalidInput as refused:
        return _refused("exam_waiver/ask.html", refused)
    flash(_("Your request is with the coordinator."), "done")
    return redirect(url_for("cases.show", instance_id=opened))


@pages.get("/cases/<id:instance_id>/cut-short")
def shorten(instance_id: int) -> ResponseReturnValue:
    """The form by which RI tells that a stay ends before its time."""
    _mobility()
    return _page("exam_waiver/shorten.html", NOTHING_TYPED, NO_ERRORS)


@pages.post("/cases/<id:instance_id>/cut-short")
def shortened(instance_id: int) -> ResponseReturnValue:
    """Have the waiver revised; a refusal keeps what was typed."""
    mobility, engine = _mobility(), current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            opened = cut_short(
                engine,
                unit,
                mobility.id,
                last_day=request.form.get("last_day", ""),
                reason=request.form.get("reason", ""),
                home_hei_id=current.settings().home_hei,
            )
    except InvalidInput as refused:
        return _refused("exam_waiver/shorten.html", refused)
    flash(_("The exams after the last day are being taken back."), "done")
    return redirect(url_for("cases.show", instance_id=opened))


def _refused(template: str, refused: InvalidInput) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in NOTHING_TYPED}
    return _page(template, typed, words.field_errors(refused.errors)), 422


def _page(template: str, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(template, case=_case(), typed=typed, errors=errors)
