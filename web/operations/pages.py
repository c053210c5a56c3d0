"""Operations: what waits, what has failed, who works; failures tried again together."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import NotFound
from engine.operations.failures import Alike, key_of
from web import current, measures
from web.addresses import number
from web.display import remember_names
from web.operations import overview
from web.words import job_kind

pages = Blueprint("operations", __name__)

ORDERS = 5
MESSAGES = 20
"""Messages that the page shows; those that failed later stand on the page of incidents."""

SHOWN = 20
"""Cases that the page before a retry names."""


@pages.get("/operations")
def show() -> ResponseReturnValue:
    """How the installation stands; the lists stay as they are until the page is loaded again."""
    now = overview.now()
    orders = current.engine().retry_orders(limit=ORDERS)
    remember_names([each.asked_by for each in orders])
    return render_template(
        "operations/show.html",
        now=now,
        still=request.args.get("refresh") == "off",
        mails=overview.mails(now.failed_mails),
        orders=orders,
        messages=MESSAGES,
        kinds=sorted({*now.work.due, *now.work.coming}, key=job_kind),
        answers=measures.answers(),
        slow_pages=measures.slow_pages(),
        slow_jobs=measures.slow_jobs(),
        failed_jobs=measures.failed_jobs(),
    )


@pages.get("/operations/now")
def figures() -> ResponseReturnValue:
    """The figures at the top, and a word where the lists below would be others by now."""
    seen = request.args.get("seen", "")
    return render_template("operations/_figures.html", now=overview.now(), seen=seen, live=True)


@pages.get("/operations/failures/<string(length=16):said>")
def alike(said: str) -> ResponseReturnValue:
    """Incidents that say the same, before all of them are tried again."""
    found = _alike(said)
    if found is None:
        return _nothing_left()
    return render_template("operations/failures.html", alike=found, shown=SHOWN)


@pages.post("/operations/failures/<string(length=16):said>")
def retry(said: str) -> ResponseReturnValue:
    """Have those that were shown tried again; the workers do it, one by one."""
    until = number(request.form.get("until", "")) or 0
    try:
        order = current.engine().retry_alike(said, actor=current.actor(), until=until)
    except NotFound:
        return _nothing_left()
    return redirect(url_for("operations.order", order_id=order))


@pages.get("/operations/retries/<id:order_id>")
def order(order_id: int) -> ResponseReturnValue:
    """How far the retries are."""
    found = current.engine().retry_order(order_id)
    remember_names([found.asked_by])
    key = key_of(found.kind, found.reason, found.detail)
    again = None if found.running else _alike(key)
    return render_template("operations/retries.html", order=found, again=again)


def _alike(key: str) -> Alike | None:
    groups = current.engine().failures(actor=current.actor())
    return next((each for each in groups if each.key == key), None)


def _nothing_left() -> ResponseReturnValue:
    flash(_("There is nothing left of that: somebody has dealt with it."))
    return redirect(url_for("operations.show"))
