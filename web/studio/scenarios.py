"""Scenarios of a draft or a version: played in the background, their results, what they cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from engine import Bundle
from web import current
from web.display import remember_names
from web.studio.outline import model_of, outline_of
from web.studio.process import Process, process_of
from workflows.scenarios.coverage import Coverage, covered
from workflows.scenarios.loading import ScenarioInvalid
from workflows.scenarios.models import WAITING, ScenarioResult
from workflows.scenarios.results import (
    FOLDER,
    Report,
    ask,
    report_of,
    results_of,
    scenario_names,
)
from workflows.scenarios.sheet import sheet_of

pages = Blueprint("process_scenarios", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A scenario in the list, with its result and its report as far as there are any."""

    file: str
    title: str
    result: ScenarioResult | None
    report: Report | None

    @property
    def waits(self) -> bool:
        """Whether it is to be played."""
        return self.result is not None and self.result.state == WAITING


@pages.get("/processes/<key:key>/draft/scenarios")
def draft(key: str) -> ResponseReturnValue:
    """The scenarios of the draft; of the version in force where there is no draft."""
    process = process_of(key)
    return _page(process, process.bundle, None)


@pages.get("/processes/<key:key>/versions/<id:number>/scenarios")
def version(key: str, number: int) -> ResponseReturnValue:
    """The scenarios of a version."""
    return _page(process_of(key), _version(key, number), number)


@pages.post("/processes/<key:key>/draft/scenarios/play")
def play_draft(key: str) -> ResponseReturnValue:
    """Have scenarios of the draft as it is now played: the one named, else all."""
    _ask(process_of(key).bundle)
    return redirect(url_for("process_scenarios.draft", key=key))


@pages.post("/processes/<key:key>/versions/<id:number>/scenarios/play")
def play_version(key: str, number: int) -> ResponseReturnValue:
    """Have scenarios of a version played: the one named, else all."""
    _ask(_version(key, number))
    return redirect(url_for("process_scenarios.version", key=key, number=number))


def _version(key: str, number: int) -> Bundle:
    return current.engine().version(key, number).bundle


def _ask(bundle: Bundle) -> None:
    file = request.form.get("file")
    names = [f"{FOLDER}/{file}"] if file else list(scenario_names(bundle))
    with current.engine().unit(current.actor()) as unit:
        ask(unit, bundle, names)
    said = ngettext(
        "%(num)d scenario is being played; this page follows it.",
        "%(num)d scenarios are being played; this page follows them.",
        len(names),
    )
    flash(said)


def _page(process: Process, bundle: Bundle, number: int | None) -> str:
    with current.reading() as rows:
        results = results_of(rows, bundle)
    lines = lines_of(bundle, results)
    remember_names([each.asked_by for each in results.values()])
    played = {each.file: each.report for each in lines if each.report}
    return render_template(
        "studio/scenarios.html",
        key=process.key,
        number=number,
        revision=process.draft.revision if process.draft and number is None else None,
        process=process,
        lines=lines,
        under_way=sum(each.waits for each in lines),
        outline=outline_of(bundle),
        coverage=_coverage(bundle, list(played.values())),
        passed_by=_passed_by(played),
        address=_diagram(process, number),
    )


def lines_of(bundle: Bundle, results: Mapping[str, ScenarioResult]) -> list[Line]:
    """The scenarios of a bundle with what is known of each."""
    found = []
    for name in scenario_names(bundle):
        result = results.get(name)
        file, report = PurePosixPath(name).name, report_of(result) if result else None
        found.append(Line(file, _title(bundle.files[name], file), result, report))
    return found


def _title(content: bytes, file: str) -> str:
    """What its author has called it; its file where that cannot be read."""
    try:
        return sheet_of(content, file).title
    except ScenarioInvalid:
        return file


def _coverage(bundle: Bundle, reports: Sequence[Report]) -> Coverage | None:
    """What was passed; None where no scenario has been played or nothing can be read."""
    model = model_of(bundle)
    return covered(model, [each.passed for each in reports]) if model and reports else None


def _passed_by(reports: Mapping[str, Report]) -> dict[str, list[str]]:
    """The scenarios that have passed each element and flow."""
    found: dict[str, list[str]] = {}
    for file, report in reports.items():
        for each in report.passed.elements | report.passed.flows:
            found.setdefault(each, []).append(PurePosixPath(file).stem)
    return found


def _diagram(process: Process, number: int | None) -> str:
    if number is None and process.draft is not None:
        return url_for("process_drafts.diagram", key=process.key)
    return url_for("processes.diagram", key=process.key, number=number or process.number)
