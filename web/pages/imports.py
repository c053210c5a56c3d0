"""Importing learning agreements from XML, for the international office."""

from __future__ import annotations

from pathlib import PurePath

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.values import Instance
from web import current
from workflows.contract.documents import ImportProblem, ImportReport, import_learning_agreement

pages = Blueprint("imports", __name__)

NAME_LENGTH = 200


@pages.get("/contracts/import")
def show() -> ResponseReturnValue:
    """The upload form."""
    return render_template("import.html", report=None)


@pages.post("/contracts/import")
def upload() -> ResponseReturnValue:
    """Import the file, or list by line what is wrong with it; then nothing is stored."""
    file = request.files.get("file")
    data = file.read() if file else b""
    name = PurePath((file.filename if file else None) or "").name[:NAME_LENGTH]
    if not data:
        empty = ImportProblem(0, "empty", "The file is empty.")
        report = ImportReport(name, errors=(empty,))
    else:
        report = import_learning_agreement(
            current.engine(), data, name, current.actor(), home_hei=current.settings().home_hei
        )
    page = render_template("import.html", report=report, filename=name, cases=_cases(report))
    return page, 422 if report.errors else 200


def _cases(report: ImportReport) -> list[Instance]:
    found = []
    for instance_id in report.instance_ids:
        try:
            found.append(current.engine().instance(instance_id, actor=current.actor()))
        except NotFound:
            # Imported, but in a case that this person does not oversee.
            continue
    return found
