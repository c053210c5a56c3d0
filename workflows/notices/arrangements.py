"""Mails about a substitution: to whoever replaces and whoever is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.tables import definition
from workflows.notices.news import COMMON, compose, queue, recipients, said_day, spoken, word
from workflows.notices.rows import said
from workflows.office_work.models import Substitution
from workflows.people.services import get_person

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office


class Arranged:
    """The job kind ``office.substitution``: one was made, or ended before its time."""

    def __init__(self, office: Office) -> None:
        self._link = f"{office.base_url}/settings/substitutions"

    def perform(self, job: Job) -> Value:
        """The mails to both sides, each in their own language."""
        kind = "substitution_ended" if job.payload["ended"] else "substitution"
        with job.session() as session:
            found = session.get_one(Substitution, int(str(job.payload["substitution"])))
            sides = [get_person(session, each) for each in (found.person_id, found.substitute_id)]
            newest = select(func.max(definition.c.id)).where(definition.c.key.in_(found.keys))
            ids = session.scalars(newest.group_by(definition.c.key)).all()
            to = recipients(sides)
        names = [job.definition(number).model.names for number in sorted(ids)]
        mails: list[Value] = []
        for each in to:
            language = spoken(each.language)
            processes = ", ".join(said(name, language) for name in names)
            values = {
                "absent": sides[0].name,
                "substitute": sides[1].name,
                "first": said_day(found.starts_at + timedelta(microseconds=1), language),
                "last": said_day(found.ends_at, language),
                "processes": processes or word("every_process", language),
                "link": self._link,
            }
            mails.append(asdict(compose(COMMON, kind, each, f"{kind}-{found.id}", values)))
        return mails

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)
