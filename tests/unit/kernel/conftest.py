"""A small evaluator and a driver that keeps its run as bytes, as the product does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.errors import ExpressionError
from engine.kernel import Run, WaitKind, compile_process
from tests.unit.kernel.diagrams import diagram


class FakeEvaluator:
    """Answers ``name`` and ``name = literal`` from the variables; counts its calls."""

    def __init__(self, decisions: Mapping[str, object] | None = None) -> None:
        self.decisions = decisions or {}
        self.calls: list[list[str]] = []

    def conditions(self, expressions, context):
        values = self.evaluate(expressions, context)
        for expression, value in zip(expressions, values, strict=True):
            if not isinstance(value, bool):
                raise ExpressionError(expression, f"{expression} is not true or false")
        return values

    def evaluate(self, expressions, context):
        self.calls.append(list(expressions))
        return [self._value(each, context) for each in expressions]

    def decide(self, decision_id, context):
        if decision_id not in self.decisions:
            raise ExpressionError(decision_id, f"there is no decision {decision_id}")
        return self.decisions[decision_id](context)

    def _value(self, expression, context):
        name, compared, literal = expression.partition("=")
        if name.strip() not in context:
            raise ExpressionError(expression, f"there is no variable {name.strip()}")
        value = context[name.strip()]
        return str(value) == literal.strip() if compared else value


class Case:
    """A process under test. It lives as bytes: every step loads it anew and dumps it again."""

    def __init__(self, files, variables=None, *, evaluator=None, budget=2000, at="") -> None:
        if isinstance(files, bytes):
            files = {"main.bpmn": files}
        self.executable = compile_process(files, "main")
        self.evaluator = evaluator or FakeEvaluator()
        self.budget = budget
        self.path: list[tuple[str, str]] = []
        self.thrown: list[tuple[str, dict]] = []
        self._keep(Run.start(self.executable, variables or {}, self.evaluator, budget, at=at))

    def run(self) -> Run:
        return Run.load(self.executable, self.state, self.evaluator, self.budget)

    def _keep(self, run: Run) -> None:
        self.path += run.path
        self.thrown += [(each.name, dict(each.variables)) for each in run.thrown]
        self.state = run.dump()
        again = self.run()
        assert again.waits == run.waits
        assert again.variables == run.variables
        assert again.dump() == self.state

    @property
    def waiting(self) -> list[str]:
        """Where it waits, in the order of task numbers."""
        return [wait.element for _, wait in sorted(self.run().waits.items())]

    @property
    def finished(self) -> bool:
        return self.run().finished

    @property
    def variables(self) -> dict:
        return self.run().variables

    def wait(self, element, item=None):
        """The first wait at an element."""
        for _, wait in sorted(self.run().waits.items()):
            if wait.element == element and item in (None, wait.item):
                return wait
        raise AssertionError(f"{element} does not wait, but {self.waiting}")

    def do(self, element, item=None, /, **variables) -> Case:
        """Whatever ``element`` waits for happens."""
        wait = self.wait(element, item)
        run = self.run()
        if wait.kind is WaitKind.TIMER:
            run.fire(wait.task_no)
        elif wait.kind is WaitKind.MESSAGE:
            run.deliver(wait.task_no, variables)
        else:
            run.complete(wait.task_no, variables)
        self._keep(run)
        return self

    def fail(self, element, code) -> Case:
        run = self.run()
        run.fail(self.wait(element).task_no, code)
        self._keep(run)
        return self

    def went(self, element) -> list[str]:
        """What the path says of an element."""
        return [what for name, what in self.path if name == element]


@pytest.fixture
def case():
    """Start a process written as flows: ``case("start:start -> a:user", {"x": 1})``."""

    def start(flows, variables=None, *, evaluator=None, budget=2000, at="", **bodies):
        files = diagram(flows, **bodies)
        return Case(files, variables, evaluator=evaluator, budget=budget, at=at)

    return start


@pytest.fixture
def case_of_files():
    """Start a process of several files."""
    return Case


@pytest.fixture
def fake():
    """An evaluator that can decide: ``fake({"rate": lambda variables: {...}})``."""
    return FakeEvaluator
