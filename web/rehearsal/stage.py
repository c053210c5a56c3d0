"""Inside a rehearsal: who acts, what time it is, what is open for whom, what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import func, select

from engine.errors import EngineError
from engine.tables import job
from engine.tables.types import from_micros
from engine.values import WorkItem
from web import current, sessions, words
from web.addresses import number
from web.errors import STATUS, refusal
from web.i18n import translated
from web.lifecycles import task_page
from web.navigation import safe_target
from web.rehearsal import acts
from web.rehearsal.house import House
from web.rehearsal.pages import LANGUAGE, OFFICE
from web.rehearsal.store import Rehearsal
from workflows.links import issue_link
from workflows.mail.models import MailMessage
from workflows.office_work.local_time import ZONE as PARIS
from workflows.people.services import PARTNER_DESK
from workflows.scenarios.actions import ACTIONS
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.loading import ScenarioInvalid
from workflows.scenarios.retelling import sheets_of
from workflows.scenarios.rows import fields_of, row_of
from workflows.scenarios.stage import Mismatch, is_for

pages = Blueprint("rehearsal_stage", __name__)

MAILS = 30
STEPS = (1, 3, 7, 30)
"""Days by which one button moves the clock."""

_FARTHEST = timedelta(days=5 * 366)
_QUEUED = 0


@dataclass(frozen=True, slots=True)
class Open:
    """An open task, and who of the cast may do it."""

    item: WorkItem
    members: tuple[str, ...]


@pages.before_request
def only_in_a_rehearsal() -> None:
    """Nobody else may take somebody's place, or move a clock."""
    if current.rehearsal() is None:
        abort(404)
    session.setdefault("language", request.environ[LANGUAGE])


def _rehearsal() -> Rehearsal:
    found = current.rehearsal()
    assert found is not None, "only a rehearsal has these pages"
    return found


def _house() -> House:
    running = current.running()
    return House(_rehearsal(), running.engine, running.settings.home_hei)


@pages.get("/rehearsal")
def show() -> ResponseReturnValue:
    """What is open for whom, what is due next, the mails, what was recorded so far."""
    rehearsal, house = _rehearsal(), _house()
    stage = house.stage()
    with current.reading() as rows:
        newest = select(MailMessage).order_by(MailMessage.id.desc()).limit(MAILS)
        mails = list(rows.scalars(newest))
        due = rows.scalar(select(func.min(job.c.due_at)).where(job.c.status == _QUEUED))
    definition = next(e for e in house.engine.definitions() if e.key == rehearsal.about.key)
    usual = {
        row["do"] for each in sheets_of(definition.bundle) for row in each.steps if "do" in row
    }
    return render_template(
        "rehearsal/stage.html",
        opened=list(_open(house)),
        mails=mails,
        next_due=from_micros(due) if due is not None else None,
        steps=[fields_of(each) for each in rehearsal.rows],
        unrecorded=rehearsal.unrecorded,
        incidents=stage.incidents,
        actions=sorted(ACTIONS, key=lambda name: (name not in usual, name)),
        messages=sorted({e.message for e in definition.model.elements.values() if e.message}),
        parts=(*MEMBERS, PARTNER),
        office=request.environ[OFFICE],
    )


def _open(house: House) -> Iterator[Open]:
    stage = house.stage()
    actors = {name: stage.actor_of(name) for name in MEMBERS}
    for item in stage.open_items():
        able = [name for name, actor in actors.items() if is_for(item, actor)]
        if item.candidate == PARTNER_DESK:
            able.insert(0, PARTNER)
        yield Open(item, tuple(able))


@pages.post("/rehearsal/act-as")
def act_as() -> ResponseReturnValue:
    """Become one of the cast; with a task, go to its page."""
    member, item_id = request.form.get("member", ""), number(request.form.get("item", ""))
    if member == PARTNER:
        return redirect(_partner_page(item_id))
    if member not in MEMBERS:
        abort(404)
    sessions.sign_in(_house().stage().person_id(member))
    if item_id is not None:
        return redirect(url_for("tasks.show", item_id=item_id))
    return redirect(url_for("home.show"))


def _partner_page(item_id: int | None) -> str:
    """Where the mailed link of a task leads; without a task, of the oldest that the partner has."""
    items = [e.item for e in _open(_house()) if PARTNER in e.members]
    item = next((each for each in items if item_id in (None, each.id)), None)
    if item is None:
        flash(_("Nothing is asked of the partner at the moment."), "warning")
        return url_for("rehearsal_stage.show")
    token = issue_link(
        current.settings().secret_key,
        instance_id=item.instance_id,
        work_item_id=item.id,
        digest=task_page(item).digest(item),
        now=current.engine().clock.now(),
    )
    return url_for("partner.show", token=token)


@pages.post("/rehearsal/advance")
def advance() -> ResponseReturnValue:
    """Let the time pass; whatever falls due on the way happens at its time."""
    viewer, target = current.viewer(), _until()
    if target is None:
        flash(words.error_sentence("not_a_moment"), "warning")
        return _back()
    try:
        acts.advance(_house(), target)
    except Mismatch:
        flash(
            _("So much falls due on the way that the clock has stopped. Advance again."), "warning"
        )
    if viewer is not None:
        # Its session would be too old by now; nobody has left their desk.
        sessions.sign_in(viewer.person_id)
    return _back()


def _until() -> datetime | None:
    now = _rehearsal().at
    days = number(request.form.get("days", ""))
    try:
        if days is not None:
            target = (now.astimezone(PARIS) + timedelta(days=days)).astimezone(now.tzinfo)
        else:
            target = datetime.fromisoformat(request.form.get("until", ""))
            target = target if target.tzinfo else target.replace(tzinfo=PARIS)
    except (ValueError, OverflowError):
        return None
    return target if now <= target <= now + _FARTHEST else None


def _back() -> ResponseReturnValue:
    here = url_for("rehearsal_stage.show")
    return redirect(safe_target(request.form.get("next") or here))


@pages.post("/rehearsal/do")
def do() -> ResponseReturnValue:
    """Play a step that no page is needed for: an action of a scenario, or a message."""
    try:
        acts.do(_house(), row_of(request.form))
    except (ScenarioInvalid, ValidationError, Mismatch) as wrong:
        flash(_("It was not done: %(why)s", why=wrong), "warning")
    except EngineError as refused:
        said = refusal(STATUS.get(refused.code, 500), refused.code)
        flash(_("It was not done: %(why)s", why=said.sentence), "warning")
    return redirect(url_for("rehearsal_stage.show"))


@pages.post("/rehearsal/expect")
def expect() -> ResponseReturnValue:
    """Record what is so now as what is expected at this point."""
    acts.look(_house())
    flash(_("Recorded: what is open and what runs at this moment."), "done")
    return redirect(url_for("rehearsal_stage.show"))


@pages.app_context_processor
def frame() -> dict[str, object]:
    """Give every template the band."""
    return {"rehearsal_band": band}


def band() -> dict[str, object] | None:
    """What the band above every page of a rehearsal shows; None everywhere else."""
    rehearsal = current.rehearsal()
    if rehearsal is None:
        return None
    definition = next(
        each for each in current.engine().definitions() if each.key == rehearsal.about.key
    )
    return {
        "name": translated(definition.model.names),
        "at": rehearsal.at,
        "members": [(name, f"{e.given_names} {e.family_name}") for name, e in MEMBERS.items()],
        "logins": {each.login: name for name, each in MEMBERS.items()},
        "days": [(days, format_timedelta(timedelta(days=days))) for days in STEPS],
        "office": request.environ[OFFICE],
    }
