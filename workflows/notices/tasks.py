"""Tasks that wait, reminders, delays: told to whoever may act, in their language.

A mail is composed when its job runs: who is in the group, what their language is and
whether the work item is still open are read then, not when the job was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.notices.news import COMMON, Recipient, compose, queue, recipients, spoken
from workflows.notices.partner import FindContact, contact_of_mobility, link_mail
from workflows.notices.rows import TaskRow, by_ids, of_step
from workflows.people.models import Person
from workflows.people.services import (
    PARTNER_DESK,
    RI,
    coordinator_group,
    get_person,
    people_in,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.mail.outbox import Mail
    from workflows.office import Office

OPENED = "office.task"
"""The job kind that tells of new work items."""

NOTIFY = "office.notify"
"""The service that reminders and escalations of a diagram name."""


class Teller:
    """Composes the mails about open work items."""

    def __init__(self, office: Office, contacts: Mapping[str, FindContact]) -> None:
        self._office = office
        self._contacts = contacts

    def waiting(self, session: Session, job: Job, row: TaskRow, *, reminder: bool) -> list[Mail]:
        """A task waits, or still waits: to its assignee, else to everybody it is offered to."""
        news = f"reminder-{job.id}-{row.id}" if reminder else f"task-{row.id}"
        if row.candidate == PARTNER_DESK and row.assignee is None:
            find = self._contacts.get(row.key, contact_of_mobility)
            contact = find(session, row.business_key, self._office)
            if contact is not None:
                return [
                    link_mail(self._office, contact, row, reminder=reminder, news=news, now=job.now)
                ]
        return self._mails("reminder" if reminder else "task", _asked(session, row), row, news)

    def late(self, session: Session, job: Job, row: TaskRow) -> list[Mail]:
        """A task has had no answer: to RI and, where a student is late, the coordinators."""
        people = people_in(session, RI)
        if row.candidate.startswith("student:"):
            people += people_in(session, coordinator_group(row.org_unit))
        return self._mails("escalation", people, row, f"escalation-{job.id}-{row.id}")

    def _mails(self, kind: str, people: Sequence[Person], row: TaskRow, news: str) -> list[Mail]:
        return [self._mail(kind, to, row, news) for to in recipients(people)]

    def _mail(self, kind: str, to: Recipient, row: TaskRow, news: str) -> Mail:
        values = {**row.values(spoken(to.language)), "link": self._office.task_url(row.id)}
        return compose(COMMON, kind, to, news, values)


def _asked(session: Session, row: TaskRow) -> list[Person]:
    holder = row.assignee or row.candidate
    person = holder.removeprefix("person:")
    if person != holder and person.isdigit():
        return [get_person(session, int(person))]
    return people_in(session, row.candidate)


class TaskNotice:
    """The job kind ``office.task``: new work items are told to whoever may do them."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def perform(self, job: Job) -> Value:
        """The mails, composed from what is true now; none for what is done already."""
        items = job.payload["items"]
        assert isinstance(items, list)
        with job.session() as session:
            rows = by_ids(session, job.definition, [int(str(item)) for item in items])
            found = [self._teller.waiting(session, job, row, reminder=False) for row in rows]
            return [asdict(mail) for mails in found for mail in mails]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)


class Notify:
    """The service ``office.notify``: a reminder or an escalation of one user task.

    Parameters: ``kind`` (``reminder`` or ``escalation``) and ``step``, the id of the user
    task in the same case.
    """

    parameters = frozenset({"kind", "step"})

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def perform(self, job: Job) -> Value:
        """The mails, composed from what is true now; none once the step is done."""
        kind, step = job.payload.get("kind"), job.payload.get("step")
        if kind not in {"reminder", "escalation"} or not isinstance(step, str):
            raise InvalidState("office.notify needs a step, and a kind it knows.")
        assert job.instance_id is not None
        with job.session() as session:
            mails: list[Mail] = []
            for row in of_step(session, job.definition, job.instance_id, step):
                if kind == "escalation":
                    mails += self._teller.late(session, job, row)
                else:
                    mails += self._teller.waiting(session, job, row, reminder=True)
            return [asdict(mail) for mail in mails]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mails."""
        return queue(ctx, result)
