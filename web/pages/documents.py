"""Documents: fetched by those who may see their case, verified by anybody who holds one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any, cast

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from engine.errors import NotFound
from engine.values import Instance
from web import current
from web.security import limiter
from web.viewer import Viewer
from workflows.papers import codes, documents
from workflows.papers.models import Document
from workflows.partners.services import institution_name

pages = Blueprint("documents", __name__)

LIMIT = "30 per minute; 300 per hour"
HARMLESS = "; ".join(("default-src 'none'", "style-src 'unsafe-inline'", "sandbox"))
"""Policy of what people sent in: were it opened here, it could do nothing."""


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the document for the request.

    Raises NotFound where there is none, or none that the viewer may see.
    """
    with current.reading() as rows:
        document = documents.get(rows, arguments["document_id"])
        if not _may_see(viewer, document, documents.cases_of(rows, document)):
            raise NotFound
        g.document = document


def _may_see(viewer: Viewer, document: Document, instance_ids: list[int]) -> bool:
    for instance_id in instance_ids:
        try:
            current.engine().instance(instance_id, actor=viewer.actor)
        except NotFound:
            # Another case of the same mobility may be theirs to see.
            continue
        return True
    return False


@pages.get("/documents/<id:document_id>")
def fetch(document_id: int) -> ResponseReturnValue:
    """The document's bytes exactly as they are stored, to be saved."""
    document = cast("Document", g.document)
    with current.reading() as rows:
        content = documents.content(rows, document_id)
    answer = send_file(
        BytesIO(content), document.media_type, as_attachment=True, download_name=document.filename
    )
    answer.headers["Content-Security-Policy"] = HARMLESS
    answer.headers["Cache-Control"] = "no-store"
    return answer


def of_case(case: Instance) -> list[Document]:
    """The documents that whoever sees ``case`` may see on its page, newest first."""
    with current.reading() as rows:
        found = documents.of_case(rows, case.business_key)
    return [each for each in found if each.instance_id in (None, case.id)]


@pages.get("/verify")
@limiter.limit(LIMIT)
def ask() -> ResponseReturnValue:
    """Where a code is typed."""
    typed = request.args.get("code", "").strip()
    if not typed:
        return render_template("documents/verify.html", document=None, typed="", unknown=False)
    code = codes.understood(typed)
    if code is None:
        return _unknown(typed)
    return redirect(url_for("documents.verify", code=code))


@pages.get("/verify/<code>")
@limiter.limit(LIMIT)
def verify(code: str) -> ResponseReturnValue:
    """What kind of document carries the code, and whether it still holds; nothing about whom."""
    found = _by_code(code)
    return _unknown(code) if found is None else _page(found)


@pages.post("/verify/<code>")
@limiter.limit(LIMIT)
def compare(code: str) -> ResponseReturnValue:
    """Whether an uploaded file is the document, byte by byte; it is not kept."""
    found = _by_code(code)
    if found is None:
        return _unknown(code)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(found, missing=True), 422
    digest = hashlib.sha256()
    while chunk := file.stream.read(1024 * 1024):
        digest.update(chunk)
    return _page(found, same=digest.hexdigest() == found.sha256)


def _by_code(typed: str) -> Document | None:
    code = codes.understood(typed)
    if code is None:
        return None
    with current.reading() as rows:
        return documents.by_code(rows, code)


def _page(document: Document, *, same: bool | None = None, missing: bool = False) -> str:
    with current.reading() as rows:
        issuer = institution_name(rows, current.settings().home_hei)
    return render_template(
        "documents/verify.html",
        document=document,
        code=codes.shown(document.code or ""),
        issued_on=format_date(document.created_at, "d MMMM y"),
        revoked_on=format_date(document.revoked_at, "d MMMM y") if document.revoked_at else "",
        issuer=issuer,
        same=same,
        missing=missing,
    )


def _unknown(typed: str) -> ResponseReturnValue:
    page = render_template(
        "documents/verify.html", document=None, typed=typed[: codes.MAX_TYPED], unknown=True
    )
    return page, 404
