"""A run: one instance in memory, from its state through one or more steps to its next state."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.errors import InvalidState
from engine.kernel.activities import ServiceTask, UserTask
from engine.kernel.events import BoundaryEvent, CatchEvent, EventKind
from engine.kernel.interface import Evaluator, Thrown, Wait, WaitKind
from engine.kernel.process import Executable
from engine.kernel.scopes import Instance
from engine.kernel.state import CANCELLED, FINISHED, RUNNING, dump, load
from engine.kernel.stepping import check_not_stuck, step
from engine.kernel.throws import throw_error
from engine.kernel.tokens import Token
from engine.values import Value

DEFAULT_BUDGET = 2000

_EXTERNAL = {EventKind.TIMER: WaitKind.TIMER, EventKind.MESSAGE: WaitKind.MESSAGE}


class Run:
    """One process instance in memory.

    Made by :meth:`start` or :meth:`load`, stepped by one of the commands, kept
    by :meth:`dump`. A command that raises ExecutionError leaves the run
    unusable: load the state from before again. Not for several threads; several
    runs of one Executable in several threads are fine.

    ``path`` lists (element id, ``entered`` | ``completed`` | ``cancelled``) of
    what has moved in this object, in order, and between them ``begun`` and ``ended`` of
    each round of an activity with a loop marker; ``flows`` the sequence flows taken;
    ``written`` (name, before, after) the variables that steps, messages and decision
    tables have changed; ``thrown`` the messages thrown.
    """

    def __init__(self, executable: Executable, evaluator: Evaluator, budget: int) -> None:
        specs = executable.specs
        self._instance = Instance(specs[executable.process_id], specs, evaluator, budget)
        self._phase = RUNNING
        self._variables: dict[str, Value] = {}
        self._waits: dict[int, Wait] | None = None
        self._broken = False

    @classmethod
    def start(
        cls,
        executable: Executable,
        variables: Mapping[str, Value],
        evaluator: Evaluator,
        budget: int = DEFAULT_BUDGET,
        *,
        at: str = "",
    ) -> Run:
        """Start an instance and step it to its first waits.

        It begins at the none start event, or at the message start event ``at``.
        Raises InvalidState where there is no such event; ExecutionError.
        """
        run = cls(executable, evaluator, budget)
        run._broken = True
        run._instance.begin(dict(variables), at)
        run._step()
        return run

    @classmethod
    def load(
        cls,
        executable: Executable,
        state: bytes,
        evaluator: Evaluator,
        budget: int = DEFAULT_BUDGET,
    ) -> Run:
        """Bring an instance back. Raises ValueError for a state of another definition."""
        run = cls(executable, evaluator, budget)
        run._phase, run._variables = load(run._instance, state)
        return run

    @property
    def path(self) -> list[tuple[str, str]]:
        """What has moved, in order."""
        return self._instance.path

    @property
    def flows(self) -> list[str]:
        """The ids of the sequence flows that tokens have taken, in order."""
        return self._instance.flows

    @property
    def written(self) -> list[tuple[str, Value, Value]]:
        """The variables set from outside the tokens: name, value before and after, in order."""
        return self._instance.written

    @property
    def thrown(self) -> list[Thrown]:
        """The messages thrown, in order."""
        return self._instance.thrown

    @property
    def finished(self) -> bool:
        """Whether no token is left."""
        return self._phase != RUNNING

    @property
    def variables(self) -> dict[str, Value]:
        """The variables of the finished process, or of the process's youngest live token."""
        if self.finished:
            return dict(self._variables)
        moving = [token for token in self._instance.live() if "of" not in token.internal_data]
        return dict(moving[-1].data)

    @property
    def waits(self) -> dict[int, Wait]:
        """What the instance waits for, by task number."""
        if self._waits is None:
            found = (
                _wait(token)
                for scope in self._instance.scopes()
                for token in scope.tasks.values()
                if token.alive
            )
            self._waits = {wait.task_no: wait for wait in found if wait is not None}
        return self._waits

    def complete(self, task_no: int, variables: Mapping[str, Value]) -> None:
        """A user, service or send task is done; its variables go along with the token.

        Raises InvalidState if nothing waits there, ExecutionError if the process cannot go on.
        """
        token = self._waiting(task_no, WaitKind.USER, WaitKind.SERVICE)
        self._broken = True
        token.learn(variables)
        token.complete()
        self._step()

    def fire(self, task_no: int) -> None:
        """A timer is due. A non-interrupting one with a cycle waits on under its number.

        Raises InvalidState, ExecutionError.
        """
        self._trigger(self._waiting(task_no, WaitKind.TIMER), {})

    def deliver(self, task_no: int, payload: Mapping[str, Value]) -> None:
        """A message has arrived; its payload becomes variables.

        A non-interrupting boundary event waits on under its number.
        Raises InvalidState, ExecutionError.
        """
        self._trigger(self._waiting(task_no, WaitKind.MESSAGE), payload)

    def fail(self, task_no: int, error_code: str) -> None:
        """A service has thrown a BPMN error.

        Raises ExecutionError ``uncaught_error`` if no boundary event catches it; InvalidState.
        """
        token = self._waiting(task_no, WaitKind.SERVICE, WaitKind.USER)
        self._broken = True
        throw_error(token, error_code)
        self._step()

    def cancel(self) -> None:
        """Take every token away."""
        self._check_usable()
        self._variables = self.variables
        self._instance.cancel()
        self._phase = CANCELLED
        self._waits = {}

    def dump(self) -> bytes:
        """The state to keep. Raises TypeError for a variable that is no JSON value."""
        if self._broken:
            raise InvalidState("The run has failed; what it holds is not a state to keep.")
        return dump(self._instance, self._phase, self._variables)

    def _check_usable(self) -> None:
        if self._broken or self.finished:
            raise InvalidState("The process instance has ended or its run has failed.")

    def _waiting(self, task_no: int, *kinds: WaitKind) -> Token:
        self._check_usable()
        token = self._instance.find(task_no)
        kind = None if token is None or not token.alive else _kind(token)
        if token is None or kind not in kinds:
            raise InvalidState(f"No such task waits under the number {task_no}.")
        return token

    def _trigger(self, token: Token, payload: Mapping[str, Value]) -> None:
        node = token.task_spec
        assert isinstance(node, CatchEvent)
        self._broken = True
        node.trigger(token, payload)
        self._step()

    def _step(self) -> None:
        instance = self._instance
        self._waits = None
        step(instance)
        if instance.result is not None:
            self._phase, self._variables = FINISHED, instance.result
            self._waits = {}
        else:
            check_not_stuck(instance, waiting=bool(self.waits))
        self._broken = False
        instance.left = instance.budget


def _kind(token: Token) -> WaitKind | None:
    """What a live token waits for outside, if anything."""
    node = token.task_spec
    if isinstance(node, UserTask):
        return WaitKind.USER
    if isinstance(node, ServiceTask):
        return WaitKind.SERVICE
    if isinstance(node, CatchEvent):
        return _EXTERNAL.get(node.catches.kind)
    return None


def _wait(token: Token) -> Wait | None:
    kind = _kind(token)
    if kind is None:
        return None
    node = token.task_spec
    host = node.host if isinstance(node, BoundaryEvent) else None
    variables = MappingProxyType(token.data)
    return Wait(token.id, node.element, kind, variables, _item(token), host)


def _item(token: Token) -> int | None:
    """The number of the innermost instance of a loop around a token."""
    around: Token | None = token
    while around is not None:
        if "item" in around.internal_data:
            return int(around.internal_data["item"])
        around = around.workflow.host
    return None
