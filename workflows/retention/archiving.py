"""Hands a case over to the archives: its sealed evidence with its documents, as one file."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from engine import SystemClock, Unit
from engine.feel import Feel
from engine.history.keys import KeyRing
from engine.runtime import evidence
from engine.runtime.deployed import Definitions
from workflows.retention.collecting import case_files


class Archiving:
    """Writes the file of a case into a folder, whole or not at all, before its content goes."""

    def __init__(self, folder: Path, keys: KeyRing, issuer: str) -> None:
        self._folder = folder
        self._keys = keys
        self._issuer = issuer
        self._definitions = Definitions(Feel(SystemClock()))

    def __call__(self, unit: Unit, instance_id: int) -> tuple[str, str]:
        """The name of the file and its SHA-256; the export is an event of the case.

        Raises InvalidState where the history of the case is not what was written.
        """
        files = case_files(unit.session, instance_id)
        bundle = evidence.export(
            unit, self._definitions, instance_id, self._keys, self._issuer, files
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"case-{instance_id}.zip"
        made = path.with_name(f"{path.name}.{os.getpid()}")
        with made.open("wb") as file:
            file.write(bundle)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
        return path.name, sha256(bundle).hexdigest()
