"""Seals: made with pyHanko, judged by OpenSSL."""

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from tests.builders_papers import pdf_a_problems, seal_problems
from workflows.papers import documents
from workflows.papers.rendering import render
from workflows.papers.sealing import (
    DEMONSTRATION,
    DEMONSTRATION_FILE,
    Sealer,
    SealUnusable,
    make_demonstration,
)


@pytest.fixture
def plain(letter, data, at):
    return render(letter, data, at=at)


def test_a_seal_is_verified_by_openssl_and_keeps_pdf_a(plain, office, at, tmp_path):
    sealed = Sealer(office).seal(plain, "Décision", at=at)
    assert sealed.startswith(plain)
    assert pdf_a_problems(sealed, "fr") == []
    assert seal_problems(sealed, office.seal_pkcs12, tmp_path) == []


def test_a_changed_byte_breaks_it(plain, office, at, tmp_path):
    sealed = bytearray(Sealer(office).seal(plain, "Décision", at=at))
    sealed[sealed.index(b"%PDF") + 12] ^= 1
    (problem,) = seal_problems(bytes(sealed), office.seal_pkcs12, tmp_path)
    assert "verification failure" in problem


def test_anothers_certificate_does_not_verify_it(plain, office, at, tmp_path):
    make_demonstration(tmp_path / "other.p12")
    sealed = Sealer(office).seal(plain, "Décision", at=at)
    assert seal_problems(sealed, tmp_path / "other.p12", tmp_path) != []


def test_what_is_added_after_the_seal_is_noticed(plain, office, at, tmp_path):
    sealed = Sealer(office).seal(plain, "Décision", at=at)
    problems = seal_problems(sealed + b"%more\n%%EOF\n", office.seal_pkcs12, tmp_path)
    assert "the seal does not cover the whole file" in problems


def test_it_is_dated_by_the_given_instant(plain, office, at):
    sealed = Sealer(office).seal(plain, "Décision", at=at)
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V.M) == "D:20260302090000Z"
        modified = pdf.open_metadata()["xmp:ModifyDate"]
    assert modified == "2026-03-02T09:00:00+00:00"


def test_a_made_document_carries_its_code(letter, data, office, at, tmp_path):
    made = documents.make(office, Sealer(office), letter, data, reason="Décision", at=at)
    assert pdf_a_problems(made.content, "fr") == []
    assert seal_problems(made.content, office.seal_pkcs12, tmp_path) == []
    assert len(made.code) == 16


def test_the_demo_makes_its_own_and_keeps_it(plain, office, at, tmp_path):
    demo = replace(office, seal_pkcs12=None, demo=True, data_dir=tmp_path / "var")
    sealed = Sealer(demo).seal(plain, "Décision", at=at)
    held = tmp_path / "var" / DEMONSTRATION_FILE
    assert stat.S_IMODE(held.stat().st_mode) == 0o600
    assert seal_problems(sealed, held, tmp_path) == []
    kept = held.read_bytes()
    certificate = Sealer(demo).certificate(at=at)
    assert DEMONSTRATION in certificate.subject
    assert certificate.demonstration
    assert held.read_bytes() == kept


def test_processes_that_start_together_share_one(tmp_path):
    path = tmp_path / "var" / DEMONSTRATION_FILE
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make_demonstration, [path, path]))
    assert [each.name for each in path.parent.iterdir()] == [DEMONSTRATION_FILE]


def test_without_a_certificate_nothing_is_sealed_and_the_remedy_is_told(plain, office, at):
    with pytest.raises(SealUnusable, match="PASSERELLE_SEAL_PKCS12_FILE"):
        Sealer(replace(office, seal_pkcs12=None)).seal(plain, "Décision", at=at)
    assert not (office.data_dir / DEMONSTRATION_FILE).exists()


def own_certificate(path, password, *, until):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "University")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"u", key, made, None, locked))
    return path


def test_a_real_certificate_has_a_password_and_an_end(plain, office, at, tmp_path):
    path = own_certificate(tmp_path / "u.p12", "open sesame", until=at + timedelta(days=1))
    real = replace(office, seal_pkcs12=path, seal_password="open sesame")
    assert not Sealer(real).certificate(at=at).demonstration
    assert Sealer(real).seal(plain, "Décision", at=at).startswith(plain)
    with pytest.raises(SealUnusable, match="valid from 2020-01-01"):
        Sealer(real).seal(plain, "Décision", at=at + timedelta(days=2))
    with pytest.raises(SealUnusable, match="PASSERELLE_SEAL_PASSWORD"):
        Sealer(replace(real, seal_password="wrong")).seal(plain, "Décision", at=at)


@pytest.mark.parametrize("content", [b"", b"no PKCS#12 at all"])
def test_a_file_that_is_no_certificate_is_named(plain, office, at, tmp_path, content):
    (tmp_path / "x.p12").write_bytes(content)
    with pytest.raises(SealUnusable, match=r"x\.p12"):
        Sealer(replace(office, seal_pkcs12=tmp_path / "x.p12")).seal(plain, "D", at=at)


def test_the_password_shows_nowhere(office):
    assert "sesame" not in repr(replace(office, seal_password="open sesame"))
