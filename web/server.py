"""The web server: gunicorn's threaded worker in this very process, without a supervisor.

The Celery worker and beat run beside it, so one process is a whole
installation. A service manager restarts it; PostgreSQL and Redis let several
of them run side by side.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.middleware.proxy_fix import ProxyFix

from web.config import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from flask import Flask

    from web.config import Settings

GRACE_SECONDS: Final = 3
"""How long requests under way may take to end once the server is told to stop."""

BACKLOG: Final = 512


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises :class:`ConfigurationError` with a sentence if it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"The server cannot listen on {settings.host}, port {settings.port}: "
            f"{(error.strerror or str(error)).lower()}."
        ) from error
    return listener


def serve(
    settings: Settings,
    app: Flask,
    listener: socket.socket,
    *,
    ready: Callable[[], None],
    stopping: Callable[[], None],
) -> None:
    """Answer requests until SIGINT, SIGTERM or SIGHUP; then let those under way end.

    ``ready`` is called once requests are about to be answered, ``stopping``
    when the signal comes.
    """
    believe_proxies(app, settings.proxies)
    configured = _Configured(settings, app)
    worker = _Worker(
        age=0,
        ppid=os.getppid(),
        sockets=[listener],
        app=configured,
        timeout=0,
        cfg=configured.cfg,
        log=configured.cfg.logger_class(configured.cfg),
    )
    worker.ready, worker.stopping = ready, stopping
    worker.init_process()


def believe_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address and scheme from the headers of ``count`` proxies in front.

    With none in front the headers are anybody's to invent, so they are ignored.
    """
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def end_process(status: int) -> None:
    """End this process now, even if a request or a job refuses to: nothing is lost by that.

    Work that was not committed rolls back, and a job is taken up again when
    its lease has run out.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    if any(t is not threading.main_thread() and not t.daemon for t in threading.enumerate()):
        os._exit(status)
    sys.exit(status)


class _Configured(BaseApplication):  # type: ignore[misc]
    """Gunicorn's configuration and the application, as its workers want them."""

    def __init__(self, settings: Settings, app: Flask) -> None:
        self._settings = settings
        self._app = app
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", self._settings.threads)
        self.cfg.set("graceful_timeout", GRACE_SECONDS)
        self.cfg.set("keepalive", 15)
        self.cfg.set("loglevel", "warning")

    def load(self) -> Flask:
        return self._app


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, standing on its own feet: no parent, Ctrl-C is a polite stop."""

    ready: Callable[[], None]
    stopping: Callable[[], None]

    def is_parent_alive(self) -> bool:
        return True  # whoever started us may go, as a shell does

    def init_signals(self) -> None:
        hangup = signal.getsignal(signal.SIGHUP)
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)
        # nohup has us ignore it; otherwise a closed terminal is a reason to stop.
        ignored = hangup == signal.SIG_IGN
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else self.handle_exit)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.alive:
            os._exit(128 + sig)  # asked twice: at once
        self.stopping()
        super().handle_exit(sig, frame)

    def run(self) -> Any:
        self.ready()
        super().run()
