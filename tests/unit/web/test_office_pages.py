"""Settings, substitutions, mentions and the outbox as pages."""

import re
from dataclasses import replace

import pytest

from engine.identity import SYSTEM
from tests.builders_web import PASSWORD, actor_of
from web.app import create_app
from workflows.people.services import create_person, find_person

PERIOD = {"first": "2026-03-02", "last": "2026-03-06"}


@pytest.fixture
def denis(app, engine):
    """A coordinator of another department."""
    with engine.unit(SYSTEM) as unit:
        person = create_person(
            unit.session, login="denis", given_names="Denis", family_name="Test",
            email="denis@example.org", password=PASSWORD, groups=("coordinator:his",),
        )  # fmt: skip
        return person.id


def arrange(client, **typed):
    return client.post("/settings/substitutions", data={**PERIOD, **typed})


def id_of(engine, login):
    with engine.reading() as session:
        return find_person(session, login).id


def test_a_substitution_is_shown_before_it_is_made(sign_in, denis, task):
    marie = sign_in("marie")
    assert "Nobody is replaced" in marie.get("/settings/substitutions").text
    page = arrange(marie, substitute=denis, processes="contract").text
    assert "Denis Test replaces Marie Test" in page
    assert "Coordination, Languages" in page
    assert "1 task" in page
    assert "Learning agreement" in page
    assert "Nobody is replaced" in marie.get("/settings/substitutions").text
    made = arrange(marie, substitute=denis, processes="contract", confirmed="1")
    assert made.status_code == 302
    page = marie.get("/settings/substitutions").text
    assert "2 Mar 2026 to 6 Mar 2026" in page
    assert "in force" in page
    assert "replaced by Denis Test until 6 Mar" in page


def test_the_substitute_sees_it_everywhere(engine, sign_in, denis, task):
    arrange(sign_in("marie"), substitute=denis, confirmed="1")
    client = sign_in("denis")
    page = client.get("/inbox").text
    assert "for Marie Test until 6 Mar" in page
    assert page.count("for Marie Test") >= 2
    page = client.get(f"/tasks/{task}").text
    assert "for Marie Test" in page
    client.post(f"/tasks/{task}/claim")
    assert "mine" in client.get("/inbox?view=mine").text
    client.post(f"/tasks/{task}/complete", data={"outcome": "approve", "idempotency_key": "k"})
    done = engine.work_item(task, actor=SYSTEM)
    assert (done.completed_by, done.on_behalf_of) == (
        f"person:{denis}",
        actor_of(engine, "marie").id,
    )
    page = client.get(f"/cases/{done.instance_id}").text
    assert "approved by Denis Test (Coordination, Languages), for Marie Test" in page
    assert "Done by Denis Test, for Marie Test" in client.get(f"/tasks/{task}").text


def test_it_ends_early_for_both(sign_in, denis, task):
    marie = sign_in("marie")
    arrange(marie, substitute=denis, confirmed="1")
    client = sign_in("denis")
    number = re.search(
        r"/settings/substitutions/(\d+)/end", client.get("/settings/substitutions").text
    )[1]
    assert sign_in("lea").post(f"/settings/substitutions/{number}/end").status_code == 403
    assert sign_in("sam").post(f"/settings/substitutions/{number}/end").status_code == 404
    client.post(f"/settings/substitutions/{number}/end")
    assert "ended early by Denis Test" in marie.get("/settings/substitutions").text
    assert client.get(f"/tasks/{task}").status_code == 404
    client.post(f"/settings/substitutions/{number}/end")
    assert "was over already" in client.get("/settings/substitutions").text


def test_ri_arranges_for_somebody_absent(engine, sign_in, denis):
    claire = sign_in("claire")
    marie = id_of(engine, "marie")
    made = arrange(claire, person=marie, substitute=denis, confirmed="1")
    assert made.status_code == 302
    assert "arranged by Claire Test" in claire.get("/settings/substitutions").text
    own = arrange(claire, person=denis, substitute=id_of(engine, "claire"), first="2026-03-09")
    assert own.status_code == 422
    assert "Choose somebody else." in own.text


@pytest.mark.parametrize(
    "typed",
    [
        {"substitute": ""},
        {"substitute": "9" * 40},
        {"substitute": "\x00"},
        {"substitute": "1", "first": "0000-00-00"},
        {"substitute": "1", "last": "2026-03-01"},
        {"substitute": "1", "processes": "<script>"},
    ],
)
def test_what_is_refused_stays_on_the_page(sign_in, denis, typed):
    answer = arrange(sign_in("marie"), **typed)
    assert answer.status_code == 422
    assert "What you typed is still here" in answer.text


def test_nobody_arranges_for_somebody_else(engine, sign_in, denis):
    answer = arrange(sign_in("denis"), person=id_of(engine, "marie"), substitute=denis)
    assert answer.status_code == 403


