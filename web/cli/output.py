"""How commands answer: a table for people, JSON for programs, one sentence for a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
import orjson
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from engine.errors import DeploymentRejected, EngineError, InvalidInput
from web.config import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.definitions.problems import Problem

Row = dict[str, Any]

FAILED = 1
"""Exit code of a command that was understood and refused; 2 is click's, for wrong usage."""


class CommandFailed(Exception):
    """A command could not do what it was asked; the message is its sentence."""


def require_new(path: Path) -> None:
    """Refuse to write over a file."""
    if path.exists():
        raise CommandFailed(f"{path} exists already; choose another name.")


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Say in a sentence why a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}.") from error


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--json`` to a command that lists."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return option(command)


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str)
    click.echo(text.decode())


def print_rows(rows: Sequence[Row], *, as_json: bool, empty: str = "Nothing to show.") -> None:
    """A list: JSON as it is, or a table whose heads are the rows' keys."""
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(empty)
    else:
        for line in _table(rows):
            click.echo(line)


def print_fields(row: Mapping[str, Any]) -> None:
    """One object, a field a line."""
    width = max(len(name) for name in row)
    for name, value in row.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {_text(value)}")


def problem_row(problem: Problem) -> Row:
    """A problem of a bundle as a program reads it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "severity": str(problem.severity),
        "code": problem.code,
        "element_id": problem.element_id,
        "message": problem.message,
    }


def problem_line(problem: Problem) -> str:
    """A problem of a bundle as editors and people read it."""
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    element = f" ({problem.element_id})" if problem.element_id else ""
    return f"{place}: {problem.severity}: {problem.message}{element} [{problem.code}]"


def refusal(error: Exception) -> str | None:
    """The sentence for an error that a person can act on; None for one of ours."""
    if isinstance(error, DeploymentRejected):
        return "\n".join([*map(problem_line, error.problems), error.detail])
    if isinstance(error, InvalidInput):
        fields = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in error.errors.items())
        return f"{error.detail} ({fields})" if fields else error.detail
    if isinstance(error, EngineError):
        return error.detail
    if isinstance(error, ConfigurationError | CommandFailed):
        return str(error)
    if isinstance(error, DBAPIError):
        return _database_refusal(error)
    return None


def _database_refusal(error: DBAPIError) -> str | None:
    said = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    if "no such table" in said or "UndefinedTable" in type(error.orig).__name__:
        return "The database has no schema, or an old one; run: passerelle db upgrade"
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {said}."
    if isinstance(error, ProgrammingError):
        return f"The database refused: {said}."
    return None


def _table(rows: Sequence[Row]) -> Iterable[str]:
    names = list(rows[0])
    cells = [[_text(row[name]) for name in names] for row in rows]
    widths = [
        max(len(line) for line in column)
        for column in zip([name.replace("_", " ") for name in names], *cells, strict=True)
    ]
    heads = [name.replace("_", " ") for name in names]
    for line in [heads, *cells]:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_text(item) for item in value)
    # A stored text may hold anything; a terminal must not obey it.
    return "".join(c if c.isprintable() else " " for c in str(value))
