"""``passerelle instance``: look at process instances and set stalled ones going again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.installation import configured_engine, operator
from web.cli.output import CommandFailed, Row, json_option, print_fields, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine import Engine, Incident, Instance


@click.group()
def instance() -> None:
    """Process instances: list, show, retry."""


@instance.command("list")
@click.option("--process", default="", help="Only those of this process definition (its key).")
@click.option("--text", default="", help="Only those whose subject or key holds this text.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), show_default=True)
@json_option
def list_instances(process: str, text: str, limit: int, as_json: bool) -> None:
    """List process instances, newest first."""
    from engine import InstanceQuery

    query = InstanceQuery(process=process, text=text, limit=limit)
    page = configured_engine().instances(actor=operator(), query=query)
    print_rows(
        [_row(each) for each in page.items],
        as_json=as_json,
        empty="No process instance matches.",
    )


@instance.command()
@click.argument("instance_id", type=click.IntRange(1, 2**63 - 1))
@click.option("--history", is_flag=True, help="Also what happened, event by event.")
@json_option
def show(instance_id: int, history: bool, as_json: bool) -> None:
    """Show one process instance: where it stands and what it waits for."""
    engine = configured_engine()
    found = engine.instance(instance_id, actor=operator())
    row = _row(found) | {
        "ended_at": found.ended_at,
        "active_elements": list(found.active_elements),
        "open_work_items": [str(item.id) for item in found.open_items],
        "incidents": [each.detail for each in _incidents(engine, instance_id)],
    }
    if history:
        row["history"] = [
            f"{event.at:%Y-%m-%d %H:%M:%S} {event.kind} {event.element or ''} {event.actor}"
            for event in engine.history(instance_id, actor=operator())
        ]
    if as_json:
        print_json(row)
        return
    events = row.pop("history", [])
    print_fields(row)
    for event in events:
        click.echo(event)


@instance.command()
@click.argument("instance_id", type=click.IntRange(1, 2**63 - 1))
def retry(instance_id: int) -> None:
    """Retry whatever stalled in one process instance."""
    engine = configured_engine()
    incidents = list(_incidents(engine, instance_id))
    if not incidents:
        engine.instance(instance_id, actor=operator())
        raise CommandFailed("Nothing has stalled in this process instance.")
    for incident in incidents:
        engine.retry(incident.id, actor=operator())
    click.echo(f"Retrying {len(incidents)}.")


def _incidents(engine: Engine, instance_id: int) -> Iterator[Incident]:
    after: str | None = None
    while True:
        page = engine.incidents(actor=operator(), after=after)
        yield from (each for each in page.items if each.instance_id == instance_id)
        after = page.after
        if after is None:
            return


def _row(found: Instance) -> Row:
    return {
        "id": str(found.id),
        "process": found.key,
        "version": found.version,
        "business_key": found.business_key,
        "status": found.status.name.lower(),
        "subject": found.labels.subject,
        "started_at": found.started_at,
    }


COMMANDS = (instance,)
