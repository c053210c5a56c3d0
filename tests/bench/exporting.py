"""How much memory a process takes that writes a million events as XES."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from engine import Database, Engine, Registry
from engine.history.export.model import Order
from engine.history.filters import HistoryFilter
from tests.bench.search import AUDITOR, MANY, filled

_KIB = 1024


def peak(url: str) -> dict[str, float]:
    """The greatest resident size of a process of its own, in MB."""
    filled(url, MANY).database.dispose()
    command = [sys.executable, "-m", "tests.bench.exporting", url]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said["events"] >= MANY
    return {"export_mb_peak": round(said["kib"] / _KIB)}


def main(url: str) -> None:
    """Write the export to nowhere, and tell what it took."""
    engine = Engine(Database(url), Registry())
    order = Order("xes", HistoryFilter())
    events = sum(piece.count(b"<event>") for piece in engine.export(order, actor=AUDITOR))
    # What getrusage tells begins with the size of the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kib = int(status["VmHWM"].split()[0])
    print(json.dumps({"events": events, "kib": kib}))


if __name__ == "__main__":
    main(sys.argv[1])
