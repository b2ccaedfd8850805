"""Hostile texts in everything that people write around a class: on every page, in every message.

Names, reasons, plans, notes, answers, observations, words to a class, announcements, imports,
notices; mails, messengers, SMS, groups and the calendar feed.
"""

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar as ICalendar

from assignments.models import Assignee, Assignment, FieldNote, FollowUp, Observation, Plan, Rule
from outbox.channels import dingtalk, feishu, robots, sms, wecom
from outbox.kinds import KINDS, Mail, Row
from outbox.mailing import letter
from outbox.models import Message, Notice, Robot
from people.models import Blackout, Calendar, Cohort, ImportRun, SpecialDay, User
from quizzes.models import Quiz
from tests.payloads import PAYLOADS, dangers_in_page
from tests.people.import_tables import csv_of
from tests.test_access import client_of
from tests.world import make_world, our_addresses
from units.models import Course, Unit

EVERYTHING = "\n\n".join(one.replace("\x00", "") for one in PAYLOADS)
SCRIPT = "<script>alert(1)</script>"
HERE = "&lt;script&gt;alert(1)&lt;/script&gt;"
QUOTES = "\"'><img src=x onerror=alert(1)>"
# A page that holds text that somebody wrote, and who has to see it there, escaped.
SHOWN = {
    "instructor": {
        "assignments:assignments", "assignments:assignment", "assignments:new", "assignments:plan",
        "assignments:plans", "assignments:person", "assignments:change", "assignments:end",
        "cohorts:cohort", "cohorts:cohorts", "cohorts:message", "cohorts:extend",
        "cohorts:view_as", "following:field_note", "following:field_notes", "following:comparison",
        "importing:run", "importing:start", "inbox:announce", "organisation:invite",
        "organisation:members", "organisation:organisation", "organisation:people",
        "organisation:person", "organisation:edit_person",
    },
    "manager": {"cohorts:cohort", "cohorts:cohorts", "following:comparison", "organisation:person"},
    "trainee": {
        "home:today", "assignments:assignments", "inbox:inbox", "following:list",
        "following:comparison", "organisation:join",
    },
    "admin": {
        "deliveries:message", "organisation:calendar",
        "organisation:calendars", "organisation:settings", "organisation:deactivate",
    },
}  # fmt: skip


@pytest.fixture
def world(db, tmp_path):
    """The small world, with everything that people can write in it hostile."""
    world = make_world(tmp_path)
    cohort = Cohort.objects.get(slug=world.arguments["cohorts:cohort"][0])
    for number, one in enumerate(User.objects.all()):
        User.objects.filter(pk=one.pk).update(
            name=f"{SCRIPT}{number}", email=f"a{number}@mot.example", language="en"
        )
    Cohort.objects.filter(pk=cohort.pk).update(name=f"{SCRIPT}{QUOTES}"[:80])
    for model in (SpecialDay, Blackout):
        model.objects.update(why=SCRIPT)
    for number, calendar in enumerate(Calendar.objects.all()):
        Blackout.objects.create(
            calendar=calendar, why=SCRIPT, first_on=timezone.localdate(),
            last_on=timezone.localdate(),
        )  # fmt: skip
        Calendar.objects.filter(pk=calendar.pk).update(name=f"{SCRIPT}{number}")
    Plan.objects.filter(preset="").update(title_zh=SCRIPT, title_en=SCRIPT)
    Rule.objects.update(text_zh=SCRIPT, text_en=f"{SCRIPT}{QUOTES}")
    for model in (Course, Unit, Quiz):
        model.objects.update(title_zh=SCRIPT, title_en=SCRIPT)
    Assignment.objects.update(note=EVERYTHING[:1000])
    Assignee.objects.update(why=SCRIPT)
    Robot.objects.update(name=SCRIPT)
    FieldNote.objects.update(text=EVERYTHING[:2000])
    notice = Notice.objects.get()
    Notice.objects.filter(pk=notice.pk).update(
        title=SCRIPT, body=EVERYTHING, url="javascript:alert(1)"
    )
    ImportRun.objects.update(file_name=SCRIPT)
    for own in (True, False):
        Observation.objects.create(
            person=world.person("trainee"), is_self=own, course=Course.objects.get(), occurrence=0,
            observer=world.person("trainee" if own else "manager"), seen={}, note=EVERYTHING[:1000],
            language="en", observed_at=timezone.now(),
        )  # fmt: skip
    return world


@pytest.mark.parametrize("role", SHOWN)
def test_no_page_runs_what_somebody_wrote(world, role):
    client, wrong, showing = client_of(world.people[role]), {}, set()
    for name in sorted(our_addresses()):
        if name in ("account_logout", "admin:index", "mfa_activate_totp"):  # a QR code of ours
            continue
        for arguments in (world.arguments.get(name, []), *world.more.get(name, [])):
            url = reverse(name, args=arguments)
            response = client.get(url)
            if "text/html" not in response.get("Content-Type", "") or response.status_code != 200:
                continue
            html = response.content.decode()
            if found := dangers_in_page(html):
                wrong[url] = found
            if HERE in html:
                showing.add(name)

    assert wrong == {}
    assert SHOWN[role] - showing == set()  # the control: the text is there, as text


