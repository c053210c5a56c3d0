"""Hostile files that never get as far as being a diagram.

A family is a function that yields ``(name, bytes, codes)``; one of the codes
has to be among the problems.
"""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Iterator

Hostile = tuple[str, bytes, set[str]]

OPEN = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'id="D" targetNamespace="urn:t">'
)
CLOSE = "</bpmn:definitions>"
GOOD = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n{OPEN}\n<bpmn:process id="p" isExecutable="true">\n'
    '<bpmn:startEvent id="s"/>\n<bpmn:endEvent id="e"/>\n'
    f'<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/>\n</bpmn:process>\n{CLOSE}\n'
)


def _with_doctype(doctype: str, body: str = "") -> bytes:
    text = GOOD.replace("?>\n", f"?>\n{doctype}\n", 1)
    return text.replace('id="p"', f'id="p" name="{body}"').encode()


def doctypes() -> Iterator[Hostile]:
    laughs = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" * 1}{("&l" + str(n - 1) + ";") * 9}">'
        for n in range(1, 10)
    )
    variants = {
        "plain": "<!DOCTYPE a>",
        "empty subset": "<!DOCTYPE a []>",
        "system": '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        "public": '<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">',
        "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "remote entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://169.254.169.254/">]>',
        "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hosts"> %p;]>',
        "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>',
        "quadratic": f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]>',
        "internal entity": '<!DOCTYPE a [<!ENTITY x "1">]>',
        "default attribute": '<!DOCTYPE a [<!ATTLIST bpmn:task id CDATA "Start">]>',
        "notation": '<!DOCTYPE a [<!NOTATION n SYSTEM "calc.exe">]>',
        "recursive entity": '<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]>',
        "after comment": "<!-- hello --><!DOCTYPE a>",
        "after instruction": "<?x y?><!DOCTYPE a>",
        "over lines": "<!DOCTYPE\n\n   a\n\n>",
        "unterminated": "<!DOCTYPE a [",
    }
    for name, doctype in variants.items():
        codes = {"doctype_refused", "xml_malformed"}
        yield (
            f"doctype {name}",
            _with_doctype(doctype, "&x;" if "ENTITY x" in doctype else ""),
            codes,
        )
    yield "doctype in lower case", _with_doctype("<!doctype a>"), {"xml_malformed"}
    yield (
        "doctype inside",
        GOOD.replace("<bpmn:startEvent", "<!DOCTYPE a><bpmn:startEvent").encode(),
        {
            "xml_malformed",
            "doctype_refused",
        },
    )


def encodings() -> Iterator[Hostile]:
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        yield f"encoded as {codec}", GOOD.encode(codec), {"encoding_not_utf8", "nul_character"}
    for name in (
        "UTF-7",
        "ISO-8859-1",
        "windows-1252",
        "EBCDIC-CP-US",
        "Shift_JIS",
        "x-nothing",
        "UTF-16",
        "ISO-10646-UCS-4",
    ):
        data = GOOD.replace("UTF-8", name).encode()
        yield f"declared as {name}", data, {"encoding_not_utf8", "xml_malformed"}
    task = GOOD.encode().replace(b'id="s"', b'id="s" name="%s"')
    for name, raw in {
        "latin bytes": b"\xe9t\xe9",
        "overlong slash": b"\xc0\xaf",
        "overlong nul": b"\xc0\x80",
        "surrogate": b"\xed\xa0\x80",
        "cut short": b"\xe2\x82",
        "beyond Unicode": b"\xf5\x80\x80\x80",
        "lone continuation": b"\x80",
    }.items():
        yield f"bad UTF-8, {name}", task.replace(b"%s", raw), {"invalid_utf8"}
    yield "NUL inside", task.replace(b"%s", b"\0"), {"nul_character"}
    yield "NUL at the end", GOOD.encode() + b"\0", {"nul_character"}
    yield "NUL at the start", b"\0" + GOOD.encode(), {"nul_character", "encoding_not_utf8"}
    yield "mark of UTF-16 before UTF-8", b"\xff\xfe" + GOOD.encode(), {"encoding_not_utf8"}
    yield "two marks", b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD.encode(), {"xml_malformed"}
    yield "UTF-7 payload", b"+ADw-script+AD4-", {"xml_malformed"}


def compressed() -> Iterator[Hostile]:
    data = GOOD.encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("p.bpmn", data)
    codes = {"compressed_file"}
    yield "gzip", gzip.compress(data), codes
    yield "gzip bomb", gzip.compress(b" " * 50_000_000), codes
    yield "bzip2", bz2.compress(data), codes
    yield "xz", lzma.compress(data), codes
    yield "zip", archive.getvalue(), codes
    yield "zstd mark", b"\x28\xb5\x2f\xfd" + data, codes


