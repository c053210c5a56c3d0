"""Mails to those whom a comment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.tables import comment, instance
from workflows.notices.news import COMMON, compose, queue, recipients
from workflows.office_work.mail_settings import MENTION
from workflows.people.services import get_person, people_named

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office


class Mentioned:
    """The job kind ``office.mention``: a comment has named people."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mails, with what was written."""
        people = job.payload["people"]
        assert isinstance(people, list)
        with job.session() as session:
            row = session.execute(
                select(comment, instance.c.subject, instance.c.counterparty)
                .join(instance, instance.c.id == comment.c.instance_id)
                .where(comment.c.id == job.payload["comment"])
            ).one()
            to = recipients(get_person(session, int(str(person))) for person in people)
            author = people_named(session, [row.author]).get(row.author, "Passerelle")
        values = {
            "by": author,
            "about": ", ".join(filter(None, (row.subject, row.counterparty))),
            "comment": row.text,
            "link": f"{self._office.case_url(row.instance_id)}#comments",
        }
        news = f"mention-{row.id}"
        return [asdict(compose(COMMON, "mention", e, news, values, about=MENTION)) for e in to]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)
