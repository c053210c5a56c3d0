"""``passerelle demo``: invented people and cases, made by running the processes."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from web.cli.installation import closing_engine, open_engine
from web.cli.output import CommandFailed
from web.config import Settings
from web.viewer import Viewer
from workflows.demo import PASSWORD, SIZES, SMALL
from workflows.demo import load as load_demo
from workflows.people.models import Person
from workflows.people.services import actor_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from engine import Engine


@click.group()
def demo() -> None:
    """The demonstration: load it, or start it over."""


_size = click.option(
    "--size",
    type=click.Choice(SIZES),
    help="small: a dozen contracts, in seconds; full: a university year, in a minute or two.",
)


@demo.command()
@_size
def load(size: str | None) -> None:
    """Load the demonstration (full unless told otherwise); what is there stays as it is."""
    settings = _demo_settings()
    held = load_demo(open_engine(settings), settings, size=size, progress=_told())
    _say_loaded(held)


def _say_loaded(size: str) -> None:
    click.echo(f"The {size} demonstration is loaded.")
    if size == SMALL:
        click.echo(
            "`passerelle demo reset` deletes everything here and loads the whole university year."
        )


def _told() -> Callable[[int, datetime], None]:
    """Says now and then, on a terminal, how far the year has come."""
    shown = [0.0]

    def tell(played: int, at: datetime) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and now - shown[0] > 1:
            shown[0] = now
            click.echo(f"{at:%d %B %Y}: {played} steps played", err=True)

    return tell


@demo.command()
@_size
@click.confirmation_option(prompt="Everything in this database will be deleted. Go on?")
def reset(size: str | None) -> None:
    """Delete EVERYTHING in the database and load the demonstration afresh."""
    from web import migrations
    from web.cli.deployment import deploy_folder

    settings = _demo_settings()
    engine = closing_engine(settings)
    migrations.drop(engine.database)
    migrations.upgrade(engine.database)
    for definition in deploy_folder(engine, settings.bundles_dir):
        click.echo(f"Deployed {definition.key}, version {definition.version}.")
    _say_loaded(load_demo(engine, settings, size=size, progress=_told()))


def sign_ins(engine: Engine) -> Iterator[str]:
    """One line a role: who can be signed in as."""
    found: dict[str, Viewer] = {}
    for viewer in _people(engine):
        found.setdefault(_role(viewer), viewer)
    yield f"Sign in with one click there, or with a login and the password {PASSWORD}:"
    for role, viewer in found.items():
        yield f"  {role:<22} {viewer.name:<26} {viewer.login}"


def _people(engine: Engine) -> list[Viewer]:
    with engine.reading() as session:
        people = session.scalars(
            select(Person).where(Person.demo, Person.active).order_by(Person.id)
        )
        return [Viewer.of("", person, actor_for(session, person)) for person in people]


def _role(viewer: Viewer) -> str:
    if viewer.departments:
        return "coordinator"
    if viewer.is_ri:
        return "international office"
    if viewer.is_admin:
        return "administrator"
    return "auditor" if viewer.is_auditor else "student"


def _demo_settings() -> Settings:
    settings = Settings.from_env()
    if not settings.demo:
        raise CommandFailed("This is not a demonstration; set PASSERELLE_DEMO=1 if it should be.")
    return settings


COMMANDS = (demo,)
