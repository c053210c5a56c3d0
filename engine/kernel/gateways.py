"""Gateways: exclusive, parallel, inclusive and event-based."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import ExpressionError
from engine.kernel.events import BoundaryEvent
from engine.kernel.failures import expression_failed, no_flow_true
from engine.kernel.joins import Join, LateJoin
from engine.kernel.node import Node
from engine.kernel.spiff import WAITING

if TYPE_CHECKING:
    from engine.kernel.process import ProcessSpec
    from engine.kernel.tokens import Token


@dataclass(frozen=True, slots=True)
class Choice:
    """A flow leaving a gateway; without a condition it is the default or the only one."""

    flow: str
    target: str
    condition: str | None


class Choosing(Node):
    """A gateway that chooses among its flows, in the order of the file."""

    choices: tuple[Choice, ...] = ()

    def true_flows(self, token: Token) -> list[Choice]:
        """The flows whose condition holds; all are asked in one call.

        Raises ExecutionError ``expression_failed`` naming the flow.
        """
        asked = [choice for choice in self.choices if choice.condition is not None]
        if not asked:
            return []
        evaluator = token.workflow.instance.evaluator
        try:
            answers = evaluator.conditions([choice.condition or "" for choice in asked], token.data)
        except ExpressionError as error:
            guilty = (each.flow for each in asked if each.condition == error.expression)
            raise expression_failed(next(guilty, self.element), error) from error
        return [choice for choice, holds in zip(asked, answers, strict=True) if holds]

    def otherwise(self) -> list[Choice]:
        """The default flow. Raises ExecutionError ``no_flow_true`` where there is none."""
        default = [choice for choice in self.choices if choice.condition is None]
        if not default:
            raise no_flow_true(self.element)
        return default

    def nodes(self, token: Token, choices: Iterable[Choice]) -> list[Node]:
        """Where these flows lead."""
        specs = token.workflow.spec.task_specs
        return [specs[choice.target] for choice in choices]


class ExclusiveGateway(Choosing):
    """Takes the first true flow, else the default."""

    def onward(self, token: Token) -> Iterable[Node]:
        """One flow. Raises ExecutionError ``no_flow_true``, ``expression_failed``."""
        return self.nodes(token, self.true_flows(token)[:1] or self.otherwise())


class ParallelGateway(Join):
    """Waits for one token on each incoming flow, sends one along each outgoing flow.

    More tokens on a flow wait for the next firing.
    """

    def arrive(self, token: Token) -> bool:
        """Fire if this was the last incoming flow without a token."""
        first = self.first_of_each_flow(token)
        if len(first) == len(self._inputs):
            self.fire(sorted(first.values(), key=lambda each: each.id))
        return False


class InclusiveGateway(Choosing, LateJoin):
    """Takes every true flow, else the default; joins what can still come.

    As a join it fires, by the rule of BPMN 2.0.2, 13.4.3, when some incoming
    flow has a token and no token elsewhere can still reach an incoming flow
    without one, unless that token could as well reach a flow that has one.
    """

    reach: dict[str, frozenset[str]]

    def seal(self, process: ProcessSpec) -> None:
        """Also work out from which nodes each incoming flow can be reached."""
        super().seal(process)
        self.reach = {name: self._sources(process, name) for name in self._inputs}

    def _sources(self, process: ProcessSpec, name: str) -> frozenset[str]:
        seen, open_ends = {name}, [name]
        while open_ends:
            node = process.task_specs[open_ends.pop()]
            before = list(node._inputs)
            if isinstance(node, BoundaryEvent):
                before.append(node.host)  # a token in the activity may still leave this way
            for source in before:
                if source not in seen and source != self.name:
                    seen.add(source)
                    open_ends.append(source)
        return frozenset(seen)

    def arrive(self, token: Token) -> bool:
        """A gateway that only splits need not look around."""
        if len(self._inputs) == 1:
            self.fire([token])
        return False

    def onward(self, token: Token) -> Iterable[Node]:
        """Every true flow. Raises ExecutionError ``no_flow_true``, ``expression_failed``."""
        return self.nodes(token, self.true_flows(token) or self.otherwise())

    def try_fire(self, token: Token) -> bool:
        """Fire if no other token can still fill an empty incoming flow."""
        first = self.first_of_each_flow(token)
        empty = [sources for name, sources in self.reach.items() if name not in first]
        filled = [sources for name, sources in self.reach.items() if name in first]
        for other in token.workflow.live() if empty else ():
            node = other.task_spec
            if node is self or (isinstance(node, BoundaryEvent) and other.in_state(WAITING)):
                continue
            comes = any(node.name in sources for sources in empty)
            if comes and not any(node.name in sources for sources in filled):
                return False
        self.fire(sorted(first.values(), key=lambda each: each.id))
        return True


class EventGateway(Node):
    """Waits for the first of several events; the others are given up."""

    def _on_complete_hook(self, token: Token) -> None:
        for node in self.targets:
            self.send(token, node).internal_data["race"] = token.id
