"""Settings: everything an installation can choose, read once from the environment.

docs/configuration.md is the list for people; :data:`VARIABLES` is the list it is tested against.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES: Final[Mapping[str, str]] = {
    "PASSERELLE_DATABASE_URL": "SQLite under the data folder, or postgresql://...",
    "PASSERELLE_BROKER_URL": "where Celery's wake-ups travel; memory:// inside one process",
    "PASSERELLE_SECRET_KEY": "signs sessions and partner links; at least 32 characters",
    "PASSERELLE_BASE_URL": "the address people type, used in mails and partner links",
    "PASSERELLE_SMTP_URL": "smtp://user:password@host:587, or smtps://; without it no mail is sent",
    "PASSERELLE_HOME_HEI": "SCHAC code of the university that runs this installation",
    "PASSERELLE_SEAL_PKCS12_FILE": "PKCS#12 file of the certificate that documents are sealed with",
    "PASSERELLE_SEAL_PASSWORD": "password of that file",
    "PASSERELLE_DATA_DIR": "folder of the database and of generated files; var by default",
    "PASSERELLE_ANCHOR_KEYS_DIR": "folder of the keys that anchors of the record are signed with",
    "PASSERELLE_ANCHORS_DIR": "folder that each anchor of the record is written to",
    "PASSERELLE_ANCHOR_HOURS": "hours from one anchor to the next; 0 makes none",
    "PASSERELLE_EXPORTS_DIR": "folder of the files of exports made in the background",
    "PASSERELLE_EXPORT_DAYS": "days that the file of an export is kept",
    "PASSERELLE_ANCHOR_MAIL": "addresses that each anchor is mailed to, separated by blanks",
    "PASSERELLE_TSA_URL": "RFC 3161 time-stamping authority that each anchor is stamped by",
    "PASSERELLE_TSA_CERTIFICATES": "PEM file of the certificates that its stamps are checked with",
    "PASSERELLE_ARCHIVE_DIR": "folder that files for the archives are written to",
    "PASSERELLE_PURGE_HOURS": "hours from one look for what is to be erased to the next; 0 is none",
    "PASSERELLE_BUNDLES_DIR": "folder of the process bundles that `passerelle up` deploys",
    "PASSERELLE_DEMO": "1 loads invented people and lets anyone sign in as one of them",
    "PASSERELLE_FOUR_EYES": "1 lets a second administrator approve each publication of a version",
    "PASSERELLE_THREADS": "requests answered at the same time",
    "PASSERELLE_PROXIES": "reverse proxies in front, whose X-Forwarded-* headers are believed",
    "HOST": "address the web server listens on",
    "PORT": "port the web server listens on",
}
"""Every variable that is read, each also as ``<NAME>_FILE`` holding a path, with its meaning.

The one whose name ends in ``_FILE`` is a path itself.
"""

SCHEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "PASSERELLE_DATABASE_URL": ("sqlite:///", "postgresql://", "postgresql+psycopg://"),
    "PASSERELLE_BROKER_URL": ("memory://", "redis://", "rediss://"),
    "PASSERELLE_BASE_URL": ("https://", "http://"),
    "PASSERELLE_SMTP_URL": ("smtp://", "smtps://"),
    "PASSERELLE_TSA_URL": ("https://", "http://"),
}

MIN_SECRET_LENGTH: Final = 32
MIN_DISTINCT_CHARACTERS: Final = 8
LAST_PORT: Final = 65535
MOST_HOURS: Final = 8760


class ConfigurationError(Exception):
    """The settings cannot be used; the message is one sentence for the administrator."""


@dataclass(frozen=True)
class Settings:
    """The choices of one installation. Build it with :meth:`from_env`, or by hand in tests."""

    database_url: str
    secret_key: str
    data_dir: Path
    bundles_dir: Path
    broker_url: str = "memory://"
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    home_hei: str = "univ-tlse2.fr"
    demo: bool = False
    four_eyes: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    proxies: int = 0
    seal_pkcs12: Path | None = None
    seal_password: str | None = field(default=None, repr=False)
    anchor_keys: Path | None = None
    anchors: Path | None = None
    anchor_hours: int = 24
    exports: Path | None = None
    export_days: int = 7
    anchor_mail: tuple[str, ...] = ()
    tsa_url: str | None = None
    tsa_certificates: Path | None = None
    archive: Path | None = None
    purge_hours: int = 24

    @property
    def anchor_keys_dir(self) -> Path:
        """The folder of the keys that anchors are signed with."""
        return self.anchor_keys or self.data_dir / "anchor-keys"

    @property
    def anchors_dir(self) -> Path:
        """The folder that each anchor is written to."""
        return self.anchors or self.data_dir / "anchors"

    @property
    def exports_dir(self) -> Path:
        """The folder of the files of exports."""
        return self.exports or self.data_dir / "exports"

    @property
    def archive_dir(self) -> Path:
        """The folder that files for the archives are written to."""
        return self.archive or self.data_dir / "archive"

    @property
    def evidence_dir(self) -> Path:
        """The folder of evidence bundles, each until somebody has had a week to fetch it."""
        return self.data_dir / "evidence"

    @property
    def embedded_broker(self) -> bool:
        """Whether wake-ups stay inside this process, so that no other worker can hear them."""
        return self.broker_url.startswith("memory:")

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach the site over HTTPS only."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment.

        In demo mode a missing secret is made up and kept in the data folder. Raises
        :class:`ConfigurationError` for what cannot be used.
        """
        env = _Environment(os.environ if environ is None else environ)
        demo = env.flag("PASSERELLE_DEMO")
        data_dir = Path(env.get("PASSERELLE_DATA_DIR") or "var").absolute()
        host = env.get("HOST") or cls.host
        port = env.number("PORT", cls.port, highest=LAST_PORT)
        return cls(
            database_url=env.address("PASSERELLE_DATABASE_URL")
            or f"sqlite:///{data_dir / 'passerelle.sqlite3'}",
            secret_key=_secret(env.get("PASSERELLE_SECRET_KEY"), demo, data_dir),
            data_dir=data_dir,
            bundles_dir=Path(env.get("PASSERELLE_BUNDLES_DIR") or _bundles_dir()).absolute(),
            broker_url=env.address("PASSERELLE_BROKER_URL") or cls.broker_url,
            base_url=(env.address("PASSERELLE_BASE_URL") or f"http://{host}:{port}").rstrip("/"),
            smtp_url=env.address("PASSERELLE_SMTP_URL"),
            home_hei=(env.get("PASSERELLE_HOME_HEI") or cls.home_hei).lower(),
            demo=demo,
            four_eyes=env.flag("PASSERELLE_FOUR_EYES"),
            host=host,
            port=port,
            threads=env.number("PASSERELLE_THREADS", cls.threads, highest=256),
            proxies=env.number("PASSERELLE_PROXIES", cls.proxies, lowest=0, highest=9),
            seal_pkcs12=env.path("PASSERELLE_SEAL_PKCS12_FILE"),
            seal_password=env.get("PASSERELLE_SEAL_PASSWORD"),
            anchor_keys=env.path("PASSERELLE_ANCHOR_KEYS_DIR"),
            anchors=env.path("PASSERELLE_ANCHORS_DIR"),
            anchor_hours=env.number(
                "PASSERELLE_ANCHOR_HOURS", cls.anchor_hours, lowest=0, highest=MOST_HOURS
            ),
            exports=env.path("PASSERELLE_EXPORTS_DIR"),
            export_days=env.number("PASSERELLE_EXPORT_DAYS", cls.export_days, highest=366),
            anchor_mail=env.mail_addresses("PASSERELLE_ANCHOR_MAIL"),
            tsa_url=env.address("PASSERELLE_TSA_URL"),
            tsa_certificates=env.path("PASSERELLE_TSA_CERTIFICATES"),
            archive=env.path("PASSERELLE_ARCHIVE_DIR"),
            purge_hours=env.number(
                "PASSERELLE_PURGE_HOURS", cls.purge_hours, lowest=0, highest=MOST_HOURS
            ),
        )


