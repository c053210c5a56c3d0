"""Jobs through a real Redis, and what happens while it is away."""

import time

import pytest

from engine import Engine
from engine.dispatch import CeleryWake
from engine.identity import SYSTEM
from tests.builders import Diagram
from tests.servers import free_port, running_server, start_server, wait_until
from web.config import Settings
from web.worker import SWEEP_SECONDS, Worker, create_celery, reach_broker


@pytest.fixture
def broker_settings(settings):
    """Settings with a broker at a given address."""

    def build(url):
        return Settings(
            database_url=settings.database_url,
            secret_key=settings.secret_key,
            data_dir=settings.data_dir,
            bundles_dir=settings.bundles_dir,
            broker_url=url,
        )

    return build


@pytest.fixture
def woken(database, engine, clock):
    """An engine that wakes workers through the broker of some settings."""

    def build(settings):
        return Engine(
            database, engine.registry, clock=clock, wake=CeleryWake(create_celery(settings))
        )

    return build


@pytest.fixture
def running():
    """Starts workers that end with the test."""
    workers = []

    def start(settings, engine):
        worker = Worker(settings, engine)
        worker.start()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.begin_stop()
    for worker in workers:
        assert worker.join(15)


def notifying():
    diagram = Diagram("notify").start().service("tell", "notify").end()
    return diagram.flow("begin", "tell", "finish").bundle()


def start_case(engine):
    engine.deploy(notifying(), actor=SYSTEM)
    return engine.start("notify", actor=SYSTEM, business_key="M-1", variables={})


def finished(engine, started):
    return engine.instance(started.instance_id, actor=SYSTEM).ended_at is not None


@pytest.mark.parametrize("kind", ["redis", "memory"])
def test_a_job_runs_as_soon_as_its_command_is_through(
    kind, request, broker_settings, woken, running, plugged
):
    url = request.getfixturevalue("redis").url if kind == "redis" else "memory://"
    settings = broker_settings(url)
    engine = woken(settings)
    running(settings, engine)
    started = start_case(engine)
    wait_until(lambda: finished(engine, started), 20, "the job running")
    assert len(plugged.performed) == 1


def test_a_broker_that_is_down_costs_nothing_and_the_sweep_finds_the_job(
    redis, broker_settings, woken, running, plugged
):
    settings = broker_settings(redis.url)
    engine = woken(settings)
    engine.deploy(notifying(), actor=SYSTEM)
    redis.stop()
    began = time.monotonic()
    started = engine.start("notify", actor=SYSTEM, business_key="M-1", variables={})
    assert time.monotonic() - began < 3
    assert plugged.performed == []
    redis.start()
    running(settings, engine)
    wait_until(lambda: finished(engine, started), 10 * SWEEP_SECONDS, "the sweep finding the job")
    assert len(plugged.performed) == 1
    assert len(engine.workers()) == 1, "a sweep says who made it"


def test_a_worker_waits_for_its_broker_and_goes_on(redis, broker_settings, woken, running, plugged):
    settings = broker_settings(redis.url)
    engine = woken(settings)
    running(settings, engine)
    first = start_case(engine)
    wait_until(lambda: finished(engine, first), 20, "the first job running")
    redis.stop()
    second = engine.start("notify", actor=SYSTEM, business_key="M-2", variables={})
    redis.start()
    wait_until(lambda: finished(engine, second), 60, "the job after the pause running")
    assert len(plugged.performed) == 2


def test_whether_a_broker_answers_is_told(redis, broker_settings):
    assert reach_broker(broker_settings(redis.url)) is None
    assert reach_broker(broker_settings(f"redis://127.0.0.1:{free_port()}/0"))


def test_a_server_and_a_worker_share_the_work(tmp_path, redis):
    broker = {"PASSERELLE_BROKER_URL": redis.url}
    with running_server(tmp_path / "var", **broker) as server:
        worker = start_server(tmp_path / "var", command=("worker",), **broker)
        try:
            wait_until(lambda: "worker is running" in worker.printed(), 30, "the worker starting")
            assert worker.stop() < 5
            assert worker.process.returncode == 0
            assert "Traceback" not in worker.printed()
        finally:
            worker.process.kill()
        assert server.process.poll() is None


@pytest.mark.parametrize("command", [("worker",), ("up", "--no-worker")])
def test_two_processes_need_a_broker_that_both_can_reach(tmp_path, command):
    server = start_server(tmp_path / "var", command=command)
    server.process.wait(30)
    assert server.process.returncode == 1
    assert "PASSERELLE_BROKER_URL" in server.printed()
    assert len(server.printed().splitlines()) == 1
