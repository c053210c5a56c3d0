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
    ("process_beginnings.show", "GET"): "302 403 403 403 403 403 302 200 403",
    ("process_beginnings.write", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_beginnings.bring", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_drafts.show", "GET"): READERS,
    ("process_drafts.diagram", "GET"): "302 403 403 403 403 403 302 404 404",
    ("process_drafts.save", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_drafts.take_out", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_drafts.confirm_discarding", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.discard", "POST"): "401 403 403 403 403 403 401 409 403",
    ("process_drafts.confirm_publishing", "GET"): "302 403 403 403 403 403 302 404 403",
    ("process_drafts.publish", "POST"): "401 403 403 403 403 403 401 404 403",
    ("process_decisions.show", "GET"): READERS,
    ("process_decisions.begin", "POST"): "401 403 403 403 403 403 401 302 403",
    ("process_forms.show", "GET"): READERS,
    ("process_forms.save", "POST"): "401 403 403 403 403 403 401 422 403",
    ("process_forms.try_out", "POST"): "401 403 403 403 403 403 401 200 403",
    ("process_forms.begin", "POST"): "401 403 403 403 403 403 401 302 403",
    ("process_files.fetch", "GET"): READERS,
    ("process_editing.diagram", "GET"): "302 403 403 403 403 403 302 200 403",
    ("process_editing.present", "POST"): "401 403 403 403 403 403 401 200 403",
    ("process_files.keep", "PUT"): "401 403 403 403 403 403 401 428 403",
}
