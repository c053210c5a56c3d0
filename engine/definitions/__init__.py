"""Bundles, what is wrong with them, and what they say."""

from engine.definitions.bundle import Bundle
from engine.definitions.catalogue import Catalogue
from engine.definitions.describe import describe
from engine.definitions.linting import lint, lint_file
from engine.definitions.model import (
    DefinitionModel,
    Element,
    Flow,
    Lane,
    Loop,
    Message,
    ProcessFacts,
)
from engine.definitions.problems import Problem, Severity

__all__ = [
    "Bundle",
    "Catalogue",
    "DefinitionModel",
    "Element",
    "Flow",
    "Lane",
    "Loop",
    "Message",
    "Problem",
    "ProcessFacts",
    "Severity",
    "describe",
    "lint",
    "lint_file",
]
