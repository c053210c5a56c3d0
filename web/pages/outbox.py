"""The outbox of a demonstration: what would have gone out by mail, to be read as text."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from web import current
from web.addresses import number, wanted
from workflows.mail.models import MailMessage

pages = Blueprint("outbox", __name__)

PAGE = 50


@pages.before_request
def only_in_a_demonstration() -> None:
    """Elsewhere mails are nobody's to read but their reader's."""
    if not current.settings().demo:
        abort(404)


@pages.get("/outbox")
def index() -> ResponseReturnValue:
    """The mails, newest first; those to one address or with a word in their subject."""
    text, before = wanted(request.args.get("q")), number(request.args.get("before", ""))
    statement = select(MailMessage).order_by(MailMessage.id.desc()).limit(PAGE + 1)
    if before:
        statement = statement.where(MailMessage.id < before)
    if text:
        statement = statement.where(
            MailMessage.to.icontains(text, autoescape=True)
            | MailMessage.subject.icontains(text, autoescape=True)
        )
    with current.reading() as rows:
        found = list(rows.scalars(statement))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template(
        "outbox/index.html",
        mails=found[:PAGE],
        text=text,
        older=url_for("outbox.index", q=text or None, before=more) if more else None,
    )


@pages.get("/outbox/<id:mail_id>")
def show(mail_id: int) -> ResponseReturnValue:
    """One mail as text."""
    with current.reading() as rows:
        mail = rows.get(MailMessage, mail_id)
    if mail is None:
        abort(404)
    return render_template("outbox/show.html", mail=mail)
