"""For those who operate Passerelle: is it alive, can it serve, how busy is it."""

from __future__ import annotations

import time

import structlog
from flask import Blueprint, Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web import current, measures
from web.measures import REQUESTS, SECONDS

log = structlog.get_logger(__name__)
pages = Blueprint("health", __name__)

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


@pages.get("/livez")
def livez() -> ResponseReturnValue:
    """The process answers; says nothing about the database."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers too; 503 where it does not."""
    try:
        with current.reading() as rows:
            rows.execute(text("select 1"))
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@pages.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Figures in Prometheus' text format, for this machine only.

    Those of the queue are of the whole installation, and missing where the database is.
    """
    figures = generate_latest()
    try:
        figures += generate_latest(measures.queue(current.engine()))
    except SQLAlchemyError:
        log.exception("the database does not answer")
    return Response(figures, content_type=CONTENT_TYPE_LATEST)


def measure(app: Flask) -> None:
    """Count and time every answer of ``app``."""

    @app.before_request
    def started() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finished(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        # Anybody may invent methods; each would be kept as a series of its own.
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, endpoint, response.status_code).inc()
        if "started" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.started)
        return response
