"""`portal run`: gunicorn with threads, and beside it one process of `portal work`."""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import Any

from gunicorn.app.base import BaseApplication

from portal.errors import PortalError
from portal.hosting.config import Instance, read_instance
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.install import TRIAL_SECONDS
from portal.hosting.logs import ServerLogs, start_logs
from portal.hosting.running import stay_running

log = logging.getLogger(__name__)
RESTART_SECONDS = 2
WORK = ("-m", "portal.cli", "work")
starting = threading.Lock()
# A worker forked while a companion is started would inherit the pipe by which its start is told, and keep it open: it
# would not be known to run before that worker ends, and the reload that ends the worker would not reach it.
os.register_at_fork(before=starting.acquire, after_in_parent=starting.release, after_in_child=starting.release)
COMPANION_SECONDS = 15  # more than its threads have to end the piece of work they are at
PORT_REFUSED = {
    errno.EADDRINUSE: "Le port {port} de {host} est déjà pris. Dites-en un autre avec --port.",
    errno.EACCES: "Le port {port} est réservé au système. Prenez-en un au-dessus de 1023, derrière un mandataire.",
    errno.EADDRNOTAVAIL: "{host} n’est pas une adresse de cette machine : voyez [server] host dans portal.toml.",
}


class Server(BaseApplication):
    """gunicorn, told by the instance what to do."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.companion: subprocess.Popen[bytes] | None = None
        self.is_stopping = False
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings over."""
        server = self.instance.server
        settings: dict[str, Any] = {
            "bind": f"{server.host}:{server.port}",
            "workers": server.workers,
            "threads": server.threads,
            "worker_class": "gthread",
            "timeout": TRIAL_SECONDS + 30,  # a worker that tries a new plugin apart is not stuck
            "graceful_timeout": 20,
            "loglevel": "warning",
            "logger_class": ServerLogs,
            "proc_name": "portal",
            "limit_request_line": 4094,
            "forwarded_allow_ips": "*" if server.proxies else "127.0.0.1",
            "forwarder_headers": "",
            "control_socket_disable": True,  # a second door; each fork of a reload would wait for its thread
            "pre_fork": share_memory,
            "when_ready": self.start_companion,
            "on_reload": self.restart_companion,
            "on_exit": self.stop_companion,
        }
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self) -> Dispatcher:
        """Make the dispatcher of one worker process, from the files as they are now: a reload reads them anew."""
        written = read_instance(self.instance.folder)
        return Dispatcher(replace(written, server=self.instance.server))

    def start_companion(self, arbiter: object) -> None:
        """Keep one `portal work` running beside the server."""
        threading.Thread(target=self._keep_companion, daemon=True).start()

    def _keep_companion(self) -> None:
        environment = {**os.environ, "PORTAL_INSTANCE": str(self.instance.folder)}
        while not self.is_stopping:
            with starting:
                self.companion = subprocess.Popen([sys.executable, "-X", "faulthandler", *WORK], env=environment)
            self.companion.wait()
            time.sleep(RESTART_SECONDS)

    def restart_companion(self, arbiter: object) -> None:
        """Let the companion read the code and the settings anew, with the workers."""
        if self.companion is not None:
            threading.Thread(target=end, args=(self.companion,), daemon=True).start()

    def stop_companion(self, arbiter: object) -> None:
        """Stop it with the server."""
        self.is_stopping = True
        if self.companion is not None:
            end(self.companion)


def end(companion: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and insist: one that hangs would keep the code of before a reload at work."""
    companion.terminate()
    try:
        companion.wait(COMPANION_SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("portal work did not end: killed")
        companion.send_signal(signal.SIGABRT)  # it says where each of its threads stands


def share_memory(arbiter: object, worker: object) -> None:
    """Let a worker share what is read already: the collector would write into every object, and copy its page."""
    gc.collect()
    gc.freeze()


def check_port(host: str, port: int) -> None:
    """Refuse a port that cannot be had, before anything is printed or started.

    :raises PortalError: says which, why, and what to do
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        why = PORT_REFUSED.get(error.errno or 0, PORT_REFUSED[errno.EADDRNOTAVAIL])
        raise PortalError(why.format(host=host, port=port)) from error


def serve(instance: Instance) -> None:
    """Answer requests until told to stop."""
    check_port(instance.server.host, instance.server.port)
    start_logs(instance.log)
    with stay_running(instance.folder):  # forked workers hold it too
        Server(instance).run()
