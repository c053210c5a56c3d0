"""The process studio's part of the access matrix."""

READERS = "302 403 403 403 403 403 302 200 200"
ADMINISTRATORS = "302 403 403 403 403 403 302 200 403"

MATRIX = {
    # endpoint and method:      anon stud othr coord crd2 ri  part admin audit
    ("processes.index", "GET"): READERS,
    ("processes.show", "GET"): READERS,
    ("processes.version", "GET"): READERS,
    ("processes.diagram", "GET"): READERS,
    ("processes.export", "GET"): READERS,
    ("processes.confirm_going_back", "GET"): "302 403 403 403 403 403 302 200 403",
    ("processes.go_back", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_comparisons.show", "GET"): READERS,
    ("process_retirement.confirm_retiring", "GET"): ADMINISTRATORS,
    ("process_retirement.retire", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_retirement.confirm_resuming", "GET"): ADMINISTRATORS,
    ("process_retirement.resume", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_publications.cancel", "POST"): "401 403 403 403 403 403 401 409 403",
    ("process_offers.diagram", "GET"): "302 403 403 403 403 403 302 404 404",
    ("process_offers.take_over", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_drafts.show", "GET"): READERS,
    ("process_drafts.diagram", "GET"): "302 403 403 403 403 403 302 404 404",
    ("process_drafts.save", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_drafts.take_out", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_drafts.confirm_discarding", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.discard", "POST"): "401 403 403 403 403 403 401 409 403",
    ("process_drafts.confirm_publishing", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.publish", "POST"): "401 403 403 403 403 403 401 404 403",
}
