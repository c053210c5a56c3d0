"""The evidence of many cases: asked for by a filter, made in the background, fetched once ready."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.errors import InvalidInput
from engine.history.evidence import MEDIA_TYPE
from web import current, words
from web.audit.asking import Asked, asked, chips
from web.i18n import language
from workflows.evidence import bundles

pages = Blueprint("evidence_bundles", __name__)

SHOWN = 10
CONTROL = frozenset({"csrf_token"})


@pages.get("/history/evidence")
def index() -> ResponseReturnValue:
    """What the filter in the address finds, and the bundles asked for before."""
    found = _asked()
    return _page(found, 422 if found.errors else 200)


def _asked() -> Asked:
    given = request.form if request.method == "POST" else request.args
    arguments = {name: given.getlist(name) for name in given if name not in CONTROL}
    return asked(arguments, "evidence_bundles.index")


def _page(found: Asked, status: int = 200) -> ResponseReturnValue:
    with current.reading() as rows:
        cases, events = bundles.found(rows.connection(), current.actor(), found.wanted)
        made = bundles.of_asker(rows, current.actor(), limit=SHOWN)
        rows.expunge_all()
    page = render_template(
        "audit/bundles.html",
        asked=found,
        chips=chips(found, "evidence_bundles.index"),
        cases=cases,
        events=events,
        most=bundles.MOST_EVENTS,
        bundles=made,
        conditions={each.id: _conditions(each.filter) for each in made},
        running=any(each.ended_at is None for each in made),
    )
    return page, status


def _conditions(query: str) -> list[str]:
    """The conditions of a filter that is kept as a query string, in words."""
    kept = asked(parse_qs(query), "evidence_bundles.index")
    return [chip.label for chip in chips(kept, "evidence_bundles.index")]


@pages.post("/history/evidence")
def make() -> ResponseReturnValue:
    """Have the bundle made."""
    found = _asked()
    if found.errors:
        return _page(found, 422)
    try:
        with current.engine().unit(current.actor()) as unit:
            bundles.ask(unit, found.wanted, language())
    except InvalidInput as refused:
        return _page(replace(found, errors=words.field_errors(refused.errors)), 422)
    return redirect(url_for("evidence_bundles.index"))


@pages.get("/history/evidence/<id:bundle_id>")
def fetch(bundle_id: int) -> ResponseReturnValue:
    """The file of a bundle that one has asked for."""
    with current.reading() as rows:
        bundle = bundles.ready(rows, current.actor(), bundle_id)
        name = bundle.file_name
    return send_file(
        current.settings().evidence_dir / name,
        mimetype=MEDIA_TYPE,
        as_attachment=True,
        download_name=name,
    )
