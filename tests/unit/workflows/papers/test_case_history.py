"""The readable history of a case: tagged PDF/A in three languages, whatever is told in it."""

from datetime import UTC, datetime

import pytest

from tests.builders_papers import pdf_a_problems, text_of
from workflows.evidence.files import Told, readable

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ABOUT = {
    "issuer": "Université",
    "process": "Contrat d’études",
    "subject": "Léa Martin",
    "number": "42",
    "made_at": "2 mars 2026",
    "made_by": "Anne",
    "demonstration": False,
}
NASTY = '#panic("x") $ ` <b> {name}'


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_it_is_pdf_a_and_shows_every_event(language):
    told = [Told(seq, "hier", "Case opened", NASTY, "Marie", "Paul") for seq in range(1, 90)]
    documents = [{"file": "releve.pdf", "sha256": "ab" * 32}]
    pdf = readable(ABOUT, told, documents, language=language, at=AT)
    assert pdf_a_problems(pdf, language) == []
    said = text_of(pdf)
    assert said.count("Case opened") == 89
    assert '#panic("x")' in said
    assert "releve.pdf" in said


def test_a_case_without_documents_says_so():
    pdf = readable(ABOUT, [], [], language="en", at=AT)
    assert "This case has no document." in text_of(pdf)
