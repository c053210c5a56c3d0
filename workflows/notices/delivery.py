"""How a composed mail goes out: at once, in the next digest or not at all, as its reader wants.

Everything is written in the transaction that the news belongs to, so a mail, or its place in
a digest, exists exactly when what it tells has happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.database import Statement
from workflows.mail.models import MailMessage
from workflows.mail.outbox import Mail, send_later
from workflows.office_work.local_time import next_morning
from workflows.office_work.mail_settings import DAILY, NEVER, Wishes, wishes
from workflows.office_work.models import Digest, DigestEntry
from workflows.people.models import Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit

DIGEST = "office.digest"
"""The job kind that sends somebody's digest; payload ``person``."""


_known = Statement(
    select(DigestEntry.id)
    .where(DigestEntry.person_id == bindparam("person"), DigestEntry.news == bindparam("news"))
    .union(select(MailMessage.id).where(MailMessage.message_id == bindparam("key")))
    .limit(1)
)


def deliver(unit: Unit, mails: Sequence[Mail]) -> None:
    """Queue each mail as its reader wants to hear of such news.

    What is about nothing that can be chosen, or goes to nobody with an account, goes at once.
    """
    numbers = {mail.person for mail in mails if mail.person is not None and mail.about}
    wanted = wishes(unit.session, numbers) if numbers else {}
    # Every transaction locks the readers of its digests in one order.
    for mail in sorted(mails, key=lambda mail: mail.person or 0):
        wish = wanted.get(mail.person or 0) if mail.about else None
        how = wish.delivery(mail.about) if wish else ""
        if wish is not None and how == DAILY:
            _keep_for_digest(unit, mail, wish)
        elif how != NEVER:
            send_later(unit, mail)


def _keep_for_digest(unit: Unit, mail: Mail, wish: Wishes) -> None:
    """Put a mail into its reader's next digest, and see that one is on its way."""
    assert mail.person is not None
    session = unit.session
    digest = waiting_digest(session, mail.person)
    if _told(session, mail):
        return
    unit.tells(mail.news)
    session.add(
        DigestEntry(
            person_id=mail.person,
            news=mail.news,
            about=mail.about,
            subject=mail.subject,
            body=mail.body,
            link=mail.link,
            work_item_id=mail.work_item,
            created_at=unit.now,
        )
    )
    if digest.due_at is None:
        digest.due_at = next_morning(unit.now, wish.morning_hour)
        unit.enqueue(DIGEST, {"person": mail.person}, due_at=digest.due_at)
    session.flush()


def waiting_digest(session: Session, person_id: int) -> Digest:
    """The state of somebody's digest, theirs locked until the end of the transaction.

    The lock is on the person, who is always there: whoever adds to a digest while it is
    being sent waits, and then begins the next one.
    """
    session.get_one(Person, person_id, with_for_update={"key_share": True})
    found = session.get(Digest, person_id, populate_existing=True)
    if found is None:
        found = Digest(person_id=person_id, due_at=None)
        session.add(found)
    return found


def _told(session: Session, mail: Mail) -> bool:
    """Whether somebody has been told some news, or will be in a digest."""
    sought = {"person": mail.person, "news": mail.news, "key": mail.key}
    return _known(session.connection(), sought).first() is not None
