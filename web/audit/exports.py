"""The history taken out of the house, and the log of who took or was refused what."""

from __future__ import annotations

from urllib.parse import parse_qs

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from engine.errors import InvalidInput, NotFound
from engine.history.export.model import Order
from engine.history.export.tables import DEFAULT, PERSONAL
from engine.history.filters import parse, query_string
from engine.runtime.exporting import FORMATS
from web import current, words
from web.addresses import number as typed_number
from web.audit.asking import asked, chips
from web.display import remember_names
from web.i18n import language
from workflows.office_work.local_time import ZONE, day_of

pages = Blueprint("exports", __name__)

AT_ONCE = 5_000
"""Up to so many events are sent as they are read; more are written in the background."""

EXPORTS = 20
ACCESSES = 50
SEPARATORS = {"en": ","}
"""Where numbers are written with a comma, spreadsheets expect a semicolon between cells."""

PEOPLE = ("pseudonyms", "names")


@pages.get("/history/exports")
def index() -> ResponseReturnValue:
    """What would be exported, in which formats; the exports there are."""
    arguments = request.args.to_dict(flat=False)
    before = typed_number(arguments.pop("before", [""])[0])
    found = asked(arguments, "exports.index")
    engine, actor = current.engine(), current.actor()
    exports = engine.exports(limit=EXPORTS + 1, before=before)
    remember_names(each.actor.id for each in exports)
    count = 0
    if not found.errors:
        count = engine.count_events(found.wanted, actor=actor, most=AT_ONCE + 1)
    page = render_template(
        "audit/exports.html",
        asked=found,
        chips=chips(found, "exports.index"),
        query=query_string(found.wanted, ZONE),
        count=count,
        at_once=AT_ONCE,
        columns=words.EXPORT_COLUMNS,
        chosen=DEFAULT,
        personal=PERSONAL,
        formats=words.EXPORT_FORMATS,
        exports=exports[:EXPORTS],
        older=exports[EXPORTS - 1].id if len(exports) > EXPORTS else None,
        me=actor.id,
        running=any(each.running for each in exports),
    )
    return page, 422 if found.errors else 200


@pages.post("/history/exports")
def create() -> ResponseReturnValue:
    """The file at once where it is small, else an order for it."""
    engine, actor = current.engine(), current.actor()
    order = _ordered(request.form)
    if engine.count_events(order.wanted, actor=actor, most=AT_ONCE + 1) > AT_ONCE:
        engine.order_export(order, actor=actor)
        return redirect(f"{url_for('exports.index')}?{query_string(order.wanted, ZONE)}#exports")
    format_ = FORMATS[order.format]
    answer = Response(engine.export(order, actor=actor), content_type=format_.media_type)
    name = f"history-{day_of(engine.clock.now()):%Y%m%d}.{format_.suffix}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _ordered(form: MultiDict[str, str]) -> Order:
    format_, people = form.get("format", ""), form.get("people", "")
    if format_ not in FORMATS:
        raise InvalidInput({"format": ["not_an_option"]})
    if people not in PEOPLE:
        raise InvalidInput({"people": ["not_an_option"]})
    columns = form.getlist("columns") if FORMATS[format_].tabular else []
    return Order(
        format_,
        parse(parse_qs(form.get("filter", "")), ZONE),
        named=people == "names",
        columns=tuple(dict.fromkeys(columns)),
        separator=SEPARATORS.get(language(), ";"),
    )


@pages.post("/history/exports/<id:number>/cancel")
def cancel(number: int) -> ResponseReturnValue:
    """Stop an export of one's own."""
    current.engine().cancel_export(number, actor=current.actor())
    return redirect(f"{url_for('exports.index')}#exports")


@pages.get("/history/exports/<id:number>/file")
def fetch(number: int) -> ResponseReturnValue:
    """The file of an export, for who ordered it."""
    export, path = current.engine().fetch_export(number, actor=current.actor())
    if not path.is_file():
        raise NotFound
    media_type = FORMATS[export.order.format].media_type
    return send_file(path, media_type, as_attachment=True, download_name=export.file_name)


@pages.get("/history/exports/accesses")
def accesses() -> ResponseReturnValue:
    """The log of accesses, the newest first."""
    before = typed_number(request.args.get("before", ""))
    found = current.engine().accesses(limit=ACCESSES + 1, before=before)
    remember_names(each.actor for each in found)
    return render_template(
        "audit/accesses.html",
        events=found[:ACCESSES],
        older=found[ACCESSES - 1].seq if len(found) > ACCESSES else None,
    )
