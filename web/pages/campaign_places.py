"""The table of places of a campaign: typed row by row, or pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput
from web import current, words
from web.pages.campaign_forms import covered, place_rows, revision_now, taken_revision
from web.pages.campaign_rows import shown
from web.submissions import nested
from workflows.application.campaign_input import MAX_PLACES, pasted_places, read_places
from workflows.application.campaigns import save_places
from workflows.application.models import PROGRAMMES
from workflows.partners.services import institutions

pages = Blueprint("campaign_places", __name__)


@pages.get("/campaigns/<id:campaign_id>/places")
def show(campaign_id: int) -> ResponseReturnValue:
    """The table of places, to be edited."""
    with current.reading() as rows:
        found = [dict(row.fields) for row in place_rows(rows, campaign_id)]
    return _places_form(campaign_id, found, {}, revision_now(campaign_id))


@pages.post("/campaigns/<id:campaign_id>/places")
def keep(campaign_id: int) -> ResponseReturnValue:
    """Keep the table; or add a row, take one away, or add those pasted, and keep nothing yet."""
    typed = nested(request.form.items())
    revision = taken_revision(typed)
    rows = _rows_of(typed.get("places"))
    pasted = str(typed.pop("paste", "") or "")
    action = request.form.get("row_action", "")
    if action:
        return _with_rows(campaign_id, rows, pasted, action, revision)
    try:
        with current.engine().unit(current.actor()) as unit:
            known = {each.hei_id for each in institutions(unit.session)}
            codes = [each.department for each in shown().rankings]
            save_places(unit, campaign_id, read_places({"places": rows}, codes, known), revision)
    except InvalidInput as refused:
        errors = words.field_errors(refused.errors)
        return _places_form(campaign_id, rows, errors, revision), 422
    except Conflict:
        now_at = revision_now(campaign_id)
        return _places_form(campaign_id, rows, {}, now_at, stale=True), 409
    flash(_("The places are kept."), "done")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _rows_of(value: object) -> list[dict[str, Any]]:
    """The rows with anything in them; the empty one at the end is no row."""
    listed = value if isinstance(value, list) else []
    names = ("id", "hei_id", "isced_f", "seats")
    return [row for row in listed if isinstance(row, dict) and any(row.get(name) for name in names)]


def _with_rows(
    campaign_id: int, rows: list[dict[str, Any]], pasted: str, action: str, revision: int
) -> ResponseReturnValue:
    verb, _sep, number = action.partition(":")
    errors: dict[str, list[str]] = {}
    if verb == "remove":
        rows = [row for place, row in enumerate(rows) if str(place) != number]
    elif verb == "paste":
        try:
            rows = [*rows, *pasted_places(pasted, MAX_PLACES - len(rows))]
        except InvalidInput as refused:
            errors = words.field_errors(refused.errors)
            return _places_form(campaign_id, rows[:MAX_PLACES], errors, revision, pasted), 422
    return _places_form(campaign_id, rows, errors, revision)


def _places_form(
    campaign_id: int,
    rows: list[dict[str, Any]],
    errors: Mapping[str, list[str]],
    revision: int,
    pasted: str = "",
    *,
    stale: bool = False,
) -> str:
    home = current.settings().home_hei
    with current.reading() as session:
        partners = [(e.hei_id, e.name) for e in institutions(session) if e.hei_id != home]
        found = covered(session, rows, shown().academic_year)
    return render_template(
        "campaigns/places.html",
        campaign=shown(),
        campaign_id=campaign_id,
        rows=[*rows, {}] if len(rows) < MAX_PLACES else rows,
        errors=errors,
        revision=revision,
        pasted=pasted,
        stale=stale,
        partners=partners,
        programmes=PROGRAMMES,
        covers=found,
    )
