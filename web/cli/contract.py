"""``passerelle contract``: learning agreements from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.installation import open_engine, operator
from web.cli.output import FAILED, Row, json_option, print_json, print_rows
from web.config import Settings

if TYPE_CHECKING:
    from workflows.contract.documents import ImportReport
    from workflows.contract.xml import ImportProblem


@click.group()
def contract() -> None:
    """Learning agreements."""


@contract.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
def import_files(files: tuple[Path, ...], as_json: bool) -> None:
    """Import EWP learning agreements from FILES; a file with an error is not imported at all.

    Exit code 0 if every file was imported, 1 if not.
    """
    from workflows.contract.documents import import_learning_agreement

    settings = Settings.from_env()
    engine = open_engine(settings)
    reports = [
        import_learning_agreement(
            engine, file.read_bytes(), str(file), operator(), home_hei=settings.home_hei
        )
        for file in files
    ]
    if as_json:
        print_json([_row(report) for report in reports])
    else:
        print_rows([_summary(report) for report in reports], as_json=False)
        for report in reports:
            for problem in (*report.errors, *report.warnings):
                click.echo(f"{report.filename}:{problem.line}: {problem.text} [{problem.code}]")
    if not all(report.ok for report in reports):
        raise SystemExit(FAILED)


def _row(report: ImportReport) -> Row:
    return {
        **_counts(report),
        "errors": [_problem(each) for each in report.errors],
        "warnings": [_problem(each) for each in report.warnings],
        "mobility_ids": [str(number) for number in report.mobility_ids],
        "instance_ids": [str(number) for number in report.instance_ids],
    }


def _summary(report: ImportReport) -> Row:
    return {
        **_counts(report),
        "errors": len(report.errors),
        "warnings": len(report.warnings),
    }


def _counts(report: ImportReport) -> Row:
    return {
        "file": report.filename,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
    }


def _problem(problem: ImportProblem) -> Row:
    return {"line": problem.line, "code": problem.code, "message": problem.text}


COMMANDS = (contract,)
