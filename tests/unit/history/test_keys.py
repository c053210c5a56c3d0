"""The keys of the anchors."""

import pytest

from engine.history.keys import KeyRing, KeysUnusable, holds, key_id


@pytest.fixture
def keys(tmp_path):
    return KeyRing(tmp_path / "keys")


def test_the_first_signature_makes_a_key_for_its_owner_alone(keys, tmp_path):
    signer = keys.signer()
    assert keys.signer().public == signer.public
    assert holds(signer.public, signer.sign(b"so"), b"so")
    assert not holds(signer.public, signer.sign(b"so"), b"otherwise")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert modes["signing.key"] == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert set(modes) == {"signing.key", f"{key_id(signer.public)}.pub"}


def test_a_key_that_others_may_read_is_refused(keys, tmp_path):
    keys.signer()
    (tmp_path / "keys" / "signing.key").chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        keys.signer()


def test_after_a_rotation_another_key_signs_and_the_old_one_is_still_known(keys, tmp_path):
    old = keys.signer()
    new = keys.rotate()
    assert keys.signer().public == new != old.public
    assert keys.known(old.public)
    assert keys.known(new)
    assert len(list((tmp_path / "keys").iterdir())) == 3


def test_a_strangers_key_is_not_known(keys, tmp_path):
    assert not keys.known(b"x" * 32)
    assert not keys.known(KeyRing(tmp_path / "others").signer().public)


def test_a_broken_key_is_told(keys, tmp_path):
    keys.signer()
    (tmp_path / "keys" / "signing.key").write_text("half")
    with pytest.raises(KeysUnusable, match="no Ed25519 key"):
        keys.signer()
