"""What a leased job does outside any transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from engine.errors import ExecutionError, ExpressionError
from engine.kernel import Run
from engine.registry import Job, Performer, ReadSession, Registry
from engine.runtime.deployed import Definition
from engine.values import Value

_MOVES = frozenset({"timer", "message", "move"})


class Prepared:
    """A leased job on its way."""

    def __init__(
        self,
        row: Any,
        definition: Definition | None,
        registry: Registry,
        session: ReadSession,
        by_id: Callable[[int], Definition],
        now: datetime,
    ) -> None:
        self.row = row
        self.definition = definition
        self.payload: Mapping[str, Value] = orjson.loads(row.payload)
        self.performer: Performer | None = None
        self._registry = registry
        self._session = session
        self._definition = by_id
        self._now = now

    @property
    def step(self) -> str:
        """The step of a process that the job belongs to; empty outside a case."""
        if self.definition is None:
            return ""
        return f"{self.definition.key}/{self.row.element}"

    def perform(self) -> Value:
        """The outside half. Raises whatever the performer raises."""
        self.performer = self._performer()
        if self.performer is None:
            return None
        variables: Mapping[str, Value] = {}
        payload = self.payload
        if self.row.kind == "service":
            variables = self._variables()
            payload = self._parameters(variables)
        self.job = Job(
            id=self.row.id,
            kind=self.row.kind,
            instance_id=self.row.instance_id,
            business_key=self.row.business_key or "",
            element=self.row.element,
            payload=payload,
            variables=variables,
            attempt=self.row.attempts,
            now=self._now,
            session=self._session,
            definition=self._definition,
        )
        return self.performer.perform(self.job)

    def _performer(self) -> Performer | None:
        kind = self.row.kind
        if kind in _MOVES:
            return None
        if kind == "service":
            assert self.definition is not None
            name = self.definition.element(self.row.element).properties.get("service", "")
            found: Performer | None = self._registry.services.get(name)
        else:
            name, found = kind, self._registry.job_kinds.get(kind)
        if found is None:
            raise ExecutionError(
                self.row.element, "unknown_service", f"'{name}' is not installed here."
            )
        return found

    def _variables(self) -> Mapping[str, Value]:
        assert self.definition is not None
        run = Run.load(self.definition.executable, self.row.state, self.definition)
        wait = run.waits.get(self.row.task_no)
        if wait is None:
            raise ExecutionError(
                self.row.element, "not_waiting", "The process no longer waits for this."
            )
        return wait.variables

    def _parameters(self, variables: Mapping[str, Value]) -> Mapping[str, Value]:
        assert self.definition is not None
        properties = self.definition.element(self.row.element).properties
        named = {
            name.removeprefix("param."): expression
            for name, expression in properties.items()
            if name.startswith("param.")
        }
        if not named:
            return {}
        try:
            values = self.definition.evaluate(list(named.values()), variables)
        except ExpressionError as error:
            raise ExecutionError(self.row.element, "expression_failed", error.detail) from error
        return dict(zip(named, values, strict=True))
