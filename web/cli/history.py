"""``passerelle history``: prove that the record is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli import retention
from web.cli.exporting import export
from web.cli.installation import open_engine, operator
from web.cli.output import (
    FAILED,
    Row,
    json_option,
    print_fields,
    print_json,
    require_new,
    writable,
)
from web.config import Settings

if TYPE_CHECKING:
    from engine import Fault, Findings
    from engine.history.keys import KeyRing
    from engine.history.stamping import Authority

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
@click.option(
    "--anchor",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compare with this anchor's file, not with the newest anchor in the database.",
)
@click.option("--since", is_flag=True, help="Verify only what came after that anchor.")
@json_option
def verify(file: Path | None, since: bool, as_json: bool) -> None:
    """Recompute every chain and name the first wrong event of each broken instance.

    The record is compared with an anchor as well, which finds what is cut off or gone. Exit
    code 0 if the record is intact, 1 if not.
    """
    from engine.history.anchor_files import AnchorFile

    settings = Settings.from_env()
    against = None if file is None else AnchorFile(file)
    found = open_engine(settings).verify_history(
        _keys(settings), against, since=since, authority=_authority(settings)
    )
    if as_json:
        print_json(_row(found))
    else:
        _tell(found)
    if not found.intact:
        raise SystemExit(FAILED)


@history.command()
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the anchor to this file, not into the folder of the anchors.",
)
@json_option
def anchor(file: Path | None, as_json: bool) -> None:
    """Sign where all chains stand now, and write that to a file.

    Keep the file where nobody who writes the database can reach it. Where that is configured,
    the worker has it time-stamped and mails it.
    """
    from engine.history.anchor_files import file_name
    from engine.history.jobs import EXPORT

    settings = Settings.from_env()
    if file is not None:
        require_new(file)
    engine = open_engine(settings)
    made = engine.make_anchor(_keys(settings), issuer=settings.home_hei)
    path = file or settings.anchors_dir / file_name(made)
    with writable(path):
        engine.export_anchor(made, path)
    if settings.tsa_url or settings.anchor_mail:
        with engine.unit(operator()) as unit:
            unit.enqueue(EXPORT, {"number": made.number})
    row = {
        "number": made.number,
        "at": made.at,
        "instances": made.instances,
        "root": made.root.hex(),
        "key": made.key_id,
        "file": str(path),
    }
    if as_json:
        print_json(row)
    else:
        print_fields(row)


@history.command()
@click.argument("instance_id", type=click.IntRange(1, 2**63 - 1))
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file, not to evidence-<instance>.zip.",
)
def evidence(instance_id: int, file: Path | None) -> None:
    """Export the sealed evidence of one process instance (docs/evidence.md)."""
    from workflows.evidence.files import events_of, evidence_files

    settings, path = Settings.from_env(), file or Path(f"evidence-{instance_id}.zip")
    require_new(path)
    engine, actor = open_engine(settings), operator()
    case, events = engine.instance(instance_id, actor=actor), events_of(engine, instance_id, actor)
    with engine.reading() as session:
        files = evidence_files(session, case, events, actor)
    bundle = engine.export_evidence(
        instance_id, actor=actor, keys=_keys(settings), issuer=settings.home_hei, files=files
    )
    with writable(path):
        path.write_bytes(bundle)
    click.echo(f"Written to {path} ({len(bundle)} bytes).")


@history.command("rotate-key")
def rotate_key() -> None:
    """Sign the next anchors with a new key. The old public key stays to verify with."""
    from engine.history.keys import key_id

    public = _keys(Settings.from_env()).rotate()
    click.echo(f"Anchors are signed with key {key_id(public)} from now on: {public.hex()}")


def _keys(settings: Settings) -> KeyRing:
    from engine.history.keys import KeyRing

    return KeyRing(settings.anchor_keys_dir)


def _authority(settings: Settings) -> Authority:
    from engine.history.stamping import Authority

    return Authority(settings.tsa_url, settings.tsa_certificates)


def _stamp_row(found: Findings) -> Row | None:
    stamp = found.stamp
    if stamp is None:
        return None
    return {"at": stamp.at, "authority": stamp.authority, "trusted": stamp.trusted}


def _row(found: Findings) -> Row:
    return {
        "intact": found.intact,
        "instances": found.instances,
        "events": found.events,
        "erased_payloads": found.erased,
        "broken_instances": found.broken,
        "anchor": found.anchor,
        "anchor_trouble": found.anchor_trouble or None,
        "anchor_stamp": _stamp_row(found),
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
    if found.anchor_trouble:
        click.echo(found.anchor_trouble)
    if found.stamp is not None:
        trust = "" if found.stamp.trusted else " No configured certificate vouches for it."
        click.echo(
            f"Its anchor was time-stamped at {found.stamp.at:%Y-%m-%d %H:%M:%S} UTC by "
            f"{found.stamp.authority}.{trust}"
        )
    state = "broken" if found.broken or found.anchor_trouble else "intact"
    compared = "no anchor" if found.anchor is None else f"anchor {found.anchor}"
    click.echo(
        f"The record is {state}: {found.events} events of {found.instances} instances verified, "
        f"{found.erased} payloads erased, compared with {compared}."
    )


def _sentence(fault: Fault) -> str:
    from engine.history.access_log import LOG

    column = f" (column {fault.column})" if fault.column else ""
    chain = "Log of accesses" if fault.instance_id == LOG else f"Instance {fault.instance_id}"
    return f"{chain}, event {fault.seq}: {SENTENCES[fault.wrong]}{column}."


history.add_command(export)

for command in retention.COMMANDS:
    history.add_command(command)

COMMANDS = (history,)
