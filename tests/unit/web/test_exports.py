"""The page of exports, the log of accesses, and both for programs."""

import csv
import io
import re

import pytest

from engine import Actor
from engine.history.export.model import Order
from engine.history.filters import HistoryFilter
from tests.builders_web import application, open_leas_agreement, text_of
from web.audit import exports

PEOPLE = {"anne": ("auditor",), "axel": ("auditor",), "claire": ("ri",), "lea": ()}
FORM = {"format": "csv", "people": "pseudonyms", "filter": "process=contract"}


@pytest.fixture
def case(app, engine, settings):
    """A case of Léa's."""
    return open_leas_agreement(engine, settings).instance_id


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def anne(sign_in, case):
    return sign_in("anne")


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def table(answer, delimiter=","):
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def heavy(monkeypatch):
    """Let even a small export be one for the background."""
    monkeypatch.setattr(exports, "AT_ONCE", 1)


def test_a_small_export_is_downloaded_at_once(anne, case):
    answer = anne.post("/history/exports", data=FORM)
    assert answer.headers["Content-Disposition"] == "attachment; filename=history-20260302.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rows = table(answer, ",")
    assert {row["instance"] for row in rows} == {str(case)}
    assert rows[0]["actor"].startswith("p-")
    assert rows[0]["actor"] == rows[0]["concerns"]


def test_names_are_told_where_they_are_chosen(anne):
    rows = table(anne.post("/history/exports", data={**FORM, "people": "names"}))
    assert {row["actor"] for row in rows} == {"Lea Test"}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_cells_are_parted_as_spreadsheets_of_the_language_expect(anne, language):
    anne.post("/language", data={"language": language})
    assert "instance;seq;at" in anne.post("/history/exports", data=FORM).text


def test_the_columns_are_those_that_are_ticked(anne):
    answer = anne.post("/history/exports", data={**FORM, "columns": ["kind", "at"]})
    assert set(table(answer)[0]) == {"kind", "at"}


@pytest.mark.parametrize("format_", ["jsonl", "xes", "ocel"])
def test_the_other_formats_know_no_columns(anne, format_):
    answer = anne.post("/history/exports", data={**FORM, "format": format_, "columns": ["kind"]})
    assert answer.status_code == 200
    assert b"instance_started" in answer.data


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "exe"},
        {"people": ""},
        {"columns": ["password"]},
        {"filter": "process=a&colour=red"},
        {"filter": "version=x"},
    ],
)
def test_what_the_page_does_not_offer_is_refused(anne, engine, changed):
    assert anne.post("/history/exports", data={**FORM, **changed}).status_code == 422
    assert engine.accesses(limit=9) == []


def test_the_page_says_what_is_exported(anne):
    page = text_of(anne.get("/history/exports?process=contract&kind=instance_started"))
    assert "Learning agreement" in page
    assert "Case opened" in page
    assert "1 event " in page
    assert anne.get("/history/exports?colour=red").status_code == 422


def test_a_large_export_is_written_in_the_background_and_fetched(anne, engine, monkeypatch):
    heavy(monkeypatch)
    answer = anne.post("/history/exports", data=FORM)
    assert answer.headers["Location"] == "/history/exports?process=contract#exports"
    page = anne.get("/history/exports").text
    assert 'hx-trigger="every 2s"' in page
    assert "Cancel" in page
    work(engine)
    page = anne.get("/history/exports").text
    assert "every 2s" not in page
    link = re.search(r'href="(/history/exports/\d+/file)"', page)[1]
    with anne.get(link) as file:
        name = file.headers["Content-Disposition"]
        assert file.data.startswith(b"\xef\xbb\xbfinstance")
    assert name.startswith("attachment; filename=history-20260302-")


def test_only_who_ordered_it_fetches_or_cancels_an_export(anne, sign_in, engine, monkeypatch):
    heavy(monkeypatch)
    anne.post("/history/exports", data=FORM)
    [export] = engine.exports(limit=9)
    axel = sign_in("axel")
    assert axel.post(f"/history/exports/{export.id}/cancel").status_code == 404
    work(engine)
    assert "Download" not in text_of(axel.get("/history/exports"))
    assert axel.get(f"/history/exports/{export.id}/file").status_code == 404


def test_a_cancelled_export_is_told_so(anne, engine, monkeypatch):
    heavy(monkeypatch)
    anne.post("/history/exports", data=FORM)
    [export] = engine.exports(limit=9)
    assert anne.post(f"/history/exports/{export.id}/cancel").status_code == 302
    work(engine)
    assert "cancelled" in text_of(anne.get("/history/exports"))


