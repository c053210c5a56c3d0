"""Completions over HTTP, against the server that ``make run`` starts, with four clients."""

from __future__ import annotations

import http.client
import json
import re
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from engine import SYSTEM, Database, Engine, Registry
from tests.bench.cases import VARIABLES
from tests.builders import approvals
from tests.servers import running_server
from workflows.demo import PASSWORD

CLIENTS = 4
CASES = 75


def measure(_url: str) -> dict[str, float]:
    """Median and 95th percentile in milliseconds of one completion, and how many a second."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "var") as server:
        engine = Engine(Database(server.database_url), Registry())
        engine.deploy(approvals().bundle(), actor=SYSTEM)
        clients = [Client(server.port) for _ in range(CLIENTS)]
        queues = [[_start(engine, number) for number in range(CASES)] for _ in clients]
        engine.database.dispose()
        threads = [
            threading.Thread(target=client.work, args=(items,))
            for client, items in zip(clients, queues, strict=True)
        ]
        began = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = perf_counter() - began
    times = sorted(time for client in clients for time in client.times)
    return {
        "http_complete_ms": round(median(times) * 1000, 2),
        "http_p95_ms": round(times[int(len(times) * 0.95)] * 1000, 2),
        "http_completes_per_s": round(len(times) / took),
    }


def _start(engine: Engine, number: int) -> str:
    started = engine.start(
        "approval", actor=SYSTEM, business_key=f"bench {number}", variables=VARIABLES
    )
    return str(started.work_items[0])


class Client:
    """Somebody, by default a coordinator, with a session and one kept-alive connection."""

    def __init__(self, port: int, login: str = "marie.delmas") -> None:
        self.times: list[float] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        page = self._send("GET", "/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, "the sign-in page has no token"
        form = {"csrf_token": token[1], "login": login, "password": PASSWORD}
        self._send("POST", "/sign-in", urlencode(form), "application/x-www-form-urlencoded")

    def fetch(self, path: str) -> float:
        """Seconds until a page is there."""
        began = perf_counter()
        self._send("GET", path)
        return perf_counter() - began

    def work(self, items: Iterable[str]) -> None:
        """Complete each case to its end."""
        for first in items:
            item: str | None = first
            while item is not None:
                item = self._complete(item)

    def _complete(self, item: str) -> str | None:
        body = json.dumps({"outcome": "approve"})
        began = perf_counter()
        answer = self._send("POST", f"/api/v1/work-items/{item}/complete", body, "application/json")
        self.times.append(perf_counter() - began)
        following: list[str] = json.loads(answer)["next_items"]
        return following[0] if following else None

    def _send(self, method: str, path: str, body: str = "", kind: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if kind:
            key = f"{id(self)} {len(self.times)}"
            headers |= {"Content-Type": kind, "X-Requested-With": "bench", "Idempotency-Key": key}
        self._connection.request(method, path, body or None, headers)
        response = self._connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, _rest = value.partition(";")
                self._cookies.update([cookie.split("=", 1)])
        content = response.read().decode()
        assert response.status < 400, f"{method} {path}: {response.status} {content[:300]}"
        return content
