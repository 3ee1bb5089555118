"""The WSGI application of a worker: `gunicorn portal.wsgi:application`."""

from __future__ import annotations

from portal.hosting.config import instance_folder, read_instance
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.logs import start_logs
from portal.hosting.running import stay_running

_instance = read_instance(instance_folder())
start_logs(_instance.log)
_running = stay_running(_instance.folder)
application = Dispatcher(_instance)
