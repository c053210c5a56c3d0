"""Set-up failures end in one clear sentence: .make/setup.sh in folders made for that."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UNPRIVILEGED = 65534


@pytest.fixture
def clone(tmp_path):
    """A folder like a fresh clone, as far as the set-up looks at it."""
    folder = tmp_path / "a clone"
    (folder / ".make").mkdir(parents=True)
    shutil.copy(ROOT / ".make" / "setup.sh", folder / ".make")
    (folder / "pyproject.toml").write_text('[project]\nname = "nothing"\nversion = "1"\n')
    return folder


def set_up(folder, what="run", *, path=None, user=None, **variables):
    environment = {
        "PATH": f"{path}:/usr/bin:/bin" if path else os.environ["PATH"],
        "PYTHON": sys.executable,
        **variables,
    }
    return subprocess.run(
        [folder / ".make" / "setup.sh", what],
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )


def assert_one_sentence(done, *words):
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("passerelle: ")
    assert [word for word in words if word not in lines[0]] == []
    assert "Traceback" not in done.stdout + done.stderr


def fake_python(folder, version, *, missing=""):
    """A program called python3 that says what an old or crippled Python says."""
    folder.mkdir(exist_ok=True)
    program = folder / "python3"
    program.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"*version_info*) echo {version}; [ {version.split('.')[1]} -ge 11 ] ;;\n"
        f"*ensurepip*) {missing or 'exit 0'} ;;\n"
        f'*) exec {sys.executable} "$@" ;;\n'
        "esac\n"
    )
    program.chmod(0o755)
    return folder


def virtual_environment(clone):
    """One that the set-up takes for its own, without packages; gives the folder of those."""
    venv = clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    version = ".".join(map(str, sys.version_info[:3]))
    (venv / ".home").write_text(f"{clone} {version}\n")
    return venv / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"


def test_a_python_that_is_too_old(clone, tmp_path):
    path = fake_python(tmp_path / "bin", "3.9.2")
    done = set_up(clone, PYTHON="python3", path=path)
    assert_one_sentence(done, "3.11 or newer", "3.9.2")


def test_no_python_at_all(clone):
    done = set_up(clone, PYTHON="python-that-is-not-there")
    assert_one_sentence(done, "3.11 or newer", "apt-get install python3")


def test_a_python_without_virtual_environments(clone, tmp_path):
    path = fake_python(tmp_path / "bin", "3.11.2", missing="exit 1")
    done = set_up(clone, PYTHON="python3", path=path, PORT=str(_free_port()))
    assert_one_sentence(done, "apt-get install python3-venv")


def test_a_port_that_is_taken(clone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = set_up(clone, PORT=str(port))
    assert_one_sentence(done, f"Port {port} is taken", f"PORT={port + 1}")
    assert not (clone / ".venv").exists()


def test_a_port_that_is_no_port(clone):
    assert_one_sentence(set_up(clone, PORT="http"), "PORT is 'http'")


@pytest.mark.parametrize("what", ["run", "test"])
def test_a_folder_that_cannot_be_written_to(clone, what):
    """Root may write anywhere, so root hands the command to somebody who may not."""
    for parent in clone.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    clone.chmod(0o555)
    done = set_up(
        clone,
        what,
        PYTHON="/usr/bin/python3",
        user=UNPRIVILEGED if os.geteuid() == 0 else None,
    )
    clone.chmod(0o755)
    assert_one_sentence(done, str(clone), "cannot be written to")


def test_a_data_folder_that_is_a_file(clone):
    (clone / "var").write_text("")
    assert_one_sentence(set_up(clone), "var", "cannot be written to")


def test_no_network(clone):
    """The package index is an address of this machine where nobody answers."""
    done = set_up(
        clone,
        PORT=str(_free_port()),
        PIP_INDEX_URL=f"http://127.0.0.1:{_free_port()}/",
        PIP_FIND_LINKS="",
        PIP_NO_INDEX="0",
        PIP_CONFIG_FILE="/dev/null",
        PIP_RETRIES="0",
    )
    assert_one_sentence(done, "network")
    assert (clone / "var" / "setup.log").stat().st_size > 0


def test_a_package_that_does_not_build_points_to_the_log(clone):
    pip = virtual_environment(clone) / "pip.pth"
    pip.write_text(sysconfig.get_path("purelib"))
    (clone / "pyproject.toml").write_text("this is not TOML")
    done = set_up(clone, PORT=str(_free_port()), PIP_NO_INDEX="1")
    assert_one_sentence(done, "var/setup.log")


@pytest.fixture
def packages(clone):
    """The set-up's own pip and uv, which only write down what they were asked for."""
    folder = virtual_environment(clone)
    runs = clone / ".venv" / "runs"
    runs.write_text("")
    (folder / "pip").mkdir()
    (folder / "pip" / "__init__.py").write_text("")
    (folder / "pip" / "__main__.py").write_text(
        "import os, sys, pathlib\n"
        "asked = ' '.join(sys.argv[1:])\n"
        "if asked == 'config list':\n"
        "    print(os.environ.get('ORDERS', ''))\n"
        "else:\n"
        f"    pathlib.Path({str(runs)!r}).open('a').write(f'pip {{asked}}\\n')\n"
    )
    uv = clone / ".venv" / "bin" / "uv"
    uv.write_text(f'#!/bin/sh\necho "uv $*" >>"{runs}"\nexit ${{UV_FAILS:-0}}\n')
    uv.chmod(0o755)

    def asked():
        return [run.split()[0] for run in runs.read_text().splitlines() if " -e " in run]

    return asked


def test_an_unchanged_folder_is_not_installed_again(clone, packages):
    """The stamp is what makes a second start quick."""
    environment = {"PORT": str(_free_port())}

    assert set_up(clone, **environment).returncode == 0
    assert set_up(clone, **environment).returncode == 0
    assert packages() == ["uv"]

    (clone / "pyproject.toml").write_text((clone / "pyproject.toml").read_text() + "\n")
    assert set_up(clone, **environment).returncode == 0
    assert packages() == ["uv", "uv"]


def test_what_uv_cannot_install_pip_tries(clone, packages):
    assert set_up(clone, PORT=str(_free_port()), UV_FAILS="2").returncode == 0
    assert packages() == ["uv", "pip"]


@pytest.mark.parametrize(
    "order",
    [
        ":env:.index-url='https://packages.example.org/simple'",
        "global.extra-index-url='https://packages.example.org/simple'",
        "install.no-index='yes'",
        "user.proxy='http://proxy.example.org:3128'",
    ],
)
def test_a_pip_that_was_told_where_packages_come_from_installs_them_itself(clone, packages, order):
    assert set_up(clone, PORT=str(_free_port()), ORDERS=order).returncode == 0
    assert packages() == ["pip"]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
