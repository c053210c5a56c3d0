"""A bundle: the files of one lifecycle that are deployed together."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from engine.definitions.codes import problem
from engine.definitions.guard import MAX_BUNDLE_BYTES, MAX_FILE_BYTES, MAX_FILES
from engine.definitions.problems import Problem
from engine.errors import DeploymentRejected

ORIGINALS = "originals/"
"""The folder of diagrams as another modeler wrote them: kept, handed out, and never read."""

SUFFIXES = frozenset({".bpmn", ".dmn", ".json", ".yaml", ".yml"})

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)
_PART = re.compile(r"\w[\w. -]*")
_MAX_NAME = 200
_MAX_PARTS = 4
_MAX_RATIO = 200
_DIRECTORY_MARK = b"PK\x01\x02"
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Bundle:
    """The files of one deployment by their path inside the bundle's folder.

    ``key`` is the folder's name and the key of the process definition. The
    bytes are the upload, untouched; whether they are any good is lint's to say.
    """

    key: str
    files: Mapping[str, bytes]

    def __post_init__(self) -> None:
        ordered = {name: self.files[name] for name in sorted(self.files)}
        object.__setattr__(self, "files", MappingProxyType(ordered))

    def __hash__(self) -> int:
        return hash((self.key, self.digest))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the sorted names and contents, in hexadecimal."""
        total = hashlib.sha256()
        for name, data in self.files.items():
            encoded = name.encode("utf-8", "surrogatepass")
            total.update(len(encoded).to_bytes(8, "big") + encoded)
            total.update(len(data).to_bytes(8, "big") + data)
        return total.hexdigest()

    def names(self, *suffixes: str) -> tuple[str, ...]:
        """The names of the files that end in one of the suffixes, sorted; no originals."""
        return tuple(
            name
            for name in self.files
            if name.endswith(suffixes) and not name.startswith(ORIGINALS)
        )

    @classmethod
    def from_folder(cls, folder: Path) -> Bundle:
        """The bundle in a folder: its diagrams, tables, forms and scenarios.

        Hidden files and files of other kinds are not part of it. Raises
        DeploymentRejected when there are too many files or bytes.
        """
        found = sorted(
            path
            for path in folder.rglob("*")
            if path.suffix in SUFFIXES
            and path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        )
        _refuse(_check_amount(len(found), sum(path.stat().st_size for path in found)))
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
        return cls(folder.resolve().name, files)

    @classmethod
    def from_zip(cls, data: bytes, key: str = "") -> Bundle:
        """The bundle in a ZIP archive, whose single top folder names the key.

        ``key`` wins over the folder's name. Raises DeploymentRejected for
        anything but a plain archive of a few text files: paths that lead out of
        it, links, encrypted or doubled names, archives that blow up.
        """
        _refuse(_check_archive(data))
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = [each for each in archive.infolist() if not _is_litter(each)]
                _refuse(_check_entries(entries))
                files = {each.filename: _read(archive, each) for each in entries}
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            MemoryError,
        ) as error:
            raise DeploymentRejected([_broken_archive(str(error))]) from error
        return cls._without_top_folder(files, key)

    @classmethod
    def _without_top_folder(cls, files: Mapping[str, bytes], key: str) -> Bundle:
        tops = {name.partition("/")[0] for name in files if "/" in name}
        if len(tops) == 1 and all("/" in name for name in files):
            top = tops.pop()
            return cls(key or top, {name[len(top) + 1 :]: data for name, data in files.items()})
        return cls(key or _main_stem(files), files)


def is_key(text: str) -> bool:
    """Whether a text can name a process definition."""
    return bool(_KEY.fullmatch(text))


