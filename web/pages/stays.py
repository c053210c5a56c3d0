"""Telling that a stay ends before its time: one form, for every lifecycle that depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from engine.values import Instance
from web import current, words
from workflows.mobility.services import mobility_of_case
from workflows.mobility.stays import cut_short

pages = Blueprint("stays", __name__)

NOTHING_TYPED: Mapping[str, str] = {"last_day": "", "reason": ""}


def _mobility_id() -> int:
    """The mobility of the case; a case without one is not found."""
    with current.reading() as rows:
        found = mobility_of_case(rows, cast("Instance", g.instance).business_key)
        if found is None:
            raise NotFound
        return found.id


@pages.get("/cases/<id:instance_id>/cut-short")
def shorten(instance_id: int) -> ResponseReturnValue:
    """The form by which RI tells that a stay ends before its time."""
    _mobility_id()
    return _page(NOTHING_TYPED, {})


@pages.post("/cases/<id:instance_id>/cut-short")
def shortened(instance_id: int) -> ResponseReturnValue:
    """Keep it, and have what depends on it revised; a refusal keeps what was typed."""
    number, typed = _mobility_id(), {n: request.form.get(n, "") for n in NOTHING_TYPED}
    try:
        with current.engine().unit(current.actor()) as unit:
            cut_short(unit, number, **typed, home_hei_id=current.settings().home_hei)
    except InvalidInput as refused:
        return _page(typed, words.field_errors(refused.errors)), 422
    flash(_("The last day is kept; exam waiver and grant are being revised."), "done")
    return redirect(url_for("cases.show", instance_id=instance_id))


def _page(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template("mobility/cut_short.html", case=g.instance, typed=typed, errors=errors)
