"""What ``passerelle process diff`` and ``export`` read, and how differences are printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.definitions import Bundle
from engine.errors import EngineError
from web.cli.installation import configured_engine
from web.cli.output import CommandFailed, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine import Definition
    from engine.definitions import Change
    from web.cli.output import Row

UNREADABLE = 2
"""Exit code of a comparison that could not be made: 1 says that there are differences."""

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_LONGEST = 200


def deployed(text: str) -> Definition:
    """The version that ``KEY`` (the one in force) or ``KEY@NUMBER`` names.

    Raises CommandFailed where there is none.
    """
    key, at, number = text.partition("@")
    engine = configured_engine()
    versions = engine.versions(key)
    wanted = [each for each in versions if not at or str(each.number) == number]
    if not wanted:
        raise CommandFailed(f"There is no deployed process '{text}'.")
    return engine.definition(wanted[0].definition_id)


def read_both(before: str, after: str) -> tuple[Bundle, Bundle]:
    """The two sides of a comparison; leaves with exit code 2 where one cannot be read.

    Two single files of a kind are compared with each other, whatever they are called.
    """
    try:
        first, second = _read(before), _read(after)
    except (CommandFailed, EngineError, OSError) as error:
        sentence = error.strerror if isinstance(error, OSError) else refusal(error)
        click.echo(f"passerelle: {sentence}", err=True)
        raise SystemExit(UNREADABLE) from error
    old, new = Path(before), Path(after)
    if _is_single(old) and _is_single(new) and old.suffix == new.suffix:
        first = Bundle(second.key, dict(zip(second.files, first.files.values(), strict=True)))
    return first, second


def _is_single(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() != ".zip"


def _read(text: str) -> Bundle:
    path = Path(text)
    if path.is_dir():
        return Bundle.from_folder(path)
    if _is_single(path):
        return Bundle(path.stem, {path.name: path.read_bytes()})
    if path.is_file():
        return Bundle.from_zip(path.read_bytes())
    return deployed(text).bundle


def write_folder(bundle: Bundle, folder: Path) -> None:
    """Make a folder hold a bundle: its files, and no others that a bundle would read there.

    Raises CommandFailed for a folder that holds something else, from which nothing is removed.
    """
    if folder.is_dir() and any(folder.iterdir()):
        if not any(folder.glob("*.bpmn")):
            raise CommandFailed(f"{folder} holds no bundle; name a new folder, or an empty one.")
        for name in Bundle.from_folder(folder).files.keys() - bundle.files.keys():
            (folder / name).unlink()
    for name, data in bundle.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def change_row(change: Change) -> Row:
    """A difference as a program reads it."""
    return {
        "change": str(change.kind),
        "subject": str(change.subject),
        "file": change.file,
        "type": change.type,
        "id": change.id,
        "name": change.name,
        "facts": [
            {"name": each.name, "before": each.before, "after": each.after} for each in change.facts
        ],
    }


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """The differences as a person reads them: files, below each its things and their values."""
    if not changes:
        yield "Nothing differs."
    for change in changes:
        mark = _MARKS[change.kind]
        if change.subject == "file":
            yield f"{mark} {_plain(change.file)}"
            continue
        what = " ".join(filter(None, (change.type or str(change.subject), change.id)))
        yield f"  {mark} {_plain(what)}" + (f"  {_plain(change.name)}" if change.name else "")
        for fact in change.facts:
            before, after = (
                "nothing" if value is None else _plain(value) for value in (fact.before, fact.after)
            )
            yield f"      {_plain(fact.name)}: {before} -> {after}"


def _plain(text: str) -> str:
    """One short line of characters that a terminal does not obey."""
    flat = "".join(each if each.isprintable() else " " for each in text)
    return flat if len(flat) <= _LONGEST else flat[:_LONGEST] + "..."
