"""The pages of retention: rules, purges, a case that was erased, what a student takes away."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.tables import work_item
from tests.builders_web import (
    PASSWORD,
    PEOPLE,
    actor_of,
    application,
    open_leas_agreement,
    text_of,
)
from workflows.links import issue_link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "Please keep this between us"


@pytest.fixture
def app(settings, engine):
    return application(settings, engine, {**PEOPLE, "ada": ("auditor",)})


@pytest.fixture
def case(app, settings, engine):
    """Lea's agreement, ended early six years ago, with a remark in it."""
    opened = open_leas_agreement(engine, settings)
    engine.comment(opened.instance_id, actor=actor_of(engine, "lea"), text=SECRET)
    engine.terminate(opened.instance_id, actor=actor_of(engine, "claire"), reason=SECRET)
    engine.clock.advance(timedelta(days=6 * 366))
    return opened.instance_id


def enter(app, login):
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.post("/sign-in", data={"login": login, "password": PASSWORD})
    return client


def put_into_force(client, **changes):
    data = {"revision": 0, "keep_active": 12, "keep_intermediate": 48, "fate": "destroy"}
    data |= {"basis": "So be it", **changes}
    return client.post("/history/retention/rules/agreement", data=data)


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def test_an_office_puts_a_rule_into_force_and_an_administrator_erases_what_is_due(
    app, case, engine
):
    office, admin = enter(app, "claire"), enter(app, "sam")
    assert "proposed" in text_of(office.get("/history/retention"))
    assert "Nothing is due" in text_of(admin.get("/history/retention/purge"))
    assert put_into_force(office).status_code == 302
    assert "1 case is due under the rules in force" in text_of(admin.get("/history/retention"))
    asked = text_of(admin.get("/history/retention/purge"))
    assert "This cannot be undone." in asked
    assert str(case) in asked
    assert office.post("/history/retention/purge").status_code == 403
    admin.post("/history/retention/purge")
    assert "Erasing: 0 cases so far" in text_of(admin.get("/history/retention"))
    work(engine)
    told = text_of(enter(app, "ada").get("/history/retention"))
    assert "1 case erased" in told
    assert "Sam Test" in told


def test_a_link_to_an_erased_case_leads_nowhere_without_an_account(app, case, engine, settings):
    admin = enter(app, "sam")
    put_into_force(admin)
    admin.post("/history/retention/purge")
    work(engine)
    with engine.database.read() as connection:
        item = connection.scalar(select(work_item.c.id).where(work_item.c.instance_id == case))
    now = engine.clock.now()
    token = issue_link(
        settings.secret_key, instance_id=case, work_item_id=item, digest="0" * 64, now=now
    )
    page = app.test_client().get(f"/partner/{token}")
    assert page.status_code == 410
    assert f"/cases/{case}" not in page.text


def test_a_rule_that_is_not_acceptable_says_why_and_keeps_what_was_typed(app, case):
    office = enter(app, "claire")
    for changes, said in (
        ({"basis": ""}, "Please fill this in."),
        ({"keep_active": "many"}, "from 0 to 1200"),
        ({"keep_intermediate": "-5"}, "from 0 to 1200"),
        ({"fate": "sold"}, "Please choose one of the options."),
    ):
        answer = put_into_force(office, **changes)
        assert answer.status_code == 422
        assert said in text_of(answer)
        for name, typed in changes.items():
            assert not name.startswith("keep_") or f'name="{name}" value="{typed}"' in answer.text
    assert office.get("/history/retention/rules/none").status_code == 404
    put_into_force(office)
    assert put_into_force(office).status_code == 409


def test_pages_of_an_erased_case_say_so_and_name_nobody(app, case, engine):
    admin, auditor = enter(app, "sam"), enter(app, "ada")
    put_into_force(admin)
    admin.post("/history/retention/purge")
    work(engine)
    page = auditor.get(f"/cases/{case}")
    told = text_of(page)
    assert "Erased on" in told
    assert "Learning agreements, changes, recognition plans" in told
    for word in (SECRET, "Lea Test", "Claire"):
        assert word not in page.get_data(as_text=True), word
    assert "Erased case" in text_of(auditor.get("/cases"))
    for path in ("personal-data", "erase"):
        refused = admin.get(f"/cases/{case}/{path}")
        assert refused.status_code == 410
        assert f'href="/cases/{case}"' in refused.get_data(as_text=True)
    bundle = auditor.post(f"/cases/{case}/evidence")
    assert bundle.status_code == 200
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        assert "Lea Test" not in str(json.loads(archive.read("people.json")))


