"""Mails about a contract: a task waits, a reminder, a delay, the last signature.

A mail is composed when its job runs: who is in the group, what their language is and
which work item is open are read then, not when the job was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidState
from engine.tables import work_item
from engine.values import WorkItemStatus
from workflows.contract.digest import content_digest
from workflows.contract.links import LIFE, issue_link
from workflows.contract.reading import latest_version
from workflows.contract.views import VersionStatus
from workflows.mail.outbox import Mail, send_later
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, labels_for
from workflows.partners.services import find_institution
from workflows.people.models import LOCALES, Person
from workflows.people.services import (
    PARTNER_DESK,
    RI,
    coordinator_group,
    get_person,
    people_in,
    student_group,
)

if TYPE_CHECKING:
    from datetime import datetime

    from engine import Unit
    from engine.registry import Job, JobContext
    from engine.values import Value

NOTICE = "contract.notice"
KINDS = ("task", "partner", "reminder", "partner_reminder", "escalation", "signed")
DEFAULT_LANGUAGE = "fr"

STEPS: Mapping[str, Mapping[str, str]] = {
    "draft": {
        "fr": "Rédiger le contrat d’études",
        "en": "Draft the learning agreement",
        "es": "Redactar el acuerdo de aprendizaje",
    },
    "check_coherence": {
        "fr": "Vérifier la cohérence pédagogique",
        "en": "Check academic coherence",
        "es": "Comprobar la coherencia académica",
    },
    "sign_student": {
        "fr": "Signer le contrat",
        "en": "Sign the agreement",
        "es": "Firmar el acuerdo",
    },
    "sign_sending": {
        "fr": "Signer pour l’établissement d’origine",
        "en": "Sign for the sending institution",
        "es": "Firmar por la institución de origen",
    },
    "check_admin": {
        "fr": "Contrôler la partie administrative",
        "en": "Check the administrative side",
        "es": "Revisar la parte administrativa",
    },
    "partner_answer": {
        "fr": "Répondre pour l’établissement d’accueil",
        "en": "Answer for the receiving institution",
        "es": "Responder por la institución de acogida",
    },
}
"""What each step is called in a mail, by the id of its user task."""


@dataclass(frozen=True, slots=True)
class Office:
    """What mails need to know of this installation."""

    secret_key: str
    base_url: str
    home_hei_id: str

    def task_url(self, work_item_id: int) -> str:
        """Where a work item is done."""
        return f"{self.base_url}/tasks/{work_item_id}"

    def partner_url(self, token: str) -> str:
        """Where a partner answers."""
        return f"{self.base_url}/partner/{token}"

    def case_url(self, instance_id: int) -> str:
        """Where a case is shown."""
        return f"{self.base_url}/cases/{instance_id}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to."""

    email: str
    name: str
    language: str


def announce(unit: Unit, instance_id: int) -> None:
    """After the commit, tell whoever the case waits for by then."""
    unit.enqueue(NOTICE, {"instance": instance_id})


class NoticeJob:
    """The job kind ``contract.notice``: tells whoever the case waits for now."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mails, composed from what is true now."""
        instance_id = job.payload["instance"]
        assert isinstance(instance_id, int)
        with job.session() as session:
            mobility = session.scalar(select(Mobility).where(Mobility.instance_id == instance_id))
            if mobility is None:
                return []
            mails = compose(session, self._office, mobility, "task", "task", now=job.now)
            return [asdict(mail) for mail in mails]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Ask for the mails."""
        return _ask_for(ctx, result)


class NotifyService:
    """The service ``contract.notify``: a reminder or an escalation of one step.

    Parameters: ``kind`` (``reminder`` or ``escalation``), ``step`` (id of the user task)
    and ``mobility``.
    """

    parameters = frozenset({"kind", "step", "mobility"})

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mails, composed from what is true now; none once the step is done."""
        mobility_id, kind = job.payload.get("mobility"), job.payload.get("kind")
        if not isinstance(mobility_id, int) or kind not in {"reminder", "escalation"}:
            raise InvalidState("contract.notify needs a mobility, and a kind it knows.")
        with job.session() as session:
            mobility = get_mobility(session, mobility_id)
            step = str(job.payload.get("step"))
            news = f"{kind}-{job.id}"
            mails = compose(
                session, self._office, mobility, str(kind), news, now=job.now, step=step
            )
            return [asdict(mail) for mail in mails]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Ask for the mails."""
        return _ask_for(ctx, result)


def compose(
    session: Session,
    office: Office,
    mobility: Mobility,
    kind: str,
    news: str,
    *,
    now: datetime,
    step: str | None = None,
) -> list[Mail]:
    """The mails of one notice, one a recipient, each in the recipient's language.

    ``news`` begins the name of what is told; the same about one work item is told once.
    ``step`` restricts it to one user task. With no work item open, a signed contract is
    announced to the student and the coordinators, and nothing else.
    """
    items = _open_items(session, mobility, step)
    if not items and step is None:
        return _signed(session, office, mobility)
    mails: list[Mail] = []
    for item in items:
        if kind == "escalation":
            to = _unique([*people_in(session, RI), *_overseeing(session, mobility, item.element)])
            found = _mails(session, office, mobility, "escalation", item, to)
        elif item.candidate == PARTNER_DESK and item.assignee is None:
            found = _to_partner(session, office, mobility, kind, item, now)
        else:
            found = _mails(session, office, mobility, kind, item, _asked(session, item))
        mails += [replace(mail, news=f"{news}-{item.id}") for mail in found]
    return mails


def _open_items(session: Session, mobility: Mobility, step: str | None) -> Sequence[Any]:
    columns = (
        work_item.c.id,
        work_item.c.element,
        work_item.c.candidate,
        work_item.c.assignee,
    )
    statement = select(*columns).where(
        work_item.c.instance_id == mobility.instance_id,
        work_item.c.status == int(WorkItemStatus.OPEN),
    )
    if step is not None:
        statement = statement.where(work_item.c.element == step)
    return session.execute(statement.order_by(work_item.c.id)).all()


def _asked(session: Session, item: Any) -> list[Recipient]:
    """The assignee, else everybody the work item is offered to."""
    person = str(item.assignee or "").removeprefix("person:")
    people = (
        [get_person(session, int(person))]
        if person.isdigit()
        else people_in(session, item.candidate)
    )
    return _unique(people)


def _overseeing(session: Session, mobility: Mobility, step: str) -> list[Person]:
    """Who besides RI should know that a student is late: the department's coordinators."""
    if step in {"draft", "sign_student"}:
        return people_in(session, coordinator_group(mobility.department))
    return []


