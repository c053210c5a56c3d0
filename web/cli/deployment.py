"""Deploying the bundles that lie beside the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.definitions import Bundle
from engine.identity import SYSTEM
from engine.tables import definition as definition_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine import Definition, Engine


def deploy_folder(engine: Engine, folder: Path) -> Iterator[Definition]:
    """Deploy each bundle under ``folder`` that was never deployed; gives those that were new.

    A bundle that was deployed once stays out even if somebody has deployed a
    newer version since: starting the server must not undo their work.
    """
    with engine.database.read() as connection:
        known = {
            tuple(row)
            for row in connection.execute(select(definition_table.c.key, definition_table.c.digest))
        }
    for path in sorted(each for each in folder.iterdir() if each.is_dir()):
        bundle = Bundle.from_folder(path)
        if bundle.names(".bpmn") and (bundle.key, bundle.digest) not in known:
            yield engine.deploy(bundle, actor=SYSTEM, note="Delivered with the program.")
