"""Activities that run more than once: standard loops and multi-instances.

The loop's own token stands at the activity while tokens at a hidden node, the
instances, do the work. The loop's ``data`` stay as they were when it began, so
that what an instance has changed can be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ExpressionError
from engine.kernel.failures import bad_collection, expression_failed, lost_update
from engine.kernel.node import Node
from engine.kernel.spiff import STARTED
from engine.kernel.tokens import Token, changed, same
from engine.values import Value

if TYPE_CHECKING:
    from engine.kernel.process import ProcessSpec


class LoopNode(Node):
    """An activity with a loop marker; ``inner`` is the node its instances run at."""

    inner: Node

    def __init__(self, process: ProcessSpec, name: str) -> None:
        super().__init__(process, name)
        self.local_names: tuple[str, ...] = ()

    def instance_done(self, instance: Token) -> None:
        """An instance has left the inner node."""
        raise NotImplementedError

    def add_instance(self, loop: Token, number: int, variables: dict[str, Value]) -> None:
        """Start one instance."""
        loop.workflow.instance.spend(self.element)
        loop.workflow.instance.path.append((self.element, "begun"))
        instance = loop.spawn(self.inner)
        instance.data, instance.history = variables, loop.history
        instance.internal_data["item"] = number
        self.inner._update(instance)

    def holds(self, loop: Token, condition: str, variables: Mapping[str, Value]) -> bool:
        """Whether a condition of the loop is true."""
        try:
            return loop.workflow.instance.evaluator.conditions([condition], variables)[0]
        except ExpressionError as error:
            raise expression_failed(self.element, error) from error

    def _on_cancel(self, token: Token) -> None:
        super()._on_cancel(token)
        for instance in token.offspring:
            instance.cancel()


class StandardLoop(LoopNode):
    """Repeats while its condition holds, at most ``maximum`` times; one round after the other."""

    def __init__(
        self,
        process: ProcessSpec,
        name: str,
        *,
        condition: str | None,
        maximum: int | None,
        test_before: bool,
    ) -> None:
        super().__init__(process, name)
        self.condition = condition
        self.maximum = maximum
        self.test_before = test_before

    def arrive(self, token: Token) -> bool:
        """Start the first round, or go on at once if none is wanted."""
        if self.maximum == 0 or (self.test_before and not self._again(token, 0)):
            return True
        token._state = STARTED
        self.add_instance(token, 0, dict(token.data))
        return False

    def instance_done(self, instance: Token) -> None:
        """Start the next round or end the loop; each round sees what the last has changed."""
        loop = instance.origin
        assert loop is not None
        loop.inherit(instance)
        rounds = int(instance.internal_data["item"]) + 1
        if self._again(loop, rounds):
            self.add_instance(loop, rounds, dict(loop.data))
        else:
            loop._ready()

    def _again(self, loop: Token, rounds: int) -> bool:
        if self.maximum is not None and rounds >= self.maximum:
            return False
        return self.condition is None or self.holds(loop, self.condition, loop.data)


@dataclass(frozen=True, slots=True)
class Collection:
    """Over what a multi-instance runs and where its results go.

    Either ``cardinality`` (an expression) or ``source`` (a variable holding a
    list). ``item`` and ``result`` are variables of one instance, ``target`` the
    variable that receives the results in the order of the input.
    """

    cardinality: str | None = None
    source: str | None = None
    item: str | None = None
    target: str | None = None
    result: str | None = None


class MultiInstance(LoopNode):
    """Runs once for each item, in parallel or one after the other.

    Besides ``result``, an instance may change variables of the process: after a
    sequential instance the next one sees them, parallel ones are merged like
    branches. ``internal_data`` of the loop's token: ``total``, ``done`` (how
    many instances have ended), ``out`` ([number, result] of each) and
    ``changes`` (what they have changed).
    """

    def __init__(
        self,
        process: ProcessSpec,
        name: str,
        over: Collection,
        *,
        sequential: bool,
        completion: str | None,
    ) -> None:
        super().__init__(process, name)
        self.over = over
        self.sequential = sequential
        self.completion = completion
        self.local_names = tuple(each for each in (over.item, over.result) if each)

    def arrive(self, token: Token) -> bool:
        """Start the instances; without items go on at once."""
        total = self._total(token)
        state: dict[str, Any] = {"total": total, "done": 0, "out": [], "changes": {}}
        token.internal_data.update(state)
        if total == 0:
            self._hand_back(token)
            return True
        token._state = STARTED
        for number in range(1 if self.sequential else total):
            self._start(token, number)
        return False

    def _total(self, token: Token) -> int:
        if self.over.cardinality is None:
            items = token.data.get(self.over.source or "")
            if not isinstance(items, list):
                what = f"the variable '{self.over.source}' holds no list."
                raise bad_collection(self.element, what)
            return len(items)
        evaluator = token.workflow.instance.evaluator
        try:
            count = evaluator.evaluate([self.over.cardinality], token.data)[0]
        except ExpressionError as error:
            raise expression_failed(self.element, error) from error
        if isinstance(count, float) and count.is_integer():
            count = int(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise bad_collection(self.element, f"its cardinality gives {count!r}, not a number.")
        return count

    def _start(self, loop: Token, number: int) -> None:
        variables = {**loop.data, **loop.internal_data["changes"]}
        if self.over.result is not None:
            variables[self.over.result] = None
        if self.over.item is not None:
            items = loop.data.get(self.over.source or "")
            variables[self.over.item] = items[number] if isinstance(items, list) else number
        self.add_instance(loop, number, variables)

    def instance_done(self, instance: Token) -> None:
        """Keep what the instance gives; start the next one or end when it was the last."""
        loop = instance.origin
        assert loop is not None
        state = loop.internal_data
        number = instance.internal_data["item"]
        self._keep(loop, instance.data)
        if self.over.target is not None:
            state["out"].append([number, instance.data.get(self.over.result or "")])
        state["done"] += 1
        if state["done"] == state["total"] or self._enough(loop, instance.data):
            for other in loop.offspring:
                other.cancel()
            self._hand_back(loop)
            loop._ready()
        elif self.sequential:
            self._start(loop, number + 1)

    def _keep(self, loop: Token, data: Mapping[str, Value]) -> None:
        changes: dict[str, Value] = loop.internal_data["changes"]
        for name, value in changed(loop.data, data).items():
            if name in self.local_names:
                continue
            if not self.sequential and name in changes and not same(changes[name], value):
                raise lost_update(self.element, name)
            changes[name] = value

    def _enough(self, loop: Token, data: Mapping[str, Value]) -> bool:
        if self.completion is None:
            return False
        state = loop.internal_data
        # The attributes of BPMN 2.0.2, table 10.30; an instance cannot end otherwise than here.
        counted: dict[str, Value] = {
            "numberOfInstances": state["total"],
            "numberOfCompletedInstances": state["done"],
            "numberOfActiveInstances": 0 if self.sequential else state["total"] - state["done"],
            "numberOfTerminatedInstances": 0,
            "loopCounter": state["done"],
        }
        return self.holds(loop, self.completion, {**loop.data, **data, **counted})

    def _hand_back(self, loop: Token) -> None:
        state = loop.internal_data
        given: dict[str, Value] = dict(state["changes"])
        if self.over.target is not None:
            results: list[Value] = [None] * state["total"]
            for number, value in state["out"]:
                results[number] = value
            given[self.over.target] = results
        loop.write(given)
        state.clear()
