"""The one tree of errors the engine raises.

A class's docstring is its sentence in English; ``code`` is what a front
translates and what the API puts into a problem document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from engine.definitions.problems import Problem


class EngineError(Exception):
    """The engine refused the command."""

    code: ClassVar[str] = "engine_error"

    def __init__(self, detail: str = "", **params: object) -> None:
        self.detail = detail or (self.__doc__ or "").strip()
        self.params: Mapping[str, object] = params
        super().__init__(self.detail)


class NotFound(EngineError):
    """There is no such object, or you may not see it."""

    code = "not_found"


class Forbidden(EngineError):
    """You can see this object, but this action is not yours to take."""

    code = "forbidden"


class Conflict(EngineError):
    """Somebody else was faster: the object has changed since you read it."""

    code = "conflict"


class InvalidState(EngineError):
    """The object is not in a state that allows this."""

    code = "invalid_state"


class Retired(InvalidState):
    """The process is retired: its cases go on, but no new one can be started."""

    code = "retired"


class Erased(InvalidState):
    """The content of this case was erased; what is left of it is the chain of its events."""

    # Raised with ``instance_id``: the page of the case says what is left.
    code = "erased"


class InvalidInput(EngineError):
    """Some of the values are not acceptable.

    ``errors`` maps a field name to its sentences; the key ``_schema`` holds
    what concerns the whole submission.
    """

    code = "invalid_input"

    def __init__(
        self, errors: Mapping[str, Sequence[str]], detail: str = "", **params: object
    ) -> None:
        self.errors = {name: list(sentences) for name, sentences in errors.items()}
        super().__init__(detail or "Some of the values are not acceptable.", **params)


class DeploymentRejected(EngineError):
    """The bundle has problems and was not deployed."""

    code = "deployment_rejected"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__()


class ExpressionError(EngineError):
    """An expression could not be evaluated."""

    code = "expression_error"

    def __init__(self, expression: str, detail: str, **params: object) -> None:
        self.expression = expression
        super().__init__(detail, expression=expression, **params)


class ExecutionError(EngineError):
    """A process instance cannot go on by itself; it becomes an incident.

    ``element`` is the id of the BPMN element, ``reason`` one of the codes in
    docs/incidents.md, ``detail`` a sentence a person can act on.
    """

    code = "execution_error"

    def __init__(self, element: str, reason: str, detail: str, **params: object) -> None:
        self.element = element
        self.reason = reason
        super().__init__(detail, element=element, **params)
