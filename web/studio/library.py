"""The library of lifecycles: which there are, their versions, and going back to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine import Definition, Version
from engine.definitions import Problem, Severity, compare, to_zip
from engine.errors import Conflict, DeploymentRejected, InvalidInput, NotFound
from web import current, words
from web.display import remember_names
from web.studio.answers import asked_now, in_force_now, note_of, too_late, version_seen
from web.studio.outline import drawn, outline_of, sizes_of
from web.studio.process import process_of
from web.studio.releases import offered
from workflows.publication.services import ask
from workflows.scenarios.publishing import despite_of

pages = Blueprint("processes", __name__)

BPMN = "application/xml"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A process by the version in force; ``older`` counts the cases on versions before it."""

    in_force: Version
    older: int
    versions: int


@pages.get("/processes")
def index() -> ResponseReturnValue:
    """Every lifecycle with its version in force and what runs on it."""
    engine = current.engine()
    found = []
    for _key, versions in groupby(engine.versions(), key=lambda each: each.key):
        in_force, *others = versions
        found.append(Lifecycle(in_force, sum(each.running for each in others), len(others) + 1))
    definitions = {each.key: each for each in engine.definitions()}
    drafts = engine.definition_drafts()
    begun = [process_of(key) for key in sorted(drafts.keys() - definitions.keys())]
    remember_names([*(each.in_force.deployed_by for each in found), *drafts.values()])
    return render_template(
        "studio/index.html",
        lifecycles=found,
        definitions=definitions,
        drafts=drafts,
        begun=begun,
        retired=engine.retired(),
    )


@pages.get("/processes/<key:key>")
def show(key: str) -> ResponseReturnValue:
    """The versions of one lifecycle, the newest first."""
    engine, process = current.engine(), process_of(key)
    draft, retirements = process.draft, engine.retirements(key)
    remember_names(
        [
            *(each.deployed_by for each in process.versions),
            *(name for each in retirements for name in (each.retired_by, each.resumed_by)),
            draft.saved_by if draft else None,
        ]
    )
    with current.reading() as rows:
        despite = despite_of(rows, key, process.versions)
    return render_template(
        "studio/show.html",
        key=key,
        process=process,
        draft=draft,
        planned=engine.planned_publication(key),
        retirements=retirements,
        offer=offered(key, process.versions),
        despite=despite,
    )


def versions_of(key: str) -> list[Version]:
    """Every version of a lifecycle, the newest first; raises NotFound for an unknown key."""
    found = current.engine().versions(key)
    if not found:
        raise NotFound
    return found


@pages.get("/processes/<key:key>/versions/<id:number>")
def version(key: str, number: int) -> ResponseReturnValue:
    """One version: its diagram, its files, what differs from the version before."""
    engine = current.engine()
    definition = engine.version(key, number)
    versions = versions_of(key)
    before = engine.version(key, number - 1) if number > 1 else None
    shown = next(each for each in versions if each.number == number)
    with current.reading() as rows:
        despite = despite_of(rows, key, [shown]).get(number)
    return render_template(
        "studio/version.html",
        key=key,
        definition=definition,
        shown=shown,
        in_force=versions[0],
        left_behind=_left_behind(definition, versions),
        outline=outline_of(definition.bundle),
        sizes=sizes_of(definition.bundle),
        changes=compare(before.bundle, definition.bundle) if before else None,
        despite=despite,
    )


def _left_behind(definition: Definition, versions: Sequence[Version]) -> list[Version]:
    """The versions that cases still follow while ``definition`` is in force.

    None where the cases are confidential: those are not counted.
    """
    if definition.version != versions[0].number or definition.model.restricted:
        return []
    return [each for each in versions[1:] if each.running]


@pages.get("/processes/<key:key>/versions/<id:number>/diagram.bpmn")
def diagram(key: str, number: int) -> ResponseReturnValue:
    """The diagram of a version as it was uploaded."""
    return answer_diagram(drawn(current.engine().version(key, number).bundle))


def answer_diagram(data: bytes | None) -> Response:
    """A diagram for the viewer; raises NotFound where there is none that can be read."""
    if data is None:
        raise NotFound
    return Response(data, mimetype=BPMN)


@pages.get("/processes/<key:key>/versions/<id:number>/export.zip")
def export(key: str, number: int) -> ResponseReturnValue:
    """The bundle of a version as an archive: the same bytes whenever it is asked for."""
    definition = current.engine().version(key, number)
    answer = Response(to_zip(definition.bundle), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={key}-{number}.zip"
    return answer


@pages.get("/processes/<key:key>/versions/<id:number>/go-back")
def confirm_going_back(key: str, number: int) -> ResponseReturnValue:
    """What publishing an earlier version again will do, and the question why."""
    return _confirm(key, number)


def _confirm(
    key: str,
    number: int,
    errors: Mapping[str, list[str]] | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    versions = versions_of(key)
    definition = current.engine().version(key, number)
    in_force = current.engine().definition(versions[0].definition_id)
    return render_template(
        "studio/go_back.html",
        key=key,
        definition=definition,
        in_force=versions[0],
        running=sum(each.running for each in versions),
        restricted=in_force.model.restricted,
        changes=compare(in_force.bundle, definition.bundle),
        note=request.form.get("note", ""),
        four_eyes=current.settings().four_eyes,
        errors=errors or {},
        problems=[each for each in problems if each.severity is Severity.ERROR],
    )


@pages.post("/processes/<key:key>/versions/<id:number>/go-back")
def go_back(key: str, number: int) -> ResponseReturnValue:
    """Publish an earlier version again, as a new one, or ask for that."""
    seen = version_seen(request.form)
    try:
        note = note_of(request.form)
        if current.settings().four_eyes:
            return _ask_to_go_back(key, number, note, seen)
        definition = current.engine().go_back(
            key, number, actor=current.actor(), note=note, replacing=seen
        )
    except InvalidInput as refused:
        return _confirm(key, number, words.field_errors(refused.errors)), 422
    except DeploymentRejected as refused:
        return _confirm(key, number, problems=refused.problems), 422
    except Conflict:
        return too_late(key)
    return in_force_now(definition, seen)


def _ask_to_go_back(key: str, number: int, note: str, seen: int) -> ResponseReturnValue:
    """Make an earlier version the draft, and ask for its publication."""
    engine, actor = current.engine(), current.actor()
    bundle = engine.version(key, number).bundle
    with engine.unit(actor) as unit:
        revision = engine.save_definition_draft(
            bundle, actor=actor, revision=None, based_on=seen, unit=unit
        )
        ask(engine, unit, key, note=note, revision=revision, replacing=seen)
    return asked_now(key)