def test_mail_settings_are_kept(sign_in):
    client = sign_in("marie")
    assert (
        client.post("/settings/mail", data={"task": "digest", "morning_hour": "9"}).status_code
        == 302
    )
    page = client.get("/settings").text
    assert 'id="task-digest" name="task" value="digest" checked' in page
    assert '<option value="9" selected>09:00' in page
    answer = client.post("/settings/mail", data={"task": "hourly", "morning_hour": "99"})
    assert answer.status_code == 422
    assert "Please choose one of the options." in answer.text
    assert "Please enter a value from 5 to 11." in answer.text


def test_a_student_has_fewer_choices(sign_in):
    client = sign_in("lea")
    page = client.get("/settings").text
    assert 'id="decision-digest"' in page
    assert 'id="decision-never"' not in page
    assert 'id="reminder-never"' in page
    assert "/settings/substitutions" not in page
    assert client.post("/settings/mail", data={"decision": "never"}).status_code == 422


def test_a_mention_is_marked_read_and_shown(engine, sign_in, task):
    claire, marie = sign_in("claire"), sign_in("marie")
    case = engine.work_item(task, actor=SYSTEM).instance_id
    claire.post(f"/cases/{case}/comment", data={"text": "@marie <b>look</b>, @nobody"})
    page = claire.get(f"/cases/{case}").text
    assert '<strong class="mention" title="Marie Test">@marie</strong> &lt;b&gt;look' in page
    assert "told: Marie Test" in page
    page = marie.get("/inbox").text
    assert "a comment names you" in page
    assert "You are named" in page
    number = re.search(r"/mentions/(\d+)/open", marie.get("/mentions").text)[1]
    assert claire.post(f"/mentions/{number}/open").status_code == 404
    answer = marie.post(f"/mentions/{number}/open")
    assert answer.headers["Location"] == f"/cases/{case}#comments"
    assert "a comment names you" not in marie.get("/inbox").text
    claire.post(f"/tasks/{task}/comment", data={"text": "@marie again"})
    assert "a comment names you" in marie.get("/inbox").text
    marie.post("/mentions/read")
    assert "a comment names you" not in marie.get("/inbox").text
    assert "No comment names you" in claire.get("/mentions").text


def test_completion_reveals_the_people_of_the_case_alone(engine, sign_in, denis, task):
    case = engine.work_item(task, actor=SYSTEM).instance_id
    people = sign_in("lea").get(f"/cases/{case}/people").json
    assert people == [
        {"login": "claire", "name": "Claire Test"},
        {"login": "marie", "name": "Marie Test"},
    ]
    assert sign_in("denis").get(f"/cases/{case}/people").status_code == 404


def test_the_outbox_is_open_in_a_demonstration_only(engine, settings, sign_in, task):
    while engine.run_due_jobs(worker="test"):
        pass
    assert sign_in("claire").get("/outbox").status_code == 404
    app = create_app(replace(settings, demo=True), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    clients = {}
    for place, login in enumerate(("claire", "sam", "marie", "lea")):
        clients[login] = app.test_client()
        clients[login].post(
            "/sign-in",
            data={"login": login, "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": f"10.3.0.{place}"},
        )
        clients[login].post("/language", data={"language": "en"})
    assert [clients[login].get("/outbox").status_code for login in clients] == [200, 200, 403, 403]
    page = clients["claire"].get("/outbox?q=lea@example").text
    assert "Rédiger le contrat" in page
    assert "marie@example.org" not in page
    number = re.search(r"/outbox/(\d+)", page)[1]
    mail = clients["sam"].get(f"/outbox/{number}").text
    assert "Bonjour Lea Test" in mail
    assert clients["marie"].get(f"/outbox/{number}").status_code == 403
    assert clients["claire"].get("/outbox/999999").status_code == 404
    assert "No mail here" in clients["claire"].get("/outbox?q=nothing\x00&before=0").text


def test_the_inbox_costs_the_same_whatever_waits(
    engine, settings, sign_in, denis, task, count_statements
):
    """Statements of one page: with one task and with many, with saved views and a substitution."""
    from tests.builders_web import open_leas_agreement

    client = sign_in("marie")

    def statements():
        with count_statements(engine.database) as sent:
            assert client.get("/inbox?view=all").status_code == 200
        return len(sent)

    open_leas_agreement(engine, settings)
    statements()
    few = statements()
    for number in range(5):
        open_leas_agreement(engine, settings)
        client.post("/inbox/saved", data={"name": f"View {number}", "due": "week"})
    client.get("/inbox")
    assert statements() == few
    arrange(sign_in("denis"), substitute=id_of(engine, "marie"), confirmed="1")
    # Whom one replaces is read with their groups, however much they leave to do.
    assert statements() <= few + 2
