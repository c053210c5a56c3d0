"""What a release brings for a lifecycle whose version in force is the office's own."""

from __future__ import annotations

from collections.abc import Sequence

from engine import Version
from engine.definitions import Bundle
from web import current


def offered(key: str, versions: Sequence[Version]) -> Bundle | None:
    """The bundle beside the program where it was never deployed here; None where it was."""
    folder = current.settings().bundles_dir / key
    if not folder.is_dir():
        return None
    bundle = Bundle.from_folder(folder)
    return None if bundle.digest in {each.digest for each in versions} else bundle
