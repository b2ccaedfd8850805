"""The PostgreSQL and Redis that come in Python wheels, started as our own children.

    with start_postgres(Path("var/pg")) as postgres, start_redis(Path("var/redis")) as redis:
        os.environ["DATABASE_URL"] = postgres.url
        os.environ["REDIS_URL"] = redis.url

`start_postgres()` and `start_redis()` without a folder give throw-away servers for tests: fast
(nothing is synced to disk) and gone, folder included, at `stop()`. For pytest start them once in
`pytest_configure` of the controller (where `not hasattr(config, "workerinput")`), put the two
addresses into `os.environ` so that the xdist workers inherit them, stop them in
`pytest_unconfigure`.

A server ends with the process that started it, even when that is killed; start it from the main
thread, because the kernel watches the thread. What goes wrong is a `ServerTrouble` whose text is
one sentence for the person at the keyboard.
"""

from mot_course.embedded.postgres import start_postgres
from mot_course.embedded.processes import Server, ServerTrouble
from mot_course.embedded.redis import start_redis

__all__ = ["Server", "ServerTrouble", "start_postgres", "start_redis"]
