"""Erases the file of a case, and of a person everything: one case, one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, delete, literal, or_, select, update

from engine import Unit
from engine.runtime import erasing
from engine.runtime.deleting import delete_rows
from engine.runtime.erasing import Gone, Ground
from engine.runtime.locked import LockedInstance
from engine.tables import definition, instance, metadata, work_item
from workflows.people.services import STUDENT
from workflows.retention.holdings import FILES, File

_NOBODYS = File("", ())

Archived = Callable[[Unit, int], tuple[str, str]]
"""Writes a case's evidence and documents for the archives; gives the file and its SHA-256."""


@dataclass(frozen=True, slots=True)
class Case:
    """What erasing has to know of a case."""

    id: int
    process: str
    business_key: str
    last: bool
    """Whether it is the last one of its mobility that is not erased."""

    last_of_process: bool

    @property
    def mobility_id(self) -> int | None:
        """The mobility it is about."""
        key = self.business_key
        return int(key) if key.isascii() and key.isdigit() else None

    @property
    def file(self) -> File:
        """What belongs to it."""
        return FILES.get(self.process, _NOBODYS)


def erase_case(
    unit: Unit, instance_id: int, ground: Ground, archive: Archived | None = None
) -> int:
    """Erase a case: its payloads, its rows, documents and mails; gives how many payloads went.

    With ``archive`` it is handed over first. What its mobility shares goes with the last of its
    cases. Raises Erased, InvalidState where it still runs or a legal hold keeps it.
    """
    locked = erasing.erasable(unit, instance_id)
    unit.flush()
    file, sha256 = archive(unit, instance_id) if archive else ("", "")
    if archive:
        # The export is an event of its own.
        locked = erasing.erasable(unit, instance_id)
    case = _case(unit, locked)
    mails = _erase_mails(unit, instance_id)
    documents = _erase_documents(unit, case)
    rows = _erase_rows(unit, case)
    gone = Gone(rows, documents, mails, file, sha256)
    payloads = erasing.erase(unit, locked, ground, gone, personal=STUDENT)
    if case.last:
        _forget_key(unit, case.business_key)
    unit.session.expire_all()
    return payloads


def _case(unit: Unit, locked: LockedInstance) -> Case:
    own, key = instance.c, definition.c.key
    connection = unit.connection
    process = connection.scalar(select(key).where(definition.c.id == locked.definition_id))
    others = connection.scalars(
        select(key)
        .join(instance, own.definition_id == definition.c.id)
        .where(
            own.business_key == locked.business_key,
            own.id != locked.id,
            own.erased_at.is_(None),
            key.in_(FILES),
        )
    ).all()
    return Case(
        locked.id,
        str(process),
        locked.business_key,
        last=not others,
        last_of_process=process not in others,
    )


def _erase_rows(unit: Unit, case: Case) -> int:
    connection, rows = unit.connection, 0
    for holding in case.file.holdings:
        if not holding.shared:
            rows += delete_rows(connection, holding.table, holding.column == case.id)
        elif case.last_of_process and case.mobility_id is not None:
            rows += delete_rows(connection, holding.table, holding.column == case.mobility_id)
    if case.last and case.mobility_id is not None:
        mobility = metadata.tables["mobility"]
        rows += delete_rows(connection, mobility, mobility.c.id == case.mobility_id)
    return rows


def _erase_documents(unit: Unit, case: Case) -> int:
    own = metadata.tables["document"].c
    conditions: list[ColumnElement[bool]] = [own.instance_id == case.id]
    if case.last:
        conditions.append(own.business_key == case.business_key)
    elif case.last_of_process:
        conditions += [
            and_(own.business_key == case.business_key, own.kind.startswith(kind))
            for kind in case.file.documents
        ]
    table = metadata.tables["document"]
    found = unit.connection.scalars(select(own.id).where(or_(*conditions))).all()
    delete_rows(unit.connection, table, own.id.in_(found))
    return len(found)


def _erase_mails(unit: Unit, instance_id: int) -> int:
    """Mails that name the case or one of its tasks, by their key or by the link they carry."""
    items = select(work_item.c.id).where(work_item.c.instance_id == instance_id)
    numbers = [instance_id, *unit.connection.scalars(items)]
    entry = metadata.tables["digest_entry"]
    about = [entry.c.link.endswith(f"/{number}") for number in numbers]
    unit.connection.execute(delete(entry).where(or_(entry.c.work_item_id.in_(numbers), *about)))
    mail = metadata.tables["mail_message"]
    named = [mail.c.message_id.contains(str(number)) for number in numbers]
    linked = [mail.c.body.contains(f"/{number}") for number in numbers]
    return unit.connection.execute(delete(mail).where(or_(*named, *linked))).rowcount


def _forget_key(unit: Unit, business_key: str) -> None:
    """Give the cases keys that lead nowhere: the number of what is gone may be given again."""
    number = cast(instance.c.id, String)
    unit.connection.execute(
        update(instance)
        .where(instance.c.business_key == business_key, instance.c.erased_at.is_not(None))
        .values(business_key=literal(f"{erasing.ERASED}-").concat(number))
    )
