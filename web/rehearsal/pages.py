"""Rehearsing a draft: beginning, the way into the throw-away installation, keeping, ending."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Bundle, Instance
from engine.definitions import Problem, Severity
from engine.errors import DeploymentRejected, InvalidInput, NotFound
from web import current, words
from web.display import remember_names
from web.i18n import language
from web.rehearsal import house, noting
from web.rehearsal.acts import settled
from web.rehearsal.store import MOST, About, Rehearsal, Rehearsals, TooManyRehearsals
from web.security import csrf
from web.studio import keeping
from web.studio.process import Process, process_of
from workflows.office_work.local_time import ZONE as PARIS
from workflows.scenarios.recording import noting as collecting
from workflows.scenarios.recording import observed, recorded
from workflows.scenarios.retelling import retell, sheets_of

pages = Blueprint("rehearsals", __name__)
log = structlog.get_logger(__name__)

METHODS = ("GET", "POST")
LANGUAGE = "passerelle.rehearsal.language"
OFFICE = "passerelle.rehearsal.office"
"""What the throw-away installation is told with a request: the reader's language, the way back."""

_houses = house.Houses()
_NEVER = timedelta(days=20 * 366)


def rehearsals() -> Rehearsals:
    """Those of this installation; a rehearsal has none of its own."""
    if current.rehearsal() is not None:
        raise NotFound
    return Rehearsals(current.settings().data_dir)


@pages.get("/processes/<key:key>/draft/rehearsal")
def show(key: str) -> ResponseReturnValue:
    """The rehearsal of a draft that is under way, or how to begin one."""
    return _show(key, {})


def _show(
    key: str,
    errors: Mapping[str, list[str]],
    refused: Sequence[Problem] = (),
    *,
    full: bool = False,
) -> str:
    process, held = process_of(key), rehearsals()
    held.sweep(current.engine().clock.now())
    mine = held.of(key, current.actor().id)
    if mine is None:
        _require_draft(process)
    problems = [*refused] or current.engine().lint(process.bundle)
    others = held.all() if full else []
    remember_names([each.about.owner for each in others])
    return render_template(
        "rehearsal/begin.html",
        process=process,
        mine=mine,
        changed=mine is not None and mine.about.digest != process.bundle.digest,
        faults=[each for each in problems if each.severity is Severity.ERROR],
        neighbours=[each for each in current.engine().definitions() if each.key != key],
        chosen=set(request.form.getlist("processes")) if errors else _company(process.bundle),
        at=request.form.get("at")
        or f"{current.engine().clock.now().astimezone(PARIS):%Y-%m-%dT%H:%M}",
        others=others,
        most=MOST,
        errors=errors,
    )


def _require_draft(process: Process) -> None:
    if process.draft is None:
        raise NotFound


def _company(bundle: Bundle) -> set[str]:
    """The lifecycles that the scenarios of a draft are played with."""
    return {key for each in sheets_of(bundle) for key in each.processes}


@pages.post("/processes/<key:key>/draft/rehearsal")
def begin(key: str) -> ResponseReturnValue:
    """Begin a rehearsal of the draft as it is now, and go there."""
    process, held = process_of(key), rehearsals()
    _require_draft(process)
    around = {each.key: each.bundle for each in current.engine().definitions() if each.key != key}
    chosen = tuple(each for each in sorted(around) if each in request.form.getlist("processes"))
    try:
        about = _about(process, chosen)
        bundles = [process.bundle, *(around[each] for each in chosen)]
        begun = held.begin(about, lambda made: house.furnished(made, current.settings(), bundles))
    except InvalidInput as refused:
        return _show(key, words.field_errors(refused.errors)), 422
    except DeploymentRejected as refused:
        return _show(key, {}, refused.problems), 422
    except TooManyRehearsals:
        return _show(key, {}, full=True), 409
    log.info("rehearsal begun", process=key, by=current.actor().id)
    return redirect(_inside(begun))


def _about(process: Process, chosen: tuple[str, ...]) -> About:
    now = current.engine().clock.now()
    try:
        at = datetime.fromisoformat(request.form.get("at", "")).replace(tzinfo=PARIS)
    except ValueError as error:
        raise InvalidInput({"at": ["not_a_moment"]}) from error
    if abs(at - now) > _NEVER:
        raise InvalidInput({"at": ["not_a_moment"]})
    secret = secrets.token_urlsafe(48)
    owner, digest = current.actor().id, process.bundle.digest
    return About(process.key, owner, digest, chosen, now, at, secret)


