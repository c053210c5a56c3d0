"""What a diagram may refer to: the engine's side of a bundle, as lint sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from engine.definitions.problems import Problem


class FeelChecker(Protocol):
    """Checks the syntax of FEEL without evaluating it."""

    def check(self, expression: str) -> list[str]:
        """What is wrong with an expression, in sentences; empty if nothing."""
        ...

    def check_condition(self, expression: str) -> list[str]:
        """As ``check``, and whether it can be seen that it is neither true nor false."""
        ...

    def check_unary(self, tests: str) -> list[str]:
        """What is wrong with the unary tests of a decision table's cell."""
        ...


class OptionFinding(Protocol):
    """An option that an approval step cannot work with."""

    @property
    def option(self) -> str:
        """The option's name without the ``approval.`` prefix."""
        ...

    @property
    def message(self) -> str:
        """A sentence that says what to do."""
        ...


class ApprovalCheck(Protocol):
    """The part of an approval step that matters at deployment."""

    expressions: ClassVar[frozenset[str]]

    def check(self, options: Mapping[str, str]) -> Sequence[OptionFinding]:
        """What is wrong with the options."""
        ...


class CompiledField(Protocol):
    """A field of a compiled form."""

    @property
    def key(self) -> str:
        """The process variable the field fills."""
        ...


class CompiledForm(Protocol):
    """The part of a compiled form that lint looks at."""

    @property
    def id(self) -> str:
        """What a user task names."""
        ...

    @property
    def fields(self) -> Iterable[CompiledField]:
        """Its fields, groups flattened."""
        ...


class DecisionOutput(Protocol):
    """An output column of a decision table."""

    @property
    def name(self) -> str:
        """The variable it becomes."""
        ...


class ParsedDecision(Protocol):
    """The part of a decision table that lint looks at."""

    @property
    def id(self) -> str:
        """What a business rule task names."""
        ...

    @property
    def outputs(self) -> Iterable[DecisionOutput]:
        """Its output columns."""
        ...

    @property
    def requires(self) -> Iterable[RequiredDecision]:
        """What is evaluated before it."""
        ...


class RequiredDecision(Protocol):
    """One decision that another stands on."""

    @property
    def decision(self) -> ParsedDecision:
        """The decision itself."""
        ...


CompileForm = Callable[[bytes, str], tuple[CompiledForm | None, Sequence[Problem]]]
ParseDecisions = Callable[[bytes, str], tuple[Sequence[ParsedDecision], Sequence[Problem]]]
CheckTimer = Callable[[str], object]
"""Raises ValueError with a sentence for anything but an ISO 8601 timer."""


@dataclass(frozen=True)
class Catalogue:
    """What the installation offers to diagrams.

    ``services`` maps a registered service to the names of its parameters. The
    three callables compile the other files of a bundle; where one is None, lint
    leaves that part to whoever deploys.
    """

    feel: FeelChecker
    approval_kinds: Mapping[str, ApprovalCheck] = field(default_factory=dict)
    services: Mapping[str, frozenset[str]] = field(default_factory=dict)
    handlers: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    calendars: frozenset[str] | None = None
    compile_form: CompileForm | None = None
    parse_decisions: ParseDecisions | None = None
    check_timer: CheckTimer | None = None
