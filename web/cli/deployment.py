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

    Starting the server undoes nobody's work: a bundle that was deployed once stays out, and so
    does one whose process somebody has published a version of. That one stays in force, and the
    bundle is offered beside it in the process studio.
    """
    with engine.database.read() as connection:
        rows = connection.execute(
            select(
                definition_table.c.key, definition_table.c.digest, definition_table.c.deployed_by
            ).order_by(definition_table.c.version)
        ).all()
    known = {(row.key, row.digest) for row in rows}
    publishers = {row.key: row.deployed_by for row in rows}
    for path in sorted(each for each in folder.iterdir() if each.is_dir()):
        bundle = Bundle.from_folder(path)
        if not bundle.names(".bpmn") or (bundle.key, bundle.digest) in known:
            continue
        if publishers.get(bundle.key, SYSTEM.id) == SYSTEM.id:
            yield engine.deploy(bundle, actor=SYSTEM, note="Delivered with the program.")
