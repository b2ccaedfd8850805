"""How gunicorn serves the site, for `make run` and for production alike."""

import os

_shared_memory = "/dev/shm"

bind = "{}:{}".format(os.environ.get("BIND_ADDRESS", "127.0.0.1"), os.environ.get("PORT", "8000"))
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Each worker opens its own connections; what is shared before the fork would have to be closed.
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
# The sign of life is a file that is touched each second: never wait for a disk there.
worker_tmp_dir = _shared_memory if os.access(_shared_memory, os.W_OK) else None
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
errorlog = "-"
loglevel = "warning"
# Nobody talks to it, and its default place in the home folder is shared by all projects.
control_socket_disable = True
