"""Grading tables of partners and of this university: the list, one table, a new version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, NotFound
from web import current, words
from web.pages.once import once
from web.submissions import key_of
from workflows.grading.entering import FIELDS, add_table
from workflows.grading.models import GradingTable
from workflows.grading.scales import SCALES
from workflows.grading.tables import every_table, percentages, versions_of
from workflows.partners.services import ensure_institution, institution_name, institutions
from workflows.recognition.uses import uses_of

pages = Blueprint("grading_tables", __name__)

LEVELS = ("5", "6", "7", "8")


@pages.get("/grading-tables")
def index() -> ResponseReturnValue:
    """Every table in its newest version, by institution and field of study."""
    text = request.args.get("q", "").strip().casefold()
    with current.reading() as rows:
        names = {each.hei_id: each.name for each in institutions(rows)}
        found = every_table(rows)
        rows.expunge_all()
    shown = [
        each for each in found if text in f"{names.get(each.hei_id, '')} {each.hei_id}".casefold()
    ]
    by_name = sorted(shown, key=lambda each: names.get(each.hei_id, each.hei_id))
    return render_template("grading_tables/index.html", tables=by_name, names=names, all=len(found))


@pages.get("/grading-tables/<id:table_id>")
def show(table_id: int) -> ResponseReturnValue:
    """One version: its grades with their shares, its other versions, where it was used."""
    with current.reading() as rows:
        table = _table(rows, table_id)
        return render_template(
            "grading_tables/show.html",
            table=table,
            institution=institution_name(rows, table.hei_id),
            lines=list(zip(table.entries, percentages(table.entries), strict=True)),
            remarks=[words.table_remark(code) for code in table.warnings.split(",") if code],
            versions=versions_of(rows, table),
            uses=uses_of(rows, table),
        )


def _table(rows: Session, table_id: int) -> GradingTable:
    found = rows.get(GradingTable, table_id)
    if found is None:
        raise NotFound
    return found


@pages.get("/grading-tables/new")
def new() -> ResponseReturnValue:
    """The form of a table; ``from`` names the one that it is the next version of."""
    number = request.args.get("from", "")
    if not number:
        return _form(dict.fromkeys(FIELDS, ""), {})
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound
    with current.reading() as rows:
        return _form(_typed_of(_table(rows, int(number))), {})


def _typed_of(table: GradingTable) -> dict[str, str]:
    """The head of a table's next version; its figures are what has changed."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "hei_id": table.hei_id,
        "scale": table.scale,
        "isced_f": table.isced_f,
        "eqf": str(table.eqf or ""),
        "figures": "counts" if table.counted else "shares",
    }


@pages.post("/grading-tables/new")
def create() -> ResponseReturnValue:
    """Keep it as the next version, and show what was made of it."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    home = current.settings().home_hei

    def add(unit: Any) -> list[int]:
        if typed["hei_id"] == home:
            ensure_institution(unit.session, home)
        return [add_table(unit, typed).id]

    try:
        (number,) = once("grading_table.add", key_of(request.form), add)
    except InvalidInput as refused:
        return _form(typed, _in_place(refused.errors)), 422
    flash(_("The table is kept. Grades proposed from now on are found with it."), "done")
    return redirect(url_for("grading_tables.show", table_id=number))


def _in_place(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The sentences by field, in the order of the form; those of a line of figures name it."""
    placed: dict[str, list[str]] = {}
    for path, sentences in words.field_errors(errors).items():
        field, *rest = path.split(".")
        if rest:
            line = int(rest[0]) + 1
            sentences = [_("Line %(line)s: %(text)s", line=line, text=text) for text in sentences]
        placed.setdefault(field, []).extend(sentences)
    return {field: placed[field] for field in FIELDS if field in placed}


def _form(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    home = current.settings().home_hei
    with current.reading() as rows:
        known = {each.hei_id: each.name for each in institutions(rows)}
    scales = [each for each in words.grading_scales() if _graded(each[0])]
    return render_template(
        "grading_tables/new.html",
        typed=typed,
        errors=errors,
        key=request.form.get("idempotency_key") or str(uuid.uuid4()),
        institutions=list({home: home, **known}.items()),
        scales=scales,
        levels=[(level, _("EQF %(level)s", level=level)) for level in LEVELS],
        figures=[("counts", _("numbers of students")), ("shares", _("percentages"))],
    )


def _graded(code: str) -> bool:
    return code in SCALES and SCALES[code].graded