def _inside(rehearsal: Rehearsal) -> str:
    return url_for("rehearsals.play", token=rehearsal.token, path="rehearsal")


def _mine(token: str, key: str = "") -> Rehearsal:
    """A rehearsal of who is signed in; raises NotFound for every other."""
    found = rehearsals().get(token, current.actor().id)
    if key not in ("", found.about.key):
        raise NotFound
    return found


@pages.route("/rehearsals/<token>/", defaults={"path": ""}, methods=METHODS)
@pages.route("/rehearsals/<token>/<path:path>", methods=METHODS)
def play(token: str, path: str) -> ResponseReturnValue:
    """A page of the throw-away installation, for who has begun it."""
    try:
        rehearsal = _mine(token)
    except NotFound:
        return render_template("rehearsal/over.html"), 404
    rehearsal.use(current.engine().clock.now())
    played, done = _opened(rehearsal), list[noting.Done]()
    environ = {
        **request.environ,
        "SCRIPT_NAME": _prefix(rehearsal),
        "PATH_INFO": f"/{path}",
        LANGUAGE: language(),
        OFFICE: url_for("rehearsals.show", key=rehearsal.about.key),
        noting.DONE: done,
    }
    with collecting() as rows:
        answer = Response.from_app(played.app, environ, buffered=True)
    for each in done:
        settled(played.house, rows, each)
    return answer


# The installation behind it asks for a token of its own.
csrf.exempt(play)


def _opened(rehearsal: Rehearsal) -> house.Played:
    return _houses.open(rehearsal, current.settings(), _prefix(rehearsal))


def _prefix(rehearsal: Rehearsal) -> str:
    return url_for("rehearsals.play", token=rehearsal.token, path="").rstrip("/")


@pages.post("/processes/<key:key>/rehearsals/<token>/end")
def end(key: str, token: str) -> ResponseReturnValue:
    """Throw the rehearsal away."""
    rehearsal = _mine(token, key)
    _houses.close(token)
    rehearsals().end(rehearsal)
    log.info("rehearsal ended", process=key, by=current.actor().id)
    flash(_("The rehearsal is over. Nothing of it is left."), "done")
    return redirect(url_for("process_drafts.show", key=key))


def _told(rehearsal: Rehearsal) -> dict[str, object]:
    return {
        "unrecorded": rehearsal.unrecorded,
        "gaps": (),
        "back": url_for("rehearsals.show", key=rehearsal.about.key),
        "send": url_for("rehearsals.keep", key=rehearsal.about.key, token=rehearsal.token),
    }


@pages.get("/processes/<key:key>/rehearsals/<token>/scenario")
def look(key: str, token: str) -> ResponseReturnValue:
    """What was recorded, as a scenario that can be kept."""
    rehearsal = _mine(token, key)
    about, stage = rehearsal.about, _opened(rehearsal).house.stage()
    end_of_it = observed(stage, key)
    sheet = recorded(_("Rehearsed"), about.at, about.processes, rehearsal.rows, end_of_it)
    return keeping.shown(key, sheet, _told(rehearsal))


@pages.post("/processes/<key:key>/rehearsals/<token>/scenario")
def keep(key: str, token: str) -> ResponseReturnValue:
    """Put what was recorded into the draft."""
    return keeping.keep(key, _told(_mine(token, key)))


@pages.get("/cases/<id:instance_id>/scenario")
def of_case(instance_id: int) -> ResponseReturnValue:
    """A case as a scenario without anything personal, that can be kept."""
    case = cast("Instance", g.instance)
    engine, process = current.engine(), process_of(case.key)
    retold = retell(engine, case, process.bundle, _("Like a real case"), current.actor())
    told = {**_told_of_case(case), "gaps": [(each.code, each.what) for each in retold.gaps]}
    if retold.sheet is None:
        return render_template("rehearsal/no_scenario.html", process=process, **told)
    return keeping.shown(case.key, retold.sheet, told)


def _told_of_case(case: Instance) -> dict[str, object]:
    return {
        "case": case,
        "unrecorded": (),
        "gaps": (),
        "back": url_for("cases.show", instance_id=case.id),
        "send": url_for("rehearsals.keep_case", instance_id=case.id),
    }


@pages.post("/cases/<id:instance_id>/scenario")
def keep_case(instance_id: int) -> ResponseReturnValue:
    """Put the scenario of a case into the draft."""
    case = cast("Instance", g.instance)
    return keeping.keep(case.key, _told_of_case(case))
