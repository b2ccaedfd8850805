"""Files that go wrong in every way: never an error of ours, never half of it taken in."""

import io
import random
import time
import zipfile

import pytest

from people.importing.checking import plan_for
from people.importing.plans import Options
from people.models import Cohort, ImportRun, Membership, MessengerAccount, User
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.people.import_tables import csv_of, signed_in, table_of, upload
from tests.people.test_importing_files import book_of

pytestmark = pytest.mark.django_db
HEADER = (
    "工号",
    "姓名",
    "手机",
    "邮箱",
    "语言",
    "时区",
    "角色",
    "班级",
    "入职",
    "班次",
    "企业微信",
    "离开",
)
VALUES = [
    "", "A1", "a1", "00123", "李晓彤", "13800000000", "1.38E+10", "+8613800000000", "x@a.cn",
    "X@A.CN", "x@a.cn\r\nBcc: y@b.cn", "中文", "English", "klingon", "Asia/Shanghai", "UTC+99",
    "学员", "讲师", "admin", "前厅", "集团/前厅", "/", "前厅" + "/新" * 10,
    "2026-09-01",
    "2026-02-30", "99999999", "8:30", "25:61", "是", "maybe", "=1+1", "-1", "@x", "\x07", "\u202e",
    "\x00", "İ", "ß", "𠮷", "x" * 300, "9" * 400, "'", '"', "#N/A", "\ud7ff\ue000", "1e999", "٣",
]  # fmt: skip
ENCODINGS = (*("utf-8", "utf-8-sig", "utf-16", "gb18030") * 4, "utf-16-le", "utf-32")


def state():
    return [
        list(model.objects.order_by("pk").values())
        for model in (User, Membership, MessengerAccount, Cohort, ImportRun)
    ]


def mutated(chance, round_):
    """A file that might be one of people, and then is not quite."""
    header = list(HEADER)
    if chance.random() < 0.3:
        chance.shuffle(header)
    if chance.random() < 0.1:
        header[chance.randrange(len(header))] = chance.choice([*VALUES, *HEADER])
    wildness = chance.choice([0.0, 0.0, 0.01, 0.05, 0.3])
    rows = []
    for n in range(chance.randrange(1, 9)):
        row = [_likely(chance, name, 10 * round_ + n) for name in header]
        rows.append([chance.choice(VALUES) if chance.random() < wildness else x for x in row])
        if chance.random() < wildness / 4:
            rows[-1].append(chance.choice(VALUES))
    if chance.random() < 0.25:
        data = book_of(*[[_cell(cell) for cell in row] for row in [header, *rows]])
    else:
        text = csv_of(*rows, header=header, delimiter=chance.choice(",,,;\t"))
        data = text.encode(chance.choice(ENCODINGS), "replace")
    for _n in range(chance.choice([0, 0, 0, 0, 1, 3])):
        place = chance.randrange(len(data))
        length = chance.randrange(1, 9)
        new = chance.choice([b"", chance.randbytes(length), data[place : place + length] * 3])
        data = data[:place] + new + data[place + length :]
    return data


def _likely(chance, name, number):
    """What a row of a decent file would hold in this column; nobody stands in two files."""
    if name == "工号":
        return "A1" if number % 10 == 5 else f"F{number}"
    if name == "姓名":
        return f"李{number}"
    good = {
        "手机": f"139{number:08}",
        "邮箱": f"f{number}@a.cn",
        "语言": "中文",
        "角色": "学员",
        "班级": "前厅",
        "入职": "2026-09-01",
        "班次": "8:30",
        "企业微信": f"w{number}",
    }
    return good.get(name, "") if chance.random() < 0.6 else ""


def _cell(text):
    text = "".join(one for one in text if one >= " ")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 20 else text


def run_mutations(count, seed):
    """Send them all, look at each, try to take each in; how many came how far."""
    cohort = make_cohort(name="前厅", slug="front")
    teacher = make_instructor(cohort=cohort, language="en")
    make_trainee(cohort=cohort, username="A1", name="Li", phone="13800000000")
    make_trainee(username="taken", email="x@a.cn")
    client = signed_in(teacher)
    client.raise_request_exception = True  # an error of ours ends the test
    chance = random.Random(seed)
    told = {"unreadable": 0, "wrong": 0, "taken in": 0}
    slowest = 0.0
    for round_ in range(count):
        data = mutated(chance, round_)
        choices = {"cohort": cohort.pk} if chance.random() < 0.8 else {}
        for name in ("make_cohorts", "ignore_unknown"):
            if chance.random() < 0.5:
                choices[name] = "on"
        before, began = state(), time.process_time()
        sent = upload(client, data, **choices)
        slowest = max(slowest, time.process_time() - began)
        if sent.status_code == 422:
            told["unreadable"] += 1
            assert state() == before
            continue
        assert sent.status_code == 302
        looked = client.post(sent.url, {"act": "take", "seen": "nothing yet"})
        assert looked.status_code == 409
        assert state() == before
        if not looked.context["plan"].is_ready:
            told["wrong"] += 1
            continue
        answer = client.post(sent.url, {"act": "take", "seen": looked.context["seen"]})
        assert answer.status_code == 302
        told["taken in"] += 1
        run = ImportRun.objects.latest("pk")
        client.post(f"/people/import/runs/{run.pk}/undo/")
        assert ImportRun.objects.get(pk=run.pk).undone_at is not None
    figures = f"{told}, slowest {slowest:.2f} s of CPU"
    print(f"mutations {count}, seed {seed}: 0 × 5xx, 0 partial writes, {figures}")
    return told, slowest


def test_100_damaged_files_break_nothing():
    told, slowest = run_mutations(100, seed=5)

    assert sum(told.values()) == 100
    assert min(told.values()) > 10  # the mutations reach every outcome
    assert slowest < 5


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
def test_10_000_damaged_files_break_nothing(seed):
    told, slowest = run_mutations(2_000, seed=100 + seed)

    assert sum(told.values()) == 2_000
    assert slowest < 5


def test_damaged_spreadsheets_break_nothing():
    """Bytes of the XML inside are changed, and the archive is packed again."""
    chance = random.Random(7)
    good = book_of(("工号", "姓名"), ("A1", "李"), ("A2", 12.5))
    client = signed_in(make_instructor(cohort=make_cohort()))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for _n in range(60):
        name = chance.choice(sorted(entries))
        inside = bytearray(entries[name])
        for _m in range(chance.randrange(1, 6)):
            inside[chance.randrange(len(inside))] = chance.randrange(256)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for other, data in entries.items():
                archive.writestr(other, bytes(inside) if other == name else data)
        assert upload(client, out.getvalue()).status_code in (302, 422)


def test_a_dry_run_of_5000_rows_takes_less_than_five_seconds():
    cohort = make_cohort()
    teacher = make_instructor(cohort=cohort)
    rows = [
        (f"{n:06}", f"李{n}", f"138{n:08}", f"p{n}@a.cn", "中文", "2026年9月1日", f"w{n}")
        for n in range(5_000)
    ]
    table = table_of(*rows, header=("工号", "姓名", "手机", "邮箱", "语言", "入职", "企业微信"))
    began = time.perf_counter()
    plan = plan_for(teacher, table, Options(cohort_id=cohort.pk))
    took = time.perf_counter() - began
    print(f"dry run of 5,000 rows: {took:.2f} s")

    assert plan.counts["new"] == 5_000
    assert took < 5
