"""Letters on a mobility: the thread, writing one, what is enclosed; the partner's own page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, NotFound
from engine.identity import SYSTEM
from engine.values import Instance
from web import current, words
from web.pages.documents import HARMLESS
from web.security import limiter
from web.submissions import key_of
from web.viewer import Viewer
from web.words import duties
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, labels_for, mobility_of_case
from workflows.papers import documents
from workflows.partners.services import institution_name
from workflows.registry import office_of
from workflows.relay.links import RelayLink, verify
from workflows.relay.models import Letter
from workflows.relay.services import (
    MOST_FILES,
    Sender,
    Upload,
    enclosure,
    letters,
    party_of,
    reachable,
    write,
)

pages = Blueprint("relay", __name__)


@dataclass(frozen=True)
class Thread:
    """The letters one party can read, and whom it can write to."""

    mobility_id: int
    party: str
    letters: Sequence[Letter]
    reachable: tuple[str, ...]
    typed: Mapping[str, Any]
    errors: Mapping[str, list[str]]
    key: str
    most_files: int = MOST_FILES

    @property
    def chosen(self) -> Sequence[str]:
        """To whom the letter being written is; a reply goes back to where the last came from."""
        if self.typed.get("to"):
            return list(self.typed["to"])
        last = self.letters[-1].party if self.letters else ""
        return [last] if last in self.reachable else []


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep mobility and party; raises NotFound where the viewer is no party to it."""
    with current.reading() as rows:
        found = get_mobility(rows, arguments["mobility_id"])
        party = party_of(viewer.actor, found)
        if party is None:
            raise NotFound
        g.student_name = labels_for(rows, found).subject
        rows.expunge_all()
    g.mobility, g.party = found, party
    g.sender = Sender(party, viewer.actor.id, viewer.name)


def load_link(token: str) -> None:
    """Keep the partner's link; raises LinkInvalid or LinkExpired."""
    office = office_of(current.settings())
    with current.reading() as rows:
        link = verify(rows, office, token, current.engine().clock.now())
        g.mobility = get_mobility(rows, link.mobility_id)
        g.student_name = labels_for(rows, g.mobility).subject
        rows.expunge_all()
    g.relay_link, g.party = link, "partner"
    g.sender = Sender("partner", link.author, link.contact.name or link.contact.email)


def thread_of_case(case: Instance) -> Thread | None:
    """The thread of the mobility a case is about; None where the viewer is no party to it."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        actor = current.signed_in().within("relay").actor
        party = party_of(actor, mobility) if mobility is not None else None
        if mobility is None or party is None:
            return None
        return _thread(rows, mobility, party, {}, {})


def _thread(
    rows: Session,
    mobility: Mobility,
    party: str,
    typed: Mapping[str, Any],
    errors: Mapping[str, list[str]],
) -> Thread:
    found = letters(rows, mobility.id, party)
    to = reachable(rows, office_of(current.settings()), mobility, party)
    rows.expunge_all()
    key = request.form.get("idempotency_key") or str(uuid.uuid4())
    return Thread(mobility.id, party, found, to, typed, errors, key)


def _mobility() -> Mobility:
    return cast("Mobility", g.mobility)


def _current_thread(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> Thread:
    with current.reading() as rows:
        return _thread(rows, _mobility(), str(g.party), typed, errors)


@pages.get("/relay/<id:mobility_id>")
def show(mobility_id: int) -> ResponseReturnValue:
    """The letters the viewer's party can read, and a form for the next."""
    return _page({}, {})


def _page(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "relay/show.html",
        thread=_current_thread(typed, errors),
        student=g.student_name,
        duties=duties,
    )


@pages.post("/relay/<id:mobility_id>")
def send(mobility_id: int) -> ResponseReturnValue:
    """Write a letter; a refusal keeps what was typed."""
    typed = {"to": request.form.getlist("to"), "text": request.form.get("text", "")}
    try:
        _write(typed)
    except InvalidInput as refused:
        return _page(typed, words.field_errors(refused.errors)), 422
    flash(_("Sent."), "done")
    return redirect(url_for("relay.show", mobility_id=mobility_id) + "#newest")


def _write(typed: Mapping[str, Any]) -> None:
    text = str(typed["text"]).replace("\r\n", "\n")
    given = {**typed, "text": text}
    files = [
        Upload(each.filename or "", each.stream.read())
        for each in request.files.getlist("file")[: MOST_FILES + 1]
        if each.filename
    ]
    key = key_of(request.form)
    try:
        _written(given, files, key)
    except IntegrityError:
        # The same letter sent twice at once: the other transaction was first.
        _written(given, files, key)


def _written(given: Mapping[str, Any], files: Sequence[Upload], key: str) -> None:
    viewer = current.acting()
    by = SYSTEM if g.party == "partner" or viewer is None else viewer.actor
    with current.engine().unit(by) as unit:
        mobility = get_mobility(unit.session, _mobility().id)
        office = office_of(current.settings())
        write(unit, office, mobility, cast("Sender", g.sender), given, files=files, key=key)


@pages.get("/relay/<id:mobility_id>/enclosures/<id:document_id>")
def fetch(mobility_id: int, document_id: int) -> ResponseReturnValue:
    """A document sent with a letter that the viewer's party can read."""
    return _enclosure(document_id)


def _enclosure(document_id: int) -> Response:
    with current.reading() as rows:
        document = enclosure(rows, _mobility().id, document_id, str(g.party))
        content = documents.content(rows, document.id)
    answer = Response(content, mimetype=document.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=document.filename)
    answer.headers["Content-Security-Policy"] = HARMLESS
    return answer


@pages.get("/correspondence/<token>")
def partner(token: str) -> ResponseReturnValue:
    """What the partner was written, and a form to write back."""
    return _partner_page(token, {}, {})


def _partner_page(token: str, typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    link = cast("RelayLink", g.relay_link)
    with current.reading() as rows:
        home = institution_name(rows, current.settings().home_hei)
    return render_template(
        "relay/partner.html",
        token=token,
        thread=_current_thread(typed, errors),
        student=g.student_name,
        home_name=home,
        expires=format_date(link.expires_at, "d MMMM y"),
        duties=duties,
    )


@pages.post("/correspondence/<token>")
@limiter.limit("20 per minute; 100 per hour")
def answer(token: str) -> ResponseReturnValue:
    """Write back; a refusal keeps what was typed."""
    typed = {"to": request.form.getlist("to"), "text": request.form.get("text", "")}
    try:
        _write(typed)
    except InvalidInput as refused:
        return _partner_page(token, typed, words.field_errors(refused.errors)), 422
    flash(_("Sent."), "done")
    return redirect(url_for("relay.partner", token=token) + "#newest")


@pages.get("/correspondence/<token>/enclosures/<id:document_id>")
def partner_fetch(token: str, document_id: int) -> ResponseReturnValue:
    """A document sent with a letter that the partner can read."""
    return _enclosure(document_id)
