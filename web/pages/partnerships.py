"""Agreements with partners: the list with the places used, a proposal, a renewal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Forbidden, InvalidInput
from engine.values import InboxQuery
from web import current, standing, words
from web.i18n import language
from web.pages.once import once
from web.submissions import key_of
from web.viewer import Viewer
from web.words import duties
from workflows.partners.services import institutions
from workflows.partnership.models import KINDS, Partnership
from workflows.partnership.services import (
    IN_FORCE,
    Listed,
    Proposed,
    department_choices,
    get_partnership,
    listed,
    propose,
    proposer_for,
    renew,
    year_at,
)
from workflows.people.services import RI, coordinator_group

pages = Blueprint("partnerships", __name__)

ASKED = ("kind", "title", "hei_id", "department")
STATES = ("in_force", "written", "reviewed", "expired", "refused")


@pages.get("/partnerships")
def index() -> ResponseReturnValue:
    """Every agreement: until when, how many of its places are taken, where it stands."""
    viewer, now = current.signed_in(), current.engine().clock.now()
    year = year_at(now)
    with current.reading() as rows:
        found = listed(rows, year=year, home_hei_id=current.settings().home_hei)
        rows.expunge_all()
    wanted, text = request.args.get("state", ""), request.args.get("q", "").strip().casefold()
    shown = [each for each in found if _fits(each, wanted, text)]
    return render_template(
        "partnerships/index.html",
        shown=shown,
        number=len(found),
        year=year,
        today=now.date(),
        states=[(each, duties.partnership_state(each)) for each in STATES],
        may_propose=may_propose(viewer),
        renewable={each.partnership.id for each in shown if _may_renew(viewer, each)},
        duties=duties,
    )


def _fits(each: Listed, state: str, text: str) -> bool:
    told = f"{each.partnership.title} {each.partner} {each.partnership.hei_id}".casefold()
    return state in ("", each.partnership.state) and text in told


def may_propose(viewer: Viewer) -> bool:
    """Whether somebody proposes agreements: a coordinator, or RI."""
    return viewer.is_ri or bool(viewer.departments)


def _may_renew(viewer: Viewer, each: Listed) -> bool:
    free = each.partnership.state == IN_FORCE and each.renewed_by is None
    return free and _answers_for(viewer, each.partnership)


def _answers_for(viewer: Viewer, partnership: Partnership) -> bool:
    own = coordinator_group(partnership.department)
    return viewer.is_ri or bool(partnership.department and viewer.has(own))


def load_own(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the agreement for the request; raises Forbidden for who does not answer for it."""
    with current.reading() as rows:
        g.partnership = get_partnership(rows, arguments["partnership_id"])
        rows.expunge_all()
    if not _answers_for(viewer, g.partnership):
        raise Forbidden


@pages.get("/partnerships/new")
def new() -> ResponseReturnValue:
    """The form that proposes an agreement."""
    return _form({}, {})


def _form(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    home, groups = current.settings().home_hei, current.actor().groups
    with current.reading() as rows:
        partners = [(each.hei_id, each.name) for each in institutions(rows) if each.hei_id != home]
        codes = [(each.code, each.name(language())) for each in department_choices(rows, groups)]
    return render_template(
        "partnerships/new.html",
        typed=typed,
        errors=errors,
        key=request.form.get("idempotency_key") or str(uuid.uuid4()),
        kinds=[(kind, duties.partnership_kind(kind)) for kind in KINDS],
        partners=partners,
        departments=codes,
        for_all=RI in groups,
    )


@pages.post("/partnerships/new")
def create() -> ResponseReturnValue:
    """Propose it and go to its file."""
    typed = {name: request.form.get(name, "") for name in ASKED}
    engine, home = current.engine(), current.settings().home_hei
    standing.take_where(lambda viewer: _proposes_for(viewer, typed["department"]))
    try:
        proposer = proposer_for(current.actor().groups, typed["department"])
        answer = once(
            "partnership.propose",
            key_of(request.form),
            lambda unit: _numbers(
                propose(engine, unit, typed, proposer=proposer, home_hei_id=home)
            ),
        )
    except InvalidInput as refused:
        return _form(typed, words.field_errors(refused.errors)), 422
    flash(_("The agreement is proposed; its file comes next."), "done")
    return _to(answer, proposer)


def _proposes_for(viewer: Viewer, department: str) -> bool:
    return viewer.is_ri or viewer.has(coordinator_group(department))


def _numbers(proposed: Proposed) -> list[int]:
    return [proposed.instance_id, *proposed.work_items[:1]]


def _to(answer: list[int], proposer: str) -> ResponseReturnValue:
    case, *items = answer
    if items and proposer in current.actor().groups:
        return redirect(url_for("tasks.show", item_id=items[0]))
    return redirect(url_for("cases.show", instance_id=case))


@pages.post("/partnerships/<id:partnership_id>/renew")
def renewal(partnership_id: int) -> ResponseReturnValue:
    """Propose its renewal, and answer the task that asks for the decision."""
    viewer, engine = current.signed_in(), current.engine()
    partnership = cast("Partnership", g.partnership)
    groups = viewer.actor.groups
    proposer = proposer_for(groups, partnership.department)
    asked = _asked(partnership)
    try:
        with engine.unit(viewer.actor) as unit:
            proposed = renew(engine, unit, partnership_id, proposer=proposer)
            if asked is not None:
                engine.complete(
                    asked,
                    actor=viewer.actor,
                    outcome="renew",
                    idempotency_key=f"renew {asked}",
                    unit=unit,
                )
    except InvalidInput as refused:
        for sentences in words.field_errors(refused.errors).values():
            flash(" ".join(sentences), "warning")
        return redirect(url_for("partnerships.index"))
    flash(_("The renewal is proposed; its file comes next."), "done")
    return _to(_numbers(proposed), proposer)


def _asked(partnership: Partnership) -> int | None:
    """The open task that asks the viewer what becomes of it."""
    query = InboxQuery(view="groups", process="partnership", element="renew", limit=200)
    found = current.engine().inbox(actor=current.actor(), query=query).items
    mine = [each.id for each in found if each.instance_id == partnership.instance_id]
    return mine[0] if mine else None