def _unique(people: Sequence[Person]) -> list[Recipient]:
    found = {
        person.email: Recipient(person.email, person.name, person.locale or DEFAULT_LANGUAGE)
        for person in people
        if person.active
    }
    return list(found.values())


def _to_partner(
    session: Session, office: Office, mobility: Mobility, kind: str, item: Any, now: datetime
) -> list[Mail]:
    """The signed link to the contact of the receiving institution.

    An agreement that another university sends is not ours to write about: then, as when
    there is no address, our own desk is told instead.
    """
    email = mobility.receiving_contact_email
    if not email or mobility.sending_hei_id != office.home_hei_id:
        return _mails(session, office, mobility, kind, item, _asked(session, item))
    institution = find_institution(session, mobility.receiving_hei_id)
    given, family = mobility.receiving_contact_given_names, mobility.receiving_contact_family_name
    contact = Recipient(
        email, f"{given or ''} {family or ''}".strip(), institution.locale if institution else "en"
    )
    version = latest_version(session, mobility.id)
    token = issue_link(
        office.secret_key,
        mobility_id=mobility.id,
        work_item_id=item.id,
        digest=content_digest(version),
        now=now,
    )
    values = {
        "link": office.partner_url(token),
        "until": (now + LIFE).date().isoformat(),
        "version": str(version.number),
    }
    template = "partner_reminder" if kind == "reminder" else "partner"
    return [_mail(session, mobility, template, contact, item.element, values)]


def _signed(session: Session, office: Office, mobility: Mobility) -> list[Mail]:
    version = latest_version(session, mobility.id)
    if version.status != VersionStatus.SIGNED or mobility.instance_id is None:
        return []
    people = [
        *people_in(session, student_group(mobility.person_id or 0)),
        *people_in(session, coordinator_group(mobility.department)),
    ]
    values = {"link": office.case_url(mobility.instance_id)}
    return [_mail(session, mobility, "signed", to, "", values) for to in _unique(people)]


def _mails(
    session: Session,
    office: Office,
    mobility: Mobility,
    kind: str,
    item: Any,
    recipients: Sequence[Recipient],
) -> list[Mail]:
    values = {"link": office.task_url(item.id)}
    return [_mail(session, mobility, kind, to, item.element, values) for to in recipients]


def _mail(
    session: Session,
    mobility: Mobility,
    kind: str,
    to: Recipient,
    step: str,
    values: Mapping[str, str],
) -> Mail:
    language = to.language if to.language in LOCALES else DEFAULT_LANGUAGE
    labels = labels_for(session, mobility)
    filled = _template(kind, language).substitute(
        name=to.name,
        step=STEPS.get(step, {}).get(language, step),
        student=labels.subject,
        partner=labels.counterparty,
        year=mobility.receiving_academic_year_id or "",
        **values,
    )
    subject, _, body = filled.partition("\n")
    news = f"{kind}-{mobility.instance_id}"
    return Mail(to.email, to.name, subject, body.lstrip("\n"), language, news)


@cache
def _template(kind: str, language: str) -> Template:
    """A mail's text: the subject on the first line, the body after an empty one."""
    folder = Path(__file__).with_name("mails")
    return Template((folder / f"{kind}.{language}.txt").read_text(encoding="utf-8"))


def _ask_for(ctx: JobContext, result: Value) -> Mapping[str, Value]:
    for fields in result if isinstance(result, list) else []:
        assert isinstance(fields, dict)
        send_later(ctx.unit, Mail(**{name: str(value) for name, value in fields.items()}))
    return {}