def check_names(bundle: Bundle) -> list[Problem]:
    """What is wrong with the key, the file names and the sizes of a bundle."""
    found: list[Problem] = []
    if not is_key(bundle.key):
        found.append(
            problem(
                "bundle_key_invalid",
                f"'{bundle.key[:80]}' cannot name a process definition; use lower-case letters,"
                " digits, hyphens and underscores, a letter first.",
                line=0,
            )
        )
    found += _check_amount(len(bundle.files), sum(map(len, bundle.files.values())))
    found += _check_paths(bundle.files)
    found += [
        problem(
            "unknown_file",
            "Only diagrams (.bpmn), decision tables (.dmn), forms (.json) and scenarios (.yaml)"
            " belong in a bundle; this file is ignored.",
            file=name,
        )
        for name in bundle.files
        if Path(name).suffix not in SUFFIXES
    ]
    return found


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DeploymentRejected(problems)


def _check_amount(count: int, size: int) -> list[Problem]:
    if count > MAX_FILES:
        message = f"The bundle has {count} files; at most {MAX_FILES} are read."
        return [problem("too_many_files", message, line=0)]
    if size > MAX_BUNDLE_BYTES:
        message = f"The bundle has {size} bytes; at most {MAX_BUNDLE_BYTES} are read."
        return [problem("bundle_too_large", message, line=0)]
    return []


def _check_paths(names: Iterable[str]) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for name in names:
        shown = name[:_MAX_NAME].encode("ascii", "backslashreplace").decode()
        parts = name.split("/")
        safe = len(name) <= _MAX_NAME and len(parts) <= _MAX_PARTS
        if not (safe and all(_PART.fullmatch(part) for part in parts)):
            message = f"The file name '{shown}' is not accepted; use a plain name, no '..'."
            found.append(problem("unsafe_file_name", message, file=shown, line=0))
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded in seen:
            message = f"Two files are named '{shown}'; remove one of them."
            found.append(problem("duplicate_file_name", message, file=shown, line=0))
        seen.add(folded)
    return found


def _check_archive(data: bytes) -> list[Problem]:
    if len(data) > MAX_BUNDLE_BYTES:
        return _check_amount(0, len(data))
    # Counted before zipfile builds an object for every entry of a forged directory.
    entries = data.count(_DIRECTORY_MARK)
    return _check_amount(entries, 0) if entries > 4 * MAX_FILES else []


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    return (
        entry.is_dir()
        or entry.filename.startswith(_LITTER[0])
        or entry.filename.endswith(_LITTER[1:])
    )


def _check_entries(entries: list[zipfile.ZipInfo]) -> list[Problem]:
    found = _check_amount(len(entries), sum(entry.file_size for entry in entries))
    if found:
        return found
    found += _check_paths(entry.filename for entry in entries)
    for entry in entries:
        shown = entry.filename[:_MAX_NAME].encode("ascii", "backslashreplace").decode()
        if stat.S_ISLNK(entry.external_attr >> 16):
            message = f"'{shown}' is a link; put the file itself into the archive."
            found.append(problem("zip_link", message, file=shown, line=0))
        if entry.flag_bits & 0x1:
            message = f"'{shown}' is encrypted; make an archive without a password."
            found.append(problem("zip_encrypted", message, file=shown, line=0))
        if entry.file_size > MAX_FILE_BYTES or _blows_up(entry):
            message = f"'{shown}' unpacks to {entry.file_size} bytes, more than is read."
            found.append(problem("zip_bomb", message, file=shown, line=0))
    return found


def _blows_up(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _MAX_RATIO * max(1, entry.compress_size)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        message = f"'{entry.filename}' unpacks to more bytes than the archive says."
        raise DeploymentRejected([problem("zip_bomb", message, file=entry.filename, line=0)])
    return data


def _broken_archive(reason: str) -> Problem:
    return problem(
        "zip_malformed", f"This is not a readable ZIP archive: {reason}.", line=0, reason=reason
    )


def _main_stem(files: Mapping[str, bytes]) -> str:
    diagrams = [name for name in files if name.endswith(".bpmn") and "/" not in name]
    return Path(diagrams[0]).stem if len(diagrams) == 1 else ""
