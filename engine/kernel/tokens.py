"""Tokens: SpiffWorkflow's tasks with small integer ids, no clock, no logging and no recursion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.kernel.spiff import CANCELLED, COMPLETED, FUTURE, READY, Task
from engine.values import Value

if TYPE_CHECKING:
    from engine.kernel.node import Node
    from engine.kernel.scopes import Scope

LIVE_BELOW = COMPLETED
"""States under this one are alive."""


class Token(Task):
    """A token at one node of one scope.

    Only tokens that have really arrived exist: nothing is predicted, so a state
    holds the live tokens and the forks between them, and nothing else.
    ``data`` are the variables the token sees. Containers in it are shared
    between tokens and are never changed in place. ``history`` says of a variable
    which tokens have written it, the last one last, as far as other live tokens
    of the scope differ in it: so a join tells a newer value from a rival one.
    """

    workflow: Scope
    task_spec: Node
    data: dict[str, Value]

    def __init__(
        self, scope: Scope, spec: Node, number: int, parent: int | None, state: int
    ) -> None:
        # The stock constructor draws a UUID and a global thread number and reads
        # the clock; none of that may decide anything here.
        self.id = number
        self.workflow = scope
        self.task_spec = spec
        self._parent = parent
        self._children = []
        self._state = state
        self.triggered = False
        self.data = {}
        self.history: dict[str, list[int]] = {}
        self.internal_data: dict[str, Any] = {}
        self.thread_id = 0
        self.last_state_change = 0.0
        scope.tasks[number] = self

    @property
    def alive(self) -> bool:
        """Whether the token still stands somewhere."""
        return self._state < LIVE_BELOW

    def in_state(self, state: int) -> bool:
        """Whether the token is in this very state."""
        return self._state == state

    @property
    def origin(self) -> Token | None:
        """The token this one came from, or the nearest fork kept of its past."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    @property
    def offspring(self) -> list[Token]:
        """The tokens that came from this one and are still known."""
        tasks = self.workflow.tasks
        return [tasks[number] for number in self._children]

    def spawn(self, spec: Node) -> Token:
        """A new token at another node, not yet arrived there."""
        number = self.workflow.instance.next_number()
        token = Token(self.workflow, spec, number, self.id, FUTURE)
        self._children.append(number)
        return token

    def inherit(self, other: Token) -> None:
        """See what another token sees."""
        self.data = dict(other.data)
        self.history = other.history

    def learn(self, variables: Mapping[str, Value]) -> None:
        """Set variables to what has come from outside the tokens, and note what that changes."""
        for name, value in changed(self.data, variables).items():
            self.workflow.instance.written.append((name, self.data.get(name), value))
        self.write(variables)

    def write(self, variables: Mapping[str, Value], stamp: int | None = None) -> None:
        """Set variables; writing what is there already is no change."""
        changes = changed(self.data, variables)
        if changes:
            self.data.update(changes)
            number = stamp or self.id
            written = {name: [*self.history.get(name, ()), number] for name in changes}
            self.history = {**self.history, **written}

    def run(self) -> bool | None:
        """Run a READY token; the stock method would complete one its own throw has cancelled."""
        result = self.task_spec._run(self)
        if self._state == READY and result:
            self.complete()
        return result

    def complete(self) -> None:
        """Let the token leave its node."""
        self.record("completed")
        super().complete()

    def cancel(self) -> None:
        """Take the token away with everything running inside its activity."""
        if self._state < LIVE_BELOW:
            self.record("cancelled")
            self._state = CANCELLED
            self.task_spec._on_cancel(self)

    def consume(self) -> None:
        """Take away a token that a join has merged into another."""
        self._state = COMPLETED

    def record(self, what: str) -> None:
        """Note in the path of this run what happened to the token."""
        if self.task_spec.leaves_trace(self):
            self.workflow.instance.path.append((self.task_spec.element, what))

    def _set_state(self, value: int) -> None:
        self._state = value

    def _ready(self) -> None:
        self._state = READY
        self.task_spec._on_ready(self)


def changed(base: Mapping[str, Value], data: Mapping[str, Value]) -> dict[str, Value]:
    """What ``data`` holds anew or otherwise than ``base``."""
    return {
        name: value
        for name, value in data.items()
        if name not in base or not same(base[name], value)
    }


def same(one: Value, other: Value) -> bool:
    """Equal as JSON: true is not 1."""
    return one is other or (one == other and type(one) is type(other))
