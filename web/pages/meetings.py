"""Meetings: what is announced, signing up, calling off, the file for one's calendar."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput, InvalidState, NotFound
from web import current, standing, words
from web.display import group_name
from web.i18n import language
from web.pages.once import once
from web.submissions import key_of
from web.viewer import Viewer
from web.words import duties
from workflows.meeting.calendar import MEDIA_TYPE, calendar_file
from workflows.meeting.models import PLANNED, Meeting
from workflows.meeting.services import (
    SHOWN_TO_ALL,
    cancel,
    get_meeting,
    listed,
    organizers_for,
    plan,
    seats_of,
    sign_off,
    sign_up,
)
from workflows.partners.services import departments
from workflows.people.models import LOCALES
from workflows.people.services import get_person

pages = Blueprint("meetings", __name__)

PAST = timedelta(days=60)
"""How long meetings stay on the list after they have ended."""

LISTS = ("departments", "languages")
TEXTS = ("title", "description", "starts_at", "ends_at", "place", "url", "capacity")


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the meeting for the request.

    Raises NotFound where there is none, or none that the viewer may see yet.
    """
    with current.reading() as rows:
        found = get_meeting(rows, arguments["meeting_id"])
        if found.state == PLANNED and not _organizes(viewer, found):
            raise NotFound
        rows.expunge_all()
    g.meeting = found


def load_own(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the meeting for the request; raises Forbidden for who does not organize it."""
    load(viewer, arguments)
    if not _organizes(viewer, _meeting()):
        raise Forbidden


def _organizes(viewer: Viewer, meeting: Meeting) -> bool:
    return meeting.organizer in viewer.actor.groups or viewer.is_ri


def _meeting() -> Meeting:
    return cast("Meeting", g.meeting)


@pages.get("/meetings")
def index() -> ResponseReturnValue:
    """The meetings to come, and those of the last weeks with their minutes."""
    viewer, now = current.signed_in(), current.engine().clock.now()
    states = (*SHOWN_TO_ALL, PLANNED) if organizers_for(viewer.actor.groups) else SHOWN_TO_ALL
    with current.reading() as rows:
        found = listed(rows, person_id=viewer.person_id, states=states, since=now - PAST)
        rows.expunge_all()
    shown = [
        each for each in found if each.meeting.state != PLANNED or _organizes(viewer, each.meeting)
    ]
    return render_template(
        "meetings/index.html",
        coming=[each for each in shown if each.meeting.ends_at > now],
        past=[each for each in reversed(shown) if each.meeting.ends_at <= now],
        may_plan=bool(organizers_for(viewer.actor.groups)),
        duties=duties,
    )


@pages.get("/meetings/new")
def new() -> ResponseReturnValue:
    """The form that plans a meeting."""
    return _form({}, {})


def _form(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    with current.reading() as rows:
        choices = [(each.code, each.name(language())) for each in departments(rows)]
    organizers = organizers_for(current.actor().groups)
    return render_template(
        "meetings/new.html",
        typed=typed,
        errors=errors,
        key=request.form.get("idempotency_key") or str(uuid.uuid4()),
        departments=choices,
        languages=[(code, words.language_name(code)) for code in LOCALES],
        organizers=[(group, group_name(group)) for group in organizers],
    )


@pages.post("/meetings/new")
def create() -> ResponseReturnValue:
    """Plan it and go to its first task, which publishes it."""
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in TEXTS}
    typed |= {name: request.form.getlist(name) for name in LISTS}
    try:
        organizer = _chosen_organizer()
        case, item = once(
            "meeting.plan",
            key_of(request.form),
            lambda unit: _planned(plan(current.engine(), unit, typed, organizer=organizer)),
        )
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    flash(_("The meeting is planned; publish it so that people can sign up."), "done")
    if item and organizer in current.actor().groups:
        return redirect(url_for("tasks.show", item_id=item))
    return redirect(url_for("cases.show", instance_id=case))


def _planned(planned: Any) -> list[int]:
    return [planned.instance_id, *planned.work_items[:1]]


def _chosen_organizer() -> str:
    known = organizers_for(current.actor().groups)
    chosen = request.form.get("organizer", "") or (known[0] if known else "")
    standing.take_where(lambda viewer: chosen in organizers_for(viewer.actor.groups))
    if chosen not in organizers_for(current.actor().groups):
        raise InvalidInput({"organizer": ["not_an_option"]})
    return chosen


@pages.get("/meetings/<id:meeting_id>")
def show(meeting_id: int) -> ResponseReturnValue:
    """One meeting: when, where, for whom; one's place in it; its minutes."""
    return _page({})


def _page(errors: Mapping[str, list[str]]) -> str:
    viewer, meeting, now = current.signed_in(), _meeting(), current.engine().clock.now()
    with current.reading() as rows:
        seats = seats_of(rows, meeting.id)
        mine = next((seat for seat in seats if seat.person_id == viewer.person_id), None)
        names = [seat.person.name for seat in seats] if _organizes(viewer, meeting) else None
        rows.expunge_all()
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        taken=len(seats),
        names=names,
        mine=mine,
        begun=meeting.starts_at <= now,
        organizes=_organizes(viewer, meeting),
        errors=errors,
        reason=request.form.get("reason", ""),
        duties=duties,
    )


@pages.post("/meetings/<id:meeting_id>/sign-up")
def come(meeting_id: int) -> ResponseReturnValue:
    """Take a place."""
    try:
        with current.engine().unit(current.actor()) as unit:
            sign_up(unit, meeting_id, _self(unit.session))
    except InvalidInput as refused:
        return _page(words.field_errors(refused.errors)), 422
    except InvalidState:
        flash(_("Nobody can sign up for this meeting any more."), "warning")
    else:
        flash(_("You are signed up; a mail confirms it."), "done")
    return redirect(url_for("meetings.show", meeting_id=meeting_id))


@pages.post("/meetings/<id:meeting_id>/sign-off")
def stay_away(meeting_id: int) -> ResponseReturnValue:
    """Give one's place back."""
    try:
        with current.engine().unit(current.actor()) as unit:
            sign_off(unit, meeting_id, _self(unit.session))
    except InvalidState:
        flash(_("This meeting has begun."), "warning")
    else:
        flash(_("Your place is free for somebody else."), "done")
    return redirect(url_for("meetings.show", meeting_id=meeting_id))


def _self(rows: Session) -> Any:
    return get_person(rows, current.signed_in().person_id)


@pages.post("/meetings/<id:meeting_id>/cancel")
def call_off(meeting_id: int) -> ResponseReturnValue:
    """Call it off with a reason that those signed up read."""
    engine = current.engine()
    try:
        with engine.unit(current.actor()) as unit:
            cancel(engine, unit, meeting_id, reason=request.form.get("reason", ""))
    except InvalidInput as refused:
        return _page(words.field_errors(refused.errors)), 422
    except InvalidState:
        flash(_("Only a published meeting that has not begun can be called off."), "warning")
    else:
        flash(_("The meeting is called off; those signed up are told."), "done")
    return redirect(url_for("meetings.show", meeting_id=meeting_id))


@pages.get("/meetings/<id:meeting_id>/meeting.ics")
def calendar(meeting_id: int) -> ResponseReturnValue:
    """The meeting as a file for one's calendar."""
    address = f"{current.settings().base_url}/meetings/{meeting_id}"
    answer = Response(calendar_file(_meeting(), address=address), mimetype=MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"meeting-{meeting_id}.ics")
    return answer
