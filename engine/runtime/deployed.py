"""Deployed definitions: stored once, parsed once a process, shared by all instances."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, literal_column, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from engine.definitions import Bundle, DefinitionModel, Element, describe
from engine.errors import Conflict, ExpressionError, NotFound, Retired
from engine.feel import Feel
from engine.feel.dmn import Decision, parse_decisions
from engine.forms import Form, compile_form
from engine.ids import new_id
from engine.kernel import Executable, compile_process
from engine.tables import definition, definition_file, definition_retirement, instance
from engine.tables.types import from_micros
from engine.unit import Unit
from engine.values import InstanceStatus, Value, Version

_CACHED = 64
# A partial index is used only where the statement itself says the number.
_ACTIVE: ColumnElement[int] = literal_column(str(int(InstanceStatus.ACTIVE)))


class Content:
    """What the files of a bundle say, each kind of file parsed on first use."""

    def __init__(self, bundle: Bundle) -> None:
        self._files = bundle.files
        self.model: DefinitionModel = describe(bundle)

    @cached_property
    def executable(self) -> Executable:
        """What the kernel runs."""
        files = {
            name: content
            for name, content in self.model.normalized.items()
            if name.endswith(".bpmn")
        }
        return compile_process(files, self.model.process_id)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The compiled forms by id."""
        names = [name for name in self._files if name.startswith("forms/")]
        compiled = [compile_form(self._files[name], name)[0] for name in names]
        return {form.id: form for form in compiled}

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """The decision tables by id."""
        tables: dict[str, Decision] = {}
        for name, content in self._files.items():
            if name.endswith(".dmn"):
                tables.update({table.id: table for table in parse_decisions(content, name)[0]})
        return tables


content_of = lru_cache(_CACHED)(Content)
"""The content of a bundle, parsed once a process: equal bundles say the same."""


