"""What holds at every address, whoever comes: forgery, headers, odd queries, foreign fields, links.

Who gets what at all stands in test_access.py.
"""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assignments.models import FieldNote, Plan
from cases.models import WriteUp
from people.models import CohortStaff, Invitation, User
from quizzes.models import Answer
from tests.test_access import client_of
from tests.test_headers import POLICY, policy
from tests.world import make_world, our_addresses

ROOT = Path(__file__).parent.parent
APPS = ("people", "quizzes", "cases", "units", "assignments", "home")
# A programme of the mail's reader posts here without a session: the token is the right to do it.
WITHOUT_TOKEN = {"inbox:unsubscribe"}
LOGOUT = "account_logout"
# The world's admin has a second factor without the codes that come with a real one.
SKIPPED = ("/static/", "/admin/", "/accounts/2fa/recovery-codes/")


@pytest.fixture
def world(db, tmp_path):
    return make_world(tmp_path)


def urls(world, names=None):
    """Every address by its name, with all arguments we have for it."""
    for name in sorted(names or our_addresses()):
        for arguments in (world.arguments.get(name, []), *world.more.get(name, [])):
            yield name, reverse(name, args=arguments)


@pytest.mark.parametrize("role", ["trainee", "admin"])
def test_without_its_token_no_form_is_taken(world, role):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.person(role))

    # What takes in files asks first who comes, then for the token: 404 to strangers.
    refused = {403, 404, 405}
    taken = {name for name, url in urls(world) if client.post(url).status_code not in refused}

    assert taken == WITHOUT_TOKEN


@pytest.mark.parametrize("role", ["trainee", "admin"])
def test_every_address_answers_with_all_headers(world, role):
    client, missing = client_of(world.people[role]), {}
    for name, url in urls(world):
        if name == LOGOUT:
            continue
        response = client.get(url)
        kept = response.get("Cache-Control", "")
        vary = {one.strip() for one in response.get("Vary", "").split(",")}
        wrong = [
            word
            for word, is_right in {
                "policy": policy(response) == POLICY,
                "framing": response.get("X-Frame-Options") == "DENY",
                "types": response.get("X-Content-Type-Options") == "nosniff",
                "referrer": response.get("Referrer-Policy") in ("same-origin", "no-referrer"),
                "cache": kept.startswith("private") or "no-store" in kept or "no-cache" in kept,
                "vary": {"Cookie", "HX-Request"} <= vary,
            }.items()
            if not is_right
        ]
        if wrong:
            missing[name] = wrong

    assert missing == {}


def asked_names():
    """The parameters that any view reads from an address."""
    found = {"q", "state", "channel", "role", "cohort", "page", "year", "on", "focus", "kind"}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'(?:GET|asked|data)\.get(?:list)?\("(\w+)"', text))
    return sorted(found)


ODD = ["\x00", "9" * 30, "-1", "99999-02-30", "<script>alert(1)</script>' OR 1=1 ٣%"]


def test_no_odd_query_makes_an_error_of_ours(world):
    names = asked_names()
    assert len(names) > 20
    clients = {role: client_of(world.people[role]) for role in ("admin", "instructor", "trainee")}
    broken = []
    for name, url in urls(world):
        if name == LOGOUT:
            continue
        client = next((one for one in clients.values() if one.get(url).status_code == 200), None)
        for value in ODD if client else ():
            if client.get(url, dict.fromkeys(names, value)).status_code >= 500:
                broken.append((name, value))

    assert broken == []


# What nobody may set by sending it along; the rest makes the forms that take it complete.
FOREIGN = {
    "is_staff": "1", "is_superuser": "1", "is_active": "", "role": "admin", "time_factor": "9",
    "username": "root", "groups": "1", "user_permissions": "1", "preset": "standard", "erased_at":
    "2026-01-01", "duty": "instructor", "uses_left": "999", "made_by": "1", "by": "1",
    "archived_at": "2026-01-01", "cancelled_at": "2026-01-01", "version": "1", "revision": "1",
    "name": "A Name", "tz": "Asia/Shanghai", "language": "en", "days": "7", "uses": "5", "text":
    "Words.", "why": "A reason.", "act": "save", "met": "yes", "title_zh": "题", "title_en": "T",
    "quiet_from": "21:00", "quiet_to": "08:00", "max_count": "3", "subject_zh": "题", "subject_en":
    "T", "text_zh": "文", "text_en": "Words", "once": "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
}  # fmt: skip


