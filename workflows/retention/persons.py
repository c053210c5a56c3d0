"""Erases a student on request (GDPR, article 17): every case of theirs, then the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from engine import Actor, InvalidState
from engine.runtime.deleting import delete_rows
from engine.runtime.erasing import ERASED, Ground, held, reason_of
from engine.tables import metadata
from engine.values import InstanceStatus
from workflows.people.models import Membership, Person
from workflows.retention.collecting import Held, Subject
from workflows.retention.erasing import erase_case
from workflows.retention.models import PersonErasure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Engine, Unit

PERSON = "person"
"""The rule that an erasure on request is reported under."""

_BELONGINGS = (
    "sign_in",
    "mail_setting",
    "saved_view",
    "digest_entry",
    "digest",
    "mention",
    "meeting_seat",
    "substitution",
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What erasing a student would do; ``running`` and ``kept`` by a hold stand against it."""

    subject: Subject
    running: tuple[Held, ...]
    kept: tuple[Held, ...]
    staff: bool

    @property
    def possible(self) -> bool:
        """Whether nothing stands against it."""
        return not (self.running or self.kept or self.staff)


def outlook(session: Session, subject: Subject) -> Outlook:
    """What stands against erasing a student."""
    connection = session.connection()
    cases = subject.cases
    functions = select(Membership.group).where(Membership.person_id == subject.person_id)
    return Outlook(
        subject,
        tuple(each for each in cases if each.status == InstanceStatus.ACTIVE),
        tuple(each for each in cases if held(connection, each.id)),
        staff=session.scalars(functions.limit(1)).first() is not None,
    )


def erase_person(engine: Engine, subject: Subject, *, actor: Actor, reason: str) -> int:
    """Erase a student and all that is held of them; gives how many cases went.

    Each case is a transaction, the last one together with the account; whoever is stopped in
    the middle asks again and goes on. Raises InvalidState where a case still runs, a legal hold
    keeps one, or the person works here.
    """
    reason = reason_of(reason)
    with engine.reading() as session:
        seen = outlook(session, subject)
    if not seen.possible:
        raise InvalidState("A case still runs or is under a legal hold, or the person works here.")
    ground = Ground(PERSON, 0, reason)
    # The youngest first: what it rests on goes after it.
    for case in reversed(subject.cases[1:]):
        with engine.unit(actor) as unit:
            erase_case(unit, case.id, ground)
    with engine.unit(actor) as unit:
        for case in subject.cases[:1]:
            erase_case(unit, case.id, ground)
        _erase_account(unit, subject, reason)
    return len(subject.cases)


def _erase_account(unit: Unit, subject: Subject, reason: str) -> None:
    connection, rows, mails = unit.connection, 0, 0
    if subject.person_id is not None:
        for name in _BELONGINGS:
            table = metadata.tables[name]
            rows += delete_rows(connection, table, table.c.person_id == subject.person_id)
        person = unit.session.get_one(Person, subject.person_id)
        person.login = f"{ERASED}-{person.id}"
        person.given_names = person.family_name = person.email = ""
        person.password_hash = person.locale = None
        person.active = False
        rows += 1
    if subject.email:
        mail = metadata.tables["mail_message"]
        mails = connection.execute(delete(mail).where(mail.c.to == subject.email)).rowcount
    unit.session.add(
        PersonErasure(
            person_id=subject.person_id,
            at=unit.now,
            actor=unit.actor.id,
            reason=reason,
            cases=len(subject.cases),
            rows=rows,
            mails=mails,
        )
    )
