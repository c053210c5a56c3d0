"""A remark that was refused, on the page it comes back with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidInput
from web import current, words
from workflows.office_work import mentions
from workflows.people.models import Person


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


def may_comment(instance_id: int) -> bool:
    """Whether the person may write on a case that they see: not who only oversees or reads it."""
    viewer, engine = current.viewer(), current.engine()
    if viewer is None or not viewer.takes_part:
        return False
    actor = current.actor()
    return not actor.oversees or engine.takes_part(instance_id, actor=actor)


def named_on(instance_id: int) -> Mapping[int, list[Person]]:
    """Whom the comments on a case have told of themselves, by comment."""
    with current.reading() as rows:
        return mentions.named_in(rows, instance_id)
