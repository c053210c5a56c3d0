"""The digest: one mail a day for those who want no mail at once.

It is due at the reader's morning hour after the first entry. What has been done by then is
left out, and a digest with nothing left is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.tables import work_item
from engine.values import WorkItemStatus
from workflows.mail.outbox import send_later
from workflows.notices.delivery import waiting_digest
from workflows.notices.news import COMMON, compose, recipients, said_day, spoken, word
from workflows.office_work.mail_settings import ABOUT, DECISION, MENTION
from workflows.office_work.models import DigestEntry
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office

MOST = 100
"""As many entries as anybody reads in one mail; the rest are counted."""

TOLD_WHOLE = frozenset({DECISION, MENTION})
"""What a digest repeats in full: nobody should have to look up a decision's reason."""


class SendDigest:
    """The job kind ``office.digest``: what waits for somebody becomes one mail."""

    def __init__(self, office: Office) -> None:
        self._base_url = office.base_url

    def perform(self, job: Job) -> Value:
        """Nothing outside: what is told is read in the transaction that tells it."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mail; the next entry begins the next digest."""
        session = ctx.session
        person_id = int(str(ctx.job.payload["person"]))
        digest = waiting_digest(session, person_id)
        entries = session.scalars(
            select(DigestEntry)
            .where(DigestEntry.person_id == person_id, DigestEntry.sent_at.is_(None))
            .order_by(DigestEntry.id)
        ).all()
        told = _still_true(session, entries)
        for to in recipients([get_person(session, person_id)]) if told else []:
            language = spoken(to.language)
            values = {
                "day": said_day(ctx.now, language),
                "sections": sections(told, language),
                "link": f"{self._base_url}/settings",
            }
            send_later(ctx.unit, compose(COMMON, "digest", to, f"digest-{ctx.job.id}", values))
        for entry in entries:
            entry.sent_at = ctx.now
        digest.due_at = None
        session.flush()
        return {}


def _still_true(session: Session, entries: Sequence[DigestEntry]) -> list[DigestEntry]:
    """The entries but those that ask for a task which is done by now."""
    asked = {entry.work_item_id for entry in entries if entry.work_item_id is not None}
    waiting = set(
        session.scalars(
            select(work_item.c.id).where(
                work_item.c.id.in_(asked), work_item.c.status == int(WorkItemStatus.OPEN)
            )
        )
    )
    return [each for each in entries if each.work_item_id is None or each.work_item_id in waiting]


def sections(entries: Sequence[DigestEntry], language: str) -> str:
    """The entries under a heading for each kind of news, in the order people choose them."""
    shown = list(islice(entries, MOST))
    parts: list[str] = []
    for about in ABOUT:
        told = [_told(entry) for entry in shown if entry.about == about]
        if told:
            heading = f"{word(f'digest_{about}', language)} ({len(told)})"
            parts.append("\n\n".join([heading, *told]))
    if len(entries) > len(shown):
        parts.append(word("digest_more", language, number=str(len(entries) - len(shown))))
    return "\n\n\n".join(parts)


def _told(entry: DigestEntry) -> str:
    if entry.about not in TOLD_WHOLE:
        return f"- {entry.subject}\n  {entry.link}"
    # Without the greeting and the signature, which every text begins and ends with.
    middle = entry.body.strip().split("\n\n")[1:-1]
    lines = "\n\n".join(middle).splitlines()
    return "\n".join([f"- {entry.subject}", *(f"  {line}".rstrip() for line in lines)])
