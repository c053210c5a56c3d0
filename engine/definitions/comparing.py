"""What differs between two bundles, thing by thing: what a person reads before publishing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.definitions.bundle import Bundle
from engine.definitions.inventory import Subject, Thing, things_in

ORDER = "order"
"""The name under which another order of the same rules or fields is told."""


class Kind(StrEnum):
    """What has happened to a thing."""

    ADDED = "added"  #: only the later bundle has it
    REMOVED = "removed"  #: only the earlier bundle has it
    CHANGED = "changed"  #: both have it and say something else of it


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that differs; None on the side that does not say it."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, with every value that does.

    ``type`` is an element's or a field's own (``userTask``, ``textfield``), ``name`` what the
    later bundle calls it, else the earlier. A file that cannot be read, or whose kind has no
    things in it, is told as a whole.
    """

    kind: Kind
    subject: Subject
    file: str
    type: str = ""
    id: str = ""
    name: str = ""
    facts: tuple[Fact, ...] = ()


class Mark(StrEnum):
    """How the picture of a diagram marks an element that differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  #: drawn elsewhere, and nothing else of it differs


def marks(changes: Iterable[Change], files: Collection[str]) -> dict[str, Mark]:
    """The mark of each element that differs in one of these files, by its id."""
    found: dict[str, Mark] = {}
    for change in changes:
        if change.file not in files:
            continue
        if change.subject is Subject.ELEMENT and change.id:
            found[change.id] = Mark(change.kind)
        elif change.subject is Subject.DRAWING:
            moved = (each.name for each in change.facts if None not in (each.before, each.after))
            found = {**dict.fromkeys(moved, Mark.MOVED), **found}
    return found


def compare(before: Bundle, after: Bundle) -> tuple[Change, ...]:
    """What differs in ``after``, file by file; empty where every file is the same.

    Each file that differs has an entry of its own, followed by what differs in it.
    """
    changes: list[Change] = []
    for file in sorted({*before.files, *after.files}):
        old, new = before.files.get(file), after.files.get(file)
        if old == new:
            continue
        changes.append(Change(_kind(old, new), Subject.FILE, file))
        if old is not None and new is not None:
            changes += _inside(file, old, new)
    return tuple(changes)


def _kind(before: object, after: object) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.REMOVED if after is None else Kind.CHANGED


def _inside(file: str, old: bytes, new: bytes) -> Iterator[Change]:
    before, after = things_in(file, old), things_in(file, new)
    if before is None or after is None:
        return
    subjects = list(Subject)
    for identity in sorted({*before, *after}, key=lambda each: (subjects.index(each[0]), *each)):
        earlier, later = before.get(identity), after.get(identity)
        facts = tuple(_facts(earlier, later))
        thing = later or earlier
        if thing is not None and (facts or earlier is None or later is None):
            kind = _kind(earlier, later)
            yield Change(kind, thing.subject, file, thing.type, thing.id, thing.name, facts)


def _facts(before: Thing | None, after: Thing | None) -> Iterator[Fact]:
    names = dict.fromkeys([*(before.said if before else ()), *(after.said if after else ())])
    for name in sorted(names):
        fact = Fact(
            name, before.value(name) if before else None, after.value(name) if after else None
        )
        if fact.before != fact.after:
            yield fact
    if before and after:
        if before.type != after.type and "type" not in names:
            yield Fact("type", before.type, after.type)
        kept = {*before.order} & {*after.order}
        first, second = (
            ", ".join(each for each in thing.order if each in kept) for thing in (before, after)
        )
        if first != second:
            yield Fact(ORDER, first, second)
