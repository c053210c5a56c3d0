#!/bin/sh
# Prepares the folder for `make run` (argument: run) or for the tests (argument: test).
# Whatever goes wrong is told in one sentence; details are in var/setup.log.
set -u
cd "$(dirname "$0")/.." || exit 1
here=$(pwd)
what=${1:?run or test}

fail() {
    printf 'passerelle: %s\n' "$1" >&2
    exit 1
}

# Sets $python to a Python that is new enough.
find_python() {
    old=
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        command -v "$python" >/dev/null 2>&1 || continue
        version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null) && return
        old=${old:-"$python is ${version:-broken}"}
    done
    [ -n "$old" ] && fail "Python 3.11 or newer is needed, but $old."
    fail 'Python 3.11 or newer is needed, and there is no python3 here; on Debian: apt-get install python3 python3-venv.'
}

check_writable() {
    for folder in . var; do
        (mkdir -p "$folder" && : >"$folder/.writable" && rm -f "$folder/.writable") 2>/dev/null ||
            fail "The folder $here/${folder#.} cannot be written to; change its owner or its permissions."
    done
}

check_port() {
    PORT=${PORT:-8000} HOST=${HOST:-127.0.0.1} "$python" - <<'END'
import os, socket, sys

host, port = os.environ["HOST"], os.environ["PORT"]
if not port.isdigit() or not 0 < int(port) < 65536:
    sys.exit("passerelle: PORT is %r; write a number from 1 to 65535." % port)
try:
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((host, int(port)))
except PermissionError:
    sys.exit("passerelle: Port %s is reserved for the administrator; choose one above 1023: make run PORT=8001" % port)
except OSError as error:
    if error.errno != 98:
        sys.exit("passerelle: The server cannot listen on %s: %s." % (host, error.strerror))
    sys.exit("passerelle: Port %s is taken by another program; choose another one: make run PORT=%d" % (port, int(port) % 65535 + 1))
END
}

# What the installed environment was made from; a change of any of it installs again.
fingerprint() {
    {
        find pyproject.toml web/frontend web/translations \
            \( -name node_modules -o -name dist -o -name __pycache__ -o -name '*.mo' \) -prune \
            -o -type f -exec cksum {} + 2>/dev/null | LC_ALL=C sort
    } | cksum
}

explain_install_failure() {
    if grep -qE 'from versions: none|name resolution|NewConnectionError|Network is unreachable|No route to host|Connection refused|ConnectTimeout|ReadTimeout|timed out|ProxyError|registry cannot be reached|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH' var/setup.log; then
        fail 'The packages could not be downloaded; check the network connection and try again (details: var/setup.log).'
    fi
    if grep -q 'No space left on device' var/setup.log; then
        fail 'The disk is full; the packages need about 2 GB.'
    fi
    fail 'The packages could not be installed; the end of var/setup.log says why.'
}

# Whether pip was told, by a file or a variable, where packages may come from.
pip_has_orders() {
    .venv/bin/python -m pip config list 2>>var/setup.log |
        grep -qE '[.](index-url|extra-index-url|no-index|proxy|trusted-host|client-cert|constraint|keyring-provider)='
}

# Installs with uv, which fetches everything at once, unless pip has orders that uv would not
# follow; what uv cannot do, pip tries.
install_packages() {
    pip_has_orders || {
        .venv/bin/python -m pip install --disable-pip-version-check --no-input 'uv~=0.13.9' &&
            SSL_CERT_FILE=${SSL_CERT_FILE:-${PIP_CERT:-}} \
                .venv/bin/uv pip install --python .venv/bin/python --no-progress -e ".$extra" &&
            return
    }
    .venv/bin/python -m pip install --disable-pip-version-check --no-input -e ".$extra"
}

# Whether .venv was made for this place and this Python, and still works.
usable() {
    [ "$(cat .venv/.home 2>/dev/null)" = "$here $version" ] && .venv/bin/python -c 'import pip' 2>/dev/null
}

install() {
    stamp=.venv/.passerelle
    wanted=$(fingerprint)
    if usable; then
        grep -qxF "$wanted test" $stamp 2>/dev/null && return
        [ "$what" = run ] && grep -qxF "$wanted run" $stamp 2>/dev/null && return
    fi
    echo 'Installing the packages and building the assets (the first time takes a few minutes) ...'
    : >var/setup.log
    if ! usable; then
        "$python" -c 'import ensurepip, venv' 2>>var/setup.log ||
            fail "$python cannot make virtual environments; on Debian: apt-get install python3-venv."
        "$python" -m venv --clear .venv >>var/setup.log 2>&1 ||
            fail 'The virtual environment .venv could not be made; the end of var/setup.log says why.'
        echo "$here $version" >.venv/.home
    fi
    [ "$what" = test ] && extra='[test]' || extra=
    rm -f $stamp
    export PIP_RETRIES="${PIP_RETRIES:-2}" PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-30}"
    install_packages >>var/setup.log 2>&1 || explain_install_failure
    echo "$wanted $what" >$stamp
}

# The browser without windows is enough and quicker; a whole Chromium that is there will do.
install_chromium() {
    [ -x /usr/bin/chromium-headless-shell ] && return
    echo 'Installing Chromium for the browser tests ...'
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        sudo='sudo -n'
        $sudo true 2>/dev/null || sudo=
    fi
    if [ -n "$sudo" ] || [ "$(id -u)" -eq 0 ]; then
        { $sudo apt-get update && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends chromium-headless-shell; } \
            >var/chromium.log 2>&1 && return
    fi
    [ -x /usr/bin/chromium ]
}

find_python
check_writable
case $what in
run)
    check_port || exit 1
    install
    ;;
test)
    # Debian's packages and Python's come from different places, so both are fetched at once.
    install_chromium &
    chromium=$!
    trap wait EXIT
    install
    wait $chromium ||
        fail 'The browser tests need Chromium, which could not be installed (details: var/chromium.log); try: sudo apt-get install chromium-headless-shell'
    ;;
*) fail "there is no set-up called $what." ;;
esac
