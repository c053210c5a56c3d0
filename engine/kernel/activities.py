"""Activities: user, service, send and rule tasks, subprocesses and call activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ExpressionError
from engine.kernel.failures import expression_failed
from engine.kernel.node import Node, WaitingNode
from engine.kernel.spiff import STARTED

if TYPE_CHECKING:
    from engine.kernel.process import ProcessSpec
    from engine.kernel.tokens import Token


class UserTask(WaitingNode):
    """Waits for a person."""


class ServiceTask(WaitingNode):
    """Waits for a job: service and send tasks are asynchronous."""


class RuleTask(Node):
    """Asks a decision table; each output becomes a variable."""

    def __init__(self, process: ProcessSpec, name: str, element: str, decision: str) -> None:
        super().__init__(process, name, element)
        self.decision = decision

    def execute(self, token: Token) -> bool:
        """Decide; raises ExecutionError ``expression_failed`` when the table cannot."""
        try:
            outputs = token.workflow.instance.evaluator.decide(self.decision, token.data)
        except ExpressionError as error:
            raise expression_failed(self.element, error) from error
        token.learn(outputs)
        return True


class InnerProcess(Node):
    """An embedded subprocess or a call activity.

    What runs inside gets a copy of all variables and gives all of them back.
    """

    def __init__(self, process: ProcessSpec, name: str, element: str, key: str) -> None:
        super().__init__(process, name, element)
        self.key = key

    def arrive(self, token: Token) -> bool:
        """Start the process inside and wait for its end."""
        instance = token.workflow.instance
        instance.spend(self.element)
        token._state = STARTED
        instance.open_scope(token, self.key)
        return False

    def _on_cancel(self, token: Token) -> None:
        token.workflow.instance.close_scope(token)
        super()._on_cancel(token)
