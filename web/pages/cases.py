"""Cases: where does it stand, what happened, what comes?"""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import InvalidInput
from engine.values import Instance, InstanceQuery, InstanceStatus
from web import current
from web.addresses import cursor, wanted
from web.display import remember_names
from web.lifecycles import case_section
from web.lifecycles.path import way_of
from web.pages import diagrams, documents
from web.pages import timeline as timelines
from web.pages.case_tools import tools_of
from web.pages.remarks import NOTHING_SAID, Remark, may_comment, named_on
from web.submissions import comment_of
from workflows.office_work.mentions import add_comment

pages = Blueprint("cases", __name__)

PAGE = 50
STATUS = {"open": InstanceStatus.ACTIVE, "done": InstanceStatus.COMPLETED}


@pages.get("/cases")
def index() -> ResponseReturnValue:
    """The cases the viewer may see, newest first."""
    query = InstanceQuery(
        text=wanted(request.args.get("q")),
        status=STATUS.get(request.args.get("status", "")),
        after=cursor(request.args.get("after")),
        limit=PAGE,
    )
    page = current.engine().instances(actor=current.actor(), query=query)
    return render_template("cases/index.html", query=query, page=page)


@pages.get("/cases/<id:instance_id>")
def show(instance_id: int) -> ResponseReturnValue:
    """One case: its way, its open tasks, its contract, its timeline, its diagram."""
    return _page(instance_id, NOTHING_SAID)


def _page(instance_id: int, remark: Remark) -> str:
    engine, actor = current.engine(), current.actor()
    case = cast("Instance", g.instance)
    if case.erased_at is not None:
        return _erased(case)
    definition = engine.definition(case.definition_id)
    way = way_of(case)
    section = case_section(case.key)
    shown = section.context(case) if section else None
    newest = engine.history(instance_id, actor=actor, limit=timelines.PAGE, newest=True)
    timeline = timelines.page_of(case, newest, request.args.get("before", ""))
    comments = engine.comments(instance_id, actor=actor)
    remember_names(
        [comment.author for comment in comments] + [item.assignee for item in case.open_items]
    )
    return render_template(
        "cases/show.html",
        case=case,
        section=section.template if section and shown is not None else None,
        way=way,
        agreement=way.agreement,
        stages=way.stages,
        case_tools=tools_of(case),
        documents=documents.of_case(case),
        timeline=timeline,
        comments=comments,
        named=named_on(instance_id),
        may_comment=may_comment(instance_id),
        remark=remark,
        diagram=diagrams.of(definition, case, newest),
        **(shown or {}),
    )


def _erased(case: Instance) -> str:
    """When and under which rule its content went, and what is left.

    Who acted is shown by number: by a name it would be known again whose case it was.
    """
    engine, actor = current.engine(), current.actor()
    newest = engine.history(case.id, actor=actor, limit=timelines.PAGE, newest=True)
    events = timelines.before(case, request.args.get("before", "")) or newest
    erasure = engine.erasure(case.id, actor=actor)
    remember_names([erasure.actor])
    return render_template(
        "cases/erased.html",
        case=case,
        erasure=erasure,
        events=events,
        older=events[0].seq if events and events[0].seq > 1 else None,
        element_names=diagrams.names_told(case, events),
    )


@pages.get("/cases/<id:instance_id>/diagram.bpmn")
def diagram(instance_id: int) -> ResponseReturnValue:
    """The BPMN file the case runs by, as it was uploaded."""
    case = cast("Instance", g.instance)
    definition = current.engine().definition(case.definition_id)
    return Response(diagrams.source(definition), mimetype="application/xml")


@pages.post("/cases/<id:instance_id>/comment")
def comment(instance_id: int) -> ResponseReturnValue:
    """Add a remark everybody on the case can read."""
    try:
        add_comment(
            current.engine(), instance_id, actor=current.actor(), text=comment_of(request.form)
        )
    except InvalidInput as refused:
        return _page(instance_id, Remark.refused(request.form, refused)), 422
    return redirect(url_for("cases.show", instance_id=instance_id) + "#comments")
