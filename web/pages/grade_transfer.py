"""Grade sheets of the departments, and what RI does on a grade transfer's case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.errors import InvalidInput, NotFound
from engine.values import Instance
from web import current, partner_links, words
from web.display import remember_names
from web.lifecycles.grade_transfer import scale_limits
from web.submissions import key_of, nested
from web.viewer import Viewer
from workflows.grade_transfer import cases, grading
from workflows.grade_transfer.courses import LANGUAGES
from workflows.grade_transfer.pasting import marks_from
from workflows.grade_transfer.reading import Reader, typed_by_course
from workflows.grade_transfer.sheets import (
    CellState,
    Sheet,
    departments_of,
    may_grade,
    progress,
    sheet,
)
from workflows.grade_transfer.transcripts import transcripts_of
from workflows.grading.scales import SCALES
from workflows.mobility.services import case_of, mobility_of_case
from workflows.papers import documents
from workflows.papers.models import Document
from workflows.partners.models import UNASSIGNED

pages = Blueprint("grades", __name__)

TO_BEGIN = 100
_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})", re.ASCII)


@dataclass
class Written:
    """What a person has written into a sheet and not yet got through."""

    cells: Mapping[int, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    paste_course: str = ""
    paste_text: str = ""


def load_own(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Raises NotFound for the sheet of a department the viewer does not grade for."""
    if not may_grade(viewer.actor, arguments["department"]):
        raise NotFound


@pages.get("/grades")
def index() -> ResponseReturnValue:
    """The sheets one may see, with how far each is; for RI whose transfer could begin."""
    viewer = current.signed_in()
    mine = departments_of(viewer.actor)
    with current.reading() as rows:
        found = progress(rows, None if viewer.oversees else [*mine, *_unassigned()])
        waiting = (
            cases.to_begin(rows, current.settings().home_hei, TO_BEGIN) if viewer.is_ri else []
        )
    return render_template(
        "grade_transfer/index.html", sheets=found, mine=set(mine), waiting=waiting, most=TO_BEGIN
    )


def _unassigned() -> list[str]:
    return [UNASSIGNED] if may_grade(current.actor(), UNASSIGNED) else []


@pages.get("/grades/<department>/<year>")
def show(department: str, year: str) -> ResponseReturnValue:
    """The grade sheet of a department for one academic year."""
    return _page(department, _academic_year(year), Written())


def _academic_year(text: str) -> str:
    match = _YEAR.fullmatch(text)
    if match is None:
        raise NotFound
    return f"{match[1]}/{match[2]}"


def _page(department: str, academic_year: str, written: Written) -> str:
    viewer, actor = current.signed_in(), current.actor()
    writes = may_grade(actor, department)
    if not writes and not viewer.oversees:
        raise NotFound
    with current.reading() as rows:
        found = sheet(rows, department, academic_year, actor)
    if not found.rows:
        raise NotFound
    remember_names(cell.entered_by for row in found.rows for cell in row.cells if cell)
    return render_template(
        "grade_transfer/board.html",
        sheet=found,
        written=written,
        writes=writes,
        errors=words.field_errors(written.errors),
        error_labels=_labels(found),
        limits={code: scale_limits(code) for code in SCALES if code.startswith("FR")},
        mark_texts=words.mark_texts(),
        seen=orjson.dumps(_seen(found)).decode(),
    )


def _seen(found: Sheet) -> dict[str, str]:
    """The marks that are shown, so that nobody overwrites what they have not seen."""
    return {
        f"c{cell.course_id}": cell.mark
        for row in found.rows
        for cell in row.cells
        if cell and cell.state is CellState.OPEN
    }


def _labels(found: Sheet) -> dict[str, str]:
    labels = {
        f"cells.c{cell.course_id}": f"{row.student}, {column.code or column.title}"
        for row in found.rows
        for column, cell in zip(found.columns, row.cells, strict=True)
        if cell
    }
    return {**labels, "paste_text": _("Pasted list"), "paste_course": _("Course")}


@pages.post("/grades/<department>/<year>")
def save(department: str, year: str) -> ResponseReturnValue:
    """Save what is written, certify a course, or fill one in from a list."""
    academic_year = _academic_year(year)
    written = Written(
        paste_course=request.form.get("paste_course", ""),
        paste_text=request.form.get("paste_text", ""),
    )
    try:
        data = nested(request.form.items())
        written.cells = typed_by_course(data.get("cells"))
        written.cells, seen = _read(data)
        if "paste" in request.form:
            return _pasted(department, academic_year, written)
        with current.engine().unit(current.actor()) as unit:
            changed = grading.save(unit, department, academic_year, written.cells, seen=seen)
    except InvalidInput as refused:
        written.errors = refused.errors
        return _page(department, academic_year, written), 422
    _tell_saved(changed)
    if request.form.get("certify"):
        _certify(department, academic_year)
    return redirect(url_for("grades.show", department=department, year=year))


def _read(data: Mapping[str, object]) -> tuple[dict[int, str], dict[int, str]]:
    try:
        seen = orjson.loads(request.form.get("seen") or "{}")
    except orjson.JSONDecodeError:
        raise InvalidInput({"_schema": ["wrong_type"]}) from None
    reader = Reader({"cells": data.get("cells"), "seen": seen})
    cells, known = reader.by_course("cells"), reader.by_course("seen")
    reader.done()
    return cells, known


