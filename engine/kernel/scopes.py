"""Scopes: the running process and the subprocesses and called processes inside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import NoReturn

from engine.errors import ExecutionError, InvalidState
from engine.kernel.interface import Evaluator, Thrown
from engine.kernel.process import ProcessSpec
from engine.kernel.spiff import FUTURE, BpmnSubWorkflow, BpmnWorkflow
from engine.kernel.tokens import Token
from engine.values import Value


class NoScripts:
    """Stands where SpiffWorkflow expects a Python engine: nothing of a diagram is ever run."""

    def _refuse(self, *_arguments: object, **_options: object) -> NoReturn:
        raise PermissionError("The kernel never runs what a diagram says.")

    evaluate = execute = call_service = _refuse

    @property
    def environment(self) -> NoReturn:
        """Refused: the stock evaluator hides here."""
        self._refuse()


class Scope:
    """What an instance and its inner scopes share; mixed into SpiffWorkflow's workflow classes.

    The stock methods of this name walk the task tree to a depth of 1000 and
    stop there in silence; these look at all tasks, flat.
    """

    tasks: dict[int, Token]
    spec: ProcessSpec
    instance: Instance
    host: Token | None

    def begin(self, variables: dict[str, Value], at: str = "") -> None:
        """Put the first token on the none start event, or on the message start event ``at``.

        Raises InvalidState where there is none.
        """
        start = self.spec.message_starts.get(at) if at else self.spec.start
        if start is None:
            raise InvalidState(f"'{self.spec.name}' has no such start event.")
        token = Token(self, start, self.instance.next_number(), None, FUTURE)
        token.data = variables
        token.task_spec._update(token)

    def live(self) -> list[Token]:
        """The tokens of this scope that still stand somewhere, oldest first."""
        return [token for token in self.tasks.values() if token.alive]

    def cancel(self) -> None:
        """Take every token of this scope away, and the scopes inside."""
        for token in self.live():
            token.cancel()

    def finish(self, variables: dict[str, Value]) -> None:
        """End this scope and hand its variables on."""
        host = self.host
        if host is None:
            self.instance.result = variables
            self.instance.completed = True
        else:
            del self.instance.subprocesses[host.id]
            host.write(variables)
            host._ready()

    def _task_completed_notify(self, _token: Token) -> None:
        """Nothing: joins look for themselves once no token can move by itself."""


class InnerScope(Scope, BpmnSubWorkflow):
    """A running subprocess or called process; ``host`` is the token of its activity."""

    def __init__(self, spec: ProcessSpec, host: Token) -> None:
        self.host = host
        self.instance = host.workflow.instance
        super().__init__(spec, host.id, self.instance, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0  # Never asked here; the stock way climbs all scopes for each new one.


class Instance(Scope, BpmnWorkflow):
    """A running process instance.

    It lives as long as one :class:`engine.kernel.run.Run`; everything that
    outlasts it is in the state.
    """

    subprocesses: dict[int, InnerScope]

    def __init__(
        self,
        spec: ProcessSpec,
        specs: Mapping[str, ProcessSpec],
        evaluator: Evaluator,
        budget: int,
    ) -> None:
        super().__init__(spec, specs, script_engine=_NO_SCRIPTS, deserializing=True)
        self.specs = specs
        self.instance = self
        self.host = None
        self.evaluator = evaluator
        self.budget = self.left = budget
        self.counter = 0
        self.ready: deque[Token] = deque()
        self.path: list[tuple[str, str]] = []
        self.flows: list[str] = []
        self.written: list[tuple[str, Value, Value]] = []
        self.thrown: list[Thrown] = []
        self.result: dict[str, Value] | None = None

    def next_number(self) -> int:
        """A task number never used before in this instance."""
        self.counter += 1
        return self.counter

    def spend(self, element: str) -> None:
        """Count one automatic step.

        Raises ExecutionError ``budget_exceeded`` when a command takes too many.
        """
        self.left -= 1
        if self.left < 0:
            raise ExecutionError(
                element,
                "budget_exceeded",
                f"More than {self.budget} automatic steps follow each other without waiting, "
                f"the last at '{element}': the diagram probably loops.",
                budget=self.budget,
            )

    def scopes(self) -> Iterator[Scope]:
        """The instance itself and every scope inside, outer ones first."""
        yield self
        yield from list(self.subprocesses.values())

    def open_scope(self, host: Token, key: str) -> None:
        """Start the subprocess or called process of an activity."""
        scope = InnerScope(self.specs[key], host)
        self.subprocesses[host.id] = scope
        scope.begin(host.data)

    def close_scope(self, host: Token) -> None:
        """Cancel what runs inside an activity."""
        scope = self.subprocesses.pop(host.id, None)
        if scope is not None:
            scope.cancel()

    def find(self, number: int) -> Token | None:
        """The token with this number, wherever it stands."""
        for scope in self.scopes():
            token = scope.tasks.get(number)
            if token is not None:
                return token
        return None


_NO_SCRIPTS = NoScripts()
