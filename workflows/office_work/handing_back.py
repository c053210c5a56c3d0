"""What a substitute still holds when the substitution is over goes back to its group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from engine.tables import work_item
from engine.values import WorkItemStatus
from workflows.office_work.models import Substitution
from workflows.office_work.standing_in import acting, passed_on
from workflows.people.services import actor_id, get_person

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value

TAKE_BACK = "office.take_back"
"""The job kind of :class:`engine.TakeBack`."""


class Over:
    """The job kind ``office.substitution_over``.

    It finds what the substitute has claimed and may not do any more. Each work item is taken
    back by a job of its own, for no transaction holds two instances.
    """

    def perform(self, job: Job) -> Value:
        """Who holds too much, and which work items; nothing while it is in force."""
        with job.session() as session:
            found = session.get(Substitution, int(str(job.payload["substitution"])))
            if found is None or found.holds(job.now):
                return None
            actor, _, _ = acting(session, get_person(session, found.substitute_id), job.now)
            absent = get_person(session, found.person_id)
            passed = passed_on(absent, found.keys) | {actor_id(absent.id)}
            holder = actor_id(found.substitute_id)
            rows = session.execute(
                select(
                    work_item.c.id,
                    work_item.c.definition_id,
                    work_item.c.candidate,
                    work_item.c.assignee,
                ).where(
                    work_item.c.status == int(WorkItemStatus.OPEN),
                    work_item.c.candidate.in_(passed),
                    or_(work_item.c.assignee == holder, work_item.c.owner == holder),
                )
            ).all()
            items: list[Value] = [
                row.id for row in rows if not actor.acting_on(row).asked(row.candidate)
            ]
            return {"holder": holder, "items": items}

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """A job for each."""
        if isinstance(result, dict):
            items = result["items"]
            for item in items if isinstance(items, list) else []:
                ctx.unit.enqueue(TAKE_BACK, {"item": item, "holder": result["holder"]})
        return {}
