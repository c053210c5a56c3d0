"""What every test may ask for: databases, a clock, an engine, a running server, a browser.

PostgreSQL and Redis are real, started from installed packages on first use and
shared by all xdist workers; each worker has a database of its own, emptied for
each test.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import io
import itertools
import json
import os
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine, text

from engine import Database, Engine, FixedClock, deploying
from engine import database as databases
from engine.tables import triggers
from tests.builders_web import Compiled
from tests.databases import Kept, empty, wait_for_no_disk
from tests.servers import PostgreSQL, Redis, running_server
from web.cli import main
from web.config import Settings
from web.migrations import head, target_metadata
from web.root import plugged_in
from web.security import limiter
from workflows.papers.sealing import make_demonstration
from workflows.people import services
from workflows.registry import registry

SHARED = "PASSERELLE_TEST_SERVERS"
"""Environment variable with the folder of this run's servers, inherited by xdist workers."""

HEADLESS = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = HEADLESS if HEADLESS.exists() else Path("/usr/bin/chromium")
"""Debian's; the one without windows where it is installed."""


# How long an example takes says how busy the machine is; time is measured in `make bench`.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="passerelle-")
        Path(os.environ[SHARED]).chmod(0o755)


def pytest_unconfigure(config):
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(SHARED))
    if (folder / "pg").exists():
        PostgreSQL(folder / "pg").stop()
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_finish():
    """What is loaded by now stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def pragmas():
    """How the product sets SQLite, which these tests do not."""
    durable = databases.PRAGMAS
    wait_for_no_disk()
    yield durable
    databases.PRAGMAS = durable


@pytest.fixture(scope="session", autouse=True)
def costly_hasher():
    """The product's own hasher; people who do not exist get hashes that cost little."""
    costly, services._hasher = services._hasher, PasswordHasher(1, 64, 1)
    yield costly
    services._hasher = costly


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once():
    """Each application of a test would compile every template again."""
    Flask.jinja_options = {"bytecode_cache": Compiled()}


@pytest.fixture(scope="session", autouse=True)
def _bundles_linted_once():
    """Most tests deploy the product's own bundles, each on an engine of its own."""
    known = {}
    lint = deploying.lint_bundle

    def once(bundle, catalogue):
        offers = (catalogue.approval_kinds, catalogue.services, catalogue.handlers, catalogue.pages)
        key = (bundle.key, bundle.digest, *map(frozenset, offers))
        if key not in known:
            known[key] = lint(bundle, catalogue)
        return list(known[key])

    deploying.lint_bundle = once
    yield
    deploying.lint_bundle = lint


@contextmanager
def _outside_the_browsers_loop(item):
    """Playwright's synchronous API leaves its event loop marked as running in this thread.

    Other tests of the same worker must not see it: V8 refuses a time limit inside a loop.
    """
    loop = asyncio.events._get_running_loop()
    if loop is None or "browser" in item.fixturenames:
        yield
        return
    asyncio.events._set_running_loop(None)
    try:
        yield
    finally:
        asyncio.events._set_running_loop(loop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    with _outside_the_browsers_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    with _outside_the_browsers_loop(item):
        return (yield)


@pytest.fixture(autouse=True)
def _nothing_counted():
    """The limits of requests count for all applications of a process, but not for two tests."""
    if limiter._storage is not None:
        limiter.reset()


@pytest.fixture(scope="session")
def apart():
    """Runs ``apart(function, *arguments)`` in a process that has loaded little, and may fork."""
    with ProcessPoolExecutor(1, get_context("spawn"), wait_for_no_disk) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


@contextmanager
def _alone(name):
    """Only one xdist worker at a time."""
    with (Path(os.environ[SHARED]) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create_schema(url):
    database = Database(url)
    with database.write() as connection:
        target_metadata().create_all(connection)
        for statement in triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head()})
    database.dispose()


@pytest.fixture(scope="session")
def postgresql():
    """The PostgreSQL server of this test run."""
    server = PostgreSQL(Path(os.environ[SHARED]) / "pg")
    with _alone("postgresql"):
        if not server.folder.exists():
            server.folder.mkdir()
            server.start()
            execute(server.url(), "CREATE DATABASE passerelle_template")
            _create_schema(server.url("passerelle_template"))
    return server


def execute(url, *statements):
    """Run statements that no transaction may hold, such as CREATE DATABASE."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def _worker_database(postgresql, worker_id):
    name = f"worker_{worker_id}"
    with _alone("postgresql"):
        execute(postgresql.url(), f"CREATE DATABASE {name} TEMPLATE passerelle_template")
    return postgresql.url(name)


@pytest.fixture
def postgresql_url(_worker_database):
    """A PostgreSQL database with the product's schema and no rows."""
    with _emptying(_worker_database).begin() as connection:
        empty(connection, _tables())
    return _worker_database


