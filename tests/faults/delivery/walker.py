"""`python -m tests.faults.delivery.walker`: for each line it reads, one planning pass and sending.

Each time on new connections, which see where the test has moved the database's clock.
"""

import sys


def main() -> None:
    import django

    django.setup()
    from django.db import connections

    from assignments.planning import run_pass
    from outbox.delivering import send_due

    print("ready", flush=True)
    for _line in sys.stdin:
        connections.close_all()
        changed = run_pass()
        for channel in ("inbox", "email"):
            while send_due(channel):
                pass
        print(changed, flush=True)


if __name__ == "__main__":
    main()
