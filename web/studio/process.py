"""What there is of one process: its versions, if it has any yet, and the draft of the next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import Definition, Draft, Version
from engine.definitions import Bundle, Change, compare, names_of, with_file
from engine.errors import NotFound
from web import current

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
"""How a new form or decision table may be called, in its file and in a diagram."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that has a version, a draft, or both; ``versions`` are the newest first."""

    key: str
    versions: Sequence[Version]
    in_force: Definition | None
    draft: Draft | None

    @property
    def number(self) -> int:
        """The number of the version in force; 0 before the first."""
        return self.in_force.version if self.in_force else 0

    @property
    def published(self) -> Bundle:
        """The files in force; none before the first version."""
        return self.in_force.bundle if self.in_force else Bundle(self.key, {})

    @property
    def bundle(self) -> Bundle:
        """What the next save starts from: the draft, else the version in force."""
        return self.draft.bundle if self.draft else self.published

    @property
    def tag(self) -> str:
        """The entity tag of :attr:`bundle`: another after each save, and after each version."""
        return str(self.draft.revision) if self.draft else f"v{self.number}"

    @property
    def last_saved(self) -> tuple[str, datetime]:
        """Who made :attr:`bundle` what it is, and when."""
        if self.draft:
            return self.draft.saved_by, self.draft.saved_at
        return self.versions[0].deployed_by, self.versions[0].deployed_at

    @property
    def names(self) -> Mapping[str, str]:
        """What it is called: the version in force says it, before the first one the draft."""
        return self.in_force.model.names if self.in_force else names_of(self.bundle)

    @property
    def running(self) -> int:
        """How many cases run, on whichever version."""
        return sum(each.running for each in self.versions)

    def changes(self) -> tuple[Change, ...]:
        """What the draft says otherwise than the version in force."""
        return compare(self.published, self.bundle)


def kept(process: Process, bundle: Bundle) -> int:
    """Keep ``bundle`` as the draft; gives its revision.

    Raises Conflict where the draft is another than ``process`` says.
    """
    return current.engine().save_definition_draft(
        bundle,
        actor=current.actor(),
        revision=process.draft.revision if process.draft else None,
        based_on=process.number,
    )


def begun_with(process: Process, file: str, data: bytes) -> None:
    """Put a file of a new name into the draft; one that is there already stays as it is."""
    if file not in process.bundle.files:
        kept(process, with_file(process.bundle, file, data))


def process_of(key: str) -> Process:
    """What there is under a key; raises NotFound where there is neither version nor draft."""
    engine = current.engine()
    versions, draft = engine.versions(key), engine.definition_draft(key)
    if not versions and draft is None:
        raise NotFound
    in_force = engine.definition(versions[0].definition_id) if versions else None
    return Process(key, versions, in_force, draft)
