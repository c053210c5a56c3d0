"""What ``passerelle process migrate`` does and how it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from engine import Reason, Selection, Way
from engine.errors import EngineError
from web.cli.installation import configured_engine, operator
from web.cli.output import FAILED, CommandFailed, print_json, print_rows, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from engine import Engine, Page, Route, Staying
    from web.cli.output import Row

IMPOSSIBLE = 2
"""Exit code of a migration that could not be tried: 1 says that cases stay."""

_PAGE = 10_000

FILTERS = {"department": "org_unit", "partner": "counterparty", "step": "element"}

SENTENCES = {
    Reason.INCIDENT: "it has an incident",
    Reason.BUSY: "automatic work is being done",
    Reason.SUBPROCESS: "it stands inside a subprocess",
    Reason.LOOP: "it stands inside a loop or a multi-instance",
    Reason.REMOVED: "the target lacks the step, and none is mapped",
    Reason.TYPE: "the step is of another type there",
    Reason.EVENTS: "the step has other boundary events there",
    Reason.TIMER: "the timer says something else there",
    Reason.MESSAGE: "it waits for another message there",
    Reason.SERVICE: "the automatic step does something else there",
    Reason.HALF_DECIDED: "a voice was given, and the step is decided otherwise there",
    Reason.PEOPLE: "the step asks other people there",
    Reason.UNREACHABLE: "no case of the target can stand like this",
    Reason.UNPROVEN: "that it is safe could not be proven",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    key: str
    source: int
    target: int
    pairs: tuple[str, ...]
    filters: tuple[str, ...]


def run(wanted: Wanted, *, dry_run: bool, as_json: bool) -> None:
    """Look at a migration or do it, tell about it, and leave with its exit code."""
    try:
        engine = configured_engine()
        mapping = _pairs("--map", wanted.pairs)
        selection = _selection(_pairs("--filter", wanted.filters))
        _require_versions(engine, wanted)
        route = engine.migration_route(wanted.key, wanted.source, wanted.target, mapping)
        work = _look if dry_run else _move
        counts, staying = work(engine, route, selection)
    except (EngineError, CommandFailed) as error:
        click.echo(f"passerelle: {refusal(error)}", err=True)
        raise SystemExit(IMPOSSIBLE) from error
    _tell(counts, staying, dry_run=dry_run, as_json=as_json)
    if staying:
        raise SystemExit(FAILED)


def _require_versions(engine: Engine, wanted: Wanted) -> None:
    known = {each.number for each in engine.versions(wanted.key)}
    if not known:
        raise CommandFailed(f"There is no deployed process '{wanted.key}'.")
    for number in (wanted.source, wanted.target):
        if number not in known:
            there = ", ".join(str(each) for each in sorted(known))
            raise CommandFailed(f"'{wanted.key}' has no version {number}; there are: {there}.")


def _pairs(option: str, typed: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in typed:
        name, equals, value = each.partition("=")
        if not (name and equals and value):
            raise CommandFailed(f"{option} needs NAME=VALUE, not '{each}'.")
        found[name] = value
    return found


def _selection(filters: Mapping[str, str]) -> Selection:
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        names = ", ".join(FILTERS)
        raise CommandFailed(f"There is no filter '{unknown[0]}'; there are: {names}.")
    return Selection(**{FILTERS[name]: value for name, value in filters.items()})


def _look(
    engine: Engine, route: Route, selection: Selection
) -> tuple[Mapping[Way, int], list[Staying]]:
    def page(after: str | None) -> Page[Staying]:
        seen = engine.preview_migration(
            route, actor=operator(), selection=selection, limit=_PAGE, after=after
        )
        counts.update(seen.counts)
        return seen.staying

    counts: dict[Way, int] = {}
    return counts, list(_all(page))


def _move(
    engine: Engine, route: Route, selection: Selection
) -> tuple[Mapping[Way, int], list[Staying]]:
    order = engine.migrate(route, actor=operator(), selection=selection)
    while engine.work_off_migration(order):
        pass
    counts = engine.migration(order, actor=operator()).counts
    return counts, list(_all(lambda after: engine.stayed(order, actor=operator(), after=after)))


def _all(page: Callable[[str | None], Page[Staying]]) -> Iterator[Staying]:
    after: str | None = None
    while True:
        found = page(after)
        yield from found.items
        after = found.after
        if after is None:
            return


def _tell(
    counts: Mapping[Way, int], staying: Sequence[Staying], *, dry_run: bool, as_json: bool
) -> None:
    numbers = {str(way): counts.get(way, 0) for way in Way}
    rows: list[Row] = [
        {
            "case": each.business_key,
            "instance": str(each.instance_id),
            "reason": str(each.reason),
            "element": each.element,
        }
        for each in staying
    ]
    if as_json:
        print_json({"dry_run": dry_run, **numbers, "staying": rows})
        return
    verb = "would move" if dry_run else "moved"
    moved = numbers["unchanged"] + numbers["mapped"]
    click.echo(f"{moved} {verb} ({numbers['mapped']} to mapped steps), {len(rows)} stay.")
    if rows:
        said = [{**row, "reason": SENTENCES[Reason(row["reason"])]} for row in rows]
        print_rows(said, as_json=False)
