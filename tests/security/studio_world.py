"""The process studio's part of the access matrix."""

READERS = "302 403 403 403 403 403 302 200 200"

MATRIX = {
    # endpoint and method:      anon stud othr coord crd2 ri  part admin audit
    ("processes.index", "GET"): READERS,
    ("processes.show", "GET"): READERS,
    ("processes.version", "GET"): READERS,
    ("processes.diagram", "GET"): READERS,
    ("processes.export", "GET"): READERS,
    ("processes.confirm_going_back", "GET"): "302 403 403 403 403 403 302 200 403",
    ("processes.go_back", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_drafts.show", "GET"): READERS,
    ("process_drafts.diagram", "GET"): "302 403 403 403 403 403 302 404 404",
    ("process_drafts.save", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_drafts.take_out", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_drafts.confirm_discarding", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.discard", "POST"): "401 403 403 403 403 403 401 409 403",
    ("process_drafts.confirm_publishing", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.publish", "POST"): "401 403 403 403 403 403 401 404 403",
    ("migrations.index", "GET"): READERS,
    ("migrations.ask", "GET"): READERS,
    ("migrations.begin", "POST"): "401 403 403 403 403 403 401 422 403",
    ("migrations.show", "GET"): "302 403 403 403 403 403 302 404 404",
    ("migrations.cancel", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_scenarios.draft", "GET"): READERS,
    ("process_scenarios.version", "GET"): READERS,
    ("process_scenarios.play_draft", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_scenarios.play_version", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_sheets.version", "GET"): READERS,
    ("process_sheets.show", "GET"): READERS,
    ("process_sheets.head", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_sheets.step", "GET"): "302 403 403 403 403 403 302 200 403",
    ("process_sheets.keep_step", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_sheets.arrange", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_sheets.text", "GET"): READERS,
    ("process_sheets.keep_text", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_sheets.begin", "GET"): "302 403 403 403 403 403 302 200 403",
    ("process_sheets.create", "POST"): "401 403 403 403 403 403 401 422 403",
}

BODIES = {
    "process_scenarios.play_draft": {"file": "none.yaml"},
    "process_scenarios.play_version": {"file": "none.yaml"},
}
"""A scenario that there is none of, so that none is played while others are tried."""
