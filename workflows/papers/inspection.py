"""Opens an uploaded file far enough to know that it is what it says; run as a program.

It reads the file from its standard input and writes a code, or null, as JSON. It imports
nothing of the house, so that it starts fast and knows no secret. Its memory and its time
are limited: a file that wants more ends it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 8
MAX_PAGES = 200
MAX_OBJECTS = 100_000
MAX_DEPTH = 8
MAX_UNFOLDED = 200 * 1024 * 1024
MAX_MEGAPIXELS = 50
HEAD = 1024

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/EmbeddedFile"})


def media_type(data: bytes) -> str | None:
    """The media type the first bytes speak of, one of the three that are taken."""
    for start, found in _MAGIC:
        if data.startswith(start):
            return found
    # ISO 32000 lets the header come late; readers look for it in the first kilobyte.
    return "application/pdf" if b"%PDF-" in data[:HEAD] else None


def inspect(data: bytes) -> str | None:
    """The code of what is wrong with the file; None where nothing is."""
    return _pdf(data) if media_type(data) == "application/pdf" else _image(data)


def _image(data: bytes) -> str | None:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if width * height > MAX_MEGAPIXELS * 1_000_000:
                return f"file_pixels:{MAX_MEGAPIXELS}"
            picture.load()
    except MemoryError:
        return "file_unfolds"
    # Whatever the reader of a hostile file raises, the file is what is wrong.
    except Exception:  # noqa: BLE001
        return "file_damaged"
    return None


def _pdf(data: bytes) -> str | None:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _pdf_content(pdf)
    except pikepdf.PasswordError:
        return "file_encrypted"
    except MemoryError:
        return "file_unfolds"
    # As above.
    except Exception:  # noqa: BLE001
        return "file_damaged"


def _pdf_content(pdf: pikepdf.Pdf) -> str | None:
    if pdf.is_encrypted:
        return "file_encrypted"
    if len(pdf.objects) > MAX_OBJECTS:
        return "file_unfolds"
    pages = len(pdf.pages)
    if pages < 1:
        return "file_damaged"
    if pages > MAX_PAGES:
        return f"file_pages:{MAX_PAGES}"
    return _objects(pdf)


def _objects(pdf: pikepdf.Pdf) -> str | None:
    import pikepdf

    left = MAX_UNFOLDED
    for each in pdf.objects:
        if _is_active(each):
            return "file_active"
        if isinstance(each, pikepdf.Stream):
            if _pixels(each) > MAX_MEGAPIXELS * 1_000_000:
                return f"file_pixels:{MAX_MEGAPIXELS}"
            left -= _unfolded(each, left)
            if left <= 0:
                return "file_unfolds"
    return None


def _is_active(each: Any) -> bool:
    """Whether an object, or what is written inside it, runs something or carries a file."""
    for found in _dictionaries(each):
        names = {str(found.get(key)) for key in ("/S", "/Type") if key in found}
        if names & _ACTIVE or "/JS" in found:
            return True
    return False


def _dictionaries(each: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionary itself and those written inside it; other objects come by themselves."""
    import pikepdf

    inside: Iterable[Any]
    if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        yield each
        inside = [value for _, value in each.items()]
    elif isinstance(each, pikepdf.Array):
        inside = each
    else:
        return
    if depth < MAX_DEPTH:
        for child in inside:
            if isinstance(child, pikepdf.Object) and not child.is_indirect:
                yield from _dictionaries(child, depth + 1)


def _pixels(stream: Any) -> int:
    if str(stream.get("/Subtype")) != "/Image":
        return 0
    return int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))


def _unfolded(stream: Any, left: int) -> int:
    """How many bytes a deflated stream unfolds to, counted as far as ``left``."""
    import pikepdf

    filters = stream.get("/Filter")
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    deflated = sum(name in {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW"} for name in names)
    if deflated > 1 or len(names) > 3:
        # Compressed twice: only a bomb is.
        return left
    raw = stream.read_raw_bytes()
    if names[:1] not in (["/FlateDecode"], ["/Fl"]):
        return len(raw)
    reader, count = zlib.decompressobj(), 0
    while raw and count < left and not reader.eof:
        count += len(reader.decompress(raw, 1024 * 1024))
        raw = reader.unconsumed_tail
    return count


def main() -> None:
    """Limit this process, read the file, say what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = inspect(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
