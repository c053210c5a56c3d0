"""A route without a policy, or a policy without a route, stops the application."""

import pytest

from web.enforcement import require_complete


def test_a_route_without_a_policy_is_refused(app):
    app.add_url_rule("/new", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match=r"without a policy: \['forgotten'\]"):
        require_complete(app)


def test_metrics_are_for_this_machine(app):
    client = app.test_client()
    assert b"passerelle_http_requests" in client.get("/metrics").data
    away = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert away.status_code == 403


def test_liveness_and_readiness(app, engine):
    client = app.test_client()
    assert client.get("/livez").text == "ok\n"
    assert client.get("/readyz").text == "ok\n"
