"""Files as people upload them: pictures, documents, and those made to harm their reader."""

import io
import zlib

import pikepdf
from PIL import Image

RAW = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


def picture(kind, size=(120, 80), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind)
    return out.getvalue()


def pdf(pages=1, change=None, **options):
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def deflated(size, times=1):
    """``size`` zeros (a multiple of a million) as a zlib stream, packed so many times."""
    packer = zlib.compressobj(9)
    zeros = b"\0" * 1_000_000
    first, again = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    # After a full flush the same block says the same; then an empty last block and, of zeros
    # easily known, the checksum (RFC 1950, 1951).
    checksum = (size % 65521) << 16 | 1
    packed = first + again * (size // len(zeros) - 1) + b"\3\0" + checksum.to_bytes(4, "big")
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    return packed


def stream(made, content, filters):
    held = pikepdf.Stream(made, content)
    held.Filter = filters
    made.pages[0].Contents = made.make_indirect(held)


def bomb(times: int = 1) -> bytes:
    """A small PDF that unfolds to 400 MB, compressed so many times."""
    filters = pikepdf.Array([pikepdf.Name.FlateDecode] * times)
    return pdf(change=lambda made: stream(made, deflated(400_000_000, times), filters), **RAW)