@dataclass(frozen=True)
class Definition:
    """One immutable version of a process definition, ready to run."""

    id: int
    key: str
    version: int
    digest: str
    note: str
    deployed_at: datetime
    deployed_by: str
    bundle: Bundle
    feel: Feel

    @cached_property
    def content(self) -> Content:
        """Its diagrams, forms and decision tables, parsed."""
        return content_of(self.bundle)

    @property
    def model(self) -> DefinitionModel:
        """The static facts of the diagrams."""
        return self.content.model

    @property
    def executable(self) -> Executable:
        """What the kernel runs."""
        return self.content.executable

    @property
    def forms(self) -> Mapping[str, Form]:
        """The compiled forms by id."""
        return self.content.forms

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """The decision tables by id."""
        return self.content.decisions

    @cached_property
    def zone(self) -> ZoneInfo:
        """The process's time zone."""
        return ZoneInfo(self.model.time_zone)

    def element(self, element_id: str) -> Element:
        """The facts of one element; raises NotFound for an unknown id."""
        found = self.model.elements.get(element_id)
        if found is None:
            raise NotFound
        return found

    # What the kernel asks of its evaluator.

    def conditions(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[bool]:
        """Whether each condition holds over ``context``."""
        return self.feel.conditions(expressions, context)

    def evaluate(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[Value]:
        """The value of each expression over ``context``."""
        return self.feel.evaluate(expressions, context)

    def decide(self, decision_id: str, context: Mapping[str, Value]) -> Mapping[str, Value]:
        """The outputs of a decision table; raises ExpressionError for an unknown one."""
        decision = self.decisions.get(decision_id)
        if decision is None:
            raise ExpressionError(decision_id, f"There is no decision '{decision_id}'.")
        return self.feel.decide(decision, context).outputs


class Definitions:
    """The deployed versions, cached by id: a version never changes."""

    def __init__(self, feel: Feel) -> None:
        self._feel = feel
        self._cache: OrderedDict[int, Definition] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, connection: Connection, definition_id: int) -> Definition:
        """The version with this id; raises NotFound."""
        with self._lock:
            found = self._cache.get(definition_id)
            if found is not None:
                self._cache.move_to_end(definition_id)
                return found
        row = connection.execute(
            select(definition).where(definition.c.id == definition_id)
        ).one_or_none()
        if row is None:
            raise NotFound
        return self._remember(self._read(connection, row))

    def startable(self, connection: Connection, key: str) -> Definition:
        """The newest version of a process, for a case to start; raises NotFound and Retired."""
        row = connection.execute(
            select(definition.c.id, definition_retirement.c.id.label("retired"))
            .outerjoin(
                definition_retirement,
                (definition_retirement.c.key == definition.c.key)
                & definition_retirement.c.resumed_at.is_(None),
            )
            .where(definition.c.key == key)
            .order_by(definition.c.version.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no process '{key}'.")
        if row.retired is not None:
            raise Retired(
                f"The process '{key}' is retired: its cases go on, but no new one can be started.",
                key=key,
            )
        return self.get(connection, row.id)

    def in_force(self, connection: Connection, key: str) -> int:
        """The number of the newest version of a process; 0 for none."""
        newest = select(func.max(definition.c.version)).where(definition.c.key == key)
        return int(connection.execute(newest).scalar_one() or 0)

    def all_latest(self, connection: Connection) -> list[Definition]:
        """The newest version of every process, by key."""
        newest = (
            select(definition.c.key, func.max(definition.c.version).label("version"))
            .group_by(definition.c.key)
            .subquery()
        )
        rows = connection.execute(
            select(definition.c.id)
            .join(
                newest,
                (definition.c.key == newest.c.key) & (definition.c.version == newest.c.version),
            )
            .order_by(definition.c.key)
        )
        return [self.get(connection, row.id) for row in rows.all()]

    def numbered(self, connection: Connection, key: str, number: int) -> Definition:
        """One version of a process by its number; raises NotFound."""
        rows = connection.execute(
            select(definition.c.id, definition.c.version).where(definition.c.key == key)
        )
        # Compared here: PostgreSQL refuses a number that its column could not hold.
        found = next((row.id for row in rows.all() if row.version == number), None)
        if found is None:
            raise NotFound
        return self.get(connection, found)

    def versions(self, connection: Connection, key: str | None) -> list[Version]:
        """Every version of every process, or of one, by key and the newest first."""
        running = func.count(instance.c.id)
        query = (
            select(definition, running.label("running"))
            .select_from(definition)
            .outerjoin(
                instance,
                (instance.c.definition_id == definition.c.id)
                & (instance.c.status == _ACTIVE)
                & instance.c.restricted.is_(False),
            )
            .group_by(definition.c.id)
            .order_by(definition.c.key, definition.c.version.desc())
        )
        rows = connection.execute(query if key is None else query.where(definition.c.key == key))
        return [
            Version(
                definition_id=row.id,
                key=row.key,
                number=row.version,
                note=row.note,
                digest=row.digest,
                deployed_at=from_micros(row.deployed_at),
                deployed_by=row.deployed_by,
                running=row.running,
            )
            for row in rows
        ]

    def ids_of(self, connection: Connection, key: str) -> list[int]:
        """The ids of every version of a process."""
        rows = connection.execute(select(definition.c.id).where(definition.c.key == key))
        return [row.id for row in rows]

    def store(
        self, unit: Unit, bundle: Bundle, note: str, replacing: int | None = None
    ) -> Definition:
        """Store a checked bundle as the next version.

        A bundle equal to the latest version is that version: nothing is stored. Raises
        Conflict where the latest version is not the number ``replacing``, if one is given,
        and where another is stored at the same moment.
        """
        latest = unit.connection.execute(
            select(definition.c.id, definition.c.version, definition.c.digest)
            .where(definition.c.key == bundle.key)
            .order_by(definition.c.version.desc())
            .limit(1)
        ).one_or_none()
        number = 0 if latest is None else latest.version
        if replacing not in (None, number):
            raise Conflict
        if latest is not None and latest.digest == bundle.digest:
            return self.get(unit.connection, latest.id)
        definition_id = new_id()
        values = {
            "id": definition_id,
            "key": bundle.key,
            "version": number + 1,
            "digest": bundle.digest,
            "note": note,
            "deployed_at": unit.at,
            "deployed_by": unit.actor.id,
        }
        _take_number(unit.connection, values)
        unit.connection.execute(
            insert(definition_file),
            [
                {"definition_id": definition_id, "name": name, "content": content}
                for name, content in bundle.files.items()
            ],
        )
        row = unit.connection.execute(
            select(definition).where(definition.c.id == definition_id)
        ).one()
        return self._read(unit.connection, row)

    def _read(self, connection: Connection, row: Any) -> Definition:
        files = connection.execute(
            select(definition_file.c.name, definition_file.c.content).where(
                definition_file.c.definition_id == row.id
            )
        )
        return Definition(
            id=row.id,
            key=row.key,
            version=row.version,
            digest=row.digest,
            note=row.note,
            deployed_at=from_micros(row.deployed_at),
            deployed_by=row.deployed_by,
            bundle=Bundle(row.key, {file.name: bytes(file.content) for file in files}),
            feel=self._feel,
        )

    def _remember(self, found: Definition) -> Definition:
        with self._lock:
            self._cache[found.id] = found
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return found


def _take_number(connection: Connection, values: Mapping[str, Any]) -> None:
    try:
        connection.execute(insert(definition).values(**values))
    except IntegrityError as taken:
        # PostgreSQL lets two look at once; the number is the first one's.
        raise Conflict from taken