class _Environment:
    """Environment variables, with the ``_FILE`` variant that container secrets use."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def get(self, name: str) -> str | None:
        """The value, from ``name`` or from the file named by ``name_FILE``; None if empty."""
        path = self._variables.get(f"{name}_FILE")
        if not path:
            return self._variables.get(name) or None
        if self._variables.get(name):
            raise ConfigurationError(f"Set either {name} or {name}_FILE, not both.")
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{name}_FILE cannot be read: {error}.") from error

    def address(self, name: str) -> str | None:
        """A URL that starts with one of the schemes of :data:`SCHEMES`."""
        value = self.get(name)
        if value is not None and not value.startswith(SCHEMES[name]):
            choices = " or ".join(SCHEMES[name])
            raise ConfigurationError(f"{name} is no address this program knows: write {choices}...")
        return value

    def mail_addresses(self, name: str) -> tuple[str, ...]:
        """Mail addresses, separated by blanks."""
        found = tuple((self.get(name) or "").split())
        for each in found:
            local, at, domain = each.rpartition("@")
            if not (local and at and domain and each.isascii() and each.isprintable()):
                raise ConfigurationError(f"{name} holds {each!r}, which is no mail address.")
        return found

    def path(self, name: str) -> Path | None:
        """A path, from the folder the program was started in."""
        value = self.get(name)
        return Path(value).absolute() if value else None

    def flag(self, name: str) -> bool:
        """Whether the variable says yes."""
        value = (self.get(name) or "").lower()
        if value in {"", "0", "no", "false", "off"}:
            return False
        if value in {"1", "yes", "true", "on"}:
            return True
        raise ConfigurationError(f"{name} is {value!r}; write 1 or 0.")

    def number(self, name: str, default: int, *, lowest: int = 1, highest: int) -> int:
        """A whole number from ``lowest`` to ``highest``."""
        text = self.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
            return int(text)
        raise ConfigurationError(f"{name} is {text!r}; write a number from {lowest} to {highest}.")


def _bundles_dir() -> Path:
    """The bundles beside this package: ``bpmn/`` of a checkout, or those inside a wheel."""
    root = Path(__file__).resolve().parent.parent
    checkout = root / "bpmn"
    return checkout if checkout.is_dir() else root / "workflows" / "bundles"


def _secret(value: str | None, demo: bool, data_dir: Path) -> str:
    """The secret key; outside demo mode only one that somebody chose and nobody guesses."""
    if value is None and demo:
        return _kept_secret(data_dir / "demo-secret-key")
    if value is None:
        raise ConfigurationError(
            "PASSERELLE_SECRET_KEY is not set; "
            "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if len(value) < MIN_SECRET_LENGTH or len(set(value)) < MIN_DISTINCT_CHARACTERS:
        raise ConfigurationError(
            f"PASSERELLE_SECRET_KEY is too easy to guess; use at least {MIN_SECRET_LENGTH} "
            "random characters."
        )
    return value


def _kept_secret(path: Path) -> str:
    """A random secret, made on first use and kept so that sign-ins survive a restart."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48), encoding="ascii")
            # Whole or not at all: of two processes that start together, one wins.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)
            made.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"The folder {path.parent} cannot be written to: {error.strerror}."
        ) from error
