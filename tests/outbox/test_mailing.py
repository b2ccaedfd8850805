"""The mail itself, read by the standard library's parser as a mail program would."""

import email
from email import policy

import pytest
from django.core.mail import BadHeaderError
from django.utils import translation

from outbox import unsubscribing
from outbox.kinds import KINDS, Mail, MessageKind, Row
from outbox.mailing import as_text, compiled, letter
from outbox.models import Message
from people.models import User

MAIL = Mail(
    subject="Two things are due",
    body="Hello Li Na,\n\nTwo exercises <b>wait</b> for you & me.",
    url="/today/?a=1&b=2",
    button="Go on",
    rows=(Row("Unit 3 “Offer”", "Due on Thursday", "/courses/"), Row("A case", "", "")),
)


@pytest.fixture
def kinds(monkeypatch):
    def nothing(messages):
        return {}

    for slug, may_silence in (("silent", True), ("loud", False)):
        kind = MessageKind(slug, nothing, lambda m, language: MAIL, may_silence=may_silence)
        monkeypatch.setitem(KINDS, slug, kind)


def made(kind="silent", mail=MAIL, language="en", to="li.na@mot.example"):
    message = Message(
        pk=1, kind=kind, channel="email", message_id="<fixed@mot.example>", recipient=User(pk=7)
    )
    with translation.override(language):
        raw = letter(message, mail, to).message().as_bytes(linesep="\r\n")
    return email.message_from_bytes(raw, policy=policy.default)


def parts(mail):
    """The two texts; a mail's lines end in CRLF."""
    texts = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    return [text.replace("\r\n", "\n") for text in texts]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_mail_has_a_plain_and_an_html_part_with_one_button(kinds, language):
    mail = made(language=language)

    plain, html = parts(mail)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not mail.defects
    assert "https://mot.example/today/?a=1&b=2" in plain
    assert "- Unit 3 “Offer”\n  Due on Thursday\n  https://mot.example/courses/" in plain
    assert html.count('class="button"') == 1
    assert 'href="https://mot.example/today/?a=1&amp;b=2"' in html


def test_the_headers_that_machines_read(kinds):
    mail = made()

    assert mail["Message-ID"] == "<fixed@mot.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "li.na@mot.example"
    assert mail["Subject"] == "Two things are due"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].removeprefix("<https://mot.example/unsubscribe/")
    wish = unsubscribing.read(token.removesuffix("/>"))
    assert wish == unsubscribing.Wish(person_id=7, kind="silent", channel="email")


def test_what_cannot_be_silenced_offers_no_way_to_stop_it(kinds):
    mail = made("loud")

    plain, html = parts(mail)
    assert mail["List-Unsubscribe"] is None
    assert "unsubscribe" not in plain + html


def test_a_token_that_is_not_ours_stops_nothing():
    token = unsubscribing.token_for(7, "silent", "email")

    assert unsubscribing.read(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert unsubscribing.read("") is None


def test_chinese_is_read_as_it_was_written(kinds):
    subject = "本周有两项任务到期，" * 20
    text = "李娜，您好：\n\n" + "您的课程里有两项练习还没完成。" * 200
    mail = made(mail=Mail(subject, text, "/", "接着学"), language="zh-hans")

    plain, html = parts(mail)
    assert mail["Subject"] == subject
    assert plain.startswith(text + "\n\n接着学")
    assert 'lang="zh-Hans"' in html
    assert "您的课程里有两项练习还没完成。" in html
    assert max(len(line) for line in bytes(mail).split(b"\n")) < 998


def test_text_from_people_stays_text(kinds):
    _plain, html = parts(made())

    assert "&lt;b&gt;wait&lt;/b&gt; for you &amp; me" in html
    assert "{%" not in html
    assert "{{" not in html


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x1c"])
def test_no_subject_begins_a_header_of_its_own(kinds, line_end):
    mail = made(mail=Mail(f"Hello{line_end}Bcc: all@mot.example", "x"))

    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: all@mot.example"


def test_no_address_begins_a_header_of_its_own(kinds):
    with pytest.raises((BadHeaderError, ValueError)):
        made(to="a@mot.example\nBcc: b@mot.example")


def test_styles_stand_in_the_tags_and_nothing_is_loaded(kinds):
    _plain, html = parts(made())

    assert 'style="' in html
    assert "<link" not in html
    assert "<script" not in html
    assert "<img" not in html
    assert "url(" not in html
    assert html.count("<style") == 1  # for dark screens; the rest is in the tags


def test_styles_are_written_into_the_tags_once(kinds):
    compiled.cache_clear()
    for _ in range(5):
        made()
        made(language="zh-hans")

    assert compiled.cache_info().misses == 2


def test_a_plain_mail_ends_with_why_it_came(kinds):
    from outbox.mailing import Words

    text = as_text(Mail("s", "Hello."), Words("Because.", ""))

    assert text == "Hello.\n\n-- \nBecause.\n"
