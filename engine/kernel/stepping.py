"""Stepping: run what can run by itself until every token waits for something outside."""

from __future__ import annotations

from engine.kernel.failures import stuck_task
from engine.kernel.joins import LateJoin
from engine.kernel.pruning import prune
from engine.kernel.scopes import Instance
from engine.kernel.spiff import READY, WAITING

PRUNE_EVERY = 200
"""Automatic steps after which a long run forgets its own past."""


def step(instance: Instance) -> None:
    """Move every token as far as it goes by itself, in the order in which they became ready.

    Raises ExecutionError: ``budget_exceeded``, ``expression_failed``,
    ``no_flow_true``, ``lost_update``, ``uncaught_error``, ``bad_collection``.
    """
    ready = instance.ready
    steps = 0
    while True:
        while ready:
            token = ready.popleft()
            if not token.in_state(READY):
                continue  # cancelled since
            instance.spend(token.task_spec.element)
            token.run()
            steps += 1
            if steps % PRUNE_EVERY == 0:
                prune(instance)
        if not _fire_a_join(instance):
            break
    prune(instance)


def _fire_a_join(instance: Instance) -> bool:
    """Fire one join that has waited for all that can still come."""
    for scope in instance.scopes():
        tried: set[LateJoin] = set()
        for token in scope.live():
            node = token.task_spec
            if isinstance(node, LateJoin) and token.in_state(WAITING) and node not in tried:
                tried.add(node)
                if node.try_fire(token):
                    return True
    return False


def check_not_stuck(instance: Instance, *, waiting: bool) -> None:
    """Raise ExecutionError ``stuck_task`` if something is left that nobody will ever move.

    ``waiting`` says whether any token waits for something outside.
    """
    live = [token for scope in instance.scopes() for token in scope.live()]
    left = [token for token in live if token.in_state(READY)]
    if not left and not waiting:
        left = live
    if left:
        raise stuck_task([token.task_spec.element for token in left])
