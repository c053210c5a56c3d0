"""Where one lands: staff in the inbox, a student at the one thing to do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.values import InboxQuery, Instance, InstanceQuery, InstanceStatus, WorkItem
from web import current
from web.lifecycles.path import way_of
from workflows.papers import documents
from workflows.people.models import Person
from workflows.people.services import coordinator_group, people_in

pages = Blueprint("home", __name__)

CASES = 20
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that somebody else has; ``days`` is how long it usually takes, 0 if unknown."""

    item: WorkItem
    days: int


@pages.get("/")
def show() -> ResponseReturnValue:
    """The start page of one's role."""
    viewer = current.signed_in()
    if viewer.is_student:
        return redirect(url_for("home.student"))
    return redirect(url_for("inbox.show"))


@pages.get("/home")
def student() -> ResponseReturnValue:
    """What must I do, until when, and is all well? Who has my papers, and whom can I ask?"""
    engine, actor = current.engine(), current.actor()
    todo = engine.inbox(actor=actor, query=InboxQuery(limit=10)).items
    cases = engine.instances(actor=actor, query=InstanceQuery(limit=CASES)).items
    main = _main(todo, cases)
    way = way_of(main) if main else None
    with current.reading() as rows:
        papers = documents.of_instances(rows, {each.id: each.business_key for each in cases})
        department = (way.department if way else "") or (main.labels.org_unit if main else "")
        coordinators = people_in(rows, coordinator_group(department)) if department else []
        rows.expunge_all()
    return render_template(
        "home.html",
        todo=todo,
        cases=cases,
        main=main,
        waiting=[] if todo else _waiting(),
        stages=way.stages if way else (),
        documents=papers,
        coordinators=_with_address(coordinators),
    )


def _main(todo: Sequence[WorkItem], cases: Sequence[Instance]) -> Instance | None:
    """The case whose mobility the page is about: what is asked, else what runs, else the last."""
    asked = {item.instance_id for item in todo[:1]}
    running = (case for case in cases if case.status == InstanceStatus.ACTIVE)
    mine = (case for case in cases if case.id in asked)
    return next(mine, None) or next(running, None) or next(iter(cases), None)


def _waiting() -> list[Waiting]:
    """What others have to do in one's cases, and how long it takes as a rule."""
    engine = current.engine()
    items = engine.inbox(actor=current.actor(), query=InboxQuery(view="all", limit=CASES)).items
    steps = {(item.key, item.element) for item in items}
    usual = {step: engine.usual_time(*step) for step in steps}
    return [Waiting(item, _days(usual[item.key, item.element])) for item in items]


def _days(usual: timedelta | None) -> int:
    """Whole days, begun ones counted."""
    return 0 if usual is None else max(1, -(-usual // DAY))


def _with_address(people: Sequence[Person]) -> list[tuple[str, str]]:
    return [(each.name, each.email) for each in people]
