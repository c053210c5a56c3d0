"""The history of one case for an auditor: timeline, diagram at any moment, values, incidents."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.history.checking import Check
from engine.history.queries import of_kind
from engine.runtime.incidents import of_case
from engine.values import Instance
from web import current
from web.addresses import number as typed_number
from web.audit import events, moments
from web.audit.values import value_histories
from web.lifecycles.contract import view_of
from web.pages import diagrams, timeline
from workflows.contract.views import ContractView, VersionView

pages = Blueprint("case_history", __name__)

CONTRACTS = frozenset({"contract", "contract_change"})
"""The processes whose cases agree on versions of a contract."""


def _case() -> Instance:
    return cast("Instance", g.instance)


@pages.app_context_processor
def _shared() -> dict[str, object]:
    return {"has_contract": lambda case: case.key in CONTRACTS}


@pages.get("/cases/<id:instance_id>/history")
def show(instance_id: int) -> ResponseReturnValue:
    """The timeline beside the diagram as it was after the event ``at``, the last by default.

    The timeline ends ``before`` an event, or so that the event ``at`` is in it.
    """
    case = _case()
    newest = current.engine().history(
        instance_id, actor=current.actor(), limit=timeline.PAGE, newest=True
    )
    last = newest[-1].seq if newest else 0
    at = min(typed_number(request.args.get("at", "")) or last, last)
    out_of_sight = str(at + 1) if newest and at < newest[0].seq else ""
    return render_template(
        "audit/case/history.html",
        case=case,
        timeline=timeline.page_of(case, newest, request.args.get("before", out_of_sight)),
        at=at,
        last=last,
        seal=_seal(),
        opened=events.details(case, at) if at else None,
        replay=moments.shown(case, at),
    )


@pages.get("/cases/<id:instance_id>/history/<id:seq>")
def event(instance_id: int, seq: int) -> ResponseReturnValue:
    """One event: who, for whom, in which role, what changed, what went out, what seals it."""
    case = _case()
    return render_template("audit/case/event.html", case=case, opened=events.details(case, seq))


@pages.get("/cases/<id:instance_id>/history/moments.json")
def replay(instance_id: int) -> ResponseReturnValue:
    """What each event moved, in one compact list for the scrubber."""
    return jsonify(moments.listed(_case()))


@pages.get("/cases/<id:instance_id>/history/version-<id:number>.bpmn")
def diagram(instance_id: int, number: int) -> ResponseReturnValue:
    """The diagram of a version that the case has followed."""
    case = _case()
    with current.reading() as rows:
        moved = of_kind(rows.connection(), instance_id, "migrated")
    for each in diagrams.versions_told(case, moved):
        if each.version == number:
            return Response(diagrams.source(each), mimetype="application/xml")
    raise NotFound


@pages.get("/cases/<id:instance_id>/history/values")
def values(instance_id: int) -> ResponseReturnValue:
    """Each value of the case: who set it to what, and when."""
    case = _case()
    return render_template("audit/case/values.html", case=case, fields=value_histories(case))


@pages.get("/cases/<id:instance_id>/history/contract")
def contract(instance_id: int) -> ResponseReturnValue:
    """Two versions of the case's contract side by side."""
    case = _case()
    found = view_of(case.business_key) if case.key in CONTRACTS else None
    if found is None:
        raise NotFound
    return render_template("audit/case/contract.html", case=case, contract=found, pair=_pair(found))


def _pair(contract: ContractView) -> list[VersionView]:
    """The versions asked for, else the last and the one before it."""
    by_number = {version.number: version for version in contract.versions}
    latest = contract.versions[-1]
    before = contract.versions[-2] if len(contract.versions) > 1 else latest
    left = by_number.get(typed_number(request.args.get("left", "")) or 0, before)
    right = by_number.get(typed_number(request.args.get("right", "")) or 0, latest)
    return [left, right]


@pages.get("/cases/<id:instance_id>/history/incidents")
def incidents(instance_id: int) -> ResponseReturnValue:
    """What stopped the case, and each time that it was tried again."""
    case = _case()
    with current.reading() as rows:
        found = of_case(rows.connection(), instance_id)
        moved = of_kind(rows.connection(), instance_id, "migrated")
    return render_template(
        "audit/case/incidents.html",
        case=case,
        incidents=found,
        names=diagrams.names_told(case, moved),
    )


def _seal() -> tuple[Check | None, object]:
    """The last verification that ended, and when its anchor was made."""
    engine = current.engine()
    ended = (each for each in engine.history_checks(limit=10) if each.ended_at is not None)
    last = next(ended, None)
    made = engine.anchor(last.anchor).at if last is not None and last.anchor else None
    return last, made
