"""All that is held of a case or of a student, for those who may take it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.history import queries
from engine.runtime.deleting import children_of
from engine.tables import comment, definition, history_event, instance, metadata
from workflows.application.file_models import Application
from workflows.mobility.models import Mobility
from workflows.papers.models import Document, DocumentContent
from workflows.people.models import Person
from workflows.people.services import people_named
from workflows.retention.holdings import FILES, OF_MOBILITY

SECRET = frozenset({"password_hash", "token_digest", "completion_key", "request_key"})
"""Columns that say nothing of a person and would help somebody else."""

ABOUT_PERSON = ("mail_setting", "saved_view", "sign_in", "meeting_seat", "digest_entry")
_EVENTS_AT_ONCE = 1_000

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Held:
    """A case of a student, as it is held."""

    id: int
    process: str
    business_key: str
    status: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A student: their account, where they have one, and every case that is about them."""

    name: str
    person_id: int | None
    email: str
    mobilities: tuple[int, ...] = ()
    cases: tuple[Held, ...] = field(default=())


def subject_of_person(session: Session, person: Person) -> Subject:
    """All that is about somebody with an account."""
    mobilities = session.scalars(select(Mobility.id).where(Mobility.person_id == person.id)).all()
    own = Application.person_id == person.id
    applications = session.scalars(select(Application.id).where(own)).all()
    keys = [str(each) for each in mobilities] + [f"application-{each}" for each in applications]
    return Subject(person.name, person.id, person.email, tuple(mobilities), _cases(session, keys))


def subject_of_case(session: Session, instance_id: int) -> Subject:
    """The student whom a case is about; raises NotFound where it is about none."""
    where = instance.c.id == instance_id
    key = session.scalar(select(instance.c.business_key).where(where)) or ""
    if key.startswith("application-"):
        application = session.scalar(
            select(Application).where(Application.instance_id == instance_id)
        )
        if application is None:
            raise NotFound
        return subject_of_person(session, session.get_one(Person, application.person_id))
    mobility = session.get(Mobility, int(key)) if key.isascii() and key.isdigit() else None
    if mobility is None:
        raise NotFound
    if mobility.person_id is not None:
        return subject_of_person(session, session.get_one(Person, mobility.person_id))
    names = (mobility.student_given_names, mobility.student_family_name)
    return Subject(
        " ".join(filter(None, names)),
        None,
        mobility.student_email or "",
        (mobility.id,),
        _cases(session, [key]),
    )


def _cases(session: Session, keys: list[str]) -> tuple[Held, ...]:
    own = instance.c
    found = session.execute(
        select(own.id, definition.c.key, own.business_key, own.status)
        .join(definition, definition.c.id == own.definition_id)
        .where(own.business_key.in_(keys), own.erased_at.is_(None))
        .order_by(own.id)
    )
    return tuple(Held(*row) for row in found)


def rows_of_case(connection: Connection, case: Held) -> Rows:
    """The rows of the domain that belong to a case, by table."""
    found: Rows = {}
    file = FILES.get(case.process)
    number = int(case.business_key) if case.business_key.isdigit() else None
    for holding in file.holdings if file else ():
        key = number if holding.shared else case.id
        if key is not None:
            _collect(connection, holding.table, holding.column == key, found)
    own = comment.c.instance_id == case.id
    found["comment"] = _rows(connection, comment, own)
    return {name: rows for name, rows in found.items() if rows}


def rows_of_person(connection: Connection, subject: Subject) -> Rows:
    """The rows about a student that belong to no case: account, mobilities, messages, mails.

    Of the messages those that the student can read: the others are between other people.
    """
    found: Rows = {}
    tables = metadata.tables
    mobility, letter, mail = (tables[name] for name in ("mobility", "relay_letter", "mail_message"))
    found["mobility"] = _rows(connection, mobility, mobility.c.id.in_(subject.mobilities))
    for holding in OF_MOBILITY:
        where: list[ColumnElement[bool]] = [holding.column.in_(subject.mobilities)]
        if holding.table is letter:
            where.append(or_(letter.c.to_student, letter.c.party == "student"))
        found[holding.name] = _rows(connection, holding.table, *where)
    if subject.person_id is not None:
        person = tables["person"]
        found["person"] = _rows(connection, person, person.c.id == subject.person_id)
        for name in ABOUT_PERSON:
            own = tables[name].c.person_id == subject.person_id
            found[name] = _rows(connection, tables[name], own)
    if subject.email:
        found["mail_message"] = _rows(connection, mail, mail.c.to == subject.email)
    return {name: rows for name, rows in found.items() if rows}


def events_of_case(connection: Connection, instance_id: int) -> Iterator[dict[str, Any]]:
    """The history of a case, in order."""
    after = 0
    while events := queries.events(
        connection, instance_id, after=after, limit=_EVENTS_AT_ONCE, newest=False
    ):
        for event in events:
            yield {name: getattr(event, name) for name in event.__slots__}
        after = events[-1].seq


def documents_of(session: Session, cases: tuple[Held, ...]) -> list[Document]:
    """The documents of cases, in the order they were made."""
    keys = {case.business_key for case in cases}
    own = or_(Document.instance_id.is_(None), Document.instance_id.in_([c.id for c in cases]))
    statement = select(Document).where(Document.business_key.in_(keys), own)
    return list(session.scalars(statement.order_by(Document.id)))


def content_of(session: Session, document: Document) -> bytes:
    """The bytes of a document."""
    return session.get_one(DocumentContent, document.id).content


def file_name_of(document: Document) -> str:
    """The name of a document inside an archive: no two are the same, none leads out of it."""
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in document.filename)
    return f"documents/{document.id}-{plain[-100:].lstrip('.')}"


def case_files(session: Session, instance_id: int) -> dict[str, bytes]:
    """What the archives get beside the sealed events: rows, documents, and who acted."""
    row = session.execute(
        select(instance.c.id, definition.c.key, instance.c.business_key, instance.c.status)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(instance.c.id == instance_id)
    ).one()
    case = Held(*row)
    connection = session.connection()
    actors = select(history_event.c.actor).where(history_event.c.instance_id == instance_id)
    people = people_named(session, set(session.scalars(actors)))
    papers = documents_of(session, (case,))
    listed = [
        {"file": file_name_of(each), "kind": each.kind, "sha256": each.sha256} for each in papers
    ]
    return {
        "data.json": dumped(rows_of_case(connection, case)),
        "documents.json": dumped(listed),
        "people.json": dumped(people),
        **{file_name_of(each): content_of(session, each) for each in papers},
    }


def dumped(value: object) -> bytes:
    """JSON, as people can read it."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    raise TypeError(type(value).__name__)


def _collect(connection: Connection, table: Table, where: ColumnElement[bool], found: Rows) -> None:
    rows = [row._mapping for row in connection.execute(select(table).where(where))]
    if not rows:
        return
    found.setdefault(table.name, []).extend(_shown(row) for row in rows)
    for other, key in children_of(table):
        names = [element.column.name for element in key.elements]
        columns = [element.parent for element in key.elements]
        pointing = tuple_(*columns).in_([tuple(row[name] for name in names) for row in rows])
        _collect(connection, other, pointing, found)


def _rows(
    connection: Connection, table: Table, *where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    return [_shown(row._mapping) for row in connection.execute(select(table).where(*where))]


def _shown(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name not in SECRET}
