"""What a person arranges for themselves: language, mails, and who replaces them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import InvalidInput, InvalidState
from engine.identity import Actor
from engine.values import InboxQuery
from web import current, words
from web.display import remember_names
from web.i18n import translated
from workflows.office_work import mail_settings, substitutions
from workflows.office_work.local_time import MORNINGS, day_of
from workflows.office_work.models import Substitution
from workflows.people.services import actor_id, all_people, get_person

pages = Blueprint("settings", __name__)

FIELDS = ("person", "substitute", "first", "last")


@pages.get("/settings")
def show() -> ResponseReturnValue:
    """Language, mails, and the way to substitutions."""
    return _settings({})


def _settings(errors: Mapping[str, list[str]]) -> str:
    viewer = current.signed_in()
    with current.reading() as rows:
        person = get_person(rows, viewer.person_id)
        wishes = mail_settings.wishes(rows, [person.id])[person.id]
        offered = {about: mail_settings.choices(person, about) for about in mail_settings.ABOUT}
        works = substitutions.works(person)
    return render_template(
        "settings/show.html",
        wishes=wishes,
        offered=offered,
        hours=range(MORNINGS[0], MORNINGS[1] + 1),
        email=person.email,
        works=works,
        errors=errors,
    )


@pages.post("/settings/mail")
def mail() -> ResponseReturnValue:
    """Keep how the viewer wants to hear of things."""
    viewer = current.signed_in()
    try:
        with current.engine().unit(viewer.actor) as unit:
            person = get_person(unit.session, viewer.person_id)
            mail_settings.choose(unit.session, person, request.form)
    except InvalidInput as refused:
        return _settings(words.field_errors(refused.errors)), 422
    flash(_("Your choice is kept."), "done")
    return redirect(url_for("settings.show"))


@pages.get("/settings/substitutions")
def substitutes() -> ResponseReturnValue:
    """Who replaces whom, past, present and to come; and the form for another."""
    return _substitutions({}, {})


def _substitutions(typed: Mapping[str, object], errors: Mapping[str, list[str]]) -> str:
    viewer = current.signed_in()
    now = current.engine().clock.now()
    with current.reading() as rows:
        found = substitutions.arranged(rows, None if viewer.is_ri else viewer.person_id)
        staff = [person for person in all_people(rows) if substitutions.works(person)]
        works = any(person.id == viewer.person_id for person in staff)
    _remember(found)
    return render_template(
        "settings/substitutions.html",
        upcoming=[each for each in reversed(found) if each.until > now],
        over=[each for each in found if each.until <= now],
        may_arrange=works or viewer.is_ri,
        staff=sorted(staff, key=lambda person: (person.family_name, person.given_names)),
        processes=_processes(),
        typed=typed,
        errors=errors,
        now=now,
        today=day_of(now),
    )


def _remember(found: list[Substitution]) -> None:
    sides = [actor_id(number) for each in found for number in (each.person_id, each.substitute_id)]
    remember_names([*sides, *(each.created_by for each in found), *(e.ended_by for e in found)])


def _processes() -> dict[str, str]:
    """What the processes are called, by key."""
    return {each.key: translated(each.model.names) for each in current.engine().definitions()}


@pages.post("/settings/substitutions")
def arrange() -> ResponseReturnValue:
    """Show what a substitution will mean; once that is confirmed, make it."""
    viewer, engine = current.signed_in(), current.engine()
    typed: dict[str, object] = {name: request.form.get(name, "") for name in FIELDS}
    typed["person"] = typed["person"] or str(viewer.person_id)
    typed["processes"] = request.form.getlist("processes")
    try:
        with engine.unit(viewer.actor) as unit:
            plan = substitutions.plan(unit.session, unit.actor, typed, unit.now)
            if "confirmed" in request.form:
                substitutions.arrange(unit, plan)
    except InvalidInput as refused:
        return _substitutions(typed, words.field_errors(refused.errors)), 422
    if "confirmed" not in request.form:
        return _confirm(plan, typed)
    flash(
        _(
            "%(name)s replaces %(absent)s. Both get a mail.",
            name=plan.substitute.name,
            absent=plan.person.name,
        ),
        "done",
    )
    return redirect(url_for("settings.substitutes"))


def _confirm(plan: substitutions.Plan, typed: Mapping[str, object]) -> str:
    """The page that says what the substitute gets, before it is theirs."""
    absent = Actor(actor_id(plan.person.id), plan.person.name, plan.groups)
    queries = [InboxQuery(process=key) for key in plan.processes] or [InboxQuery()]
    return render_template(
        "settings/confirm.html",
        plan=plan,
        typed=typed,
        waiting=sum(current.engine().inbox_totals(queries, actor=absent)),
        processes=_processes(),
        own=plan.person.id == current.signed_in().person_id,
    )


@pages.post("/settings/substitutions/<id:substitution_id>/end")
def end(substitution_id: int) -> ResponseReturnValue:
    """End a substitution now, or call one off that has not begun."""
    viewer = current.signed_in()
    try:
        with current.engine().unit(viewer.actor) as unit:
            substitutions.end(unit, substitution_id)
    except InvalidState:
        flash(_("This substitution was over already."), "warning")
    else:
        flash(_("The substitution is ended. Both get a mail."), "done")
    return redirect(url_for("settings.substitutes"))
