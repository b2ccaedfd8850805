"""The control whose mails are tasks: what only the broker knows of."""

import sys

from tests.faults.delivery.harness import Experiment, wait_until

APP = [sys.executable, "-m", "celery", "-A", "tests.faults.delivery.controls:naive", "--quiet"]


def start_naive_worker(post: Experiment) -> None:
    """Two children that send a mail for each task."""
    words = [*APP, "worker", "--pool=prefork", "--concurrency=2", "--without-gossip"]
    post.start("worker", [*words, "--without-mingle"])
    assert wait_until(lambda: len(post.children("worker")) == 2, 60), post.said("worker")


def start_naive_beat(post: Experiment, name: str) -> None:
    """A beat that rings for the mail of the day."""
    words = [*APP, "beat", "--pidfile=", f"--schedule={post.folder / name}-schedule"]
    post.start(name, words)


def publish(post: Experiment, count: int) -> list[str]:
    """A task per mail, in the broker alone; the Message-IDs."""
    from tests.faults.delivery.controls import mail, naive

    ids = [f"<t{n}@faults.example>" for n in range(count)]
    with naive.connection_for_write(url=post.redis.url) as connection:
        for n, message_id in enumerate(ids):
            mail.apply_async([message_id, f"post{n}@faults.example"], connection=connection)
    return ids