def _tell_saved(changed: int) -> None:
    if changed:
        flash(ngettext("%(num)d mark saved.", "%(num)d marks saved.", changed), "done")
    elif not request.form.get("certify"):
        flash(_("Nothing has changed."), "info")


def _certify(department: str, academic_year: str) -> None:
    chosen = request.form["certify"]
    if not (chosen.isascii() and chosen.isdigit()) or len(chosen) > 18:
        raise NotFound
    engine, actor = current.engine(), current.actor()
    done = grading.certify_course(engine, actor, department, academic_year, int(chosen))
    if done.certified:
        number = len(done.certified)
        flash(ngettext("%(num)d mark certified.", "%(num)d marks certified.", number), "done")
    if done.without_mark:
        number = len(done.without_mark)
        sentence = ngettext(
            "%(num)d student has no mark in this course yet.",
            "%(num)d students have no mark in this course yet.",
            number,
        )
        flash(sentence, "warning")
    if done.not_asked:
        number = len(done.not_asked)
        sentence = ngettext(
            "%(num)d mark is not asked of you at the moment.",
            "%(num)d marks are not asked of you at the moment.",
            number,
        )
        flash(sentence, "warning")


def _pasted(department: str, academic_year: str, written: Written) -> ResponseReturnValue:
    """The sheet with a column filled in from a list; nothing is saved by it."""
    with current.reading() as rows:
        found = sheet(rows, department, academic_year, current.actor())
    keys = [str(column.key) for column in found.columns]
    if written.paste_course not in keys:
        raise InvalidInput({"paste_course": ["not_an_option"]})
    place = keys.index(written.paste_course)
    students = [
        (cell.course_id, row.student)
        for row in found.rows
        if (cell := row.cells[place]) and cell.state is CellState.OPEN
    ]
    marks = marks_from(written.paste_text, students)
    written.cells = {**written.cells, **marks}
    written.paste_text = ""
    flash(
        ngettext(
            "%(num)d mark filled in; look at it, then save.",
            "%(num)d marks filled in; look at them, then save.",
            len(marks),
        ),
        "info",
    )
    return _page(department, academic_year, written)


@pages.post("/grades/begin/<id:mobility_id>")
def begin(mobility_id: int) -> ResponseReturnValue:
    """Begin the grade transfer of one incoming student."""
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            home = current.settings().home_hei
            instance_id = cases.begin(engine, unit, mobility_id, home_hei_id=home)
    except InvalidInput as refused:
        return _said_no(refused, url_for("grades.index"))
    flash(
        _("The grade transfer has begun: the departments are asked when results are near."), "done"
    )
    return redirect(url_for("cases.show", instance_id=instance_id))


def _said_no(refused: InvalidInput, address: str) -> ResponseReturnValue:
    """To the top of a page, where it is told what was refused."""
    for sentences in words.field_errors(refused.errors).values():
        for sentence in sentences:
            flash(sentence, "warning")
    return redirect(address)


def _mobility_id() -> int:
    case = cast("Instance", g.instance)
    with current.reading() as rows:
        found = mobility_of_case(rows, case.business_key)
    if found is None or case.key != cases.PROCESS:
        raise NotFound
    return found.id


@pages.post("/cases/<id:instance_id>/grade-correction")
def correct(instance_id: int) -> ResponseReturnValue:
    """Open certified marks again, with a reason; a new version of the transcript follows."""
    chosen = [int(value) for value in request.form.getlist("courses") if _is_id(value)]
    engine, mobility_id = current.engine(), _mobility_id()
    try:
        with engine.unit(current.actor()) as unit:
            cases.correct(
                engine,
                unit,
                mobility_id,
                chosen,
                reason=request.form.get("reason", ""),
                key=key_of(request.form),
            )
    except InvalidInput as refused:
        return _said_no(refused, url_for("cases.show", instance_id=instance_id))
    flash(_("The marks are open again, and their departments are asked."), "done")
    with current.reading() as rows:
        running = case_of(rows, mobility_id, cases.PROCESS) or instance_id
    return redirect(url_for("cases.show", instance_id=running) + "#grades")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


@pages.post("/cases/<id:instance_id>/withdrawal")
def withdraw(instance_id: int) -> ResponseReturnValue:
    """Record that the student has given up the stay."""
    engine, mobility_id = current.engine(), _mobility_id()
    try:
        with engine.unit(current.actor()) as unit:
            day = request.form.get("withdrawn_on", "").strip()
            cases.withdraw(engine, unit, mobility_id, day=day, key=key_of(request.form))
    except InvalidInput as refused:
        return _said_no(refused, url_for("cases.show", instance_id=instance_id))
    flash(_("Recorded: nothing more is waited for."), "done")
    return redirect(url_for("cases.show", instance_id=instance_id) + "#grades")


@pages.get("/partner/<token>/transcript/<language>")
def fetch(token: str, language: str) -> ResponseReturnValue:
    """One language of the transcript that a partner's link is about, to be saved."""
    item = partner_links.work_item()
    if item.key != cases.PROCESS or language not in LANGUAGES:
        raise NotFound
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        versions = transcripts_of(rows, mobility.id) if mobility else []
        digest = partner_links.link().digest
        meant = [row for row in versions if row.number is not None and row.digest == digest]
        number = meant[-1].documents.get(language) if meant else None
        if number is None:
            raise NotFound
        document, content = documents.get(rows, number), documents.content(rows, number)
    return _download(document, content)


def _download(document: Document, content: bytes) -> Response:
    answer = Response(content, mimetype=document.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=document.filename)
    return answer
