"""``passerelle user``: accounts and the groups they belong to."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from web.cli.installation import configured_engine, operator
from web.cli.output import CommandFailed, Row, json_option, print_rows
from workflows.people import services as people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from workflows.people.models import Person


@contextmanager
def _writing() -> Iterator[Session]:
    with configured_engine().unit(operator()) as unit:
        yield unit.session


def _find(session: Session, login: str) -> Person:
    person = people.find_person(session, login)
    if person is None:
        raise CommandFailed(f"There is no account called {login}.")
    return person


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@click.group()
def user() -> None:
    """Accounts: add, list, change the password or the groups."""


@user.command()
@click.argument("login")
@click.option("--given-names", required=True)
@click.option("--family-name", required=True)
@click.option("--email", required=True)
@click.option("--locale", type=click.Choice(["fr", "en", "es"]), help="Default: the browser's.")
@click.option("--group", "groups", multiple=True, help="Repeat for several groups.")
@_password_stdin
def add(
    login: str,
    given_names: str,
    family_name: str,
    email: str,
    locale: str | None,
    groups: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add the account LOGIN."""
    password = _ask_password(password_stdin)
    with _writing() as session:
        person = people.create_person(
            session,
            login=login,
            given_names=given_names,
            family_name=family_name,
            email=email,
            password=password,
            locale=locale,
            groups=groups,
        )
        click.echo(f"Added {person.login} ({person.name}).")


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List the accounts."""
    with _writing() as session:
        rows = [_row(person) for person in people.all_people(session)]
    print_rows(rows, as_json=as_json, empty="There are no accounts yet: passerelle user add")


@user.command()
@click.argument("login")
@_password_stdin
def password(login: str, password_stdin: bool) -> None:
    """Set a new password for LOGIN."""
    chosen = _ask_password(password_stdin)
    with _writing() as session:
        people.set_password(session, _find(session, login), chosen)
    click.echo("The password is changed.")


@user.command()
@click.argument("login")
@click.option("--add", "added", multiple=True, metavar="GROUP", help="Repeat for several.")
@click.option("--remove", "removed", multiple=True, metavar="GROUP", help="Repeat for several.")
@json_option
def groups(login: str, added: tuple[str, ...], removed: tuple[str, ...], as_json: bool) -> None:
    """Show or change the groups of LOGIN."""
    with _writing() as session:
        person = _find(session, login)
        for group in added:
            people.add_to_group(session, person, group)
        for membership in list(person.memberships):
            if membership.group in removed:
                person.memberships.remove(membership)
        session.flush()
        rows: list[Row] = [{"group": group} for group in sorted(person.groups)]
    print_rows(rows, as_json=as_json, empty=f"{login} is in no group.")


def _row(person: Person) -> Row:
    return {
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "locale": person.locale,
        "active": person.active,
        "groups": sorted(person.groups),
    }


COMMANDS = (user,)
