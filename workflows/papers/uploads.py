"""Files that people send: PDF, JPEG or PNG, known by what they hold and not by their name.

They are opened by :mod:`workflows.papers.inspection` in a process of its own with little
memory and time, so that a file made to harm its reader harms nothing here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path, PurePosixPath

from engine.errors import InvalidInput
from workflows.papers import inspection

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 120
SECONDS = 15
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
_FORBIDDEN = frozenset('<>:"/\\|?*')


def checked_upload(data: bytes, name: str, *, field: str = "file") -> tuple[str, str]:
    """The media type of an uploaded file, and its name made safe to keep and to offer.

    Raises InvalidInput at ``field``: ``file_empty``, ``file_too_large:<MB>``, ``file_type``,
    ``file_extension:<extension>`` (the name says something else than the content),
    ``file_damaged``, ``file_encrypted``, ``file_active`` (scripts or files inside),
    ``file_pages:<most>``, ``file_pixels:<most megapixels>``, ``file_unfolds`` (grows beyond
    every measure when it is opened).
    """
    refusal = _refused_unopened(data)
    media_type = inspection.media_type(data)
    if refusal is None and media_type is None:
        refusal = "file_type"
    if refusal is not None or media_type is None:
        raise InvalidInput({field: [refusal or "file_type"]})
    cleaned = _clean(name)
    extensions = EXTENSIONS[media_type]
    if PurePosixPath(cleaned).suffix.lower() not in extensions:
        raise InvalidInput({field: [f"file_extension:{extensions[0].removeprefix('.')}"]})
    found = _inspected(data)
    if found is not None:
        raise InvalidInput({field: [found]})
    return media_type, cleaned


def _refused_unopened(data: bytes) -> str | None:
    if not data:
        return "file_empty"
    if len(data) > MAX_BYTES:
        return f"file_too_large:{MAX_BYTES // 1024 // 1024}"
    return None


def _clean(name: str) -> str:
    """The last part of a name, in characters that every file system and header can hold."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        " " if c in _FORBIDDEN or c.isspace() else c
        for c in last
        if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or c.isspace()
    )
    path = PurePosixPath(" ".join(kept.split()).strip(". ") or "document")
    return path.stem[: MAX_NAME - len(path.suffix)].strip() + path.suffix[:MAX_NAME]


def _inspected(data: bytes) -> str | None:
    """What the inspection says against the file; None where it is well."""
    program = [sys.executable, "-I", str(Path(inspection.__file__))]
    try:
        done = subprocess.run(
            program, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "file_unfolds"
    if done.returncode != 0:
        # Killed by its limits: it asked for more memory or time than any honest file does.
        return "file_unfolds"
    said: str | None = json.loads(done.stdout)
    return said
