"""Refusals: pages in the reader's language, problem documents for programs, typed text kept."""

import io

import pytest

from engine.identity import SYSTEM
from workflows.people.services import find_person


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Il n’y a rien ici"), ("en", "There is nothing here"), ("es", "Aquí no hay nada")],
)
def test_error_pages_speak_three_languages(app, language, said):
    answer = app.test_client().get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert said in answer.text


def test_french_is_the_default(app):
    assert 'lang="fr"' in app.test_client().get("/sign-in", headers={"Accept-Language": "de"}).text


def test_wrong_method_names_the_right_ones(app):
    answer = app.test_client().delete("/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_large_a_body(sign_in):
    answer = sign_in("claire").post(
        "/contracts/import",
        data=b"x" * (13 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_csrf_token_is_asked_for(app, sign_in):
    client = sign_in("marie")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/sign-out")
    assert answer.status_code == 400
    assert client.get("/inbox").status_code == 200


def test_missing_reason_keeps_the_page(sign_in, task):
    answer = sign_in("marie").post(
        f"/tasks/{task}/complete",
        data={"outcome": "return", "reason_return": "  ", "idempotency_key": "abc"},
    )
    assert answer.status_code == 422
    assert "Please say why" in answer.text
    assert 'value="abc"' in answer.text


def test_a_stale_tab_is_told_who_was_faster_and_gets_its_text_back(sign_in, task):
    client = sign_in("marie")
    client.post(f"/tasks/{task}/complete", data={"outcome": "approve", "idempotency_key": "1"})
    answer = client.post(
        f"/tasks/{task}/complete",
        data={"outcome": "return", "reason_return": "My long reason", "idempotency_key": "2"},
    )
    assert answer.status_code == 409
    assert "Marie Test completed" in answer.text
    assert "My long reason" in answer.text


def test_the_same_submission_twice_is_done_once(sign_in, task):
    client = sign_in("marie")
    data = {"outcome": "approve", "idempotency_key": "the same"}
    first = client.post(f"/tasks/{task}/complete", data=data)
    again = client.post(f"/tasks/{task}/complete", data=data)
    assert (first.status_code, again.status_code) == (302, 302)


def test_unknown_fields_and_routing_variables_are_refused(sign_in, task):
    for name in ("department", "check_coherence_outcome", "anything"):
        answer = sign_in("marie").post(
            f"/tasks/{task}/complete",
            data={"outcome": "approve", "idempotency_key": name, name: "x"},
        )
        assert answer.status_code == 422


def test_markup_in_texts_stays_text(sign_in, task):
    client = sign_in("marie")
    payload = '"><script>alert(1)</script>{{ 7*7 }}'
    client.post(f"/tasks/{task}/comment", data={"text": payload})
    page = client.get(f"/tasks/{task}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


def test_draft_says_when_it_was_saved(sign_in, task):
    client = sign_in("marie")
    answer = client.post(
        f"/tasks/{task}/draft",
        data={"reason_return": "half a sent"},
        headers={"Accept": "application/json"},
    )
    assert answer.json == {"message": "saved 10:00"}
    assert "half a sent" in client.get(f"/tasks/{task}").text


def test_broken_import_lists_lines_and_keeps_nothing(sign_in):
    client = sign_in("claire")
    file = io.BytesIO(b"<la>\n<omobility-id>x</omobility-id>\n<b></la>")
    answer = client.post("/contracts/import", data={"file": (file, "bad.xml")})
    assert answer.status_code == 422
    assert '<td class="num">3</td>' in answer.text
    assert "No case found" in client.get("/cases").text


def test_headers_of_every_answer(app):
    for path in ("/sign-in", "/nowhere", "/livez", "/api/v1/work-items"):
        headers = app.test_client().get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/inbox?after=nonsense", "/inbox?after=1.2.3", "/cases?after=x"])
def test_a_broken_cursor_is_no_crash(sign_in, path):
    assert sign_in("marie").get(path).status_code == 422


def test_a_selection_is_assigned_within_its_group(sign_in, engine, task):
    client = sign_in("marie")
    with engine.reading() as session:
        marie, claire = (find_person(session, login).id for login in ("marie", "claire"))
    wrong = {"action": "assign", "item": str(task), "to": f"person:{claire}"}
    told = client.post("/inbox/selection", data=wrong).text
    assert "1 task could not be changed" in told
    assert "that person does not belong to its group" in told
    client.post("/inbox/selection", data={**wrong, "to": f"person:{marie}"})
    assert "1 task changed" in client.get("/inbox").text
    assert engine.work_item(task, actor=SYSTEM).assignee == f"person:{marie}"
