"""Decisions: what a DMN file says, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.values import Value


class HitPolicy(StrEnum):
    """How many rules may match, and which of them count (DMN 1.3, 8.2.10)."""

    UNIQUE = "UNIQUE"  #: at most one may match
    ANY = "ANY"  #: several may match if they say the same
    FIRST = "FIRST"  #: the first in the order of the table
    PRIORITY = "PRIORITY"  #: the one whose outputs come first in the lists of output values
    RULE_ORDER = "RULE ORDER"  #: all, in the order of the table
    OUTPUT_ORDER = "OUTPUT ORDER"  #: all, in the order of the lists of output values
    COLLECT = "COLLECT"  #: all, aggregated if an aggregation is given


class Aggregation(StrEnum):
    """What COLLECT makes of its hits."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Input:
    """A column of tests: its FEEL expression, the FEEL type and the values it may have."""

    label: str
    expression: str
    type: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results; ``allowed`` are unary tests, whose order is the priority."""

    name: str
    type: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: unary tests for the inputs, FEEL expressions for the outputs ('' is null)."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """A decision evaluated before, its result visible as ``variable``."""

    variable: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table; a literal expression is a table with one rule and no input."""

    id: str
    name: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    requires: tuple[Requirement, ...] = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome of a decision: a value for each output, and which rules gave it."""

    outputs: Mapping[str, Value]
    matched: tuple[str, ...]
