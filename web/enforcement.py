"""Enforces the table of :mod:`web.access` in front of every view."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Forbidden, NotFound
from web import current, partner_links, standing
from web.access import ACCESS, LOCAL, PARTNER_LINK, RELAY_LINK
from web.addresses import MAX_FILTER
from web.navigation import this_page
from web.pages import relay
from web.policy import Policy
from web.security import by_script, limiter
from web.viewer import Viewer

log = structlog.get_logger(__name__)


def init_app(app: Flask) -> None:
    """Enforce the table in front of every view of ``app``."""

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        policy = ACCESS[request.endpoint]
        if policy is LOCAL and request.remote_addr not in {"127.0.0.1", "::1"}:
            return _denied(policy)
        if policy is PARTNER_LINK:
            # Counted before the link is read, so that guessing is what the limit stops.
            with limiter.limit("60 per minute"):
                partner_links.load((request.view_args or {})["token"])
        if policy is RELAY_LINK:
            with limiter.limit("60 per minute"):
                relay.load_link((request.view_args or {})["token"])
        if policy.roles is None:
            return None
        return _admit(policy, policy.roles)


def _admit(policy: Policy, roles: Callable[[Viewer], bool]) -> ResponseReturnValue | None:
    viewer = current.viewer()
    if viewer is None:
        return _ask_to_sign_in()
    refusal: NotFound | Forbidden | None = None
    for place in standing.places(viewer):
        if not roles(place):
            continue
        try:
            if policy.load is not None:
                policy.load(place, request.view_args or {})
        except (NotFound, Forbidden) as refused:
            refusal = refusal or refused
            continue
        standing.take(place)
        return None
    if refusal is None:
        return _denied(policy)
    _note_denied(policy)
    raise refusal


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.path.startswith("/api/") or request.method != "GET" or by_script():
        abort(401)
    return redirect(url_for("signin.show", next=this_page()))


def _denied(policy: Policy) -> ResponseReturnValue:
    _note_denied(policy)
    raise Forbidden


def _note_denied(policy: Policy) -> None:
    """Tell operators, and auditors where somebody has signed in."""
    viewer = current.viewer()
    log.warning(
        "access denied",
        endpoint=request.endpoint,
        method=request.method,
        path=request.path,
        policy=policy.name,
        actor=viewer.actor.id if viewer else None,
        remote_addr=request.remote_addr,
    )
    if viewer is not None:
        asked = {"method": request.method, "path": request.path[:MAX_FILTER]}
        current.engine().note_refused(policy.name, asked, actor=viewer.actor)


def require_complete(app: Flask) -> None:
    """Raise RuntimeError unless every endpoint of ``app`` has a policy and every policy a route."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    unguarded = sorted(endpoints - ACCESS.keys())
    unused = sorted(ACCESS.keys() - endpoints)
    if unguarded or unused:
        raise RuntimeError(
            f"web/access.py: endpoints without a policy: {unguarded}; "
            f"policies without an endpoint: {unused}."
        )
