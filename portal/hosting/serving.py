"""`portal run`: gunicorn with threads, and beside it one process of `portal work`."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from portal.hosting.config import Instance
from portal.hosting.dispatcher import Dispatcher

log = logging.getLogger(__name__)


class Server(BaseApplication):
    """gunicorn, told by the instance what to do."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.companion: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings over."""
        server = self.instance.server
        settings: dict[str, Any] = {
            "bind": f"{server.host}:{server.port}",
            "workers": server.workers,
            "threads": server.threads,
            "worker_class": "gthread",
            "graceful_timeout": 20,
            "loglevel": "warning",
            "proc_name": "portal",
            "limit_request_line": 4094,
            "forwarded_allow_ips": "*" if server.proxies else "127.0.0.1",
            "when_ready": self.start_companion,
            "on_exit": self.stop_companion,
        }
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self) -> Dispatcher:
        """Make the dispatcher of one worker process."""
        return Dispatcher(self.instance)

    def start_companion(self, arbiter: object) -> None:
        """Start `portal work` once the server listens."""
        environment = {**os.environ, "PORTAL_INSTANCE": str(self.instance.folder)}
        self.companion = subprocess.Popen([sys.executable, "-m", "portal.cli", "work"], env=environment)

    def stop_companion(self, arbiter: object) -> None:
        """Stop it with the server."""
        if self.companion is not None and self.companion.poll() is None:
            self.companion.send_signal(signal.SIGTERM)
            self.companion.wait(timeout=10)


def serve(instance: Instance) -> None:
    """Answer requests until told to stop."""
    Server(instance).run()
