"""``passerelle history``: prove that the record is what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.installation import configured_engine
from web.cli.output import FAILED, Row, json_option, print_json

if TYPE_CHECKING:
    from engine import Fault, Findings

SENTENCES = {
    "changed_event": "the event was changed",
    "changed_payload": "the payload or its key was changed",
    "missing_event": "the event is missing",
    "inserted_event": "the event was inserted",
    "swapped_events": "the event changed places with another",
    "cut_tail": "the event and all after it are missing",
    "head_differs": "the instance's head was changed, or its chain written anew",
    "missing_instance": "the instance is missing",
    "differs_from_anchor": "the chain was written anew since the anchor",
    "payload_without_event": "there is a payload but no event",
}


@click.group()
def history() -> None:
    """The record of what happened: prove that nobody has altered it."""


@history.command()
@json_option
def verify(as_json: bool) -> None:
    """Recompute every chain and name the first wrong event of each broken instance.

    Exit code 0 if the record is intact, 1 if not.
    """
    found = configured_engine().verify_history()
    if as_json:
        print_json(_row(found))
    else:
        _tell(found)
    if not found.intact:
        raise SystemExit(FAILED)


def _row(found: Findings) -> Row:
    return {
        "intact": found.intact,
        "instances": found.instances,
        "events": found.events,
        "erased_payloads": found.erased,
        "broken_instances": found.broken,
        "faults": [
            {
                "instance_id": str(fault.instance_id),
                "seq": fault.seq,
                "wrong": str(fault.wrong),
                "column": fault.column or None,
            }
            for fault in found.faults
        ],
    }


def _tell(found: Findings) -> None:
    for fault in found.faults:
        click.echo(_sentence(fault))
    if found.broken > len(found.faults):
        click.echo(f"... and {found.broken - len(found.faults)} more instances.")
    state = "intact" if found.intact else f"broken in {found.broken} instances"
    click.echo(
        f"The record is {state}: {found.events} events of {found.instances} instances verified, "
        f"{found.erased} payloads erased."
    )


def _sentence(fault: Fault) -> str:
    column = f" (column {fault.column})" if fault.column else ""
    return f"Instance {fault.instance_id}, event {fault.seq}: {SENTENCES[fault.wrong]}{column}."


COMMANDS = (history,)
