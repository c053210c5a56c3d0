"""Recording a student whom a partner university nominates."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from engine.errors import InvalidInput
from web import current, words
from web.i18n import language
from web.submissions import key_of, nested
from workflows.admission.services import Received, nominate
from workflows.mobility.agreement import CEFR_LEVELS
from workflows.partners.services import departments, institutions

pages = Blueprint("nominations", __name__)


@pages.get("/nominations/new")
def show() -> ResponseReturnValue:
    """The form that records a nomination."""
    return _form({"language": "fr"}, {})


def _form(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    home = current.settings().home_hei
    with current.reading() as rows:
        return render_template(
            "admission/new.html",
            typed=typed,
            errors=errors,
            key=request.form.get("idempotency_key") or str(uuid.uuid4()),
            chosen=request.form.getlist("departments"),
            departments=[(each.code, each.name(language())) for each in departments(rows)],
            partners=[
                (each.hei_id, each.name) for each in institutions(rows) if each.hei_id != home
            ],
            levels=CEFR_LEVELS,
        )


@pages.post("/nominations/new")
def create() -> ResponseReturnValue:
    """Record the nomination and go to its case; the same form sent twice records one."""
    typed: dict[str, Any] = nested(request.form.items())
    data = {**typed, "departments": request.form.getlist("departments")}
    key = f"{current.actor().id} {key_of(request.form)}"
    try:
        received = _nominated(data, key)
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    flash(_("The nomination is recorded."), "done")
    return redirect(url_for("cases.show", instance_id=received.instance_id))


def _nominated(data: Mapping[str, Any], key: str) -> Received:
    try:
        return _nominate(data, key)
    except IntegrityError:
        # The agreement of the same student came at once: its transaction was first.
        return _nominate(data, key)


def _nominate(data: Mapping[str, Any], key: str) -> Received:
    engine = current.engine()
    with engine.unit(current.actor()) as unit:
        return nominate(
            engine,
            unit,
            data,
            home_hei_id=current.settings().home_hei,
            key=key,
        )
