"""What the tests of bad input type into forms, addresses and programs."""

from __future__ import annotations

import gzip

ROUTING = (
    "mobility",
    "student",
    "department",
    "partner",
    "academic_year",
    "entry",
    "check_coherence_outcome",
    "sign_student_outcome",
)
"""Variables that decide where a case goes."""

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "javascript:alert(1)",
)
LETTERS = (
    "\u202eright to left\u202c",
    "\U0001f393\U0001f1eb\U0001f1f7",
    "e\u0301\u0301\u0301",
    "\ufeff\u200b\u00a0.",
)
"""Texts that are unusual and kept."""

UNUSABLE = ("a\x00b", "pas\x0bted", "\x1b[31m", "\uffff")
"""Texts with characters that no partner could ever receive."""

NOT_CREDITS = ("NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e999999999", "six", "\u0665")
BEYOND_CREDITS = ("1000.01", "99999999", "-99999999")
CROOKED_DRAFTS = (
    *({"studied.0.credits.0.value": text} for text in NOT_CREDITS),
    {"studied.0.credits.0.value": "Infinity", "studied.1.credits.0.value": "-Infinity"},
    {"studied": "x"},
    {"studied.x": "1"},
    {"studied.0": "x"},
    {"studied.0.title": "a", "studied.0.credits": "x"},
    {"studied.0.title.x": "1"},
    {"studied.0.a.b.c.d.e.f.g": "1"},
    {f"studied.{'9' * 5000}.title": "a", "studied.1.title": "b"},
    {"studied.0.title": "a", "studied.0.lineage": "x" * 100},
    {"start_date.x": "1"},
    {"start_date": "\x00"},
    {"": "x"},
    {"....": "x"},
    {"x" * 10_000: "y"},
)
"""Drafts whose shape or values no page sends."""

ROW_ACTIONS = (
    "add:studied",
    "add:nothing",
    "remove:studied:\u00b2",
    f"remove:studied:{'9' * 5000}",
    "remove:studied:-1",
    "remove",
    "\x00",
)
NUMBERS = ("0", "-1", str(2**63), str(2**64), "9" * 5000, "abc", "1.5", "\u00b2", "%00", "1e400")
"""What stands where an id should."""

CURSORS = (
    "x",
    "1.2.3",
    f"-{2**70}.1",
    f"1.-{2**70}",
    str(2**64),
    "9" * 5000,
    "\u0663.\u0663",
    "1_0.1",
    "\u00b2",
    "%00",
)
TARGETS = (
    "//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "///evil.example",
    " //evil.example",
    "https:evil.example",
)
JSON = {
    "nothing closed": b'{"outcome": "approve"',
    "an array": b"[]",
    "a text": b'"approve"',
    "null": b"null",
    "NaN": b'{"data": {"a": NaN}}',
    "beyond a double": b'{"data": {"a": 1e400}}',
    "a number of 6,000 digits": b'{"data": {"a": ' + b"9" * 6000 + b"}}",
    "100,000 levels of lists": b"[" * 100_000,
    "100,000 levels of objects": b'{"data":' + b'{"a":' * 100_000,
    "broken UTF-8": b'{"outcome": "\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"outcome": "approve"}',
    "UTF-16": '{"outcome": "approve"}'.encode("utf-16"),
    "a lone surrogate": b'{"outcome": "return", "reason": "\\ud800"}',
    "a lone surrogate as a name": b'{"\\ud800": 1}',
    "a zero character": b'{"outcome": "return", "reason": "a\\u0000b"}',
    "an unknown field": b'{"outcome": "approve", "colour": "red"}',
    "a list as outcome": b'{"outcome": ["approve"]}',
    "a number as reason": b'{"outcome": "return", "reason": 1}',
    "a list as data": b'{"outcome": "approve", "data": []}',
    "the same name twice": b'{"outcome": "approve", "outcome": "nothing"}',
}
"""Bodies that complete nothing."""

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<la>&d;</la>"""
XXE = b"""<?xml version="1.0"?>
<!DOCTYPE la [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<la><omobility-id>&x;</omobility-id></la>"""
FILES = {
    "empty": b"",
    "blank": b" \n\n",
    "no XML": b"%PDF-1.7 nothing",
    "JSON": b'{"la": 1}',
    "gzip": gzip.compress(b"<la/>"),
    "another root": b"<html><body/></html>",
    "a bare agreement without content": b"<la/>",
    "not closed": b"<la>\n<omobility-id>x</omobility-id>\n<b></la>",
    "DOCTYPE": b"<!DOCTYPE la>\n<la/>",
    "external entity": XXE,
    "a billion laughs": LAUGHS,
    "10 MB and more": b"<la>" + b" " * (10 * 1024 * 1024) + b"</la>",
    "deep": b"<la>" + b"<a>" * 5000,
    "many elements": b"<la>" + b"<a/>" * 200_001 + b"</la>",
    "a long text": b"<la><omobility-id>" + b"x" * 20_001 + b"</omobility-id></la>",
    "broken UTF-8": b"<la>\xff\xfe\xfd</la>",
    "an unknown encoding": b"<?xml version='1.0' encoding='x-none'?><la/>",
    "a zero character": b"<la>\x00</la>",
    "a processing instruction": b"<?xml-stylesheet href='http://127.0.0.1/x'?><x/>",
}
"""Files that hold no learning agreement."""
