"""The inbox: what it shows, and that only its owner and only on purpose marks it read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from outbox.models import Notice
from people.forgetting import forget_what_is_over
from people.inbox import count_unread
from tests.factories import make_trainee
from tests.people.telling_world import make_notice, register_news

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    register_news()
    person = make_trainee(language="en")
    client.force_login(person)
    return person


def page(client, address="/inbox/"):
    return client.get(address).content.decode()


def test_an_empty_inbox_says_what_will_stand_there(client, person):
    assert "Nothing has come in yet" in page(client)


def test_newest_first_and_unread_is_said_in_a_word(client, person):
    make_notice(person, title="The older one", read_at=timezone.now())
    make_notice(person, title="The newer one")

    text = page(client)

    assert text.index("The newer one") < text.index("The older one")
    assert text.count('class="unread"') == text.count("<b>Unread</b>") == 1
    assert "1 unread message." in text


def test_looking_reads_nothing(client, person):
    make_notice(person)

    page(client)

    assert count_unread(person) == 1


def test_opening_marks_as_read_and_leads_on(client, person):
    notice = make_notice(person, url="/help/")

    response = client.post(f"/inbox/{notice.pk}/")

    assert (response.status_code, response["Location"]) == (302, "/help/")
    assert count_unread(person) == 0


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/", "\\\\evil"])
def test_opening_leads_nowhere_else(client, person, url):
    notice = make_notice(person, url=url)

    assert client.post(f"/inbox/{notice.pk}/")["Location"] == "/inbox/"


def test_a_get_of_a_notice_is_refused(client, person):
    notice = make_notice(person)

    assert client.get(f"/inbox/{notice.pk}/").status_code == 405
    assert count_unread(person) == 1


def test_reading_again_keeps_the_first_time(client, person):
    notice = make_notice(person, read_at=datetime(2026, 9, 1, tzinfo=UTC))

    client.post(f"/inbox/{notice.pk}/")

    notice.refresh_from_db()
    assert notice.read_at == datetime(2026, 9, 1, tzinfo=UTC)


def test_another_persons_notice_is_not_there(client, person):
    other = make_notice(make_trainee(), title="Not yours")

    assert client.post(f"/inbox/{other.pk}/").status_code == 404
    assert "Not yours" not in page(client)
    other.refresh_from_db()
    assert other.read_at is None


def test_all_that_was_seen_is_marked_and_nothing_newer(client, person):
    seen = [make_notice(person) for _ in range(3)]
    newer = make_notice(person)
    others = make_notice(make_trainee())

    client.post("/inbox/read/", {"up_to": seen[-1].pk})

    unread = set(Notice.objects.filter(read_at=None))
    assert unread == {newer, others}


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 30])
def test_nonsense_marks_nothing(client, person, up_to):
    make_notice(person)

    assert client.post("/inbox/read/", {"up_to": up_to}).status_code == 302
    assert count_unread(person) == 1


def test_thirty_stand_on_a_page(client, person):
    for n in range(31):
        make_notice(person, title=f"Number {n};")

    first, second = page(client), page(client, "/inbox/?page=2")

    assert "Number 0;" not in first
    assert ("Number 30;" in first, "Number 0;" in second, "Page 2 of 2" in second) == (True,) * 3


@pytest.mark.parametrize("number", ["0", "99", "x", "-1"])
def test_a_page_that_is_not_there_is_the_nearest(client, person, number):
    make_notice(person, title="Here")

    assert "Here" in page(client, f"/inbox/?page={number}")


def test_the_words_of_a_notice_are_shown_and_never_run(client, person):
    make_notice(person, title="<b>t</b>", body="<script>alert(1)</script>")

    text = page(client)

    assert "&lt;b&gt;t&lt;/b&gt;" in text
    assert "<script>alert" not in text


def test_a_full_page_costs_what_one_notice_costs(client, person, django_assert_max_num_queries):
    make_notice(person)
    page(client)
    with django_assert_max_num_queries(7) as one:
        page(client)
    for _ in range(29):
        make_notice(person)

    with django_assert_max_num_queries(7) as many:
        page(client)

    assert len(one) == len(many)


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/inbox/").status_code == 302
    assert client.post("/inbox/1/").status_code == 302


def test_after_ninety_days_a_notice_is_forgotten(person):
    old = make_notice(person, at=timezone.now() - timedelta(days=91))
    young = make_notice(person, at=timezone.now() - timedelta(days=89))

    forget_what_is_over()

    assert list(Notice.objects.all()) == [young]
    assert old != young