def test_a_notice_leads_nowhere_but_on_this_site(world):
    client = client_of(world.person("trainee"))
    url = reverse("inbox:open_notice", args=world.arguments["inbox:open_notice"])

    assert client.post(url)["Location"] == "/inbox/"


def test_the_table_of_a_dry_run_is_text(world):
    client = client_of(world.person("instructor"))
    header = ("Staff number", "Name", "Cohort", "E-mail")
    table = csv_of((SCRIPT, SCRIPT, QUOTES, SCRIPT), header=header)
    response = client.post("/people/import/", {"text": table, "absent": "keep"}, follow=True)
    assert response.status_code == 200, response.context["form"].errors
    html = response.content.decode()

    assert response.redirect_chain
    assert HERE in html
    assert dangers_in_page(html) == []


def test_an_export_runs_no_formula(world):
    User.objects.filter(pk=world.person("trainee").pk).update(name="=HYPERLINK(1)")
    client = client_of(world.person("instructor"))
    url = reverse("importing:export_csv", args=world.arguments["importing:export_csv"])
    cells = client.get(url).content.decode("utf-8-sig").replace('"', ",").split(",")

    assert not [cell for cell in cells if cell.startswith("=")]
    assert [cell for cell in cells if cell.endswith("=HYPERLINK(1)")]


HOSTILE = Mail(
    subject=f"{SCRIPT}\r\nBcc: everybody@evil.example",
    body=EVERYTHING,
    url="/inbox/",
    button=QUOTES,
    rows=(Row(SCRIPT, QUOTES, "/help/"),),
)


@pytest.fixture
def message(world):
    return Message.objects.filter(recipient=world.person("trainee"), kind="instructor_note").first()


def test_a_mail_holds_it_as_text(message):
    mail = letter(message, HOSTILE, "a@mot.example")
    html = mail.alternatives[0][0]

    assert "<script" not in html
    assert "<img src=x" not in html
    assert HERE in html
    head = mail.message().as_bytes().split(b"\n\n")[0].split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head


def test_messengers_and_sms_get_no_markup(message, settings):
    settings.WECOM_AGENT_ID, settings.DINGTALK_ROBOT_CODE = "1", "robot"
    card = wecom._body(message, HOSTILE, "a")["textcard"]
    assert "<" not in card["title"] + card["description"]

    param = json.loads(dingtalk._body(message, HOSTILE, "a")["msgParam"])
    assert "<" not in param["text"]
    assert "](" not in param["text"]

    def tags(part):
        if isinstance(part, dict):
            yield from [part["tag"]] if "tag" in part else []
            part = list(part.values())
        for one in part if isinstance(part, list) else []:
            yield from tags(one)

    assert set(tags(feishu._card(message, HOSTILE))) <= {"plain_text", "div", "action", "button"}
    assert "\n" not in sms.text_of(HOSTILE)


def test_a_group_is_not_called_together_by_a_text():
    mail = Mail('<at user_id="all">x</at>', '<at user_id="all">all</at>')

    assert "<at" not in robots._text(mail).translate(robots.NO_MENTIONS)


@pytest.mark.parametrize("kind", ["instructor_note", "note-answered", "announcement"])
def test_every_kind_renders_what_people_wrote_as_they_wrote_it(world, kind):
    """A kind escapes nothing: the channels do, once; so nothing is escaped twice."""
    note = FieldNote.objects.get()
    payloads = {
        "instructor_note": {"by": 1, "name": SCRIPT, "text": EVERYTHING, "cohort": 1},
        "note-answered": {"note": note.pk},
        "announcement": {
            "cohort": 1, "by": 1, "subjects": {"zh": SCRIPT, "en": SCRIPT},
            "texts": {"zh": EVERYTHING, "en": EVERYTHING},
        },
    }  # fmt: skip
    message = Message(
        kind=kind, payload=payloads[kind], recipient=world.person("trainee"), message_id="<a@b>"
    )
    if KINDS[kind].prepare:
        KINDS[kind].prepare([message])
    mail = KINDS[kind].render(message, "en")

    assert "&lt;" not in f"{mail.subject}{mail.body}{mail.rows}"
    html = letter(message, mail, "a@mot.example").alternatives[0][0]
    assert "<script" not in html


def test_a_calendar_holds_the_titles_as_one_line_each(world):
    Unit.objects.update(title_en=f"{SCRIPT}; , \\ BEGIN:VALARM")
    url = reverse("feed:feed", args=world.arguments["feed:feed"])
    read = ICalendar.from_ical(client_of(None).get(url).content)
    events = list(read.walk("VEVENT"))

    assert len(events) > 3
    assert any("BEGIN:VALARM" in str(one["summary"]) for one in events)
    assert all(str(one["url"]).startswith("https://mot.example/") for one in events)
    assert FollowUp.objects.exists()
