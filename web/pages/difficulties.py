"""Reporting a student's difficulty; who may see it is decided by its case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotFound
from web import current, words
from web.pages.once import once
from web.submissions import key_of
from web.viewer import Viewer
from web.words import duties
from workflows.difficulty.models import KINDS
from workflows.difficulty.services import may_report, report
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, labels_for

pages = Blueprint("difficulties", __name__)

ASKED = ("kind", "description", "no_health")


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the mobility; raises NotFound where the viewer may report nothing about it."""
    with current.reading() as rows:
        found = get_mobility(rows, arguments["mobility_id"])
        if not may_report(viewer.actor, found, current.settings().home_hei):
            raise NotFound
        g.student_name = labels_for(rows, found).subject
        rows.expunge_all()
    g.mobility = found


def _mobility() -> Mobility:
    return cast("Mobility", g.mobility)


@pages.get("/mobilities/<id:mobility_id>/difficulty")
def ask(mobility_id: int) -> ResponseReturnValue:
    """The form that reports a difficulty."""
    return _form({}, {})


def _form(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "difficulty/report.html",
        student=g.student_name,
        own=_mobility().person_id == current.signed_in().person_id,
        typed=typed,
        errors=errors,
        key=request.form.get("idempotency_key") or str(uuid.uuid4()),
        kinds=[(kind, duties.difficulty_kind(kind)) for kind in KINDS],
    )


@pages.post("/mobilities/<id:mobility_id>/difficulty")
def send(mobility_id: int) -> ResponseReturnValue:
    """Open the case that only those in charge see."""
    typed = {name: request.form.get(name, "") for name in ASKED}
    engine, home = current.engine(), current.settings().home_hei
    try:
        (case,) = once(
            "difficulty.report",
            key_of(request.form),
            lambda unit: [report(engine, unit, mobility_id, typed, home_hei_id=home).instance_id],
        )
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    flash(_("It is reported. Only those in charge and the student can see it."), "done")
    return redirect(url_for("cases.show", instance_id=case))
