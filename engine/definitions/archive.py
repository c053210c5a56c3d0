"""Writing a bundle as an archive, so that the same bundle is the same bytes everywhere."""

from __future__ import annotations

import io
import zipfile

from engine.definitions.bundle import Bundle

_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a ZIP archive can name: an archive says nothing of when it was made."""

_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def to_zip(bundle: Bundle) -> bytes:
    """The bundle as a ZIP archive with one top folder, named as its key.

    ``Bundle.from_zip`` reads the same bundle back. Files are stored as they are, because
    what a compressor makes of them differs from release to release.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in bundle.files.items():
            entry = zipfile.ZipInfo(f"{bundle.key}/{name}", _BEGINNING)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            archive.writestr(entry, data)
    return target.getvalue()
