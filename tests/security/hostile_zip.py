"""Hostile archives: each yields ``(name, bytes or what makes them, codes)``."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator

from tests.security.hostile_xml import GOOD, Hostile

LazyHostile = tuple[str, Callable[[], bytes], set[str]]


def _archive(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = 8) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as writer:
        for name, data in entries:
            writer.writestr(name, data)
    return target.getvalue()


def _good() -> bytes:
    return _archive([("p/p.bpmn", GOOD.encode())])


def names() -> Iterator[Hostile]:
    for name in (
        "../p.bpmn",
        "p/../../p.bpmn",
        "/etc/cron.d/p.bpmn",
        "..\\p.bpmn",
        "C:\\p.bpmn",
        "C:/p.bpmn",
        "p\nq.bpmn",
        "a/b/c/d/e.bpmn",
        "./p.bpmn",
        "p//q.bpmn",
        "~/p.bpmn",
        "-rf.bpmn",
        "x" * 300 + ".bpmn",
        "\u202ep.bpmn",
        " p.bpmn",
        "$(id).bpmn",
        "p.bpmn;id",
        "p|q.bpmn",
    ):
        yield f"name {name[:20]!r}", _archive([(name, b"x"), ("q.bpmn", b"")]), {"unsafe_file_name"}
    nul = _archive([("pX.bpmn", b"x")]).replace(b"pX.bpmn", b"p\0.bpmn")
    yield "name with NUL", nul, {"no_process", "zip_malformed", "unsafe_file_name", "unknown_file"}
    yield "name in two cases", _archive([("p.bpmn", b""), ("P.BPMN", b"")]), {"duplicate_file_name"}
    twice = _archive([("p.bpmn", b""), ("q.bpmn", b"")]).replace(b"q.bpmn", b"p.bpmn")
    yield "name twice", twice, {"duplicate_file_name", "zip_malformed"}
    composed = _archive([("\u00e9.bpmn", b""), ("e\u0301.bpmn", b"")])
    yield "name in two normal forms", composed, {"duplicate_file_name", "unsafe_file_name"}


def bombs() -> Iterator[LazyHostile]:
    """Made when they are needed: packing them takes seconds."""

    def spaces(number: int) -> Callable[[], bytes]:
        return lambda: _archive([("p.bpmn", b" " * number)])

    def files(number: int, content: bytes = b"") -> Callable[[], bytes]:
        return lambda: _archive([(f"{n}.bpmn", content) for n in range(number)])

    yield "50 MB of spaces", spaces(50_000_000), {"bundle_too_large"}
    yield "3 MB of spaces", spaces(3_000_000), {"zip_bomb"}
    yield "1 MB from 1 kB", spaces(1_000_000), {"zip_bomb"}
    yield "20 times 1 MB", files(20, b"<a>" * 333_000), {"bundle_too_large"}
    yield (
        "archive in an archive",
        lambda: _archive([("p.bpmn", spaces(1_900_000)())]),
        {"compressed_file"},
    )
    yield "1,000 files", files(1_000), {"too_many_files"}
    yield "60,000 files", files(60_000), {"too_many_files"}
    yield "9 MB stored", lambda: _archive([("p.bpmn", b"x" * 9_000_000)], 0), {"bundle_too_large"}
    yield "size that is a lie", _lied, {"zip_malformed", "zip_bomb", "xml_malformed"}


def _lied() -> bytes:
    lied = bytearray(_archive([("p.bpmn", b" " * 3_000_000)]))
    size = struct.pack("<I", 3_000_000)
    while (at := lied.find(size)) >= 0:
        lied[at : at + 4] = struct.pack("<I", 100)
    return bytes(lied)


def broken() -> Iterator[Hostile]:
    good = _good()
    malformed = {"zip_malformed"}
    yield "not an archive", b"hello", malformed
    yield "empty", b"", malformed
    yield "empty archive", _archive([]), {"no_process", "bundle_key_invalid"}
    yield "cut short", good[: len(good) // 2], malformed
    yield "without its head", good[10:], malformed | {"unsafe_file_name", "xml_malformed"}
    wrong = bytearray(good)
    wrong[60:70] = b"\xff" * 10
    yield "damaged content", bytes(wrong), malformed
    method = good.replace(b"\x08\x00", b"\x63\x00")
    yield "unknown compression", method, malformed
    link = zipfile.ZipInfo("p.bpmn")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield "link", _archive([(link, b"/etc/passwd")]), {"zip_link"}
    secret = bytearray(_archive([("p.bpmn", b"x")]))
    secret[6] |= 1
    directory = secret.find(b"PK\x01\x02")
    secret[directory + 8] |= 1
    yield "encrypted", bytes(secret), {"zip_encrypted"}
    forged = bytearray(good)
    end = forged.rfind(b"PK\x05\x06")
    forged[end + 16 : end + 20] = struct.pack("<I", 0xFFFFFF0)
    yield "directory out of reach", bytes(forged), malformed
    checksum = zlib.crc32(GOOD.encode()).to_bytes(4, "little")
    yield "wrong checksum", good.replace(checksum, b"\0\0\0\0"), malformed


FAMILIES = (names, bombs, broken)
