"""Every code the lint can emit, with its severity and what it means.

A code stays the same for good: fronts translate it and scripts filter on it.
Problems that come from decision tables and forms carry the codes of their own
compilers.
"""

from __future__ import annotations

from engine.definitions.code_table import CODES
from engine.definitions.problems import Problem, Severity

__all__ = ["CODES", "problem", "severity_of"]


def severity_of(code: str) -> Severity:
    """How bad a code is unless a call says otherwise; KeyError for an unknown code."""
    return CODES[code].severity


def problem(
    code: str,
    message: str,
    *,
    file: str = "",
    line: int = 1,
    element_id: str = "",
    severity: Severity | None = None,
    **params: str,
) -> Problem:
    """A finding with a code of the table; KeyError for an unknown code."""
    return Problem(
        severity=severity or severity_of(code),
        code=code,
        message=message,
        file=file,
        element_id=element_id,
        line=line,
        params=params,
    )
