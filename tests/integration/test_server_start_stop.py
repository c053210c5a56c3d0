"""`passerelle up`: starting, starting again, stopping. Bounds are generous; bench measures."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request

import psutil
import pytest

from tests.conftest import execute
from tests.servers import free_port, listens, running_server, start_server, wait_until

PLAIN = {"PASSERELLE_DEMO": "0", "PASSERELLE_SECRET_KEY": "a secret of some length, 31415926"}
"""An installation without a demonstration, which starts faster."""


def test_the_demonstration_starts_stops_and_keeps_its_data(tmp_path):
    server = start_server(tmp_path / "var")
    try:
        server.wait_until_up(90)
        first = server.printed()
        assert server.url in first
        for role in ("student", "coordinator", "international office", "administrator"):
            assert role in first
        people = rows(server, "SELECT id, login FROM person")
        instances = rows(server, "SELECT id FROM instance")
        assert people
        assert instances
        assert server.stop() < 5
        assert server.process.returncode == 0
        assert "Traceback" not in server.printed()

        again = start_server(tmp_path / "var", port=server.port)
        took = again.wait_until_up(30)
        assert took < 10
        assert rows(again, "SELECT id, login FROM person") == people
        assert rows(again, "SELECT id FROM instance") == instances
        assert "Deployed" not in again.printed()
        assert again.stop() < 5
        assert again.process.returncode == 0
    finally:
        server.process.kill()


def test_web_worker_and_beat_are_one_process(live_server):
    process = psutil.Process(live_server.process.pid)
    assert process.children(recursive=True) == []
    with urllib.request.urlopen(f"{live_server.url}/sign-in", timeout=10) as page:
        assert page.status == 200


def test_it_starts_on_postgresql_too(tmp_path, postgresql):
    execute(postgresql.url(), "DROP DATABASE IF EXISTS served", "CREATE DATABASE served")
    url = postgresql.url("served")
    try:
        with running_server(tmp_path / "var", PASSERELLE_DATABASE_URL=url) as server:
            assert server.stop() < 5
            assert "Traceback" not in server.printed()
        with running_server(tmp_path / "var", PASSERELLE_DATABASE_URL=url) as again:
            assert "Deployed" not in again.printed()
            assert "student" in again.printed()
        assert not (tmp_path / "var" / "passerelle.sqlite3").exists()
    finally:
        execute(postgresql.url(), "DROP DATABASE served WITH (FORCE)")


@pytest.fixture
def heard():
    """Signals that a server hears, though the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_service_manager_stops_it_too(tmp_path, number):
    with running_server(tmp_path / "var", **PLAIN) as server:
        server.process.send_signal(number)
        server.process.wait(10)
        assert server.process.returncode == 0
        assert "Traceback" not in server.printed()


def test_a_browser_that_keeps_its_connection_does_not_delay_the_stop(tmp_path):
    with running_server(tmp_path / "var", **PLAIN) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as idle:
            idle.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            # Half a request, as a browser leaves it when its tab is closed.
            idle.sendall(b"GET /sign-in HTTP/1.1\r\nHost:")
            assert server.stop() < 5
        assert server.process.returncode == 0


def test_the_shell_that_started_it_may_go(tmp_path):
    """The server is no worker of a supervisor: without its parent it goes on."""
    port = free_port()
    script = f'"{sys.executable}" -m web.cli up >"{tmp_path}/log" 2>&1 & echo $!'
    environment = {
        **os.environ,
        **PLAIN,
        "PASSERELLE_DATA_DIR": str(tmp_path / "var"),
        "PORT": str(port),
    }
    started = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    orphan = psutil.Process(int(started.stdout))
    try:
        wait_until(lambda: listens(port), 30, "the server listening")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=30) as answer:
            assert answer.status == 200
    finally:
        orphan.terminate()
        orphan.wait(10)


def test_a_taken_port_is_one_sentence_and_nothing_is_touched(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start_server(tmp_path / "var", port=port)
        server.process.wait(30)
    assert server.process.returncode == 1
    assert re.fullmatch(
        rf"passerelle: The server cannot listen on 127.0.0.1, port {port}: .+\.\n", server.printed()
    )
    assert not (tmp_path / "var" / "passerelle.sqlite3").exists()


def test_no_secret_outside_the_demonstration_is_one_sentence(tmp_path):
    server = start_server(tmp_path / "var", PASSERELLE_DEMO="0")
    server.process.wait(30)
    assert server.process.returncode == 1
    assert server.printed().startswith("passerelle: PASSERELLE_SECRET_KEY is not set")
    assert len(server.printed().splitlines()) == 1


def test_an_installation_that_is_no_demonstration_has_no_invented_people(tmp_path):
    with running_server(tmp_path / "var", **PLAIN) as server:
        assert rows(server, "SELECT id FROM person") == []
        assert rows(server, "SELECT key FROM definition") != []


def rows(server, query):
    connection = sqlite3.connect(server.data_dir / "passerelle.sqlite3")
    try:
        return sorted(connection.execute(query).fetchall())
    finally:
        connection.close()
