"""Erases what is personal in an instance that has ended, unless a legal hold keeps it.

The chain stays: of each event what it covers, so that it can still be verified.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, select, update

from engine.errors import Conflict, Erased, Forbidden, InvalidInput, InvalidState, NotFound
from engine.identity import Actor
from engine.ids import new_id
from engine.runtime.access import require_sight, visible
from engine.runtime.deleting import delete_rows
from engine.runtime.locked import LockedInstance
from engine.tables import (
    comment,
    erasure,
    history_payload,
    identity_link,
    incident,
    instance,
    job,
    legal_hold,
    work_item,
)
from engine.tables.types import from_micros
from engine.texts import checked
from engine.unit import Unit
from engine.values import Value

LONGEST_REASON = 2_000
ERASED = "erased"
"""What stands where a group or a name pointed to the person."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps an instance from being erased; ``lifted_at`` is None while it does."""

    id: int
    instance_id: int
    subject: str
    """Whom or what the instance is about; its business key where it does not say."""
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is erased: a rule in one of its revisions, or a reason in words."""

    rule: str
    revision: int
    reason: str = ""
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """How much went beside the payloads, and the archive that was written before."""

    rows: int = 0
    documents: int = 0
    mails: int = 0
    archive: str = ""
    archive_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """The report of an erasure, which stays."""

    instance_id: int
    at: datetime
    actor: str
    ground: Ground
    gone: Gone
    payloads: int


def reason_of(text: str, field: str = "reason") -> str:
    """A reason somebody gave; raises InvalidInput where there is none."""
    reason = checked(field, text, LONGEST_REASON)
    if not reason:
        raise InvalidInput({field: ["required"]})
    return reason


def hold(unit: Unit, instance_id: int, reason: str) -> int:
    """Keep an instance from being erased; gives the hold's id. Only who oversees may.

    Raises Conflict where one keeps it already, Erased where it is too late.
    """
    _require_oversight(unit, instance_id)
    reason = reason_of(reason)
    locked = LockedInstance.load(unit, instance_id)
    require_whole(unit.connection, instance_id)
    if held(unit.connection, instance_id):
        raise Conflict("A legal hold keeps this case already.")
    hold_id = new_id()
    row = {
        "id": hold_id,
        "instance_id": instance_id,
        "reason": reason,
        "set_at": unit.at,
        "set_by": unit.actor.id,
    }
    unit.connection.execute(insert(legal_hold), row)
    locked.record("hold_set", unit.actor, payload={"reason": reason})
    locked.save(unit)
    return hold_id


def lift(unit: Unit, instance_id: int, reason: str) -> None:
    """End the hold on an instance; raises Conflict where none keeps it."""
    _require_oversight(unit, instance_id)
    reason = reason_of(reason)
    locked = LockedInstance.load(unit, instance_id)
    lifted = unit.connection.execute(
        update(legal_hold)
        .where(legal_hold.c.instance_id == instance_id, legal_hold.c.lifted_at.is_(None))
        .values(lifted_at=unit.at, lifted_by=unit.actor.id, lifted_because=reason)
    )
    if lifted.rowcount != 1:
        raise Conflict("No legal hold keeps this case.")
    locked.record("hold_lifted", unit.actor, payload={"reason": reason})
    locked.save(unit)


def _require_oversight(unit: Unit, instance_id: int) -> None:
    require_sight(unit.connection, unit.actor, instance_id)
    if not unit.actor.oversees:
        raise Forbidden


def held(connection: Connection, instance_id: int) -> bool:
    """Whether a hold keeps an instance."""
    own = legal_hold.c
    there = select(own.id).where(own.instance_id == instance_id, own.lifted_at.is_(None))
    return connection.execute(there).first() is not None


def holds(
    connection: Connection, actor: Actor, *, instance_id: int | None = None, limit: int
) -> list[Hold]:
    """Holds of one instance, or of all that the actor may see.

    Those that keep something come first, then the newest.
    """
    own = legal_hold.c
    order = case((own.lifted_at.is_(None), 0), else_=1)
    statement = (
        select(legal_hold, instance.c.subject, instance.c.business_key)
        .join(instance, instance.c.id == own.instance_id)
        .where(visible(actor))
        .order_by(order, own.id.desc())
        .limit(limit)
    )
    if instance_id is not None:
        statement = statement.where(own.instance_id == instance_id)
    return [
        Hold(
            row.id,
            row.instance_id,
            row.subject or row.business_key,
            row.reason,
            from_micros(row.set_at),
            row.set_by,
            None if row.lifted_at is None else from_micros(row.lifted_at),
            row.lifted_by,
            row.lifted_because,
        )
        for row in connection.execute(statement)
    ]


def erasable(unit: Unit, instance_id: int) -> LockedInstance:
    """The instance under lock, once it may be erased.

    Raises Erased where it was, InvalidState where it still runs or a hold keeps it.
    """
    locked = LockedInstance.load(unit, instance_id)
    require_whole(unit.connection, instance_id)
    if locked.active:
        raise InvalidState("The case still runs.")
    if held(unit.connection, instance_id):
        raise InvalidState("A legal hold keeps this case.")
    return locked


def require_whole(connection: Connection, instance_id: int) -> None:
    """Raises Erased for an instance whose content was erased."""
    where = instance.c.id == instance_id
    if connection.scalar(select(instance.c.erased_at).where(where)) is not None:
        raise Erased(instance_id=instance_id)


def erase(unit: Unit, locked: LockedInstance, ground: Ground, gone: Gone, *, personal: str) -> int:
    """Erase what the engine holds of an instance, note it in its history and report it.

    ``gone`` is what the domain has erased before. A group whose name begins with ``personal``
    is one person, and is not named any more. Gives how many payloads went.
    """
    connection, own = unit.connection, locked.id
    payloads = connection.execute(
        delete(history_payload).where(history_payload.c.instance_id == own)
    ).rowcount
    delete_rows(connection, comment, comment.c.instance_id == own)
    connection.execute(delete(job).where(job.c.instance_id == own))
    connection.execute(
        update(incident).where(incident.c.instance_id == own).values(detail="", params=b"{}")
    )
    connection.execute(
        update(work_item).where(work_item.c.instance_id == own).values(_blank(personal))
    )
    connection.execute(
        delete(identity_link).where(
            identity_link.c.instance_id == own, identity_link.c.group.startswith(personal)
        )
    )
    connection.execute(
        update(instance).where(instance.c.id == own).values(subject="", erased_at=unit.at)
    )
    row = {
        "instance_id": own,
        "at": unit.at,
        "actor": unit.actor.id,
        "payloads": payloads,
        **asdict(ground),
        **asdict(gone),
    }
    connection.execute(insert(erasure), row)
    said: dict[str, Value] = {
        "rule": ground.rule,
        "revision": ground.revision,
        "payloads": payloads,
    }
    locked.record("erased", unit.actor, payload=said)
    locked.save(unit)
    return payloads


def _blank(personal: str) -> dict[str, Any]:
    pointing = work_item.c.candidate.startswith(personal)
    return {
        "draft": None,
        "reason": None,
        "answer": None,
        "outcome": None,
        "subject": "",
        "candidate": case((pointing, ERASED), else_=work_item.c.candidate),
    }


def erasure_of(connection: Connection, instance_id: int) -> Erasure:
    """The report of an instance's erasure; raises NotFound where it was not erased."""
    found = _reports(connection, erasure.c.instance_id == instance_id, limit=1)
    if not found:
        raise NotFound
    return found[0]


def reports(connection: Connection, *, run_id: int, limit: int) -> list[Erasure]:
    """What was erased in one run, in the order of the instances."""
    return _reports(connection, erasure.c.run_id == run_id, limit=limit)


def counted(connection: Connection, run_id: int) -> list[tuple[str, int, int, int]]:
    """Of a run, by rule and revision: how many instances and payloads went."""
    own = erasure.c
    statement = (
        select(own.rule, own.revision, func.count(), func.sum(own.payloads))
        .where(own.run_id == run_id)
        .group_by(own.rule, own.revision)
        .order_by(own.rule, own.revision)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(statement)]


def _reports(connection: Connection, *where: Any, limit: int) -> list[Erasure]:
    statement = select(erasure).where(*where).order_by(erasure.c.instance_id).limit(limit)
    return [
        Erasure(
            row.instance_id,
            from_micros(row.at),
            row.actor,
            Ground(row.rule, row.revision, row.reason, row.run_id),
            Gone(row.rows, row.documents, row.mails, row.archive, row.archive_sha256),
            row.payloads,
        )
        for row in connection.execute(statement)
    ]
