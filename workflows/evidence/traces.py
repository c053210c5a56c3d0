"""What an event has left in the domain: signatures and mails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workflows.contract.models import ContractVersion, Signature
from workflows.mail.models import MailMessage
from workflows.mobility.services import mobility_of_case
from workflows.office_work.models import DigestEntry
from workflows.people.models import Person
from workflows.validation_plan.models import PlanSignature, ValidationPlan

_KEY_SUFFIX = 13
"""A hyphen and the twelve characters of the address: see ``workflows.mail.outbox.Mail.key``."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: in which role, by whom, under which version, over which digest."""

    role: str
    name: str | None
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Told:
    """A mail, or an entry of a daily summary (``status`` is ``digest``)."""

    to: str
    subject: str
    status: str
    at: datetime | None


def signatures_at(session: Session, business_key: str, at: datetime) -> list[Signed]:
    """The signatures under the contract or plan of a mobility that were given at an instant."""
    mobility = mobility_of_case(session, business_key)
    if mobility is None:
        return []
    contract = (
        select(Signature.role, Signature.signer_name, ContractVersion.number, Signature.digest)
        .join(ContractVersion, ContractVersion.id == Signature.version_id)
        .where(ContractVersion.mobility_id == mobility.id, Signature.signed_at == at)
    )
    plan = (
        select(
            PlanSignature.role,
            PlanSignature.signer_name,
            ValidationPlan.number,
            PlanSignature.digest,
        )
        .join(ValidationPlan, ValidationPlan.id == PlanSignature.plan_id)
        .where(ValidationPlan.mobility_id == mobility.id, PlanSignature.signed_at == at)
    )
    return [Signed(*row) for each in (contract, plan) for row in session.execute(each)]


def mails_of(session: Session, news: Collection[str]) -> list[Told]:
    """The mails and entries of summaries that tell news of these keys, by reader."""
    if not news:
        return []
    sent = select(MailMessage).where(
        or_(
            *(
                MailMessage.message_id.between(f"{key}-", f"{key}.")
                & (func.length(MailMessage.message_id) == len(key) + _KEY_SUFFIX)
                for key in news
            )
        )
    )
    found = [
        Told(each.to, each.subject, each.status, each.sent_at or each.created_at)
        for each in session.scalars(sent)
    ]
    collected = (
        select(Person.email, DigestEntry.subject, DigestEntry.sent_at)
        .join(Person, Person.id == DigestEntry.person_id)
        .where(DigestEntry.news.in_(news))
    )
    found += [Told(to, subject, "digest", at) for to, subject, at in session.execute(collected)]
    return sorted(found, key=lambda each: (each.to, each.subject))