def test_asking_again_for_what_is_being_written_orders_it_once(anne, engine, monkeypatch):
    heavy(monkeypatch)
    for _ in range(3):
        anne.post("/history/exports", data=FORM)
    assert len(engine.exports(limit=9)) == 1


def test_the_log_of_accesses_tells_exports_and_refusals(anne, sign_in, engine, case, monkeypatch):
    claire = sign_in("claire")
    assert claire.get("/history/exports").status_code == 403
    assert anne.get("/cases/404").status_code == 404
    anne.post("/history/exports", data={**FORM, "people": "names"})
    page = text_of(anne.get("/history/exports/accesses"))
    assert "Claire Test Access refused GET /history/exports" in page
    assert "Anne Test Access refused GET /cases/404" in page
    for _ in range(18):
        claire.get("/record")
    page = text_of(anne.get("/history/exports/accesses"))
    assert "Claire Test Access refused GET /record" in page
    assert "GET /record (20 within an hour)" not in page, "another policy is another count"
    claire.get("/record")
    claire.get("/record")
    page = text_of(anne.get("/history/exports/accesses"))
    assert "Claire Test Access refused GET /record (20 within an hour)" in page
    assert "Anne Test Events exported Table (CSV), with names" in page


def test_an_auditor_refused_a_case_of_restricted_visibility_is_noted(anne, engine, case):
    with engine.database.write() as connection:
        connection.exec_driver_sql("UPDATE instance SET restricted = true")
    assert anne.get(f"/cases/{case}").status_code == 404
    [event] = engine.accesses(limit=9)
    assert (event.kind, event.payload["path"]) == ("access_denied", f"/cases/{case}")


def test_strangers_leave_no_trace_in_the_log(app, engine, case):
    assert app.test_client().get(f"/cases/{case}").status_code == 302
    assert engine.accesses(limit=9) == []


def test_programs_search_with_the_same_filters(anne, case):
    found = anne.get("/api/v1/history?process=contract&kind=instance_started&limit=1").json
    [item] = found["items"]
    assert item["event"]["kind"] == "instance_started"
    assert item["case"]["id"] == str(case)
    assert found["after"] is None
    first = anne.get("/api/v1/history?limit=1").json
    second = anne.get(f"/api/v1/history?limit=1&after={first['after']}").json
    assert first["items"] != second["items"]
    assert anne.get("/api/v1/history?kind=migrated").json["items"] == []


def test_the_search_finds_events_of_cases_alone(anne, engine):
    """Those of the log of accesses have a page of their own."""
    engine.note_refused("auditor", {}, actor=Actor("person:1"))
    found = anne.get("/api/v1/history").json["items"]
    assert found
    assert "access_denied" not in {each["event"]["kind"] for each in found}
    assert anne.get("/history?show=events").status_code == 200
    assert anne.get("/history?kind=access_denied&show=events").status_code == 200


@pytest.mark.parametrize(
    "query", ["colour=red", "after=x", "limit=0", "limit=201", "version=x", "from=soon"]
)
def test_what_cannot_be_searched_is_a_problem_document(anne, query):
    answer = anne.get(f"/api/v1/history?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_programs_follow_the_feed(anne, engine, case):
    found = anne.get("/api/v1/history/feed?limit=1").json
    [event] = found["items"]
    assert (event["instance_id"], event["seq"], event["position"]) == (str(case), 1, 1)
    assert found["more"]
    rest = anne.get(f"/api/v1/history/feed?after={found['after']}").json
    assert not rest["more"]
    engine.export(Order("csv", HistoryFilter()), actor=Actor("person:1", oversees=True))
    [noted] = anne.get(f"/api/v1/history/feed?after={rest['after']}").json["items"]
    assert (noted["instance_id"], noted["kind"]) == (None, "history_exported")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=99999", "limit=1001"])
def test_a_position_that_nobody_was_given_is_a_problem(anne, query):
    answer = anne.get(f"/api/v1/history/feed?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_the_description_of_the_programming_interface_knows_both(anne):
    described = anne.get("/api/v1/openapi.json").json["paths"]
    assert {"/api/v1/history", "/api/v1/history/feed"} <= described.keys()
    names = {each["name"] for each in described["/api/v1/history"]["get"]["parameters"]}
    assert {"from", "to", "person", "outcome", "after", "limit"} <= names
