"""A node of a process: what every element does when a token comes, runs and leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.kernel.spiff import STARTED, BpmnTaskSpec

if TYPE_CHECKING:
    from engine.kernel.loops import LoopNode
    from engine.kernel.process import ProcessSpec
    from engine.kernel.tokens import Token


class Node(BpmnTaskSpec):
    """An element that lets every token through; the others build on it.

    ``element`` is the id in the diagram. A hidden node (``visible`` false) exists
    only in the kernel and leaves no trace. ``has_boundary`` says that boundary
    events are attached, ``loop`` names the loop this node is one instance of.
    ``flows`` are the ids of the sequence flows that leave it, by the node they lead to.
    Immutable once compiled: several threads run tokens over it.
    """

    def __init__(
        self, process: ProcessSpec, name: str, element: str = "", *, visible: bool = True
    ) -> None:
        super().__init__(process, name)
        self.element = element or name
        self.visible = visible
        self.has_boundary = False
        self.loop: LoopNode | None = None
        self.targets: tuple[Node, ...] = ()
        self.flows: dict[str, str] = {}

    def seal(self, process: ProcessSpec) -> None:
        """Fix what only the finished process tells; called once, at the end of compiling."""
        self.targets = tuple(process.task_specs[name] for name in self._outputs)

    def leaves_trace(self, _token: Token) -> bool:
        """Whether what happens to this token belongs into the path."""
        return self.visible

    def take_variables(self, token: Token) -> None:
        """Give an arriving token the variables of the one it came from."""
        origin = token.origin
        if origin is not None and self.loop is None:
            token.inherit(origin)

    def arrive(self, token: Token) -> bool:
        """A token has come; true if it may run at once."""
        return True

    def execute(self, token: Token) -> bool:
        """A token runs; true if it leaves at once."""
        return True

    def onward(self, token: Token) -> Iterable[Node]:
        """Where a leaving token goes; one token for each node."""
        return self.targets

    # SpiffWorkflow's hooks, in the order it calls them.

    def _predict(self, *_arguments: Any, **_options: Any) -> None:
        """Nothing: tokens that may come one day are not part of a state."""

    def _update_hook(self, token: Token) -> bool:
        self.take_variables(token)
        token.record("entered")
        return self.arrive(token)

    def _on_ready(self, token: Token) -> None:
        if not self.manual:
            token.workflow.instance.ready.append(token)

    def _run_hook(self, token: Token) -> bool:
        return self.execute(token)

    def _on_complete_hook(self, token: Token) -> None:
        if self.has_boundary:
            disarm(token)
        if self.loop is not None:
            token.workflow.instance.path.append((self.loop.element, "ended"))
            self.loop.instance_done(token)
        else:
            for node in self.onward(token):
                self.send(token, node)

    def send(self, token: Token, node: Node) -> Token:
        """A new token on the flow that leads from this node to another."""
        flow = self.flows.get(node.name)
        if flow is not None:
            token.workflow.instance.flows.append(flow)
        return token.spawn(node)

    def _on_cancel(self, token: Token) -> None:
        if self.has_boundary:
            disarm(token)


class WaitingNode(Node):
    """An activity whose token stays until somebody completes it: user, service and send tasks."""

    def arrive(self, token: Token) -> bool:
        """Stay, started."""
        token._state = STARTED
        return False


def armed(host: Token) -> list[Token]:
    """The boundary events waiting on an activity's token, in the order of the file."""
    tasks = host.workflow.tasks.values()
    return [token for token in tasks if token.alive and token.internal_data.get("of") == host.id]


def disarm(host: Token) -> None:
    """Take the boundary events off an activity that ends."""
    for token in armed(host):
        token.cancel()
