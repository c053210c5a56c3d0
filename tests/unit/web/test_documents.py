"""Fetching documents, and verifying them without an account."""

import hashlib
import io

import pytest

from engine.identity import SYSTEM
from tests.builders_web import actor_of, open_leas_agreement
from workflows.papers import documents
from workflows.papers.codes import new_code, shown

CONTENT = b"%PDF-1.7 the decision"


@pytest.fixture
def store(app, engine, settings):
    """Stores a document of Lea's case."""
    opened = open_leas_agreement(engine, settings)
    case = engine.instance(opened.instance_id, actor=actor_of(engine, "lea"))

    def keep(**more):
        with engine.unit(SYSTEM) as unit:
            return documents.store(
                unit.session,
                **{
                    "business_key": case.business_key,
                    "kind": "exam_waiver.decision",
                    "language": "fr",
                    "filename": "Décision Léa.pdf",
                    "media_type": "application/pdf",
                    "content": CONTENT,
                    "now": unit.now,
                    "actor_id": "person:1",
                    "code": new_code(),
                    **more,
                },
            )

    keep.case = case
    return keep


@pytest.fixture
def visitor(app):
    """A browser without an account, reading English."""
    client = app.test_client()
    client.post("/language", data={"language": "en"})
    return client


@pytest.mark.parametrize("login", ["lea", "claire", "sam"])
def test_who_sees_the_case_fetches_its_documents(sign_in, store, login):
    document = store()
    answer = sign_in(login).get(f"/documents/{document.id}")
    assert answer.data == CONTENT
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "D%C3%A9cision%20L%C3%A9a.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_forbidden_and_unknown_documents_are_alike(app, engine, settings, store):
    from workflows.people.services import create_person

    with engine.unit(SYSTEM) as unit:
        create_person(unit.session, login="eve", given_names="Eve", family_name="T",
                      email="eve@example.org", password="only the tests know this")  # fmt: skip
    client = app.test_client()
    client.post("/sign-in", data={"login": "eve", "password": "only the tests know this"})
    document = store()
    answers = [client.get(f"/documents/{n}") for n in (document.id, document.id + 1)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert CONTENT not in answers[0].data


def test_a_document_of_one_instance_is_seen_with_that_instance_alone(sign_in, store):
    kept = store(instance_id=store.case.id)
    elsewhere = store(instance_id=store.case.id + 1)
    client = sign_in("lea")
    assert client.get(f"/documents/{kept.id}").status_code == 200
    assert client.get(f"/documents/{elsewhere.id}").status_code == 404


def test_nobody_fetches_without_signing_in(visitor, store):
    answer = visitor.get(f"/documents/{store().id}")
    assert answer.status_code == 302


def test_anybody_verifies_a_code_and_learns_nothing_about_whom(visitor, store):
    document = store()
    page = visitor.get(f"/verify/{document.code}").text
    assert "issued here and is valid" in page
    assert "Decision on an exam waiver" in page
    assert hashlib.sha256(CONTENT).hexdigest() in page
    assert shown(document.code) in page
    assert "Lea" not in page
    assert "Décision Léa" not in page


def test_a_code_is_understood_as_it_is_typed(visitor, store):
    document = store()
    answer = visitor.get("/verify", query_string={"code": shown(document.code).lower()})
    assert answer.headers["Location"].endswith(f"/verify/{document.code}")
    assert visitor.get(f"/verify/{shown(document.code)}").status_code == 200


def test_superseded_and_revoked_documents_say_so(visitor, engine, store):
    old, new, revoked = store(), store(), store()
    with engine.unit(SYSTEM) as unit:
        session = unit.session
        documents.supersede(session, documents.get(session, old.id), new)
        documents.revoke(session, documents.get(session, revoked.id), now=unit.now)
    assert "newer version" in visitor.get(f"/verify/{old.code}").text
    assert "has been revoked" in visitor.get(f"/verify/{revoked.code}").text


@pytest.mark.parametrize(
    "code", ["0000-0000-0000-0000", "x", "<script>", "%00", "é" * 40, "1" * 900]
)
def test_unknown_codes_are_all_alike(visitor, store, code):
    answer = visitor.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert "No document with this code" in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert visitor.get("/verify", query_string={"code": code}).status_code in {302, 404}


def test_a_file_is_compared_and_not_kept(visitor, engine, store):
    document = store()

    def compare(content, name="x.pdf"):
        return visitor.post(f"/verify/{document.code}", data={"file": (io.BytesIO(content), name)})

    assert "exactly the one" in compare(CONTENT).text.split("<dl")[0]
    assert "is not the one" in compare(CONTENT + b" ").text.split("<dl")[0]
    assert "is not the one" in compare(b"").text.split("<dl")[0]
    missing = compare(b"", name="")
    assert missing.status_code == 422
    assert "Please choose a file." in missing.text
    with engine.reading() as session:
        assert len(documents.of_case(session, store.case.business_key)) == 1


def test_guessing_is_slowed_down(visitor, store):
    codes = [visitor.get(f"/verify/{new_code()}").status_code for _ in range(40)]
    assert codes[0] == 404
    assert codes[-1] == 429
