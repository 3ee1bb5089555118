"""The WSGI application of a worker: `gunicorn portal.wsgi:application`."""

from __future__ import annotations

from portal.hosting.config import instance_folder, read_instance
from portal.hosting.dispatcher import Dispatcher

application = Dispatcher(read_instance(instance_folder()))
