"""``passerelle process``: check, deploy, list, compare and export process bundles."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.definitions.problems import Problem, Severity
from engine.errors import DeploymentRejected
from web.cli.installation import configured_engine, operator, unconfigured_engine
from web.cli.output import (
    FAILED,
    CommandFailed,
    Row,
    json_option,
    print_json,
    print_rows,
    problem_line,
    problem_row,
)

if TYPE_CHECKING:
    from engine import Definition, Engine
    from engine.definitions import Bundle
    from web.cli.scenarios import Outcome
    from workflows.scenarios.coverage import Coverage

LINTED = frozenset({".bpmn", ".dmn", ".json", ".zip"})


@click.group()
def process() -> None:
    """Process definitions: check, deploy, list, compare, export."""


@process.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """Check FILES: diagrams, decision tables, forms, or whole bundles (a folder or a .zip).

    A folder of bundles is each of them. Exit code 0 if all of it can be deployed, 1 if not.
    Needs no database.
    """
    engine = unconfigured_engine()
    given = [each for file in files for each in bundles_in(file)]
    problems = [problem for each in given for problem in _lint(engine, each)]
    if as_json:
        print_json([problem_row(problem) for problem in problems])
    else:
        for problem in problems:
            click.echo(problem_line(problem))
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        click.echo(f"{len(given)} checked: {errors} errors, {len(problems) - errors} warnings.")
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SystemExit(FAILED)


def bundles_in(path: Path) -> list[Path]:
    """The bundles of a folder of bundles, as one keeps them in git; of any other path itself."""
    if not path.is_dir() or any(path.glob("*.bpmn")):
        return [path]
    return sorted({each.parent for each in path.glob("*/*.bpmn")}) or [path]


def _lint(engine: Engine, file: Path) -> list[Problem]:
    if not file.is_dir() and file.suffix.lower() not in LINTED:
        kinds = ", ".join(sorted(LINTED))
        return [_refused(file, "unknown_file_kind", f"Only these files are checked: {kinds}.")]
    try:
        if file.is_dir() or file.suffix.lower() == ".zip":
            found = engine.lint(read_bundle(file))
        else:
            found = engine.lint_file(file.name, file.read_bytes())
    except DeploymentRejected as refused:
        found = refused.problems
    except OSError as error:
        return [_refused(file, "unreadable_file", f"The file cannot be read: {error.strerror}.")]
    return [_placed(problem, file) for problem in found]


def _refused(file: Path, code: str, sentence: str) -> Problem:
    return Problem(Severity.ERROR, code, sentence, str(file))


def _placed(problem: Problem, given: Path) -> Problem:
    """The problem with the path a person can open instead of the name inside its bundle."""
    inside = given if given.is_dir() else given.parent
    if given.suffix.lower() == ".zip" and not given.is_dir():
        path = f"{given}/{problem.file}" if problem.file else str(given)
    else:
        path = str(inside / problem.file) if problem.file else str(given)
    return Problem(
        problem.severity,
        problem.code,
        problem.message,
        path,
        problem.element_id,
        problem.line,
        problem.params,
    )


def read_bundle(path: Path) -> Bundle:
    """The bundle in a folder or a ZIP archive; raises DeploymentRejected."""
    from engine.definitions import Bundle

    if path.is_dir():
        return Bundle.from_folder(path)
    return Bundle.from_zip(path.read_bytes())


@process.command()
@click.argument("bundles", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--note", default="", help="Why, for those who compare versions later.")
@json_option
def deploy(bundles: tuple[Path, ...], note: str, as_json: bool) -> None:
    """Deploy BUNDLES (folders or .zip files); one that is deployed already is left alone.

    Exit code 1 where one has errors; with --json they are told as `lint` tells them, and nothing
    that stands behind it is deployed.
    """
    engine = configured_engine()
    rows = []
    for path in bundles:
        try:
            definition = engine.deploy(read_bundle(path), actor=operator(), note=note)
        except DeploymentRejected as refused:
            if not as_json:
                raise
            print_json([problem_row(_placed(each, path)) for each in refused.problems])
            raise SystemExit(FAILED) from refused
        rows.append(_row(definition))
    print_rows(rows, as_json=as_json)


@process.command("list")
@json_option
def list_definitions(as_json: bool) -> None:
    """List the deployed process definitions, each in its newest version."""
    rows = [_row(definition) for definition in configured_engine().definitions()]
    print_rows(rows, as_json=as_json, empty="No process definition is deployed.")


@process.command()
@click.argument("before")
@click.argument("after")
@json_option
def diff(before: str, after: str, as_json: bool) -> None:
    """Tell what differs between BEFORE and AFTER.

    Each is a folder, a .zip, a single file, or KEY or KEY@VERSION of what is deployed. Exit
    code 0 if they are the same, 1 if they differ, 2 if one of them cannot be read. Needs no
    database unless a deployed version is named.
    """
    from engine.definitions import compare
    from web.cli.comparing import change_lines, change_row, read_both

    changes = compare(*read_both(before, after))
    if as_json:
        print_json([change_row(change) for change in changes])
    else:
        for line in change_lines(changes):
            click.echo(line)
    if changes:
        raise SystemExit(FAILED)


@process.command()
@click.argument("definition")
@click.argument("target", type=click.Path(path_type=Path))
@json_option
def export(definition: str, target: Path, as_json: bool) -> None:
    """Write DEFINITION (KEY or KEY@VERSION, else the version in force) to TARGET.

    A TARGET that ends with .zip becomes an archive, any other a folder, as one keeps it in git:
    it is new, empty, or holds a bundle already, of which what the version does not have is
    removed. The same version is the same bytes, whenever and wherever it is exported.
    """
    from engine.definitions import to_zip
    from web.cli.comparing import deployed, write_folder

    found = deployed(definition)
    try:
        if target.suffix.lower() == ".zip":
            target.write_bytes(to_zip(found.bundle))
        else:
            write_folder(found.bundle, target)
    except OSError as error:
        raise CommandFailed(f"{target} cannot be written: {error.strerror}.") from error
    print_rows([_row(found)], as_json=as_json)


@process.command()
@click.argument("key")
@click.option("--from", "source", type=int, required=True, help="The version cases are on.")
@click.option("--to", "target", type=int, required=True, help="The version they move to.")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="An element's new id.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only some cases: by department, partner or step.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@json_option
def migrate(
    key: str,
    source: int,
    target: int,
    pairs: tuple[str, ...],
    filters: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Move the running cases of KEY from one version to another, each by itself.

    Exit code 0 if all move, 1 if some stay, 2 if nothing could be tried. A migration that was
    interrupted goes on: by the workers, or when the command is given again.
    """
    from web.cli.migrating import Wanted, run

    run(Wanted(key, source, target, pairs, filters), dry_run=dry_run, as_json=as_json)


