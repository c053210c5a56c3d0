"""What every answer and session carries: headers, cookie flags, CSRF, rate and size limits."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

MAX_BODY = 12 * 1024 * 1024
IDLE_TIMEOUT = timedelta(hours=2)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "font-src 'self'", "font-src 'self' data:"
)
"""For the pages of editors alone: their libraries set styles and bring a font inline."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def for_editor(page: str) -> Response:
    """A page that holds an editor, under :data:`EDITOR_POLICY`."""
    return Response(page, headers={"Content-Security-Policy": EDITOR_POLICY})


csrf = CSRFProtect()


def by_script() -> bool:
    """Whether a page that is open asks, and no page is being opened."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode != "navigate" or "HX-Request" in request.headers


class _Counting(Limiter):
    """Counts for all applications of a process together: another one forgets no count."""

    def init_app(self, app: Flask) -> None:
        """Limit ``app`` too."""
        counts = (self._storage, self._limiter)
        super().init_app(app)
        if None not in counts:
            self._storage, self._limiter = counts


class _Sessions(SecureCookieSessionInterface):
    """What a page fetches by itself does not undo what the next page is told.

    The session is a cookie: an answer that brings it as it was when its request was sent would
    take away the message that another answer has put there meanwhile, or the sign-in. Nor does a
    page that lies open and asks for news make the idle hours longer.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether the answer brings the cookie.

        One to a script only where it changes somebody's session, one to a draft never: it may
        come after the page was left.
        """
        if request.endpoint == "tasks.draft":
            return False
        if by_script():
            return session.modified and "_user_id" in session
        return super().should_set_cookie(app, session)


limiter = _Counting(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)


def init_app(app: Flask, *, https: bool) -> None:
    """Harden ``app``; ``https`` tells whether browsers reach it by TLS only."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=IDLE_TIMEOUT,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = _Sessions()

    @app.before_request
    def count_the_body() -> None:
        """Refuse what breaks off in the middle: 400 as soon as the body is read."""
        # gunicorn hands over what came and says that this was all of it; without its word
        # Werkzeug counts, and misses what Content-Length has announced.
        if request.content_length is not None:
            request.environ.pop("wsgi.input_terminated", None)

    csrf.init_app(app)
    limiter.init_app(app)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            # Pages hold personal data: no shared or disk cache keeps them.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
