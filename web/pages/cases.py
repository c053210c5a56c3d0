"""Cases: where does it stand, what happened, what comes?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.values import Instance, InstanceQuery, InstanceStatus
from web import current
from web.display import remember_names
from web.pages import contract_pages, diagrams

pages = Blueprint("cases", __name__)

PAGE = 50
ALL_EVENTS = 1000
STATUS = {"open": InstanceStatus.ACTIVE, "done": InstanceStatus.COMPLETED}


@dataclass(frozen=True, slots=True)
class Stage:
    """One lifecycle of a mobility on the way from application to recognition."""

    label: str
    state: str


@pages.get("/cases")
def index() -> ResponseReturnValue:
    """The cases the viewer may see, newest first."""
    query = InstanceQuery(
        text=request.args.get("q", "")[:200].strip(),
        status=STATUS.get(request.args.get("status", "")),
        after=request.args.get("after") or None,
        limit=PAGE,
    )
    page = current.engine().instances(actor=current.actor(), query=query)
    return render_template("cases/index.html", query=query, page=page)


@pages.get("/cases/<id:instance_id>")
def show(instance_id: int) -> ResponseReturnValue:
    """One case: its way, its open tasks, its contract, its timeline, its diagram."""
    engine, actor = current.engine(), current.actor()
    case = cast("Instance", g.instance)
    definition = engine.definition(case.definition_id)
    contract = contract_pages.view_of(instance_id)
    events = engine.history(instance_id, actor=actor, limit=ALL_EVENTS)
    comments = engine.comments(instance_id, actor=actor)
    remember_names(
        [event.actor for event in events]
        + [comment.author for comment in comments]
        + [item.assignee for item in case.open_items]
    )
    return render_template(
        "cases/show.html",
        case=case,
        contract=contract,
        agreement=contract.agreement if contract else None,
        stages=_stages(case),
        events=events,
        comments=comments,
        diagram=diagrams.of(definition, case, events),
        element_names=diagrams.element_names(definition),
    )


def _stages(case: Instance) -> list[Stage]:
    """The lifecycles of a mobility from its contract on, in their order."""
    contract = "done" if case.status == InstanceStatus.COMPLETED else "now"
    return [
        Stage(_("Learning agreement"), contract),
        Stage(_("Stay"), "later"),
        Stage(_("Grades"), "later"),
        Stage(_("Recognition"), "later"),
    ]


@pages.get("/cases/<id:instance_id>/diagram.bpmn")
def diagram(instance_id: int) -> ResponseReturnValue:
    """The BPMN file the case runs by, as it was uploaded."""
    case = cast("Instance", g.instance)
    definition = current.engine().definition(case.definition_id)
    return Response(diagrams.source(definition), mimetype="application/xml")


@pages.post("/cases/<id:instance_id>/comment")
def comment(instance_id: int) -> ResponseReturnValue:
    """Add a remark everybody on the case can read."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    current.engine().comment(instance_id, actor=current.actor(), text=text)
    return redirect(url_for("cases.show", instance_id=instance_id) + "#comments")