@process.command()
@click.argument("key")
@click.option("--note", required=True, help="Why; it is shown beside the versions.")
def retire(key: str, note: str) -> None:
    """Take no new cases of KEY, in whatever way they start; those that run go on."""
    configured_engine().retire(key, actor=operator(), note=note)
    click.echo(f"{key} is retired: no new case of it can be started.")


@process.command()
@click.argument("key")
@click.option("--note", required=True, help="Why; it is shown beside the versions.")
def resume(key: str, note: str) -> None:
    """Take new cases of the retired process KEY again."""
    configured_engine().resume(key, actor=operator(), note=note)
    click.echo(f"New cases of {key} can be started again.")


@process.command("test")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--database-url",
    help="An empty database to run in, which is left empty; by default SQLite files.",
)
@click.option("--seconds", type=float, default=math.inf, help="How long one scenario may take.")
@json_option
def run_scenarios(
    folders: tuple[Path, ...], database_url: str | None, seconds: float, as_json: bool
) -> None:
    """Run the scenarios of FOLDERS (bundles) or single scenario files, the clock moved.

    Deployed are the bundle and the neighbours that a scenario names. Told is also what the
    scenarios have passed of the diagrams. Exit code 0 if all is as the scenarios say, 1 if
    not. Needs no configuration and touches no installation.
    """
    from web.cli.outcomes import coverage_line, coverage_row, outcome_lines, outcome_row
    from web.cli.scenarios import collected, player

    found = collected(folders)
    outcomes: list[Outcome] = []
    coverages: dict[str, Coverage] = {}
    for folder in dict.fromkeys(folder for _, folder in found):
        with player(folder, database_url, seconds) as stage:
            own = []
            for file in (file for file, beside in found if beside == folder):
                own.append(stage.run(file))
                if not as_json:
                    for line in outcome_lines(own[-1], stage.coverage(own[-1:])):
                        click.echo(line)
            coverages[folder.name] = stage.coverage(own)
            outcomes += own
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    if as_json:
        covered = {key: coverage_row(coverage) for key, coverage in coverages.items()}
        print_json({"scenarios": [outcome_row(each) for each in outcomes], "coverage": covered})
    else:
        for key, coverage in coverages.items():
            click.echo(coverage_line(key, coverage))
        click.echo(f"{len(outcomes)} scenarios: {len(outcomes) - failed} passed, {failed} failed.")
    if failed:
        raise SystemExit(FAILED)


def _row(definition: Definition) -> Row:
    return {
        "key": definition.key,
        "version": definition.version,
        "id": str(definition.id),
        "deployed_at": definition.deployed_at,
        "digest": definition.digest,
    }


COMMANDS = (process,)
