"""`make bench-library`: how long the case library takes with 10,000 cases.

Prints p50 and p95 of the server's own time in milliseconds, through Django's test client in one
process: no network, no second request beside it. Half of the words stand in every case, which
is the worst that can be asked.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from mot_course.embedded import start_postgres

COUNT = int(os.environ.get("BENCH_CASES", "10000"))
REQUESTS = 100
CHINESE = (
    "客人顾问房间会议室行程电话投诉退款换货菜凉了账单漫游包裹送错等太久排队插队发票押金早餐安静高楼层"
    "亲子老人方言急躁礼貌道歉补救记录回访确认承诺期限负责到底银行柜台酒店前厅餐厅服务员手机套餐流量停机"
)
ENGLISH = [
    "guest",
    "room",
    "refund",
    "parcel",
    "late",
    "queue",
    "soup",
    "cold",
    "bill",
    "roaming",
    "card",
    "frozen",
    "wedding",
    "noise",
    "allergy",
    "reservation",
    "handover",
    "promise",
    "deposit",
    "breakfast",
    "quiet",
    "floor",
    "child",
    "luggage",
    "receipt",
]
TRADES = ("shop", "hotel", "restaurant", "bank", "telecom")
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "mot_course.settings",
    "SECRET_KEY": "bench-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "testserver",
    "SITE_URL": "http://testserver",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SSL_REDIRECT": "False",
    "DEMO": "1",
    "STATIC_ROOT": str(Path(tempfile.gettempdir()) / "mot-bench-static"),
}


def chinese(length: int) -> str:
    """So many characters of a service trade, at random."""
    return "".join(random.choices(CHINESE, k=length))


def fill() -> None:
    """COUNT published cases of 600 characters and 300 words each."""
    from django.contrib.postgres.search import SearchVector
    from django.db import connection
    from django.db.models import Value

    from cases.models import Case, CaseRevision
    from cases.searching import tokens_of
    from mot_course.steps import STEP_SLUGS

    cases = Case.objects.bulk_create(
        [
            Case(
                slug=f"case-{n}",
                title_zh=chinese(8),
                title_en=" ".join(random.choices(ENGLISH, k=4)),
                summary_zh=chinese(40),
                summary_en=" ".join(random.choices(ENGLISH, k=12)),
                industry=random.choice(TRADES),
                steps=random.sample(STEP_SLUGS, k=2),
                origin="own",
                length=random.randint(0, 30),
                sort_key=f"{n * 7919 % COUNT:05}",
            )
            for n in range(COUNT)
        ],
        batch_size=1000,
    )
    CaseRevision.objects.bulk_create(
        [
            CaseRevision(case=case, number=1, content={}, digest=case.slug, origin="pack")
            for case in cases
        ],
        batch_size=1000,
    )
    for case in cases:
        words = tokens_of([chinese(600), " ".join(random.choices(ENGLISH, k=300))])
        Case.objects.filter(pk=case.pk).update(
            tokens=SearchVector(Value(" ".join(words)), config="simple")
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = 'published', current_id = revision.id "
            "FROM cases_caserevision AS revision WHERE revision.case_id = cases_case.id"
        )
        cursor.execute("ANALYZE")


def measure() -> Iterable[str]:
    """A line for each sort of request."""
    from django.test import Client

    from people.models import User

    client = Client()
    client.force_login(User.objects.create_user("bench", name="Bench", language="zh-hans"))
    client.get("/cases/")
    asked = {
        "the list, any page": lambda: {"page": random.randint(1, COUNT // 30)},
        "a Chinese word": lambda: {"q": chinese(random.randint(1, 4))},
        "an English word that stands in every case": lambda: {"q": random.choice(ENGLISH)},
        "a word, a trade and a step": lambda: {
            "q": random.choice(ENGLISH), "industry": "hotel", "step": "solve",
        },
    }  # fmt: skip
    for name, query in asked.items():
        took = []
        for _ in range(REQUESTS):
            begun = time.perf_counter()
            response = client.get("/cases/", query())
            took.append((time.perf_counter() - begun) * 1000)
            assert response.status_code == 200
        p95 = statistics.quantiles(took, n=20)[-1]
        yield f"{name}: p50 {statistics.median(took):.0f} ms, p95 {p95:.0f} ms"


def main() -> None:
    random.seed(20)
    server = start_postgres(say=lambda text: None)
    os.environ.update(ENVIRONMENT, DATABASE_URL=server.url)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        fill()
        print(f"{COUNT} cases, {REQUESTS} requests each")
        for line in measure():
            print(line)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
