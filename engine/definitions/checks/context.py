"""What every semantic check is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.definitions.bundle import Bundle
from engine.definitions.catalogue import Catalogue, CompiledForm, ParsedDecision
from engine.definitions.feel_syntax import FeelSyntax
from engine.definitions.graph import Level
from engine.definitions.model import DefinitionModel
from engine.definitions.problems import Severity
from engine.definitions.report import Report
from engine.definitions.xmlns import Node


@dataclass(frozen=True)
class Context:
    """A bundle's facts, its graph and the catalogue it is checked against.

    ``alone`` says that one file is linted by itself, so what it refers to may
    be in files nobody has shown.
    """

    bundle: Bundle
    catalogue: Catalogue
    report: Report
    model: DefinitionModel
    levels: Mapping[str, Level]
    feel: FeelSyntax
    alone: bool = False
    forms: Mapping[str, CompiledForm] = field(default_factory=dict)
    decisions: Mapping[str, ParsedDecision] = field(default_factory=dict)
    roots: Mapping[str, Node] = field(default_factory=dict)

    @property
    def absent(self) -> Severity:
        """How bad it is that something referred to is not there."""
        return Severity.WARNING if self.alone else Severity.ERROR
