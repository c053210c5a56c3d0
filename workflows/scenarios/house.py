"""The house a scenario plays in: its processes deployed, the cast at home, nothing begun."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.definitions import Bundle
from engine.identity import SYSTEM
from workflows.scenarios.cast import furnish

if TYPE_CHECKING:
    from engine import Engine


def bundle_folders(folder: Path) -> list[Path]:
    """The folders inside ``folder`` that hold a diagram, by name."""
    return sorted(path for path in folder.iterdir() if any(path.glob("*.bpmn")))


def settle_in(engine: Engine, folders: Iterable[Path], home_hei_id: str) -> None:
    """Deploy the bundles of ``folders`` and furnish an empty database.

    Raises DeploymentRejected with what is wrong with one of them.
    """
    for folder in folders:
        engine.deploy(Bundle.from_folder(folder), actor=SYSTEM)
    with engine.unit(SYSTEM) as unit:
        furnish(unit.session, home_hei_id)
