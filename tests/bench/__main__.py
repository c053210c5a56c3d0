"""``make bench``: prints figures as they come; the last line is one JSON object."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import completion, editor, growth, history, http, linting, migration, search
from tests.servers import PostgreSQL


def main() -> None:
    """Run every benchmark on SQLite, and those that differ there on PostgreSQL."""
    figures: dict[str, float] = {}

    def take(prefix: str, benchmark: Callable[[str], dict[str, float]], url: str) -> None:
        for name, figure in benchmark(url).items():
            figures[prefix + name] = figure
            print(f"{prefix + name:28} {figure}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        sqlite = f"sqlite:///{folder}/bench.sqlite3"
        for benchmark in (
            completion.measure,
            completion.statements,
            growth.inbox_growth,
            growth.loop_growth,
            growth.bytes_per_instance,
            history.verify,
            search.measure,
            migration.measure,
            http.measure,
            editor.measure,
            linting.measure,
        ):
            take("", benchmark, sqlite)
        server = PostgreSQL(Path(folder) / "pg")
        server.folder.mkdir()
        server.start()
        try:
            for benchmark in (
                completion.measure,
                growth.inbox_growth,
                history.verify,
                search.measure,
                migration.measure,
            ):
                take("pg_", benchmark, server.url())
        finally:
            server.stop()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
