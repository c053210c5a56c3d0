"""Comments that name somebody: who can be named, who was, and what one has not read yet."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web import current
from web.display import remember_names
from web.navigation import safe_target
from workflows.office_work import mentions
from workflows.office_work.cases import people_of_case

pages = Blueprint("mentions", __name__)


@pages.get("/mentions")
def index() -> ResponseReturnValue:
    """The comments that name the viewer, unread ones first."""
    with current.reading() as rows:
        found = mentions.mentions_of(rows, current.signed_in().person_id)
    remember_names(each.author for each in found)
    return render_template("inbox/mentions.html", mentions=found)


@pages.post("/mentions/<id:mention_id>/open")
def follow(mention_id: int) -> ResponseReturnValue:
    """To the comment; from now on it is read."""
    viewer = current.signed_in()
    with current.engine().unit(viewer.actor) as unit:
        found = mentions.mention_of(unit.session, viewer.person_id, mention_id)
        if found is None:
            abort(404)
        mentions.read(unit.session, viewer.person_id, unit.now, [mention_id])
        case = found.instance_id
    return redirect(url_for("cases.show", instance_id=case) + "#comments")


@pages.post("/mentions/read")
def read() -> ResponseReturnValue:
    """All of them are read."""
    viewer = current.signed_in()
    with current.engine().unit(viewer.actor) as unit:
        mentions.read(unit.session, viewer.person_id, unit.now)
    return redirect(safe_target(request.form.get("next")))


@pages.get("/cases/<id:instance_id>/people")
def people(instance_id: int) -> ResponseReturnValue:
    """Whom a comment on the case can name: logins and names, and nobody else's."""
    with current.reading() as rows:
        found = people_of_case(rows, instance_id, current.engine().clock.now())
    me = current.signed_in().login
    return jsonify([{"login": p.login, "name": p.name} for p in found if p.login != me])
