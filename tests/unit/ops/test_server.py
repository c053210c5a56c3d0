"""The parts of the server that need no running server."""

import pytest
from flask import Flask, request

from web.server import believe_proxies

FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "127.0.0.1 http"), (1, "198.51.100.7 https"), (2, "203.0.113.9 http")],
)
def test_a_visitor_cannot_invent_an_address_beyond_the_known_proxies(proxies, seen):
    app = Flask("behind")
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme}")
    believe_proxies(app, proxies)
    assert app.test_client().get("/", headers=FORWARDED).text == seen
