"""What is wrong with an uploaded bundle, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stops a deployment."""

    ERROR = "error"  #: the bundle is not deployed
    WARNING = "warning"  #: the bundle is deployed, the author is told


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where, what, and a sentence in English.

    ``code`` with ``params`` lets a front say the sentence in another language;
    ``line`` counts from 1 and is 0 where no line applies.
    """

    severity: Severity
    code: str
    message: str
    file: str = ""
    element_id: str = ""
    line: int = 0
    params: Mapping[str, str] = field(default_factory=dict)
