"""A remark that was refused, on the page it comes back with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidInput
from web import words


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody typed as a comment, and why it was not kept."""

    text: str = ""
    errors: tuple[str, ...] = ()

    @classmethod
    def refused(cls, form: Mapping[str, str], refused: InvalidInput) -> Remark:
        """The remark in ``form``, refused."""
        codes = refused.errors.get("text", [])
        return cls(form.get("text", ""), tuple(words.error_sentence(code) for code in codes))


NOTHING_SAID = Remark()
