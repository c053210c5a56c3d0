"""The evidence of many cases: asked for by a filter, made in the background, fetched once ready."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.errors import InvalidInput
from engine.history.evidence import MEDIA_TYPE
from engine.history.filters import HistoryFilter, parse, query_string
from web import current, words
from web.i18n import language, translated
from workflows.evidence import bundles
from workflows.office_work.local_time import ZONE

pages = Blueprint("evidence_bundles", __name__)

SHOWN = 10
CONTROL = frozenset({"csrf_token"})


@pages.get("/history/evidence")
def index() -> ResponseReturnValue:
    """What the filter in the address finds, and the bundles asked for before."""
    return _page({})


def _wanted() -> HistoryFilter:
    given = request.form if request.method == "POST" else request.args
    return parse({name: given.getlist(name) for name in given if name not in CONTROL}, ZONE)


def _page(errors: dict[str, list[str]]) -> str:
    actor, chosen = current.actor(), HistoryFilter()
    try:
        chosen = _wanted()
    except InvalidInput as refused:
        errors = errors or words.field_errors(refused.errors)
    with current.reading() as rows:
        cases, events = bundles.found(rows.connection(), actor, chosen)
        made = bundles.of_asker(rows, actor, limit=SHOWN)
        rows.expunge_all()
    processes = {each.key: translated(each.model.names) for each in current.engine().definitions()}
    return render_template(
        "audit/bundles.html",
        chosen=chosen,
        query=query_string(chosen, ZONE),
        given=request.values,
        cases=cases,
        events=events,
        most=bundles.MOST_EVENTS,
        bundles=made,
        running=any(each.ended_at is None for each in made),
        processes=processes,
        errors=errors,
    )


@pages.post("/history/evidence")
def make() -> ResponseReturnValue:
    """Have the bundle made."""
    try:
        chosen = _wanted()
        with current.engine().unit(current.actor()) as unit:
            bundles.ask(unit, chosen, language())
    except InvalidInput as refused:
        return _page(words.field_errors(refused.errors)), 422
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
