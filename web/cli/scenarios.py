"""Databases that scenarios are run in, each thrown away afterwards."""

from __future__ import annotations

import math
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import inspect

from engine import Database, Engine, FixedClock
from engine.definitions import Bundle, describe
from web.cli.output import CommandFailed
from web.config import Settings
from web.migrations import drop, make
from workflows.registry import registry
from workflows.scenarios.coverage import NOTHING, Coverage, Passed, covered, passed_in
from workflows.scenarios.house import bundle_folders, settle_in
from workflows.scenarios.loading import ScenarioInvalid, load_scenario, scenario_files
from workflows.scenarios.running import Failure, run
from workflows.scenarios.steps import Scenario

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
"""When the processes are deployed: before any scenario begins."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario file went; ``failures`` are empty when all is as it says.

    ``passed`` is what the cases of its bundle have passed, up to the failure if there is one.
    """

    file: Path
    title: str
    seconds: float
    failures: tuple[Failure, ...]
    passed: Passed = NOTHING


def collected(paths: Iterable[Path]) -> list[tuple[Path, Path]]:
    """The scenario files in folders of bundles, or given themselves, each with its bundle.

    Raises CommandFailed for a folder without any.
    """
    found: list[tuple[Path, Path]] = []
    for path in paths:
        path = path.resolve()
        files = scenario_files(path) if path.is_dir() else [path]
        if not files:
            raise CommandFailed(f"{path} holds no scenario; write one in scenarios/*.yaml.")
        folder = path if path.is_dir() else path.parent.parent
        found += [(file, folder) for file in files]
    return found


class Player:
    """Plays scenarios, each in a database of its own.

    ``folder`` is the bundle whose scenarios are run; deployed are it and the neighbours that
    a scenario names, so that no other lifecycle answers the messages of its story. By default
    a database is an SQLite file; a ``database_url`` names an empty database instead, which is
    left empty. A scenario that takes longer than ``seconds`` fails at the step under way.
    """

    engine_class: ClassVar[type[Engine]] = Engine
    """What it is played with."""

    def __init__(
        self, place: Path, folder: Path, database_url: str | None, seconds: float = math.inf
    ) -> None:
        self.place = place
        self.folder = folder
        self.seconds = seconds
        self.settings = Settings(
            database_url=database_url or f"sqlite:///{place / 'scenario.sqlite3'}",
            secret_key=secrets.token_urlsafe(48),
            data_dir=place,
            bundles_dir=place,
            demo=True,
        )
        self.clock = FixedClock(BEFORE)
        self._registry = registry(self.settings)
        self._own_files = database_url is None
        self._templates: dict[tuple[Path, ...], Path] = {}
        if not self._own_files:
            _require_empty(self.settings.database_url)

    def run(self, file: Path) -> Outcome:
        """Run the scenario of one file. Raises DeploymentRejected for a bundle in play."""
        try:
            scenario = load_scenario(file)
            folders = self.in_play(scenario)
        except ScenarioInvalid as invalid:
            failures = tuple(Failure(0, 0, sentence, "invalid") for sentence in invalid.sentences)
            return Outcome(file, file.stem, 0.0, failures)
        began = time.perf_counter()
        with self.stage(folders) as engine:
            home = self.settings.home_hei
            failure = run(scenario, engine, self.clock, home, self.seconds)
            passed = passed_in(engine, self.folder.name)
        failures = () if failure is None else (failure,)
        return Outcome(file, scenario.title, time.perf_counter() - began, failures, passed)

    def coverage(self, outcomes: Iterable[Outcome]) -> Coverage:
        """What these outcomes have passed of the bundle's diagrams, altogether."""
        model = describe(Bundle.from_folder(self.folder))
        return covered(model, (outcome.passed for outcome in outcomes))

    def in_play(self, scenario: Scenario) -> tuple[Path, ...]:
        """The folders that a scenario is played with; ScenarioInvalid for one there is not."""
        around = {each.name: each for each in bundle_folders(self.folder.parent)}
        unknown = sorted(set(scenario.processes) - around.keys())
        if unknown:
            names = ", ".join(unknown)
            raise ScenarioInvalid([f"There is no bundle {names} beside {self.folder.name}."])
        return tuple(sorted({self.folder, *(around[name] for name in scenario.processes)}))

    @contextmanager
    def stage(self, folders: tuple[Path, ...]) -> Iterator[Engine]:
        """An engine over a database in which nothing has begun."""
        if self._own_files:
            with self._engine(self._copied(folders)) as engine:
                yield engine
            return
        self.clock.at = BEFORE
        with self._engine(self.settings.database_url) as engine:
            try:
                self._prepare(engine, folders)
                yield engine
            finally:
                drop(engine.database)

    def _copied(self, folders: tuple[Path, ...]) -> str:
        """The URL of a fresh copy of the database in which ``folders`` are deployed."""
        template = self._templates.get(folders)
        if template is None:
            template = self.place / f"template{len(self._templates)}.sqlite3"
            self.clock.at = BEFORE
            with self._engine(f"sqlite:///{template}") as engine:
                self._prepare(engine, folders)
            self._templates[folders] = template
        for file in self.place.glob("scenario.sqlite3*"):
            file.unlink()
        shutil.copyfile(template, self.place / "scenario.sqlite3")
        return self.settings.database_url

    @contextmanager
    def _engine(self, url: str) -> Iterator[Engine]:
        database = Database(url)
        try:
            yield self.engine_class(database, self._registry, clock=self.clock)
        finally:
            database.dispose()

    def _prepare(self, engine: Engine, folders: tuple[Path, ...]) -> None:
        make(engine.database)
        settle_in(engine, folders, self.settings.home_hei)


@contextmanager
def player(
    folder: Path, database_url: str | None = None, seconds: float = math.inf
) -> Iterator[Player]:
    """Plays one bundle's scenarios, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="passerelle-scenarios-") as place:
        yield Player(Path(place), folder, database_url, seconds)


def _require_empty(url: str) -> None:
    database = Database(url)
    try:
        with database.read() as connection:
            tables = inspect(connection).get_table_names()
    finally:
        database.dispose()
    if tables:
        raise CommandFailed(
            "Scenarios are run in an empty database, which they leave empty; this one has "
            f"{len(tables)} tables."
        )
