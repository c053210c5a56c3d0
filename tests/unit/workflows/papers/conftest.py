"""A small installation that seals, and a template that belongs to no lifecycle."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from workflows.office import Office
from workflows.papers import rendering

TEMPLATE = """
#import "/papers/paper.typ": *
#show: paper
#heading(level: 1, data.title)
#say("greeting", name: data.student)
#table(columns: 2, table.header[A][B], ..data.rows.flatten())
"""
WORDS = {language: {"greeting": f"{language}: {{name}}"} for language in ("fr", "en", "es")}


@pytest.fixture
def at():
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path, seal_pkcs12):
    return Office("secret", "https://mobility.example.org", "univ-tlse2.fr", tmp_path,
                  seal_pkcs12=seal_pkcs12)  # fmt: skip


@pytest.fixture
def letter(tmp_path, monkeypatch):
    """The name of a template with a greeting and a table."""
    root = tmp_path / "workflows"
    shutil.copytree(rendering.ROOT / "papers", root / "papers")
    folder = root / "sample" / "papers"
    folder.mkdir(parents=True)
    (folder / "letter.typ").write_text(TEMPLATE)
    (folder / "words.json").write_text(json.dumps(WORDS))
    monkeypatch.setattr(rendering, "ROOT", root)
    rendering.words.cache_clear()
    rendering._catalogue.cache_clear()
    yield "sample/letter"
    rendering.words.cache_clear()
    rendering._catalogue.cache_clear()


@pytest.fixture
def data():
    return {
        "language": "fr",
        "title": "Décision",
        "issuer": "Université Exemple",
        "student": "Zoë Lefèvre",
        "rows": [["Droit", "6"], ["Œuvres", "4,5"]],
    }
