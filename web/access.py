"""Who may come in where: one table, endpoint to policy, enforced before every request.

An endpoint without a policy stops the application from being created. A policy
says which roles may use the route and, where the route names an object, loads
that object as the actor sees it: what the actor may not see is not found, so
unknown and forbidden ids give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Forbidden, NotFound
from engine.identity import Actor
from web import current, partner_links, standing
from web.pages import (
    applications,
    campaign_rows,
    difficulties,
    documents,
    grade_transfer,
    meetings,
    partnerships,
    rankings,
    relay,
)
from web.security import limiter
from web.viewer import Viewer
from workflows.mobility.services import mobility_of_case
from workflows.relay.services import party_of

log = structlog.get_logger(__name__)
Loader = Callable[[Viewer, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a route. ``roles`` is None for routes open to everybody."""

    name: str
    roles: Callable[[Viewer], bool] | None = None
    load: Loader | None = None


def _work_item(_viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    g.work_item = current.engine().work_item(arguments["item_id"], actor=_person())


def _instance(_viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    g.instance = current.engine().instance(arguments["instance_id"], actor=_person())


def _person() -> Actor:
    """Who is signed in: the engine itself knows in which cases they replace whom."""
    viewer = current.viewer()
    assert viewer is not None, "objects are loaded for who is signed in"
    return viewer.actor


def _party(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    _instance(viewer, arguments)
    with current.reading() as rows:
        mobility = mobility_of_case(rows, g.instance.business_key)
    if mobility is None:
        raise NotFound
    if party_of(viewer.actor, mobility) is None:
        raise Forbidden


def _anyone(_: Viewer) -> bool:
    return True


def _takes_part(viewer: Viewer) -> bool:
    """Whoever only administers processes or audits reads cases and writes nothing in them."""
    return viewer.takes_part


PUBLIC = Policy("public")
LOCAL = Policy("this machine only")
PARTNER_LINK = Policy("signed link")
SIGNED_IN = Policy("signed in", _anyone)
STAFF = Policy("staff", lambda viewer: viewer.is_staff)
RI = Policy("international office", lambda viewer: viewer.is_ri)
STARTERS = Policy(
    "international office or student", lambda viewer: viewer.is_ri or viewer.is_student
)
OPERATORS = Policy(
    "process administrator or international office",
    lambda viewer: viewer.is_admin or viewer.is_ri,
)
COMMENT_TASK = Policy("work item the person takes part in", _takes_part, _work_item)
COMMENT_CASE = Policy("case the person takes part in", _takes_part, _instance)
PARTY_CASE = Policy("case, for a party to its mobility", _takes_part, _party)
RI_CASE = Policy("case, for the international office", lambda viewer: viewer.is_ri, _instance)
OWN_WORK_ITEM = Policy("work item the person may see", _anyone, _work_item)
OWN_DOCUMENT = Policy("document of a case the person may see", _anyone, documents.load)
OWN_CASE = Policy("case the person may see", _anyone, _instance)

STUDENT = Policy("student", lambda viewer: viewer.is_student, campaign_rows.load_open)
OWN_APPLICATION = Policy("one's own application", lambda v: v.is_student, applications.load)
WITHDRAWABLE = Policy(
    "one's own application, or the international office",
    lambda v: v.is_student or v.is_ri,
    applications.load_to_withdraw,
)
CAMPAIGN = Policy("campaign the person has a part in", lambda v: v.is_staff, campaign_rows.load)
RI_CAMPAIGN = Policy("campaign, for RI", lambda v: v.is_ri, campaign_rows.load)
RANKING = Policy("ranking the person has a part in", lambda v: v.is_staff, rankings.load)
RI_RANKING = Policy("ranking, for RI", lambda v: v.is_ri, rankings.load)

ORGANIZERS = Policy(
    "international office or coordinator", lambda viewer: viewer.is_ri or bool(viewer.departments)
)
MEETING = Policy("meeting the person may see", _anyone, meetings.load)
OWN_MEETING = Policy("meeting the person organizes", _anyone, meetings.load_own)
OWN_PARTNERSHIP = Policy(
    "agreement the person answers for", lambda v: v.is_staff, partnerships.load_own
)
OWN_SHEET = Policy("grade sheet the person fills in", lambda v: v.is_staff, grade_transfer.load_own)
REPORTER = Policy("mobility the person may report about", _anyone, difficulties.load)
CORRESPONDENT = Policy("mobility the person is a party to", _anyone, relay.load)
RELAY_LINK = Policy("signed link of a correspondence")

ACCESS: Mapping[str, Policy] = {
    "static": PUBLIC,
    "health.livez": PUBLIC,
    "health.readyz": PUBLIC,
    "health.metrics": LOCAL,
    "signin.show": PUBLIC,
    "signin.enter": PUBLIC,
    "signin.demo": PUBLIC,
    "signin.leave": PUBLIC,
    "signin.language": PUBLIC,
    "home.show": SIGNED_IN,
    "home.student": SIGNED_IN,
    "inbox.show": SIGNED_IN,
    "inbox.news": SIGNED_IN,
    "inbox.bulk": SIGNED_IN,
    "inbox.preview": OWN_WORK_ITEM,
    "saved.create": SIGNED_IN,
    "saved.counts": SIGNED_IN,
    "saved.rename": SIGNED_IN,
    "saved.delete": SIGNED_IN,
    "saved.restore": SIGNED_IN,
    "mentions.index": SIGNED_IN,
    "mentions.follow": SIGNED_IN,
    "mentions.read": SIGNED_IN,
    "mentions.people": COMMENT_CASE,
    "settings.show": SIGNED_IN,
    "settings.mail": SIGNED_IN,
    "settings.substitutes": STAFF,
    "settings.arrange": STAFF,
    "settings.end": STAFF,
    "outbox.index": OPERATORS,
    "outbox.show": OPERATORS,
    "tasks.show": OWN_WORK_ITEM,
    "tasks.complete": OWN_WORK_ITEM,
    "tasks.draft": OWN_WORK_ITEM,
    "tasks.claim": OWN_WORK_ITEM,
    "tasks.release": OWN_WORK_ITEM,
    "tasks.assign": OWN_WORK_ITEM,
    "tasks.delegate": OWN_WORK_ITEM,
    "tasks.resolve": OWN_WORK_ITEM,
    "tasks.comment": COMMENT_TASK,
    "cases.index": SIGNED_IN,
    "cases.show": OWN_CASE,
    "cases.diagram": OWN_CASE,
    "cases.comment": COMMENT_CASE,
    "hubs.start": SIGNED_IN,
    "hubs.office": SIGNED_IN,
    "start.show": STARTERS,
    "start.create": STARTERS,
    "nominations.show": RI,
    "nominations.create": RI,
    "recognition.start": RI_CASE,
    "recognition.upload": OWN_WORK_ITEM,
    "campaigns.index": SIGNED_IN,
    "campaigns.new": RI,
    "campaigns.create": RI,
    "campaigns.show": CAMPAIGN,
    "campaigns.edit": RI_CAMPAIGN,
    "campaigns.change": RI_CAMPAIGN,
    "campaigns.publish_campaign": RI_CAMPAIGN,
    "campaigns.close_campaign": RI_CAMPAIGN,
    "campaigns.copy": RI_CAMPAIGN,
    "campaigns.begin": STUDENT,
    "campaign_places.show": RI_CAMPAIGN,
    "campaign_places.keep": RI_CAMPAIGN,
    "rankings.show": RANKING,
    "rankings.change": RANKING,
    "rankings.proposal": RI_RANKING,
    "rankings.allocate": RI_RANKING,
    "applications.add": OWN_APPLICATION,
    "applications.remove": OWN_APPLICATION,
    "applications.give_up": WITHDRAWABLE,
    "imports.show": RI,
    "imports.upload": RI,
    "incidents.index": OPERATORS,
    "incidents.retry": OPERATORS,
    "contract_change.ask": PARTY_CASE,
    "contract_change.send": PARTY_CASE,
    "contract_change.take_back": PARTY_CASE,
    "contract_change.correction": PARTY_CASE,
    "contract_change.correct_fields": PARTY_CASE,
    "contract_change.semesters": RI,
    "contract_change.set_semester": RI,
    "validation_plan.reopen": PARTY_CASE,
    "exam_waiver.ask": PARTY_CASE,
    "exam_waiver.send": PARTY_CASE,
    "grades.index": STAFF,
    "grades.show": STAFF,
    "grades.save": OWN_SHEET,
    "stays.shorten": RI_CASE,
    "stays.shortened": RI_CASE,
    "grading_tables.index": RI,
    "grading_tables.show": RI,
    "grading_tables.new": RI,
    "grading_tables.create": RI,
    "grades.begin": RI,
    "grades.correct": RI_CASE,
    "grades.withdraw": RI_CASE,
    "grades.fetch": PARTNER_LINK,
    "documents.fetch": OWN_DOCUMENT,
    "documents.ask": PUBLIC,
    "documents.verify": PUBLIC,
    "documents.compare": PUBLIC,
    "grants.create": RI_CASE,
    "difficulties.ask": REPORTER,
    "difficulties.send": REPORTER,
    "meetings.index": SIGNED_IN,
    "meetings.new": ORGANIZERS,
    "meetings.create": ORGANIZERS,
    "meetings.show": MEETING,
    "meetings.come": MEETING,
    "meetings.stay_away": MEETING,
    "meetings.call_off": OWN_MEETING,
    "meetings.calendar": MEETING,
    "partnerships.index": STAFF,
    "partnerships.new": ORGANIZERS,
    "partnerships.create": ORGANIZERS,
    "partnerships.renewal": OWN_PARTNERSHIP,
    "relay.show": CORRESPONDENT,
    "relay.send": CORRESPONDENT,
    "relay.fetch": CORRESPONDENT,
    "relay.partner": RELAY_LINK,
    "relay.answer": RELAY_LINK,
    "relay.partner_fetch": RELAY_LINK,
    "partner.show": PARTNER_LINK,
    "partner.answer": PARTNER_LINK,
    "api.inbox": SIGNED_IN,
    "api.work_item": OWN_WORK_ITEM,
    "api.claim": OWN_WORK_ITEM,
    "api.release": OWN_WORK_ITEM,
    "api.complete": OWN_WORK_ITEM,
    "api.start": STARTERS,
    "api.instance": OWN_CASE,
    "api.history": OWN_CASE,
    "api-docs.openapi_json": PUBLIC,
}


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
    _log_denied(policy)
    raise refusal


def _ask_to_sign_in() -> ResponseReturnValue:
    wants_page = request.method == "GET" and "HX-Request" not in request.headers
    if request.path.startswith("/api/") or not wants_page:
        abort(401)
    return redirect(url_for("signin.show", next=request.full_path.rstrip("?")))


def _denied(policy: Policy) -> ResponseReturnValue:
    _log_denied(policy)
    raise Forbidden


def _log_denied(policy: Policy) -> None:
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
