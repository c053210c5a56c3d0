"""Campaigns: what the international office offers, and where students begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.values import InboxQuery
from web import current, words
from web.pages.campaign_forms import (
    blank,
    covered,
    fields_of,
    people,
    place_rows,
    read,
    revision_now,
    taken_revision,
)
from web.pages.campaign_rows import row_of, sees_ranking, shown, state_of
from web.submissions import nested
from web.viewer import Viewer
from workflows.application.campaigns import (
    campaigns,
    close,
    copy_campaign,
    create_campaign,
    get_campaign,
    publish,
    update_campaign,
)
from workflows.application.models import Campaign, Ranking
from workflows.application.services import applications_of, find_application, start_application
from workflows.partners.services import departments
from workflows.people.services import get_person

if TYPE_CHECKING:
    from engine import Unit

pages = Blueprint("campaigns", __name__)


@pages.get("/campaigns")
def index() -> ResponseReturnValue:
    """The campaigns that concern the viewer, the latest first."""
    viewer = current.signed_in()
    with current.reading() as rows:
        if viewer.is_student:
            return _for_students(rows, viewer)
        found = [row_of(rows, each) for each in campaigns(rows) if _concerns(viewer, each)]
    return render_template("campaigns/index.html", campaigns=found)


def _concerns(viewer: Viewer, campaign: Campaign) -> bool:
    return viewer.is_ri or any(sees_ranking(viewer, ranking) for ranking in campaign.rankings)


def _for_students(rows: Session, viewer: Viewer) -> str:
    own = {each.campaign_id: each for each in applications_of(rows, viewer.person_id)}
    mine = current.engine().inbox(actor=viewer.actor, query=InboxQuery(view="groups"))
    listed = [each for each in campaigns(rows) if each.id in own or state_of(each) == "open"]
    return render_template(
        "campaigns/student.html",
        campaigns=[(row_of(rows, each), own.get(each.id)) for each in listed],
        todo={item.instance_id: item.id for item in mine.items},
    )


@pages.get("/campaigns/new")
def new() -> ResponseReturnValue:
    """The form of a new campaign."""
    with current.reading() as rows:
        return _form(blank(rows), {}, None)


@pages.post("/campaigns/new")
def create() -> ResponseReturnValue:
    """Keep a new campaign as a draft; then its places are entered."""
    typed = nested(request.form.items())
    try:
        with current.engine().unit(current.actor()) as unit:
            campaign_id = create_campaign(unit, read(unit.session, typed)).id
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors), None), 422
    flash(_("The campaign is kept as a draft. Now enter its places."), "done")
    return redirect(url_for("campaign_places.show", campaign_id=campaign_id))


@pages.get("/campaigns/<id:campaign_id>")
def show(campaign_id: int) -> ResponseReturnValue:
    """A campaign: its dates, its departments with their boards, its places."""
    with current.reading() as rows:
        places = place_rows(rows, campaign_id)
        return render_template(
            "campaigns/show.html",
            campaign=shown(),
            fields=fields_of(rows, get_campaign(rows, campaign_id)),
            places=places,
            covers=covered(rows, (row.fields for row in places), shown().academic_year),
        )


@pages.get("/campaigns/<id:campaign_id>/edit")
def edit(campaign_id: int) -> ResponseReturnValue:
    """The form of a campaign."""
    with current.reading() as rows:
        campaign = get_campaign(rows, campaign_id)
        return _form(fields_of(rows, campaign), {}, campaign_id, campaign.revision)


@pages.post("/campaigns/<id:campaign_id>/edit")
def change(campaign_id: int) -> ResponseReturnValue:
    """Change a campaign; nobody overwrites what somebody else has changed meanwhile."""
    typed = nested(request.form.items())
    revision = taken_revision(typed)
    try:
        with current.engine().unit(current.actor()) as unit:
            update_campaign(unit, campaign_id, read(unit.session, typed), revision)
    except InvalidInput as refused:
        errors = words.field_errors(refused.errors)
        return _form(typed, errors, campaign_id, revision), 422
    except Conflict:
        return _form(typed, {}, campaign_id, revision_now(campaign_id), stale=True), 409
    flash(_("The campaign is changed."), "done")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _form(
    typed: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    campaign_id: int | None,
    revision: int = 0,
    *,
    stale: bool = False,
) -> str:
    with current.reading() as rows:
        return render_template(
            "campaigns/form.html",
            typed=typed,
            errors=errors,
            campaign_id=campaign_id,
            revision=revision,
            stale=stale,
            departments=departments(rows),
            people=people(rows),
        )


@pages.post("/campaigns/<id:campaign_id>/publish")
def publish_campaign(campaign_id: int) -> ResponseReturnValue:
    """Open it to students, from its opening on."""
    return _switch(campaign_id, publish, _("The campaign is published."))


@pages.post("/campaigns/<id:campaign_id>/close")
def close_campaign(campaign_id: int) -> ResponseReturnValue:
    """Take no more applications."""
    return _switch(campaign_id, close, _("The campaign is closed."))


def _switch(
    campaign_id: int, command: Callable[[Unit, int, int], Campaign], done: str
) -> ResponseReturnValue:
    revision = taken_revision({"revision": request.form.get("revision", "")})
    try:
        with current.engine().unit(current.actor()) as unit:
            command(unit, campaign_id, revision)
        flash(done, "done")
    except InvalidInput as refused:
        for path, sentences in words.field_errors(refused.errors).items():
            said = " ".join(sentences)
            flash(
                _("%(label)s: %(text)s", label=words.application_path(path), text=said), "warning"
            )
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


@pages.post("/campaigns/<id:campaign_id>/copy")
def copy(campaign_id: int) -> ResponseReturnValue:
    """A draft for the year after, with the same departments and places."""
    with current.engine().unit(current.actor()) as unit:
        copied = copy_campaign(unit, campaign_id).id
    flash(_("This is a copy for the year after: check its dates and places."), "done")
    return redirect(url_for("campaigns.edit", campaign_id=copied))


@pages.post("/campaigns/<id:campaign_id>/apply")
def begin(campaign_id: int) -> ResponseReturnValue:
    """Begin one's application, or go on with the one there is."""
    engine, viewer = current.engine(), current.signed_in()
    try:
        with engine.unit(viewer.actor) as unit:
            campaign = get_campaign(unit.session, campaign_id)
            ranking = _chosen(campaign, request.form.get("ranking", ""))
            person = get_person(unit.session, viewer.person_id)
            item = start_application(engine, unit, ranking, person).work_items[0]
    except InvalidInput as refused:
        for name, sentences in words.field_errors(refused.errors).items():
            label = _("My department") if name == "ranking" else words.application_path(name)
            flash(_("%(label)s: %(text)s", label=label, text=" ".join(sentences)), "warning")
        return redirect(url_for("campaigns.index"))
    except (InvalidState, IntegrityError):
        # There is one already: begun before, or in another window at this very moment.
        return _go_on(campaign_id, viewer)
    return redirect(url_for("tasks.show", item_id=item))


def _chosen(campaign: Campaign, text: str) -> Ranking:
    found = next((each for each in campaign.rankings if str(each.id) == text), None)
    if found is None:
        raise InvalidInput({"ranking": ["not_an_option"]})
    return found


def _go_on(campaign_id: int, viewer: Viewer) -> ResponseReturnValue:
    with current.reading() as rows:
        found = find_application(rows, campaign_id, viewer.person_id)
    if found is None or found.instance_id is None:
        raise Conflict
    return redirect(url_for("cases.show", instance_id=found.instance_id))
