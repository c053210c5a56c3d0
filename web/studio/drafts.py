"""The draft of a lifecycle's next version: files in, files out, problems, publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Definition, Draft, Version
from engine.definitions import Bundle, Problem, Severity, compare, revised, without
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from web import current, words
from web.addresses import number
from web.display import remember_names
from web.studio.answers import (
    asked_now,
    in_force_now,
    note_of,
    planned_now,
    too_late,
    version_seen,
)
from web.studio.library import answer_diagram, versions_of
from web.studio.outline import drawn, outline_of, sizes_of
from web.studio.planning import time_of
from workflows.publication.services import ask

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
    engine = current.engine()
    draft, in_force = engine.definition_draft(key), _in_force(versions_of(key))
    remember_names([draft.saved_by if draft else None])
    problems = engine.lint(draft.bundle) if draft else []
    return render_template(
        "studio/draft.html",
        key=key,
        draft=draft,
        in_force=in_force,
        problems=problems,
        faults=sum(each.severity is Severity.ERROR for each in problems),
        changes=compare(in_force.bundle, draft.bundle) if draft else (),
        outline=outline_of(draft.bundle) if draft else None,
        sizes=sizes_of(draft.bundle) if draft else {},
        errors=errors or {},
        refused=refused,
        planned=engine.planned_publication(key),
    )


def _in_force(versions: Sequence[Version]) -> Definition:
    return current.engine().definition(versions[0].definition_id)


def _draft(key: str) -> Draft:
    """The draft of a lifecycle; raises NotFound where there is none."""
    found = current.engine().definition_draft(key)
    if found is None:
        raise NotFound
    return found


@pages.get("/processes/<key:key>/draft/diagram.bpmn")
def diagram(key: str) -> ResponseReturnValue:
    """The draft's diagram."""
    return answer_diagram(drawn(_draft(key).bundle))


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
    engine = current.engine()
    draft, in_force = engine.definition_draft(key), _in_force(versions_of(key))
    seen = number(request.form.get("revision", ""))
    if seen != (draft.revision if draft else None):
        return too_late(key)
    try:
        engine.save_definition_draft(
            change(draft.bundle if draft else in_force.bundle),
            actor=current.actor(),
            revision=seen,
            based_on=in_force.version,
        )
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
    draft, in_force = _draft(key), _in_force(versions_of(key))
    changes = compare(in_force.bundle, draft.bundle)
    return render_template(
        "studio/discard.html", key=key, draft=draft, in_force=in_force, changes=changes
    )


@pages.post("/processes/<key:key>/draft/discard")
def discard(key: str) -> ResponseReturnValue:
    """Drop the draft."""
    versions_of(key)
    try:
        current.engine().discard_definition_draft(
            key, actor=current.actor(), revision=number(request.form.get("revision", "")) or 0
        )
    except Conflict:
        return too_late(key)
    flash(_("The draft is discarded. The version in force is what it was."), "done")
    return redirect(url_for("processes.show", key=key))


@pages.get("/processes/<key:key>/draft/publish")
def confirm_publishing(key: str) -> ResponseReturnValue:
    """What publishing will do, and the question why."""
    return _confirm(key, {})


def _confirm(key: str, errors: Mapping[str, list[str]]) -> str:
    draft, versions = _draft(key), versions_of(key)
    in_force = _in_force(versions)
    problems = current.engine().lint(draft.bundle)
    return render_template(
        "studio/publish.html",
        key=key,
        draft=draft,
        in_force=in_force,
        running=sum(each.running for each in versions),
        faults=sum(each.severity is Severity.ERROR for each in problems),
        warnings=sum(each.severity is Severity.WARNING for each in problems),
        changes=compare(in_force.bundle, draft.bundle),
        note=request.form.get("note", ""),
        at=request.form.get("at", ""),
        planned=current.engine().planned_publication(key),
        four_eyes=current.settings().four_eyes,
        errors=errors,
    )


@pages.post("/processes/<key:key>/draft/publish")
def publish(key: str) -> ResponseReturnValue:
    """Make the draft the version in force, at once or at a time that is set."""
    versions_of(key)
    seen = version_seen(request.form)
    revision = number(request.form.get("revision", "")) or 0
    engine, actor = current.engine(), current.actor()
    try:
        note, at = note_of(request.form), time_of(request.form)
        if current.settings().four_eyes:
            with engine.unit(actor) as unit:
                ask(engine, unit, key, note=note, revision=revision, replacing=seen, at=at)
            return asked_now(key)
        if at is not None:
            engine.plan_publication(
                key, actor=actor, note=note, revision=revision, replacing=seen, at=at
            )
            return planned_now(key, at)
        definition = engine.publish(key, actor=actor, note=note, revision=revision, replacing=seen)
    except InvalidInput as refused:
        return _confirm(key, words.field_errors(refused.errors)), 422
    except DeploymentRejected:
        return _confirm(key, {}), 422
    except Conflict:
        return too_late(key)
    return in_force_now(definition, seen)
