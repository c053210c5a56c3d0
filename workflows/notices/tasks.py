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
from workflows.notices.reasons import reasons_before, told
from workflows.notices.rows import TaskRow, by_ids, of_step
from workflows.office_work.mail_settings import ESCALATION, REMINDER, TASK
from workflows.office_work.standing_in import substitutes
from workflows.people.models import Person
from workflows.people.services import (
    PARTNER_DESK,
    RI,
    RI_CARE,
    STUDENT,
    coordinator_group,
    get_person,
    people_in,
    people_named,
)

if TYPE_CHECKING:
    from datetime import datetime

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
        """A task waits, or still waits: to its assignee, else to everybody it is offered to.

        One that a return or a rejection has brought about says by whom, and why.
        """
        news = f"reminder-{job.id}-{row.id}" if reminder else f"task-{row.id}"
        if row.candidate == PARTNER_DESK and row.assignee is None:
            find = self._contacts.get(row.key, contact_of_mobility)
            contact = find(session, row.business_key, self._office)
            if contact is not None:
                return [
                    link_mail(self._office, contact, row, reminder=reminder, news=news, now=job.now)
                ]
        kind, about = ("reminder", REMINDER) if reminder else ("task", TASK)
        to = _reached(session, _asked(session, row), row, job.now)
        reasons = () if reminder else reasons_before(session, job.definition, row)
        return [
            self._mail(
                kind, each, row, news, about, {"because": told(reasons, spoken(each.language))}
            )
            for each in to
        ]

    def handed(self, session: Session, job: Job, row: TaskRow) -> list[Mail]:
        """Somebody has put a task into another's hands: to that one alone, and who replaces them.

        The job says whose (``to``), by whom (``by``) and how: ``assigned``, ``delegated`` to
        prepare it, or ``resolved``, back from whoever did.
        """
        how, by, holder = (str(job.payload[name]) for name in ("how", "by", "to"))
        person = _person(session, holder)
        if person is None or row.assignee != holder:
            return []
        names = {"by": people_named(session, [by]).get(by, "Passerelle")}
        news = f"{how}-{job.id}"
        to = _reached(session, [person], row, job.now)
        return [self._mail(how, each, row, news, TASK, names) for each in to]

    def late(self, session: Session, job: Job, row: TaskRow) -> list[Mail]:
        """A task has had no answer: to RI and, where a student is late, the coordinators.

        Of a restricted case those of RI hear alone who are in charge of such cases.
        """
        groups = [RI_CARE if row.restricted else RI]
        if row.candidate.startswith(STUDENT):
            groups.append(coordinator_group(row.org_unit))
        people = [person for group in groups for person in people_in(session, group)]
        news = f"escalation-{job.id}-{row.id}"
        to = _reached(session, people, row, job.now, groups)
        return [self._mail("escalation", each, row, news, ESCALATION) for each in to]

    def _mail(
        self,
        kind: str,
        to: Recipient,
        row: TaskRow,
        news: str,
        about: str,
        more: Mapping[str, str] | None = None,
    ) -> Mail:
        values = {
            **row.values(spoken(to.language)),
            **(more or {}),
            "link": self._office.task_url(row.id),
        }
        return compose(COMMON, kind, to, news, values, about=about, work_item=row.id)


def _asked(session: Session, row: TaskRow) -> list[Person]:
    person = _person(session, row.assignee or row.candidate)
    return [person] if person is not None else people_in(session, row.candidate)


def _person(session: Session, actor: str) -> Person | None:
    number = actor.removeprefix("person:")
    return get_person(session, int(number)) if number != actor and number.isdigit() else None


def _reached(
    session: Session,
    people: Sequence[Person],
    row: TaskRow,
    now: datetime,
    groups: Sequence[str] = (),
) -> list[Recipient]:
    """``people``, and who replaces one of them as a member of those to whom a task is offered.

    ``groups`` are those they belong to, where they are told for another reason.
    """
    offered = groups or [row.candidate]
    found = substitutes(session, people, row.key, now)
    return recipients(people, [each for each in found if any(map(each.gets, offered))])


class TaskNotice:
    """The job kind ``office.task``: new work items are told to whoever may do them.

    So are those that somebody has put into another's hands, to that one alone.
    """

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def perform(self, job: Job) -> Value:
        """The mails, composed from what is true now; none for what is done already."""
        items = job.payload["items"]
        assert isinstance(items, list)
        with job.session() as session:
            rows = by_ids(session, job.definition, [int(str(item)) for item in items])
            if "to" in job.payload:
                found = [self._teller.handed(session, job, row) for row in rows]
            else:
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
