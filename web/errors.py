"""Refusals as a person reads them: an EngineError becomes a page or a problem document.

Pages speak the reader's language; the API answers RFC 9457 problem documents
with the same sentence and a stable ``code``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import orjson
import structlog
from flask import Flask, Response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import EngineError, Erased, InvalidInput
from web import words
from web.words.problems import told

log = structlog.get_logger(__name__)

STATUS: Mapping[str, int] = {
    "not_found": 404,
    "forbidden": 403,
    "conflict": 409,
    "invalid_state": 409,
    "retired": 409,
    "erased": 410,
    "invalid_input": 422,
    "deployment_rejected": 422,
    "link_expired": 410,
    "link_invalid": 404,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error as it is told: status, title, sentence, what to do now."""

    status: int
    code: str
    title: str
    sentence: str
    advice: str


def refusal(status: int, code: str = "") -> Refusal:
    """What to say for an HTTP status, in the reader's language."""
    title, sentence, advice = told(status, code)
    return Refusal(status, code or str(status), title, sentence, advice)


def problem(status: int, code: str, **members: object) -> Response:
    """An RFC 9457 problem document."""
    said = refusal(status, code)
    body: dict[str, object] = {
        "type": f"urn:passerelle:problem:{said.code}",
        "title": said.title,
        "status": status,
        "detail": said.sentence,
        "code": said.code,
        **members,
    }
    answer = Response(orjson.dumps(body, default=str), status, mimetype="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _validation(error: HTTPException) -> dict[str, object]:
    """Errors by field, where the API's own reading of a request refused it."""
    data = getattr(error, "data", None)
    messages = data.get("messages") if isinstance(data, dict) else None
    if not isinstance(messages, dict):
        return {}
    return {"errors": dict(_flat(messages))}


def _of_engine(error: EngineError) -> Mapping[str, object]:
    """Which values are wrong; which case it is that has lost its content."""
    if isinstance(error, InvalidInput):
        return {"errors": words.field_errors(error.errors)}
    return error.params if isinstance(error, Erased) else {}


def _flat(messages: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    for name, below in messages.items():
        # The first level says where it was read from: json, query, headers.
        where = f"{path}.{name}" if path else str(name)
        if isinstance(below, dict):
            yield from _flat(below, where)
        else:
            yield where, below


def _wants_problem() -> bool:
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best == "application/json" and not accepted.accept_html


def answer(status: int, code: str = "", **members: object) -> Response:
    """The page or the problem document for ``status``, whichever the client reads."""
    if _wants_problem():
        return problem(status, code or str(status), **members)
    if code == InvalidInput.code and request.method == "GET":
        code = "unreadable_address"
    said = refusal(status, code)
    if request_ctx.url_adapter is None:
        # Without a usable host there are no addresses, so no page can be built.
        return Response(f"{said.title}\n{said.sentence}\n", status, mimetype="text/plain")
    page = render_template("errors/error.html", said=said, case=members.get("instance_id"))
    return Response(page, status, mimetype="text/html")


def init_app(app: Flask) -> None:
    """Answer every error of ``app`` in words."""

    @app.errorhandler(EngineError)
    def engine_error(error: EngineError) -> Response:
        status = STATUS.get(error.code, 500)
        if status == 500:
            log.error("engine error", code=error.code, detail=error.detail, exc_info=error)
        return answer(status, error.code, **_of_engine(error))

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> Response:
        return answer(400, "csrf")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None or status < 400:
            return cast("Response", Response.force_type(error.get_response()))
        said = answer(status, str(status), **_validation(error))
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                said.headers[name] = value
        return said

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected error", path=request.path, exc_info=error)
        return answer(500, "internal_error")
