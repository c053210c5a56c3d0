"""Settings from the environment."""

from pathlib import Path

import pytest

from web.config import VARIABLES, ConfigurationError, Settings

SECRET = "kJ8-a random text that nobody guesses"
DOCUMENT = Path(__file__).parents[3] / "docs" / "configuration.md"


def read(tmp_path, **variables):
    return Settings.from_env({"PASSERELLE_DATA_DIR": str(tmp_path), **variables})


def test_the_defaults_are_one_process_on_this_machine(tmp_path):
    settings = read(tmp_path, PASSERELLE_SECRET_KEY=SECRET)
    assert settings.database_url == f"sqlite:///{tmp_path}/passerelle.sqlite3"
    assert settings.embedded_broker
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.demo
    assert (settings.bundles_dir).name in {"bpmn", "bundles"}


def test_the_port_is_part_of_the_address(tmp_path):
    assert read(tmp_path, PASSERELLE_SECRET_KEY=SECRET, PORT="8123").base_url.endswith(":8123")


def test_cookies_are_for_https_only_where_the_address_is(tmp_path):
    known = {"PASSERELLE_SECRET_KEY": SECRET}
    assert not read(tmp_path, **known).secure_cookies
    assert read(tmp_path, PASSERELLE_BASE_URL="https://mobility.example/", **known).secure_cookies


@pytest.mark.parametrize("secret", [None, "", "short", "passerelle", "a" * 64, "ab" * 40])
def test_a_secret_that_can_be_guessed_is_refused(tmp_path, secret):
    variables = {} if secret is None else {"PASSERELLE_SECRET_KEY": secret}
    with pytest.raises(ConfigurationError, match="PASSERELLE_SECRET_KEY"):
        read(tmp_path, **variables)


def test_a_guessable_secret_is_refused_in_demo_mode_too(tmp_path):
    with pytest.raises(ConfigurationError, match="too easy to guess"):
        read(tmp_path, PASSERELLE_DEMO="1", PASSERELLE_SECRET_KEY="demo")


def test_the_demo_makes_its_own_secret_and_keeps_it(tmp_path):
    first = read(tmp_path, PASSERELLE_DEMO="1")
    second = read(tmp_path, PASSERELLE_DEMO="1")
    other = read(tmp_path / "elsewhere", PASSERELLE_DEMO="1")
    assert first.secret_key == second.secret_key != other.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "demo-secret-key").stat().st_mode & 0o077 == 0


def test_every_variable_can_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert read(tmp_path, PASSERELLE_SECRET_KEY_FILE=str(file)).secret_key == SECRET
    url = tmp_path / "url"
    url.write_text("postgresql://passerelle@db/passerelle")
    settings = read(tmp_path, PASSERELLE_SECRET_KEY=SECRET, PASSERELLE_DATABASE_URL_FILE=str(url))
    assert settings.database_url == "postgresql://passerelle@db/passerelle"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="PASSERELLE_SECRET_KEY_FILE cannot be read"):
        read(tmp_path, PASSERELLE_SECRET_KEY_FILE=str(tmp_path / "missing"))


def test_a_variable_and_its_file_contradict_each_other(tmp_path):
    with pytest.raises(ConfigurationError, match="not both"):
        read(tmp_path, PASSERELLE_SECRET_KEY=SECRET, PASSERELLE_SECRET_KEY_FILE="x")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "8000.0", "٨"])
def test_a_port_is_a_number_in_range(tmp_path, port):
    with pytest.raises(ConfigurationError, match="PORT"):
        read(tmp_path, PASSERELLE_SECRET_KEY=SECRET, PORT=port)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSERELLE_DATABASE_URL", "what is this"),
        ("PASSERELLE_DATABASE_URL", "mysql://db/passerelle"),
        ("PASSERELLE_DATABASE_URL", "sqlite://"),
        ("PASSERELLE_BROKER_URL", "127.0.0.1:6379"),
        ("PASSERELLE_BROKER_URL", "amqp://127.0.0.1"),
        ("PASSERELLE_BASE_URL", "mobility.example"),
        ("PASSERELLE_SMTP_URL", "mail.example"),
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match=name) as refused:
        read(tmp_path, PASSERELLE_SECRET_KEY=SECRET, **{name: value})
    assert value not in str(refused.value).replace("sqlite:///", "")


@pytest.mark.parametrize("value", ["perhaps", "2"])
def test_demo_is_yes_or_no(tmp_path, value):
    with pytest.raises(ConfigurationError, match="PASSERELLE_DEMO"):
        read(tmp_path, PASSERELLE_DEMO=value)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        read(blocked / "var", PASSERELLE_DEMO="1")


def test_the_manual_names_every_variable():
    text = DOCUMENT.read_text()
    assert [name for name in VARIABLES if f"`{name}`" not in text] == []
