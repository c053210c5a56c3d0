"""``passerelle history export``: the history as a file for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.installation import open_engine, operator
from web.cli.output import require_new, writable
from web.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

ARGUMENTS = {
    "process": "Key of a process.",
    "version": "Number of its version.",
    "state": "active, completed or terminated.",
    "business_key": "Business key of the cases.",
    "org_unit": "Code of a department.",
    "counterparty": "The partner, as cases are labelled.",
    "person": "Who did it or had it done, such as person:12.",
    "kind": "Kind of the events.",
    "element": "Element of the diagram.",
    "outcome": "The answer that was given.",
    "outdated": "1 for cases on a version older than the one in force.",
    "substituted": "1 for what was done on behalf of somebody.",
    "times": "How often that happened in a case, at least.",
    "from": "The first day.",
    "to": "The last day.",
}
"""What a filter asks for, as in the addresses of the search."""

_OPTIONS = {"from": "--first-day", "to": "--last-day"}
"""Arguments that an option is not called after: ``--to`` is where the file goes."""


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    for name, told in reversed(ARGUMENTS.items()):
        option = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
        command = click.option(option, f"given_{name}", multiple=True, help=told)(command)
    return command


@click.command("export")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "jsonl", "xes", "ocel"]),
    required=True,
    help="A table, JSON lines, XES (IEEE 1849) or OCEL 2.0 in JSON.",
)
@click.option(
    "--to",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, which must not be there yet.",
)
@click.option("--names", is_flag=True, help="Call people by their names, not by pseudonyms.")
@click.option("--columns", default="", help="Columns of csv and jsonl, with commas between them.")
@click.option("--separator", type=click.Choice([",", ";"]), default=",", show_default=True)
@_filtered
def export(
    format_: str, path: Path, names: bool, columns: str, separator: str, **given: Any
) -> None:
    """Write the events that a filter finds into a file (docs/exports.md).

    Without a filter, all there are. An option given twice is an alternative. The export is
    noted in the log of accesses.
    """
    from engine.history.export.model import Order
    from engine.history.filters import parse
    from workflows.office_work.local_time import ZONE

    require_new(path)
    asked = {name.removeprefix("given_"): list(values) for name, values in given.items()}
    wanted = parse({name: values for name, values in asked.items() if values}, ZONE)
    chosen = tuple(filter(None, columns.split(",")))
    order = Order(format_, wanted, names, chosen, separator)
    pieces = open_engine(Settings.from_env()).export(order, actor=operator())
    made = path.with_name(f"{path.name}.part")
    with writable(path):
        try:
            with made.open("wb") as file:
                file.writelines(pieces)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
    click.echo(f"Written to {path} ({path.stat().st_size} bytes).")
