"""The draft of a lifecycle's next version: files in, files out, problems, publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Draft
from engine.definitions import Bundle, Problem, Severity, revised, without
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from web import current, words
from web.addresses import number
from web.display import remember_names
from web.studio.answers import (
    asked_now,
    despite_of,
    in_force_now,
    note_of,
    planned_now,
    too_late,
    version_seen,
)
from web.studio.library import answer_diagram
from web.studio.outline import drawn, outline_of, sizes_of
from web.studio.planning import time_of
from web.studio.process import Process, kept, process_of
from workflows.publication.services import ask
from workflows.scenarios.publishing import keep_reason
from workflows.scenarios.results import verdict_of

pages = Blueprint("process_drafts", __name__)


@pages.get("/processes/<key:key>/draft")
def show(key: str) -> ResponseReturnValue:
    """The draft: its problems, what differs from the version in force, its files."""
    return _page(key)


def _page(
    key: str,
    errors: Mapping[str, list[str]] | None = None,
    refused: Sequence[Problem] = (),
) -> str:
    process = process_of(key)
    draft = process.draft
    remember_names([draft.saved_by if draft else None])
    problems = current.engine().lint(draft.bundle) if draft else []
    return render_template(
        "studio/draft.html",
        key=key,
        process=process,
        draft=draft,
        in_force=process.in_force,
        problems=problems,
        faults=sum(each.severity is Severity.ERROR for each in problems),
        changes=process.changes(),
        outline=outline_of(draft.bundle) if draft else None,
        sizes=sizes_of(draft.bundle) if draft else {},
        errors=errors or {},
        refused=refused,
        planned=current.engine().planned_publication(key),
    )


def _drafted(key: str) -> tuple[Process, Draft]:
    """A lifecycle with its draft; raises NotFound where there is none."""
    process = process_of(key)
    if process.draft is None:
        raise NotFound
    return process, process.draft


@pages.get("/processes/<key:key>/draft/diagram.bpmn")
def diagram(key: str) -> ResponseReturnValue:
    """The draft's diagram."""
    return answer_diagram(drawn(_drafted(key)[1].bundle))


@pages.post("/processes/<key:key>/draft")
def save(key: str) -> ResponseReturnValue:
    """Put the uploaded files into the draft, or begin one with them."""
    uploads = {
        each.filename: each.read() for each in request.files.getlist("files") if each.filename
    }
    others = {each.key for each in current.engine().definitions()} - {key}
    return _revise(key, lambda bundle: revised(bundle, uploads, others))


@pages.post("/processes/<key:key>/draft/take-out")
def take_out(key: str) -> ResponseReturnValue:
    """Take one file out of the draft."""
    return _revise(key, lambda bundle: without(bundle, request.form.get("name", "")))


def _revise(key: str, change: Callable[[Bundle], Bundle]) -> ResponseReturnValue:
    process = process_of(key)
    seen = number(request.form.get("revision", ""))
    if seen != (process.draft.revision if process.draft else None):
        return too_late(key)
    try:
        kept(process, change(process.bundle))
    except InvalidInput as refused:
        return _page(key, words.field_errors(refused.errors)), 422
    except DeploymentRejected as refused:
        return _page(key, refused=refused.problems), 422
    except Conflict:
        return too_late(key)
    flash(_("The draft is saved. Nothing is published yet."), "done")
    return redirect(url_for("process_drafts.show", key=key))


@pages.get("/processes/<key:key>/draft/discard")
def confirm_discarding(key: str) -> ResponseReturnValue:
    """What is lost with the draft."""
    process, draft = _drafted(key)
    return render_template(
        "studio/discard.html", key=key, process=process, draft=draft, changes=process.changes()
    )


@pages.post("/processes/<key:key>/draft/discard")
def discard(key: str) -> ResponseReturnValue:
    """Drop the draft; of a lifecycle that was never published nothing is left then."""
    process = process_of(key)
    try:
        current.engine().discard_definition_draft(
            key, actor=current.actor(), revision=number(request.form.get("revision", "")) or 0
        )
    except Conflict:
        return too_late(key)
    if process.in_force is None:
        flash(_("The draft is discarded."), "done")
        return redirect(url_for("processes.index"))
    flash(_("The draft is discarded. The version in force is what it was."), "done")
    return redirect(url_for("processes.show", key=key))


@pages.get("/processes/<key:key>/draft/publish")
def confirm_publishing(key: str) -> ResponseReturnValue:
    """What publishing will do, and the question why."""
    return _confirm(key, {})


def _confirm(key: str, errors: Mapping[str, list[str]]) -> str:
    process, draft = _drafted(key)
    problems = current.engine().lint(draft.bundle)
    with current.reading() as rows:
        verdict = verdict_of(rows, draft.bundle)
    return render_template(
        "studio/publish.html",
        key=key,
        process=process,
        draft=draft,
        faults=sum(each.severity is Severity.ERROR for each in problems),
        warnings=sum(each.severity is Severity.WARNING for each in problems),
        changes=process.changes(),
        note=request.form.get("note", ""),
        verdict=verdict,
        despite=request.form.get("despite", ""),
        at=request.form.get("at", ""),
        planned=current.engine().planned_publication(key),
        four_eyes=current.settings().four_eyes,
        errors=errors,
    )


@pages.post("/processes/<key:key>/draft/publish")
def publish(key: str) -> ResponseReturnValue:
    """Make the draft the version in force, at once or at a time that is set."""
    process_of(key)
    engine, seen = current.engine(), version_seen(request.form)
    revision = number(request.form.get("revision", "")) or 0
    try:
        note, at = note_of(request.form), time_of(request.form)
        with engine.unit(current.actor()) as unit:
            keep_reason(engine, unit, key, revision=revision, reason=despite_of(request.form))
            if current.settings().four_eyes:
                ask(engine, unit, key, note=note, revision=revision, replacing=seen, at=at)
                return asked_now(key)
            if at is not None:
                engine.plan_publication(
                    key,
                    actor=unit.actor,
                    note=note,
                    revision=revision,
                    replacing=seen,
                    at=at,
                    unit=unit,
                )
                return planned_now(key, at)
            definition = engine.publish(
                key, actor=unit.actor, note=note, revision=revision, replacing=seen, unit=unit
            )
    except InvalidInput as refused:
        return _confirm(key, words.field_errors(refused.errors)), 422
    except DeploymentRejected:
        return _confirm(key, {}), 422
    except Conflict:
        return too_late(key)
    return in_force_now(definition, seen)
