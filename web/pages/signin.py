"""Signing in and out, and choosing a language."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from web import current, sessions
from web.addresses import number
from web.i18n import LANGUAGES
from web.navigation import roles, safe_target
from web.security import limiter
from web.viewer import Viewer
from workflows.people.models import Person
from workflows.people.services import actor_for, authenticate, get_person, set_locale

pages = Blueprint("signin", __name__)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person of the demo, with the role a click gives."""

    id: int
    name: str
    role: str
    icon: str
    rank: int


@pages.get("/sign-in")
def show() -> ResponseReturnValue:
    """The sign-in form; whoever is signed in already goes on."""
    target = safe_target(request.args.get("next"))
    if current.viewer() is not None:
        return redirect(target)
    return _form(target)


def _form(target: str, *, login: str = "", failed: bool = False) -> str:
    people = demo_people() if current.settings().demo else []
    return render_template(
        "signin.html", next=target, login=login, failed=failed, demo_people=people
    )


@pages.post("/sign-in")
@limiter.limit("10 per minute; 60 per hour")
def enter() -> ResponseReturnValue:
    """Check login and password; ten tries a minute from one address."""
    target = safe_target(request.form.get("next"))
    login = request.form.get("login", "")[:200]
    with current.writing() as rows:
        person = authenticate(rows, login, request.form.get("password", ""))
        person_id = person.id if person else None
    if person_id is None:
        log.warning("sign-in refused", login=login, remote_addr=request.remote_addr)
        return _form(target, login=login, failed=True), 401
    sessions.sign_in(person_id)
    return redirect(target)


@pages.post("/sign-in/demo")
def demo() -> ResponseReturnValue:
    """One click a role, while the installation is a demo."""
    if not current.settings().demo:
        abort(404)
    person_id = number(request.form.get("person", ""))
    if person_id is None:
        abort(404)
    with current.reading() as rows:
        person = get_person(rows, person_id)
        if not person.demo or not person.active:
            abort(404)
    sessions.sign_in(person_id)
    return redirect(safe_target(request.form.get("next")))


@pages.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session."""
    sessions.sign_out()
    return redirect(url_for("signin.show"))


@pages.post("/language")
def language() -> ResponseReturnValue:
    """Speak another language from now on; a signed-in person's choice is kept."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    viewer = current.viewer()
    if viewer is not None:
        with current.writing(viewer.actor) as rows:
            set_locale(rows, get_person(rows, viewer.person_id), chosen)
    return redirect(safe_target(request.form.get("next")))


def demo_people() -> list[DemoPerson]:
    """The invented people, one line each: students, then staff by function."""
    with current.reading() as rows:
        found = rows.scalars(select(Person).where(Person.demo, Person.active)).all()
        people = [_told(Viewer.of("", person, actor_for(rows, person))) for person in found]
    return sorted(people, key=lambda person: (person.rank, person.role, person.name))


def _told(viewer: Viewer) -> DemoPerson:
    held = roles(viewer)
    looks = (
        (not held, "person"),
        (bool(viewer.departments), "people"),
        (viewer.is_ri, "building"),
        (viewer.is_admin, "diagram-3"),
        (viewer.is_auditor, "shield-check"),
        (True, "people"),
    )
    rank, icon = next((rank, icon) for rank, (fits, icon) in enumerate(looks) if fits)
    role = ", ".join(held) or _("Student")
    return DemoPerson(viewer.person_id, viewer.name, role, icon, rank)