def oversized() -> Iterator[Hostile]:
    def inside(body: str) -> bytes:
        return GOOD.replace("<bpmn:startEvent", body + "<bpmn:startEvent", 1).encode()

    yield "2 MiB of spaces", GOOD.encode() + b" " * 2_097_152, {"file_too_large"}
    yield "20 MB", b"<a>" + b"x" * 20_000_000 + b"</a>", {"bundle_too_large"}
    yield "half a million elements", b"<a>" + b"<b/>" * 500_000 + b"</a>", {"too_many_elements"}
    yield "20,001 elements", b"<a>" + b"<b/>" * 20_000 + b"</a>", {"too_many_elements"}
    for depth in (101, 257, 5_000, 200_000):
        data = b"<a>" * depth + b"</a>" * depth
        yield f"depth {depth}", data, {"too_deep"}
    yield "depth without end", b"<a>" * 600_000, {"too_deep"}
    yield (
        "long value",
        inside(f'<bpmn:task id="t" name="{"x" * 1_000_000}"/>'),
        {"attribute_too_long"},
    )
    many = " ".join(f'a{n}="1"' for n in range(20_000))
    yield "many attributes", inside(f"<bpmn:task {many}/>"), {"too_many_attributes"}
    spaces = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(20_000))
    yield "many namespaces", inside(f"<bpmn:task {spaces}/>"), {"too_many_attributes"}
    yield "long element name", inside(f"<{'a' * 500_000}/>"), {"name_too_long"}
    yield "long attribute name", inside(f'<a {"b" * 500_000}="1"/>'), {"name_too_long"}
    yield "long instruction", inside(f"<?x {'y' * 500_000}?>"), {"attribute_too_long"}
    yield "long text", inside("x" * 1_900_000), {"structure_invalid"}
    yield (
        "many refused tasks",
        inside("".join(f'<bpmn:manualTask id="m{n}"/>' for n in range(19_000))),
        {"manual_task"},
    )
    yield (
        "many unknown attributes",
        inside("".join(f'<bpmn:task id="m{n}" x="{n}" y="1"/>' for n in range(19_000))),
        {"attribute_not_supported"},
    )
    yield "many ids twice", inside('<bpmn:task id="s"/>' * 19_000), {"duplicate_id"}
    yield (
        "many children out of order",
        inside(
            "".join(
                f'<bpmn:task id="m{n}"><bpmn:outgoing>f</bpmn:outgoing>'
                "<bpmn:incoming>f</bpmn:incoming></bpmn:task>"
                for n in range(6_500)
            )
        ),
        {"structure_invalid"},
    )
    yield (
        "many wrong enumerations",
        inside(
            "".join(
                f'<bpmn:exclusiveGateway id="m{n}" gatewayDirection="x"/>' for n in range(19_000)
            )
        ),
        {"attribute_not_supported"},
    )
    yield (
        "many wrong flags",
        inside(
            "".join(f'<bpmn:boundaryEvent id="m{n}" cancelActivity="x"/>' for n in range(19_000))
        ),
        {"attribute_not_supported"},
    )
    yield "many instructions", inside("<?a b?>" * 200_000 + "<bpmn:task/>"), {"missing_id"}
    yield "many lines", inside("\n" * 1_900_000 + "<bpmn:task/>"), {"missing_id"}


def malformed() -> Iterator[Hostile]:
    for name, data in {
        "empty": b"",
        "white space": b" \n\t ",
        "plain text": b"process",
        "JSON": b'{"process": 1}',
        "HTML": b"<html><body><br></body></html>",
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(range(1, 128)),
        "cut in the middle": GOOD.encode()[:200],
        "not closed": b"<a><b>",
        "crossed": b"<a><b></a></b>",
        "attribute twice": b"<a b='1' b='2'/>",
        "two roots": GOOD.encode() + b"<a/>",
        "text after the root": GOOD.encode() + b"tail",
        "unknown entity": GOOD.replace('id="p"', 'id="p" name="&nope;"').encode(),
        "reference to NUL": GOOD.replace('id="p"', 'id="p" name="&#0;"').encode(),
        "reference to a surrogate": GOOD.replace('id="p"', 'id="p" name="&#xD800;"').encode(),
        "reference beyond Unicode": GOOD.replace('id="p"', 'id="p" name="&#x110000;"').encode(),
        "huge reference": GOOD.replace('id="p"', f'id="p" name="&#{"9" * 5000};"').encode(),
        "control character": GOOD.replace('id="p"', 'id="p" name="\x01"').encode(),
        "declaration inside": GOOD.replace(
            "<bpmn:start", "<?xml version='1.0'?><bpmn:start"
        ).encode(),
        "unquoted value": b"<a b=1/>",
        "unbound prefix": b"<x:a/>",
        "open comment": GOOD.encode() + b"<!-- ",
        "comment with dashes": GOOD.encode() + b"<!-- a -- b -->",
        "end of CDATA": GOOD.replace("<bpmn:start", "]]&gt;]]><bpmn:start").encode(),
        "open CDATA": GOOD.replace("<bpmn:start", "<![CDATA[<bpmn:start").encode(),
        "prefix bound to nothing": b'<a xmlns:x=""/>',
        "xmlns bound anew": b'<a xmlns:xml="urn:x"/>',
        "XML 1.1": GOOD.replace('"1.0"', '"1.1"', 1)
        .replace('id="p"', 'id="p" name="&#1;"')
        .encode(),
        "bare ampersand": GOOD.replace('id="p"', 'id="p" name="a & b"').encode(),
        "less-than in a value": GOOD.replace('id="p"', 'id="p" name="<b>"').encode(),
    }.items():
        codes = {"xml_malformed", "not_bpmn", "compressed_file", "invalid_utf8"}
        yield f"malformed: {name}", data, codes


def other_documents() -> Iterator[Hostile]:
    for name, data in {
        "DMN": '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        "SVG": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "no namespace": "<definitions><process id='p'/></definitions>",
        "another version of BPMN": '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
        "the draft of BPMN": '<definitions xmlns="http://www.omg.org/spec/BPMN/20100501/BPMN20.xsd"/>',
        "a bare process": '<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p"/>',
        "XSLT": '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>',
        "SOAP around BPMN": f'<e xmlns="urn:soap">{GOOD.partition("?>")[2]}</e>',
        "namespace with a space": '<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL "/>',
    }.items():
        yield f"other document: {name}", data.encode(), {"not_bpmn", "xml_malformed"}


FAMILIES = (doctypes, encodings, compressed, oversized, malformed, other_documents)