def test_a_hold_is_set_with_a_reason_and_lifted_with_one(app, case):
    office = enter(app, "claire")
    page = f"/cases/{case}/personal-data"
    assert office.post(f"/cases/{case}/hold", data={"reason": ""}).status_code == 422
    office.post(f"/cases/{case}/hold", data={"reason": "An appeal"})
    assert "An appeal" in text_of(office.get(page))
    assert "An appeal" in text_of(office.get("/history/retention"))
    again = office.post(f"/cases/{case}/hold", data={"reason": "Once more"}, follow_redirects=True)
    assert "Somebody else was faster." in again.get_data(as_text=True)
    office.post(f"/cases/{case}/hold/lift", data={"reason": "It is over"})
    assert "Lifted: It is over" in text_of(office.get(page))


def test_a_student_and_the_office_take_away_all_that_is_held(app, case, engine):
    for login, path in (
        ("lea", "/settings/my-data"),
        ("claire", f"/cases/{case}/personal-data/export"),
    ):
        answer = enter(app, login).post(path)
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            page = archive.read("index.html").decode()
            data = json.loads(archive.read("data.json"))
        assert SECRET in page
        assert "lang=" in page
        (file,) = data["cases"]
        assert {"contract_version", "comment"} <= set(file["rows"])
        assert data["person"]["person"][0]["login"] == "lea"
        assert "password_hash" not in data["person"]["person"][0]
    last = engine.history(case, actor=actor_of(engine, "sam"))[-2:]
    assert [event.kind for event in last] == ["access_exported"] * 2
    assert [event.actor for event in last] == [
        actor_of(engine, "lea").id,
        actor_of(engine, "claire").id,
    ]


def test_erasing_a_student_is_asked_twice_and_refused_while_something_keeps_them(app, case, engine):
    admin = enter(app, "sam")
    asked = text_of(admin.get(f"/cases/{case}/erase"))
    assert "1 case goes, and the account." in asked
    assert "This cannot be undone." in asked
    assert admin.post(f"/cases/{case}/erase", data={"reason": ""}).status_code == 422
    engine.hold(case, actor=actor_of(engine, "claire"), reason="An appeal")
    refused = admin.post(f"/cases/{case}/erase", data={"reason": "Asked for"})
    assert refused.status_code == 409
    assert "1 case is under a legal hold." in text_of(refused)
    engine.lift_hold(case, actor=actor_of(engine, "claire"), reason="It is over")
    done = admin.post(f"/cases/{case}/erase", data={"reason": "Asked for"}, follow_redirects=True)
    assert "A student was erased on request:" in text_of(done)
    assert enter(app, "lea").get("/home").status_code == 302


def test_an_auditor_asks_for_the_evidence_of_many_cases_and_fetches_it(app, case, engine):
    auditor = enter(app, "ada")
    assert "1 case" in text_of(auditor.get("/history/evidence?process=contract"))
    auditor.post("/history/evidence", data={"process": "contract"})
    assert 'hx-trigger="every 2s"' in auditor.get("/history/evidence").get_data(as_text=True)
    work(engine)
    page = auditor.get("/history/evidence").get_data(as_text=True)
    assert "1 case · Learning agreement" in text_of(auditor.get("/history/evidence"))
    (link,) = {part.split('"')[0] for part in page.split('href="') if "/history/evidence/" in part}
    with auditor.get(link) as fetched:
        content = fetched.data
    from engine.history.evidence_verifier import verified

    assert any(line.startswith("1 cases") for line in verified(content))
    assert enter(app, "sam").get(link).status_code == 403
    wrong = auditor.get("/history/evidence?from=yesterday")
    assert "First day: Please enter a date. Check the year as well. Clear the filters" in text_of(
        wrong
    )
    assert 'href="/history/evidence">Clear the filters' in wrong.text
    assert 'href="/history">Choose others in the search' in wrong.text
    assert auditor.post("/history/evidence", data={"process": "none"}).status_code == 422
