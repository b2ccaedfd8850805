"""Before feedback is released no byte sent to a trainee tells a key, a reason or another's work.

Every secret field of every kind holds a canary; a trainee in the middle of it all, with others'
finished work around, reads every address and sends every form wrongly; then grep.
"""

import json
import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cases.models import Case, WriteUp
from cases.publishing import publish_revision
from quizzes.kinds import KINDS
from quizzes.models import Attempt, Mark, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.cases.test_releasing import CONTENT
from tests.factories import make_instructor, make_trainee
from tests.quizzes.making import fields_for
from tests.world import make_world, our_addresses

# What an author writes for afterwards. A reply's and an ending's words come with the turns.
SECRET = {
    "explanation", "misconception", "feedback", "why", "how", "expert", "model_line", "model",
    "summary",
}  # fmt: skip
CANARY = {"zh": "canary-zh", "en": "canary-en"}
PEER = "peer-canary"


def canaried(value, key=""):
    if key in SECRET and value is not None:
        return CANARY
    if isinstance(value, dict):
        return {name: canaried(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [canaried(one) for one in value]
    return value


def secret_content(kind):
    content = canaried(json.loads(json.dumps(kind.sample_content)))
    if kind.slug == "dialogue":
        for node in content["nodes"]:
            if node["id"] != content["start"]:
                node["says"] = CANARY
        for ending in content["endings"]:
            ending["says"] = CANARY
    return content


@pytest.fixture
def place(db, tmp_path):
    """The world, and a case with an exercise of every kind that others have done already."""
    world = make_world(tmp_path)
    document = canaried(CONTENT) | {
        "exercises": [
            {"id": f"every-{kind.slug.replace('_', '-')}", "kind": kind.slug} | secret_content(kind)
            for kind in KINDS.values()
        ],
        "summary": {"zh": "概要", "en": "Summary"},
    }
    publish_revision(case=Case(slug="canaries"), content=document)
    quiz = Quiz.objects.get(slug="case-canaries")
    for _ in range(6):
        _do_everything(quiz, make_trainee(), text=PEER)
    return world, quiz, start_attempt(quiz=quiz, trainee=world.person("trainee"))


def _do_everything(quiz, trainee, *, text):
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    for answer in attempt.answers.select_related("revision"):
        kind = KINDS[answer.revision.kind]
        response = json.loads(json.dumps(kind.sample_response))
        if "text" in response:
            response["text"] = text
        if "texts" in response:
            response["texts"] = dict.fromkeys(response["texts"], text)
        answer.response = response
        answer.save()
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    for answer in attempt.answers.filter(needs_mark=True):
        Mark.objects.create(
            answer=answer, number=1, marker=make_instructor(), levels={}, outcome="marked",
            why=text, language="en", comments=[{"part": "", "from": 0, "to": 1, "quote": text,
            "text": text}],
        )  # fmt: skip
    WriteUp.objects.create(author=trainee, title=text, note=text, language="en")


def leaks(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    told = body.decode("utf-8", "replace") + str(response.headers)
    return sorted(set(re.findall(r"(?:peer-)?canary-?\w*", told)))


def test_no_address_tells_anything_before_the_feedback(place):
    world, quiz, attempt = place
    client = Client(raise_request_exception=False)
    client.force_login(world.person("trainee"))
    more = {
        "quizzes:quiz": [quiz.slug], "quizzes:attempt": [attempt.pk], "quizzes:ticket":
        [attempt.pk], "cases:case": ["canaries"],
    }  # fmt: skip
    told = {}
    for name in sorted(our_addresses()):
        if name in ("account_logout", "quizzes:submit"):
            continue
        own = world.arguments.get(name, [])
        for arguments in (own, more.get(name), *world.more.get(name, [])):
            if arguments is None:
                continue
            try:
                url = reverse(name, args=arguments)
            except NoReverseMatch:
                pytest.fail(f"{name} has no arguments in tests/world.py")
            for query in ("", "?review=1&at=3", "?release=1&reveal=1&print=1"):
                if found := leaks(client.get(url + query)):
                    told["GET " + url + query] = found
    for position in range(1, attempt.answers.count() + 1):
        url = f"/quizzes/attempts/{attempt.pk}/answers/{position}/"
        for path in (url, url + "check/", url + "turn/", url + "parts/event/"):
            for data in ({}, {"ticket": "x"}, {"reveal": "1", "checked_at": "1"}):
                if found := leaks(client.post(path, data)):
                    told["POST " + path] = found
    assert told == {}
    assert Attempt.objects.get(pk=attempt.pk).submitted_at is None


def test_a_save_and_a_refused_check_tell_nothing(place):
    world, _quiz, attempt = place
    client = Client(raise_request_exception=False)
    client.force_login(world.person("trainee"))
    page = client.get(f"/quizzes/attempts/{attempt.pk}/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    for answer in attempt.answers.select_related("revision", "exercise"):
        kind = KINDS[answer.revision.kind]
        if kind.takes_turns or kind.saves_parts:
            continue
        fields = fields_for(answer, kind.sample_response) | {"ticket": ticket, "n": "1"}
        url = f"/quizzes/attempts/{attempt.pk}/answers/{answer.position}/"
        assert leaks(client.post(url, fields)) == [], kind.slug
        assert leaks(client.post(url, fields | {"ticket": ticket, "n": "0"})) == [], kind.slug
    assert leaks(client.get(f"/quizzes/attempts/{attempt.pk}/?review=1")) == []


def test_the_canaries_sing_once_the_feedback_is_released(place):
    """The control: the same places tell everything afterwards, so the crawl can see it."""
    world, _quiz, attempt = place
    trainee = world.person("trainee")
    for answer in attempt.answers.select_related("revision"):
        answer.response = KINDS[answer.revision.kind].sample_response
        answer.save()
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    client = Client()
    client.force_login(trainee)

    result = leaks(client.get(f"/quizzes/attempts/{attempt.pk}/"))

    assert "peer-canary" in result  # how others put it
    assert {"canary-zh", "canary-en"} & set(result)
    assert leaks(client.get("/cases/canaries/")) != []
