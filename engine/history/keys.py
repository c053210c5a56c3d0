"""The keys that anchors are signed with (Ed25519), in a folder outside the database.

``signing.key`` is the private key, for its owner's eyes alone; ``<id>.pub`` is each public
key there ever was. A key's id is the beginning of the SHA-256 of its 32 public bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.errors import EngineError

SIGNING = "signing.key"
_ID_CHARACTERS = 16
_FOR_OTHERS = 0o077


class KeysUnusable(EngineError):
    """The keys of the anchors cannot be used."""

    code = "keys_unusable"


def key_id(public: bytes) -> str:
    """The id of a public key."""
    return sha256(public).hexdigest()[:_ID_CHARACTERS]


def holds(public: bytes, signature: bytes, signed: bytes) -> bool:
    """Whether a signature is that of a key over what is ``signed``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class Signer:
    """A private key at work."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    def sign(self, signed: bytes) -> bytes:
        """The signature over what is ``signed``."""
        return self._key.sign(signed)


class KeyRing:
    """The keys in one folder; the first signature makes the first key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def signer(self) -> Signer:
        """The key that signs now, which is made if there is none; raises KeysUnusable."""
        with _folder_trouble(self._folder):
            key = self._signing()
            self._keep(key.public)
        return key

    def known(self, public: bytes) -> bool:
        """Whether a public key is or was one of this folder's."""
        with _folder_trouble(self._folder):
            try:
                kept = (self._folder / f"{key_id(public)}.pub").read_text(encoding="ascii")
            except FileNotFoundError:
                return False
        return kept.strip() == public.hex()

    def rotate(self) -> bytes:
        """Sign with a new key from now on, and forget the old one's private half.

        Gives the new public key. The old public key stays, so that what it signed can be
        verified.
        """
        self.signer()
        with _folder_trouble(self._folder):
            made = self._made()
            new = _read(made)
            self._keep(new.public)
            made.replace(self._folder / SIGNING)
        return new.public

    def _signing(self) -> Signer:
        path = self._folder / SIGNING
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = self._made()
            # Whole or not at all: of two processes that start together, one wins.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)
            made.unlink()
        if path.stat().st_mode & _FOR_OTHERS:
            raise KeysUnusable(f"Others may read the key {path}; run: chmod 600 {path}")
        return _read(path)

    def _made(self) -> Path:
        made = self._folder / f"{SIGNING}.{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(Ed25519PrivateKey.generate().private_bytes_raw().hex(), encoding="ascii")
        return made

    def _keep(self, public: bytes) -> None:
        path = self._folder / f"{key_id(public)}.pub"
        if not path.exists():
            made = path.with_name(f"{path.name}.{os.getpid()}")
            made.write_text(f"{public.hex()}\n", encoding="ascii")
            made.replace(path)


def _read(path: Path) -> Signer:
    try:
        seed = bytes.fromhex(path.read_text(encoding="ascii"))
        return Signer(Ed25519PrivateKey.from_private_bytes(seed))
    except ValueError as error:
        raise KeysUnusable(f"{path} holds no Ed25519 key.") from error


@contextlib.contextmanager
def _folder_trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeysUnusable(
            f"The folder {folder} of the anchors' keys cannot be used: {error.strerror}."
        ) from error
