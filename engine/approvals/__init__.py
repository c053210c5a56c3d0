"""Approval steps: user tasks whose outcome is a decision by policy."""

from __future__ import annotations

from engine.approvals.options import Option, options_of
from engine.approvals.protocol import (
    ApprovalStep,
    OptionProblem,
    Options,
    Outcome,
    Seat,
    StepContext,
    Vote,
)

__all__ = [
    "ApprovalStep",
    "Option",
    "OptionProblem",
    "Options",
    "Outcome",
    "Seat",
    "StepContext",
    "Vote",
    "options_of",
]
