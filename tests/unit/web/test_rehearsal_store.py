"""The folders of rehearsals: whole or not there, and nobody else's."""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import DeploymentRejected, NotFound
from tests.servers import ROOT
from web.config import Settings
from web.rehearsal.house import settings_for
from web.rehearsal.store import UNUSED, About, Rehearsals

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def held(tmp_path):
    return Rehearsals(tmp_path)


def about(owner="person:1", key="contract", began=NOW):
    return About(key, owner, "digest", ("grant",), began, NOW, "a secret")


def nothing(_):
    """Furnishes nothing."""


def test_another_process_finds_all_of_it(held, tmp_path):
    begun = held.begin(about(), nothing)
    begun.at = NOW + timedelta(days=3)
    begun.note([{"wait": "P3D"}], page="/campaigns")
    begun.state = {"incidents": 1}
    found = Rehearsals(tmp_path).get(begun.token, "person:1")
    assert found.about == about()
    assert found.now() == NOW + timedelta(days=3)
    assert (found.rows, found.unrecorded) == ([{"wait": "P3D"}], ["/campaigns"])
    assert found.state == {"incidents": 1}
    assert oct(found.folder.stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("token", ["../..", "", "x" * 22, "a/b", ".lock"])
def test_an_unknown_token_opens_nothing(held, token):
    held.begin(about(), nothing)
    with pytest.raises(NotFound):
        held.get(token, "person:1")


def test_what_could_not_be_furnished_leaves_nothing(held):
    def breaks(_):
        raise DeploymentRejected([])

    with pytest.raises(DeploymentRejected):
        held.begin(about(), breaks)
    assert held.all() == []
    assert held.begin(about(), nothing)


def test_what_died_while_it_was_made_is_swept_away(held, tmp_path):
    half = tmp_path / "rehearsals" / "half.new"
    half.mkdir(parents=True)
    held.sweep(datetime.now(UTC))
    assert half.exists(), "somebody may be making it"
    old = (datetime.now(UTC) - 2 * UNUSED).timestamp()
    os.utime(half, (old, old))
    held.sweep(datetime.now(UTC))
    assert not half.exists()


def test_a_rehearsal_in_use_stays(held):
    begun = held.begin(about(), nothing)
    begun.use(NOW + UNUSED)
    held.sweep(NOW + 2 * UNUSED)
    assert held.of("contract", "person:1") is not None
    held.sweep(NOW + 2 * UNUSED + timedelta(seconds=1))
    assert held.of("contract", "person:1") is None


def test_ending_twice_is_ending(held):
    begun = held.begin(about(), nothing)
    held.end(begun)
    held.end(begun)
    assert not begun.folder.exists()


def test_its_settings_lead_nowhere_outside(held, tmp_path):
    outside = tmp_path / "outside"
    real = Settings(
        database_url="postgresql://real",
        secret_key="the real one",
        data_dir=outside,
        bundles_dir=ROOT / "bpmn",
        smtp_url="smtp://real",
        seal_pkcs12=outside / "seal.p12",
        anchor_keys=outside / "keys",
        anchors=outside / "anchors",
        exports=outside / "exports",
        archive=outside / "archive",
        anchor_mail=("somebody@example.org",),
        tsa_url="https://tsa.example.org",
        tsa_certificates=outside / "tsa.pem",
    )
    settings = settings_for(held.begin(about(), nothing), real, "/rehearsals/x")
    told = [getattr(settings, each.name) for each in fields(Settings) if each.name != "base_url"]
    told += [settings.anchor_keys_dir, settings.anchors_dir, settings.exports_dir]
    told += [settings.archive_dir, settings.evidence_dir]
    assert [each for each in told if "outside" in str(each) or "real" in str(each)] == []
    assert [each for each in told if "example.org" in str(each)] == []
