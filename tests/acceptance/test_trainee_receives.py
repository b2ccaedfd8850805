"""What a trainee gets: a mail, a line in the inbox, a message by messenger, a calendar's date."""

import re
from datetime import date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from assignments.models import Plan
from outbox.models import Message, Notice
from people.models import MessengerAccount
from tests.acceptance.days import (
    a_minute_passes,
    at_hour,
    browser_of,
    mails_to,
    plain_of,
    read_lessons,
    text_of,
)
from tests.assignments.making import assignee_of, make_assignment, make_calendar
from tests.factories import PASSWORD, make_cohort, make_instructor, make_trainee
from units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://mot.example"
DUE = date(2026, 3, 12)
LESSON = "/units/first/one/"


class Seen(HTMLParser):
    """What a mail program shows of HTML: its words and its links, without what is not shown."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.buttons, self.skips, self.in_button = [], [], [], 0, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.skips += tag in ("style", "title")
        self.in_button |= tag == "td" and about.get("class") == "button"
        if tag == "a":
            (self.buttons if self.in_button else self.links).append(about["href"])

    def handle_endtag(self, tag):
        self.skips -= tag in ("style", "title")
        self.in_button &= tag != "td"

    def handle_data(self, data):
        if not self.skips and data.strip():
            self.words.append(" ".join(data.split()))


def assign(*people, mandatory=True, cohort=None):
    """The unit, with the standard plan, as on Monday morning before nine."""
    return make_assignment(
        what=Unit.objects.get(),
        people=people,
        cohort=cohort,
        plan=Plan.objects.get(preset="standard"),
        mandatory=mandatory,
        due_on=DUE,
    )


@pytest.fixture
def trainee(course):
    with at_hour("2026-03-02 08:00"):
        make_calendar(is_default=True)
        return make_trainee(
            username="lina",
            name="李娜",
            email="lina@mot.example",
            password=PASSWORD,
            language="en",
        )


@pytest.fixture
def mail(trainee, post):
    """The mail that came on the first morning."""
    with at_hour("2026-03-02 08:30"):
        assign(trainee)
    with at_hour("2026-03-02 09:01"):
        pass
    (found,) = mails_to(post, "lina@mot.example")
    return found


# --- the mail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_parts_of_the_mail_say_the_same_and_have_one_button(trainee, post, language):
    trainee.language = language
    trainee.save()
    with at_hour("2026-03-02 08:30"):
        assign(trainee)
    with at_hour("2026-03-02 09:01"):
        pass
    (mail,) = mails_to(post, "lina@mot.example")

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not mail.defects
    assert not [defect for part in mail.iter_parts() for defect in part.defects]
    plain, html = plain_of(mail), Seen(mail.get_body(["html"]).get_content())
    said = re.sub(r"https://\S+|[-:：\s]", "", plain)
    for words in html.words:
        if words not in ("MOT Course", "关键时刻", mail["Subject"]):
            assert re.sub(r"[-:：\s]", "", words) in said, words
    assert html.buttons == [f"{SITE}{LESSON}"]
    assert {*html.links, *html.buttons} - {f"{SITE}/"} == set(re.findall(r"https://\S+", plain))
    assert mail["Subject"] == ("Unit one" if language == "en" else "第一单元")


def test_machines_can_tell_the_mail_apart_and_stop_it(mail, trainee):
    message = Message.objects.get(recipient=trainee, channel="email", state="sent")
    assert mail["Message-ID"] == message.message_id
    assert re.fullmatch(r"<[\w.-]+@mot\.example>", mail["Message-ID"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith(f"<{SITE}/unsubscribe/")
    assert mail["To"] == "lina@mot.example"


def button_of(mail):
    (link,) = Seen(mail.get_body(["html"]).get_content()).buttons
    return link.removeprefix(SITE)


def test_the_button_asks_who_is_signed_out_and_leads_on_to_the_lesson(mail):
    with at_hour("2026-03-02 12:00"):
        browser = Client(headers={"accept-language": "en"})

        asked = browser.get(button_of(mail))
        assert asked.status_code == 302
        assert asked.url.startswith("/accounts/login/?next=")
        form = browser.get(asked.url)
        onward = re.search(r'name="next" value="([^"]*)"', form.content.decode())
        entered = browser.post(
            asked.url,
            {"login": "lina", "password": PASSWORD, "remember": "on", "next": onward[1]},
        )

        assert entered.url == LESSON
        assert "Lesson one" in text_of(browser.get(entered.url))


def test_the_button_leads_whoever_is_signed_in_there_at_once(mail, trainee):
    with at_hour("2026-03-02 12:00"):
        page = browser_of(trainee).get(button_of(mail))

        assert page.request["PATH_INFO"] == LESSON
        assert "Lesson one" in text_of(page)


def test_the_button_leads_to_where_the_person_has_stopped_by_then(mail, trainee, post):
    with at_hour("2026-03-02 12:00"):
        read_lessons(browser_of(trainee), "first")
    with at_hour("2026-03-09 09:01"):
        pass
    later = mails_to(post, "lina@mot.example")[-1]

    assert button_of(later) == "/units/first/"  # only the check is left, and stands there


# --- stopping it ------------------------------------------------------------------------------


def one_click(mail):
    """What a mail program does when its reader presses "unsubscribe" (RFC 8058)."""
    address = mail["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    return Client(enforce_csrf_checks=True).post(
        address,
        mail["List-Unsubscribe-Post"],
        content_type="application/x-www-form-urlencoded",
    )


@pytest.mark.parametrize("mandatory", [True, False])
def test_one_click_stops_what_is_voluntary_and_says_that_mandatory_goes_on(
    trainee, post, mandatory
):
    with at_hour("2026-03-02 08:30"):
        assign(trainee, mandatory=mandatory)
    with at_hour("2026-03-02 09:01"):
        (mail,) = mails_to(post, "lina@mot.example")
        answer = one_click(mail)
        assert answer.status_code == 200
    with at_hour("2026-03-09 09:01"):
        mails, notices = (
            mails_to(post, "lina@mot.example"),
            Notice.objects.filter(recipient=trainee),
        )

    assert notices.count() == 2  # the inbox has everything, come what may
    assert len(mails) == (2 if mandatory else 1)
    browser = Client(headers={"accept-language": "en"})
    assert "Reminders of mandatory training go on" in text_of(
        browser.get(mail["List-Unsubscribe"].strip("<>").removeprefix(SITE))
    )


# --- the inbox and the messengers -------------------------------------------------------------


def test_the_inbox_says_the_same_and_leads_to_the_same_lesson(mail, trainee):
    with at_hour("2026-03-02 12:00"):
        browser = browser_of(trainee)
        inbox = browser.get("/inbox/")
        assert mail["Subject"] in text_of(inbox)
        assert "Due Thu 12 Mar, 23:59 (Asia/Shanghai)" in plain_of(mail)
        assert "Due Thu 12 Mar, 23:59 (Asia/Shanghai)" in text_of(inbox)
        assert "1 unread" in text_of(inbox)

        opened = browser.post(f"/inbox/{Notice.objects.get().pk}/")

        assert opened.url == LESSON
        assert "1 unread" not in text_of(browser.get("/inbox/"))


def words_sent(taken):
    """The words and the address in a message, in whichever shape a service asks for them."""
    return str(taken.body)


def test_whoever_has_no_mail_gets_it_by_their_company_messenger(trainee, post, messengers):
    people = {}
    with at_hour("2026-03-02 08:30"):
        for channel in ("wecom", "dingtalk", "feishu"):
            people[channel] = make_trainee(name=channel, language="en")
            MessengerAccount.objects.create(
                person=people[channel], channel=channel, account=f"ok-{channel}"
            )
        assign(*people.values())
    with at_hour("2026-03-02 09:01"):
        a_minute_passes()  # and once more: nobody gets it twice

    assert post.taken == []
    assert messengers.complaints == []
    for channel, person in people.items():
        (taken,) = [one for one in messengers.ledger if one.service == channel]
        assert taken.to == f"ok-{channel}"
        assert "Unit one" in words_sent(taken)
        assert f"{SITE}{LESSON}" in words_sent(taken)
        assert Notice.objects.get(recipient=person).url == LESSON


# --- the calendar -----------------------------------------------------------------------------


def events_of(feed):
    """The events of a feed as a calendar program reads them."""
    answer = Client().get(feed)
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_due_date_stands_in_the_calendar_and_moves_with_an_extension(trainee):
    with at_hour("2026-03-02 08:30"):
        cohort = make_cohort(name="Front desk", tz="Europe/Paris")
        teacher = make_instructor(cohort=cohort)
        cohort.memberships.create(person=trainee, joined_on=date(2026, 1, 5))
        assignment = assign(cohort=cohort)
        made = browser_of(trainee).post("/me/calendar/make/")
        feed = re.search(rf"{SITE}(/calendar/[\w-]+\.ics)", made.content.decode())[1]
        (before,) = events_of(feed)
    with at_hour("2026-03-10 10:00"):
        page = f"/assignments/{assignment.pk}/people/lina/"
        changed = browser_of(teacher).post(
            page, {"act": "extend", "to": "2026-03-31", "why": "On leave"}
        )
        assert changed.status_code == 302
        (after,) = events_of(feed)

    paris = ZoneInfo("Europe/Paris")
    assert before["DTSTART"].dt == datetime(2026, 3, 12, 23, 59, tzinfo=paris)
    assert after["DTSTART"].dt == datetime(2026, 3, 31, 23, 59, tzinfo=paris)  # summer time by then
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (before["SUMMARY"], after["SUMMARY"]) == ("[due] Unit one", "[extended] Unit one")
    assert [alarm["ACTION"] for alarm in after.walk("VALARM")] == ["DISPLAY"]
    assert assignee_of(assignment, trainee).extended_to == date(2026, 3, 31)
