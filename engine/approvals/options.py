"""Which options an approval step takes, as far as the step itself can tell."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from engine.approvals.builtin import COMMON_OPTIONS
from engine.approvals.protocol import ApprovalStep


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a kind; ``expression`` says that it is FEEL."""

    name: str
    expression: bool
    required: bool


def options_of(step: ApprovalStep) -> tuple[Option, ...]:
    """The options of a step beside those of every kind, the required ones first.

    A step of somebody else's package says them by what it evaluates and by what its ``check``
    misses where there are none; a built-in one names its optional ones too. Required is what
    the check misses although all others are given.
    """
    missed = {problem.option for problem in step.check({})}
    named = missed | step.expressions | getattr(step, "optional", frozenset())
    options = [
        Option(name, name in step.expressions, _required(step, name, named))
        for name in named - COMMON_OPTIONS
    ]
    return tuple(sorted(options, key=lambda each: (not each.required, each.name)))


def _required(step: ApprovalStep, name: str, named: Set[str]) -> bool:
    given = dict.fromkeys(named - {name}, "1")
    return name in {problem.option for problem in step.check(given)}
