"""Where rehearsals lie: a folder each, found by every process that shares the data folder.

A folder holds all there is of a rehearsal: its database, its clock, what was recorded. Nothing
of it stands in the installation's own database, and nothing is left once the folder is gone.
"""

from __future__ import annotations

import fcntl
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from engine.errors import EngineError, NotFound
from workflows.scenarios.sheet import Row

MOST = 6
"""How many rehearsals there can be at once."""

UNUSED = timedelta(hours=2)
"""After so long without use a rehearsal is ended."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_UNFINISHED = ".new"


class TooManyRehearsals(EngineError):
    """No more rehearsals can be held at the moment."""

    code = "too_many_rehearsals"


@dataclass(frozen=True)
class About:
    """What a rehearsal was begun with; ``at`` is where its clock began."""

    key: str
    owner: str
    digest: str
    processes: tuple[str, ...]
    began: datetime
    at: datetime
    secret: str


@dataclass
class Rehearsal:
    """A rehearsal that is held; its clock stands still until somebody moves it."""

    token: str
    folder: Path
    about: About

    @property
    def at(self) -> datetime:
        """What time it is in it."""
        return datetime.fromisoformat((self.folder / "clock").read_text(encoding="ascii"))

    @at.setter
    def at(self, moment: datetime) -> None:
        _replace(self.folder / "clock", moment.isoformat().encode())

    def now(self) -> datetime:
        """The present instant in it, in UTC."""
        return self.at.astimezone(UTC)

    @property
    def used(self) -> datetime:
        """When it was last used."""
        return datetime.fromisoformat((self.folder / "used").read_text(encoding="ascii"))

    def use(self, now: datetime) -> None:
        """Keep it from being ended for a while."""
        _replace(self.folder / "used", now.isoformat().encode())

    @property
    def record(self) -> list[dict[str, Any]]:
        """What was recorded: lines with a ``row``, or with the ``page`` that has no step."""
        lines = (self.folder / "record").read_bytes().splitlines()
        return [orjson.loads(line) for line in lines]

    @property
    def rows(self) -> list[Row]:
        """The steps that were recorded."""
        return [line["row"] for line in self.record if "row" in line]

    @property
    def unrecorded(self) -> list[str]:
        """What was done that no step of a scenario can say, each once."""
        return list(dict.fromkeys(line["page"] for line in self.record if "page" in line))

    def note(self, rows: Sequence[Row] = (), page: str = "") -> None:
        """Record steps, or that something was done which has none."""
        lines = [{"row": row} for row in rows] + ([{"page": page}] if page else [])
        with (self.folder / "record").open("ab") as record:
            record.write(b"".join(orjson.dumps(line) + b"\n" for line in lines))

    @property
    def state(self) -> dict[str, Any]:
        """What a scenario under way remembers: its last case, its incidents."""
        found: dict[str, Any] = orjson.loads((self.folder / "state").read_bytes())
        return found

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        _replace(self.folder / "state", orjson.dumps(state))


class Rehearsals:
    """The rehearsals under the data folder of an installation."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "rehearsals"

    def all(self) -> list[Rehearsal]:
        """Those that are held, the oldest first."""
        if not self._folder.is_dir():
            return []
        found = (self._read(each.name) for each in self._folder.iterdir())
        return sorted((each for each in found if each), key=lambda each: each.about.began)

    def get(self, token: str, owner: str) -> Rehearsal:
        """The rehearsal that ``owner`` has begun; raises NotFound."""
        found = self._read(token)
        if found is None or found.about.owner != owner:
            raise NotFound
        return found

    def of(self, key: str, owner: str) -> Rehearsal | None:
        """The rehearsal of a process that ``owner`` holds; there is one at most."""
        alike = (e for e in self.all() if (e.about.key, e.about.owner) == (key, owner))
        return next(alike, None)

    def begin(self, about: About, furnish: Callable[[Rehearsal], None]) -> Rehearsal:
        """A new rehearsal, which ``furnish`` has prepared; the one there is, if there is one.

        Raises TooManyRehearsals, and what ``furnish`` raises; nothing is left then.
        """
        with self._alone():
            self.sweep(about.began)
            known = self.of(about.key, about.owner)
            if known is not None:
                return known
            if len(self.all()) >= MOST:
                raise TooManyRehearsals
            token = secrets.token_urlsafe(16)
            place = self._folder / f"{token}{_UNFINISHED}"
            place.mkdir(mode=0o700)
            try:
                _lay_out(place, about)
                furnish(Rehearsal(token, place, about))
                place.rename(self._folder / token)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
        return Rehearsal(token, self._folder / token, about)

    def end(self, rehearsal: Rehearsal) -> None:
        """Throw a rehearsal away; again is the same."""
        gone = rehearsal.folder.with_name(f"{rehearsal.token}{_UNFINISHED}")
        try:
            # Out of sight at once, whoever is still reading in it.
            rehearsal.folder.rename(gone)
        except FileNotFoundError:
            return
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self, now: datetime) -> None:
        """Throw away what nobody has used for long, and what was never finished."""
        for each in self.all():
            if now - each.used > UNUSED:
                self.end(each)
        if self._folder.is_dir():
            for place in self._folder.glob(f"*{_UNFINISHED}"):
                if now - datetime.fromtimestamp(place.stat().st_mtime, UTC) > UNUSED:
                    shutil.rmtree(place, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time begins a rehearsal."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self, token: str) -> Rehearsal | None:
        if not _TOKEN.fullmatch(token):
            return None
        folder = self._folder / token
        try:
            told = orjson.loads((folder / "about.json").read_bytes())
        except FileNotFoundError:
            return None
        moments = {name: datetime.fromisoformat(told[name]) for name in ("began", "at")}
        about = About(**{**told, **moments, "processes": tuple(told["processes"])})
        return Rehearsal(token, folder, about)


def _lay_out(place: Path, about: About) -> None:
    (place / "about.json").write_bytes(orjson.dumps(about))
    (place / "clock").write_text(about.at.isoformat(), encoding="ascii")
    (place / "used").write_text(about.began.isoformat(), encoding="ascii")
    (place / "record").touch()
    (place / "state").write_bytes(b"{}")


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    made.write_bytes(content)
    made.replace(path)
