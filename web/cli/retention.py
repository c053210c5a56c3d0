"""``passerelle history purge`` and its neighbours: what is erased, why, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.installation import open_engine, operator
from web.cli.output import CommandFailed, json_option, print_json, print_rows
from web.config import Settings

if TYPE_CHECKING:
    from engine import Engine
    from web.cli.output import Row
    from workflows.retention.collecting import Subject

reason_option = click.option("--reason", required=True, help="Why; it stays in the history.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what is due.")
@json_option
def purge(dry_run: bool, as_json: bool) -> None:
    """Erase every case whose time is over under a rule that the office has put into force.

    Each case is a transaction of its own; a purge that was stopped goes on when it is started
    again. What is due under a rule that is only proposed is told and stays.
    """
    settings = Settings.from_env()
    engine = open_engine(settings)
    if dry_run:
        print_rows(_due(engine), as_json=as_json, empty="Nothing is due.")
        return
    _purge(engine, settings)
    report = _last_report(engine)
    if as_json:
        print_json(report)
    else:
        print_rows(report["erased"], as_json=False, empty="No case was due.")
        click.echo(f"{report['mails']} mails erased.")
        for case, why in report["kept"]:
            click.echo(f"Case {case} was kept: {why}.")


def _due(engine: Engine) -> list[Row]:
    from workflows.retention.due import due_counts
    from workflows.retention.rules import rules

    with engine.reading() as session:
        known = rules(session)
        counts = due_counts(session.connection(), known, engine.clock.now())
    return [
        {
            "file": kind,
            "due": counts[kind],
            "fate": known[kind].fate,
            "revision": known[kind].revision,
            "in_force": known[kind].in_force,
        }
        for kind in sorted(counts)
    ]


def _purge(engine: Engine, settings: Settings) -> None:
    from engine.history.keys import KeyRing
    from workflows.retention import purging
    from workflows.retention.archiving import Archiving

    archive = Archiving(settings.archive_dir, KeyRing(settings.anchor_keys_dir), settings.home_hei)
    with engine.unit(operator()) as unit:
        number = purging.start(unit, queued=False)
    before: int | None = purging.FIRST
    while before is not None:
        with engine.unit(operator()) as unit:
            before = purging.step(unit, number, before, archive)


def _last_report(engine: Engine) -> Row:
    from workflows.retention.purging import purges

    with engine.reading() as session:
        (report,) = purges(session, limit=1)
    return {
        "erased": [
            {"file": rule, "revision": revision, "cases": cases, "payloads": payloads}
            for rule, revision, cases, payloads in report.by_rule
        ],
        "mails": report.purge.mails,
        "kept": [[str(case), why] for case, why in report.kept],
    }


@click.command()
@click.argument("instance_id", type=click.IntRange(1, 2**63 - 1))
@reason_option
def hold(instance_id: int, reason: str) -> None:
    """Put a case under a legal hold: nothing of it is erased until it is lifted."""
    open_engine(Settings.from_env()).hold(instance_id, actor=operator(), reason=reason)
    click.echo(f"Case {instance_id} is under a legal hold.")


@click.command("lift-hold")
@click.argument("instance_id", type=click.IntRange(1, 2**63 - 1))
@reason_option
def lift_hold(instance_id: int, reason: str) -> None:
    """Lift the legal hold on a case."""
    open_engine(Settings.from_env()).lift_hold(instance_id, actor=operator(), reason=reason)
    click.echo(f"Case {instance_id} is no longer under a legal hold.")


@click.command("erase-person")
@click.argument("login")
@reason_option
@click.confirmation_option(prompt="This cannot be undone. Erase this person?")
def erase_person(login: str, reason: str) -> None:
    """Erase a student with an account: every case of theirs, and the account (GDPR, art. 17)."""
    from workflows.retention import persons

    engine = open_engine(Settings.from_env())
    subject = _subject(engine, login)
    cases = persons.erase_person(engine, subject, actor=operator(), reason=reason)
    click.echo(f"Erased: {cases} cases, and the account.")


def _subject(engine: Engine, login: str) -> Subject:
    from workflows.people.services import find_person
    from workflows.retention.collecting import subject_of_person

    with engine.reading() as session:
        person = find_person(session, login)
        if person is None:
            raise CommandFailed(f"Nobody has the login {login!r}.")
        return subject_of_person(session, person)


COMMANDS = (purge, hold, lift_hold, erase_person)