@cache
def _tables():
    return target_metadata().sorted_tables


@cache
def _emptying(url):
    # One connection that stays: the server plans what asks each table only a few times.
    return create_engine(url, pool_size=1)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(_sqlite_template):
    """An SQLite database with the product's schema and no rows."""
    path = _sqlite_template.with_name("passerelle.sqlite3")
    for remains in ("-wal", "-shm"):
        path.with_name(path.name + remains).unlink(missing_ok=True)
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def new_database(request, tmp_path_factory):
    """The URL of one more empty database: ``new_database("sqlite")``, for what many tests share."""
    numbers = itertools.count()

    def make(kind):
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("database") / "passerelle.sqlite3"
            shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
            return f"sqlite:///{path}"
        server = request.getfixturevalue("postgresql")
        name = f"shared_{os.getpid()}_{next(numbers)}"
        with _alone("postgresql"):
            execute(server.url(), f"CREATE DATABASE {name} TEMPLATE passerelle_template")
        return server.url(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The URL of an empty database with the product's schema: the test runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def _databases():
    """Those this worker has opened, by URL: a new one would compile every statement again."""
    opened = {}
    yield opened
    for each in opened.values():
        each.dispose()


@pytest.fixture
def database(database_url, _databases):
    """The opened database of :func:`database_url`."""
    opened = _databases.get(database_url) or Database(database_url)
    _databases[database_url] = opened
    yield opened
    # The file of the next test is another; the next test on a server finds warm connections.
    if opened.is_sqlite:
        opened.dispose()


@pytest.fixture
def clock():
    """A clock that stands still on a Monday morning until the test moves it."""
    return FixedClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def seal_pkcs12(tmp_path_factory):
    """A certificate with its key, without a password, that documents are sealed with."""
    path = tmp_path_factory.mktemp("seal") / "seal.p12"
    make_demonstration(path)
    return path


@pytest.fixture
def settings(database_url, tmp_path, seal_pkcs12):
    """The settings of a small installation that is not in demo mode."""
    return Settings(
        database_url=database_url,
        secret_key="a key that only the tests know, 2718281828",
        data_dir=tmp_path,
        bundles_dir=Path(__file__).parent.parent / "bpmn",
        seal_pkcs12=seal_pkcs12,
    )


@pytest.fixture
def engine(database, settings, clock):
    """The engine with everything the product plugs in, over an empty database.

    Nobody is woken: a test runs due jobs itself.
    """
    return Engine(database, plugged_in(settings), clock=clock)


@pytest.fixture(scope="module")
def _houses():
    return {}


@pytest.fixture
def once(database, settings, clock, _houses):
    """Builds a house once for a module and kind of database: ``once(House.built)``.

    Each test finds it as it was then, with an engine and the clock of its own.
    """

    def house(build):
        kind = (build.__qualname__, database.engine.dialect.name)
        if kind not in _houses:
            built = build(database, settings, clock)
            _houses[kind] = built, Kept(database, _tables()), clock.at
        built, kept, moment = _houses[kind]
        kept.rewind()
        clock.at = moment
        own = copy(built)
        for name, value in vars(built).items():
            if isinstance(value, dict | list):
                setattr(own, name, copy(value))
        own.clock = clock
        own.engine = Engine(database, registry(settings), clock=clock)
        return own

    return house


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    """Runs `passerelle` on the test's database, in this process: ``cli("db", "status")``."""
    environment = {
        "PASSERELLE_DATABASE_URL": settings.database_url,
        "PASSERELLE_SECRET_KEY": settings.secret_key,
        "PASSERELLE_DATA_DIR": str(settings.data_dir),
    }

    def run(*arguments, stdin="", **variables):
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("PASSERELLE_")]:
                patch.delenv(name)
            for name, value in {**environment, **variables}.items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["passerelle", *map(str, arguments)])
            patch.setattr("sys.stdin", io.StringIO(stdin))
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        return Answer(ended.value.code or 0, said.out, said.err)

    return run


@pytest.fixture
def redis():
    """A Redis server of the test's own, which it may stop and start."""
    server = Redis().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def live_server(tmp_path_factory):
    """A server like the one `make run` starts, with its demonstration; shared by many tests.

    Tests that need a case to themselves start one of their own in it.
    """
    with running_server(tmp_path_factory.mktemp("live")) as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The installed Chromium instead of a downloaded one, and no calls home."""
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture
def count_statements():
    """Collects the SQL statements sent while the block runs, without BEGIN and COMMIT."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counting(database):
        sent = []

        def note(connection, cursor, statement, parameters, context, executemany):
            if not statement.startswith(("BEGIN", "COMMIT")):
                sent.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield sent
        event.remove(database.engine, "before_cursor_execute", note)

    return counting
