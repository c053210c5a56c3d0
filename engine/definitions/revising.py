"""A bundle with other files: what becomes of it when somebody brings files or takes one out."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import PurePosixPath

from engine.definitions.bundle import ORIGINALS, SUFFIXES, Bundle, check_names
from engine.definitions.guard import MAX_FILE_BYTES, read_xml
from engine.definitions.layout import with_drawing
from engine.definitions.problems import Severity
from engine.definitions.xmlns import SPIFF, bpmn
from engine.errors import DeploymentRejected, InvalidInput, NotFound

ARCHIVE = ".zip"
_FOLDERS = {".json": "forms/", ".yaml": "scenarios/", ".yml": "scenarios/"}
_SHOWN = 80
_MEBIBYTE = 1024 * 1024


def revised(bundle: Bundle, uploads: Mapping[str, bytes], others: Container[str] = ()) -> Bundle:
    """``bundle`` with the uploaded files, each in the place of the one of the same name.

    A new form or scenario goes into the folder of its kind. A single ZIP archive replaces
    the whole, unless it is that of one of the ``others`` (keys of processes). Whether the
    files are any good is lint's to tell; raises InvalidInput for ``files`` and
    DeploymentRejected for what no bundle may hold, whatever it says.
    """
    files = {_plain(name): data for name, data in uploads.items()}
    if not files:
        raise InvalidInput({"files": ["required"]})
    archives = [data for name, data in files.items() if name.endswith(ARCHIVE)]
    if archives and len(files) > 1:
        raise InvalidInput({"files": ["archive_not_alone"]})
    if archives:
        return _checked(_unpacked(bundle.key, archives[0], others))
    refused = [code for name, data in files.items() for code in _refusals(name, data)]
    if refused:
        raise InvalidInput({"files": refused})
    brought = {_place(bundle, name): data for name, data in files.items()}
    return _checked(Bundle(bundle.key, {**bundle.files, **_opened(brought)}))


def with_file(bundle: Bundle, name: str, data: bytes) -> Bundle:
    """``bundle`` with one file under exactly this name; raises as :func:`revised` does."""
    refused = _refusals(name, data)
    if refused:
        raise InvalidInput({"files": refused})
    return _checked(Bundle(bundle.key, {**bundle.files, name: data}))


def without(bundle: Bundle, name: str) -> Bundle:
    """``bundle`` without one of its files; raises NotFound where it has no such file."""
    if name not in bundle.files:
        raise NotFound
    return Bundle(bundle.key, {each: bundle.files[each] for each in bundle.files if each != name})


def _plain(name: str) -> str:
    """The bare name of an upload: some browsers send the path on the sender's machine."""
    path = PurePosixPath(name.replace("\\", "/"))
    return f"{path.stem}{path.suffix.lower()}"


def _unpacked(key: str, data: bytes, others: Container[str]) -> Bundle:
    unpacked = Bundle.from_zip(data)
    if unpacked.key != key and unpacked.key in others:
        raise InvalidInput({"files": [f"archive_of_another:{unpacked.key}"]})
    return Bundle(key, _opened(unpacked.files))


def _opened(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files as a draft holds them: a diagram without a drawing gets one.

    Of a diagram that another program wrote, the file as it was brought is kept beside.
    """
    opened = dict(files)
    for name, data in files.items():
        if name.endswith(".bpmn") and not name.startswith(ORIGINALS):
            opened[name] = with_drawing(name, data)
            if opened[name] != data or is_foreign(name, data):
                opened.setdefault(ORIGINALS + PurePosixPath(name).name, data)
    return opened


def is_foreign(name: str, data: bytes) -> bool:
    """Whether a diagram was written for another engine: it does not speak our vocabulary."""
    root, _ = read_xml(name, data)
    return root is not None and root.tag == bpmn("definitions") and SPIFF.encode() not in data


def _refusals(name: str, data: bytes) -> list[str]:
    # Codes carry their parameters behind colons.
    shown = name[:_SHOWN].replace(":", " ")
    if PurePosixPath(name).suffix not in SUFFIXES:
        return [f"upload_kind:{shown}"]
    if not data:
        return [f"upload_empty:{shown}"]
    if len(data) > MAX_FILE_BYTES:
        return [f"upload_too_large:{shown}:{MAX_FILE_BYTES // _MEBIBYTE}"]
    return []


def _place(bundle: Bundle, name: str) -> str:
    """Where in the bundle a file of this name belongs."""
    for known in bundle.files:
        if PurePosixPath(known).name == name and not known.startswith(ORIGINALS):
            return known
    return _FOLDERS.get(PurePosixPath(name).suffix, "") + name


def _checked(bundle: Bundle) -> Bundle:
    errors = [each for each in check_names(bundle) if each.severity is Severity.ERROR]
    if errors:
        raise DeploymentRejected(errors)
    return bundle
