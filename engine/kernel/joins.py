"""Joins: tokens meet, and the changes of all of them survive.

A token waiting at a join stands for itself until the join fires. Firing merges
the variables: one changed by a single branch has that branch's value; one
changed by several to different values is an incident, because whichever won,
somebody's work would be lost in silence. A value replaced by somebody who had
seen it is no rival of the newer one, however the branches parted and met.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.kernel.failures import lost_update
from engine.kernel.node import Node
from engine.kernel.spiff import WAITING
from engine.kernel.tokens import Token, same
from engine.values import Value

History = dict[str, list[int]]


class Join(Node):
    """A node where tokens wait for each other. ``via`` of a token is the node it came from."""

    def leaves_trace(self, token: Token) -> bool:
        """Only the firing is part of the path, not the waiting."""
        return self.visible and not token.in_state(WAITING)

    def _update_hook(self, token: Token) -> bool:
        self.take_variables(token)
        origin = token.origin
        token.internal_data["via"] = "" if origin is None else origin.task_spec.name
        token._state = WAITING
        return self.arrive(token)

    def waiting(self, token: Token) -> list[Token]:
        """The tokens waiting at this join in the scope of one of them, oldest first."""
        tasks = token.workflow.tasks.values()
        return [each for each in tasks if each.task_spec is self and each._state == WAITING]

    def first_of_each_flow(self, token: Token) -> dict[str, Token]:
        """The oldest waiting token of each incoming flow that has one."""
        first: dict[str, Token] = {}
        for each in self.waiting(token):
            first.setdefault(each.internal_data["via"], each)
        return first

    def fire(self, arrivals: Sequence[Token]) -> Token:
        """Merge arrivals into the youngest of them, which goes on."""
        survivor = arrivals[-1]
        survivor.data, survivor.history = merge(arrivals, self.element)
        survivor.internal_data.clear()
        for token in arrivals[:-1]:
            token.consume()
        survivor._ready()
        survivor.record("entered")
        return survivor


class LateJoin(Join):
    """A join that can only fire once no other token moves by itself."""

    def arrive(self, token: Token) -> bool:
        """Wait."""
        return False

    def try_fire(self, token: Token) -> bool:
        """Fire if the tokens waiting here need not wait any longer."""
        raise NotImplementedError


class EndJoin(LateJoin):
    """The hidden end of a scope, behind all its end events: waits for every other token."""

    def try_fire(self, token: Token) -> bool:
        """End the scope if nothing but tokens at their end is left in it."""
        scope = token.workflow
        live = scope.live()
        if any(each.task_spec is not self for each in live):
            return False
        variables, _ = merge(live, self.element)
        for each in live:
            each.consume()
        scope.finish(variables)
        return True


def merge(arrivals: Sequence[Token], element: str) -> tuple[dict[str, Value], History]:
    """The variables of tokens that meet at ``element``, and who has written them.

    Of a variable's values those that another one has replaced are out of the
    question. Raises ExecutionError ``lost_update`` if different ones are left.
    """
    first, *others = arrivals
    data, history = dict(first.data), dict(first.history)
    for token in others:
        for name, theirs in token.history.items():
            ours = history.get(name, [])
            if ours and theirs[-1] in ours:
                continue
            replaces = not ours or ours[-1] in theirs
            if not replaces and not same(data[name], token.data[name]):
                raise lost_update(element, name)
            data[name] = token.data[name]
            history[name] = theirs if replaces else [*ours, *theirs]
    return data, history
