"""The command line. ``passerelle --help`` lists the commands; each module holds one family."""

from __future__ import annotations

import sys

import click

from web.cli import contract, database, demo, doctor, history, instance, process, serving, user
from web.cli.output import FAILED, refusal


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="passerelle")
def passerelle() -> None:
    """Passerelle: a BPMN workflow engine for mobility offices.

    The environment configures it; docs/configuration.md lists the variables.
    """


for family in (contract, database, demo, doctor, history, instance, process, serving, user):
    for command in family.COMMANDS:
        passerelle.add_command(command)


def main() -> None:
    """Run the command and exit: 0 done, 1 refused with a sentence, 2 wrong usage."""
    try:
        status = passerelle.main(prog_name="passerelle", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        sys.stderr.close()
        status = FAILED
    except Exception as error:
        sentence = refusal(error)
        if sentence is None:
            raise
        click.echo(f"passerelle: {sentence}", err=True)
        status = FAILED
    sys.exit(status if isinstance(status, int) else 0)
