"""Bundles, what is wrong with them, and what they say."""

from engine.definitions.archive import to_zip
from engine.definitions.beginning import blank, brought, check_beginning, copied
from engine.definitions.bundle import Bundle
from engine.definitions.catalogue import Catalogue
from engine.definitions.comparing import Change, Fact, Kind, Mark, compare, marks
from engine.definitions.describe import describe, names_of
from engine.definitions.inventory import Subject, drawn_in
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
from engine.definitions.revising import revised, with_file, without

__all__ = [
    "Bundle",
    "Catalogue",
    "Change",
    "DefinitionModel",
    "Element",
    "Fact",
    "Flow",
    "Kind",
    "Lane",
    "Loop",
    "Mark",
    "Message",
    "Problem",
    "ProcessFacts",
    "Severity",
    "Subject",
    "blank",
    "brought",
    "check_beginning",
    "compare",
    "copied",
    "describe",
    "drawn_in",
    "lint",
    "lint_file",
    "marks",
    "names_of",
    "revised",
    "to_zip",
    "with_file",
    "without",
]
