"""`python -m tests.faults.delivery.senders <design>`: forks a sender for each line it reads."""

import os
import signal
import sys
import time

from mot_course.embedded.processes import die_with_parent
from tests.faults.delivery import controls


def ours() -> None:
    """What the worker does, without a bell: one pass after the other."""
    from outbox.delivering import send_due

    while True:
        send_due("email")
        time.sleep(0.1)


DESIGNS = {
    "ours": ours,
    "mark": controls.mark_then_send,
    "lock": controls.send_in_the_lock,
    "blind": controls.lease_and_retry_blindly,
}


def main() -> None:
    import django

    django.setup()
    design = DESIGNS[sys.argv[1]]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getpid()
    print("ready", flush=True)
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            die_with_parent(signal.SIGKILL, parent)
            design()
        print(pid, flush=True)


if __name__ == "__main__":
    main()
