"""What the tests of bad input send: forms and bodies as browsers and programs do."""

from tests.security.bad_input_house import fresh_key

HEADERS = {"X-Requested-With": "tests"}
SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinator"}
TASKS = {"draft": "lea", "check": "marie", "sign_student": "lea", "sign_sending": "marie"}


def flat(data):
    """A draft as the page's form sends it."""
    fields = {name: text for name, text in data.items() if isinstance(text, str)}
    for part in ("studied", "recognised", "virtual"):
        for number, row in enumerate(data.get(part, [])):
            path = f"{part}.{number}"
            fields |= {f"{path}.{k}": v for k, v in row.items() if isinstance(v, str)}
            for n, each in enumerate(row["credits"]):
                fields |= {f"{path}.credits.{n}.{k}": v for k, v in each.items()}
    return fields


def submit(house, item, login, data, path="complete"):
    form = {"idempotency_key": fresh_key(), **data}
    return house.client(login).post(f"/tasks/{item}/{path}", data=form)


def call(house, item, body, *, login="marie", kind="application/json", key=None, **headers):
    """The API's answer to a completion with ``body`` as it is."""
    return house.client(login).post(
        f"/api/v1/work-items/{item}/complete",
        data=body,
        content_type=kind,
        headers={**HEADERS, "Idempotency-Key": key or fresh_key(), **headers},
    )


def cookie_of(client):
    """Name and value of the cookie that holds a session."""
    name = client.application.config["SESSION_COOKIE_NAME"]
    return name, client.get_cookie(name).value


def file_of(data, name):
    """A file as a browser sends it, for the client's ``post``."""
    # Written by hand: the test client would keep a large file open.
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}