def rights():
    """Who may what, as it is stored."""
    people = User.objects.order_by("pk").values_list(
        "pk", "username", "role", "is_active", "time_factor"
    )
    duties = CohortStaff.objects.order_by("pk").values_list("cohort", "person", "duty")
    plans = Plan.objects.order_by("pk").values_list("pk", "preset", "made_by")
    doors = Invitation.objects.order_by("pk").values_list("pk", "role", "uses_left", "made_by")
    return list(people), list(duties), list(plans), list(doors)


@pytest.mark.parametrize("role", ["manager", "instructor"])
def test_fields_that_are_sent_along_give_nobody_rights(world, role):
    client, before, given = client_of(world.people[role]), rights(), {}
    for name, url in urls(world):
        if name in (LOGOUT, "importing:undo"):  # undoing shuts out whom the import took in
            continue
        with transaction.atomic():
            response = client.post(url, FOREIGN | {"cohort": world.arguments["teams:teams"][0]})
            after = rights()
            transaction.set_rollback(True)
        assert response.status_code < 500, name
        if after != before:
            people, _duties, plans, doors = (
                [row for row in new if row not in old]
                for old, new in zip(before, after, strict=True)
            )
            # What an instructor makes anew is a trainee, a plan of their own, a trainee's door.
            me, teacher = world.person(role).pk, world.person("instructor").pk
            fine = (
                all(row[2:] == ("trainee", True, 1) for row in people)
                and after[1] == before[1]
                and all(row[1:] == ("", me) for row in plans)
                and all(row[1] == "trainee" and row[2] < 6 and row[3] == teacher for row in doors)
            )
            if not fine:
                given[name] = (people, plans, doors)

    assert given == {}


@pytest.mark.parametrize("role", ["trainee", "manager", "instructor", "admin"])
def test_no_page_offers_what_its_reader_may_not_open(world, role):
    client, seen, dead = client_of(world.people[role]), {}, set()
    pages = [url for name, url in urls(world) if name not in (LOGOUT, "admin:index")]
    for url in pages:
        response = client.get(url)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        for link in re.findall(r'<a [^>]*href="([^"]+)"', response.content.decode()):
            path = urlsplit(urljoin(url, link.replace("&amp;", "&")))
            if path.scheme or path.netloc or path.path.startswith(SKIPPED):
                continue
            address = path.path + (f"?{path.query}" if path.query else "")
            if address not in seen:
                seen[address] = client.get(address).status_code
            if seen[address] >= 400:
                dead.add((url, address, seen[address]))

    assert dead == set()
    assert len(seen) > 20


CANARY = "quiet-canary"


def test_a_manager_reads_nobodys_texts_and_addresses(world):
    """And an instructor by role who only manages a class is no more than a manager there."""
    trainee, manager = world.person("trainee"), world.person("manager")
    User.objects.filter(pk=trainee.pk).update(email=f"{CANARY}@mot.example", phone=CANARY)
    WriteUp.objects.update(title=CANARY, note=CANARY)
    FieldNote.objects.update(text=CANARY, reply=CANARY)
    Answer.objects.filter(response__has_key="text").update(response={"text": CANARY})
    told = {}
    for as_instructor in (False, True):
        if as_instructor:
            User.objects.filter(pk=manager.pk).update(role=User.Role.INSTRUCTOR)
        client = client_of(User.objects.get(pk=manager.pk))
        for name, url in urls(world):
            if name == LOGOUT:
                continue
            for query in ("", "?show=all&state=all"):
                if CANARY in client.get(url + query).content.decode("utf-8", "replace"):
                    told[url] = name
        found = client.get("/people/", {"q": CANARY}).content.decode()
        if trainee.username in found:
            told["/people/?q="] = "found by an address that is not theirs to see"

    assert told == {}
    teacher = client_of(world.person("instructor"))
    assert CANARY in teacher.get(f"/people/{trainee.username}/").content.decode()  # the control
