"""Saving part by part: two devices, a submission at the same moment, whatever is typed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from quizzes.answering import AttemptIsClosed
from quizzes.kinds import KINDS
from quizzes.models import Answer
from quizzes.parts import NewerPartExists, save_part
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.making import make_attempt, make_bank, make_exercise, make_quiz


def make_writing(trainee=None, **fields):
    content = dict(KINDS["writing"].sample_content)
    content["parts"] = [
        dict(part, aim_from=0, aim_to=200, at_most=500) for part in content["parts"]
    ]
    exercise = make_exercise("writing", content=content)
    return make_attempt(make_quiz(make_bank(exercise), **fields), trainee)


def address(attempt, part="event"):
    return f"/quizzes/attempts/{attempt.pk}/answers/1/parts/{part}/"


@pytest.fixture
def trainee(db):
    return make_trainee(language="en")


@pytest.fixture
def client(trainee):
    client = Client()
    client.force_login(trainee)
    return client


def stored(attempt):
    return attempt.answers.get(position=1).response


def test_a_part_is_saved_and_counted(client, trainee):
    attempt = make_writing(trainee)

    first = client.post(address(attempt), {"text": "客人来了", "version": 0})
    second = client.post(address(attempt), {"text": "客人走了", "version": 1})

    assert (first.status_code, first.json()) == (200, {"saved": True, "version": 1})
    assert second.json() == {"saved": True, "version": 2}
    assert stored(attempt) == {"texts": {"event": "客人走了"}, "versions": {"event": 2}}


def test_the_same_save_sent_twice_is_a_success_twice(client, trainee):
    attempt = make_writing(trainee)

    replies = [client.post(address(attempt), {"text": "a", "version": 0}) for _ in range(2)]

    assert [one.json() for one in replies] == [{"saved": True, "version": 1}] * 2


def test_two_devices_write_two_parts_and_neither_is_lost(client, trainee):
    attempt = make_writing(trainee)

    client.post(address(attempt), {"text": "phone", "version": 0})
    client.post(address(attempt, "insight"), {"text": "desk", "version": 0})

    assert stored(attempt)["texts"] == {"event": "phone", "insight": "desk"}


def test_two_devices_write_the_same_part_and_the_second_gets_both_texts(client, trainee):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "phone", "version": 0})

    refused = client.post(address(attempt), {"text": "desk", "version": 0})

    assert refused.status_code == 409
    assert refused.json() == {"error": "newer", "text": "phone", "version": 1}
    assert stored(attempt)["texts"] == {"event": "phone"}


@pytest.mark.parametrize(
    "text",
    [
        "🙂👩‍👩‍👧 好",
        "مرحبا بالضيف",
        "\u202eright to left",
        "'; DROP TABLE --",
        '{"a": 1} %s',
        "a\u2028b",
        "</textarea><script>x",
    ],
)
def test_whatever_is_typed_comes_back_as_it_was(client, trainee, text):
    attempt = make_writing(trainee)

    client.post(address(attempt), {"text": text, "version": 0})

    assert stored(attempt)["texts"]["event"] == text
    page = client.get(f"/quizzes/attempts/{attempt.pk}/").content.decode()
    assert "<script>x" not in page


def test_an_emptied_part_leaves_no_text_and_keeps_its_count(client, trainee):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "a", "version": 0})

    client.post(address(attempt), {"text": "", "version": 1})

    assert stored(attempt) == {"texts": {}, "versions": {"event": 2}}


def test_nul_bytes_long_texts_and_nonsense_are_refused_and_change_nothing(client, trainee):
    attempt = make_writing(trainee)
    posts = [
        ({"text": "a\x00b", "version": 0}, 422),
        ({"text": "字" * 501, "version": 0}, 422),
        ({"text": "x" * 2_000_000, "version": 0}, 413),
        ({"text": "a"}, 422),
        ({"text": "a", "version": "-1"}, 422),
        ({"text": "a", "version": "9" * 30}, 422),
    ]

    found = [client.post(address(attempt), data) for data, _ in posts]

    assert [one.status_code for one in found] == [status for _, status in posts]
    assert all(one.json()["why"] for one in found)
    assert stored(attempt) is None


def test_strangers_and_unknown_parts_get_404_and_the_signed_out_401(client, trainee):
    attempt = make_writing(trainee)
    other = Client()
    other.force_login(make_trainee())
    data = {"text": "a", "version": 0}

    assert other.post(address(attempt), data).status_code == 404
    assert client.post(address(attempt, "nonsense"), data).status_code == 404
    assert Client().post(address(attempt), data).status_code == 401
    plain = make_attempt(trainee=trainee)
    assert client.post(address(plain), data).status_code == 404
    assert stored(attempt) is None


def test_after_the_submission_nothing_is_saved(client, trainee):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "a", "version": 0})
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)

    refused = client.post(address(attempt), {"text": "b", "version": 1})

    assert (refused.status_code, refused.json()) == (409, {"error": "closed"})
    assert stored(attempt)["texts"] == {"event": "a"}


def test_a_save_costs_few_queries(client, trainee, django_assert_max_num_queries):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "a", "version": 0})

    with django_assert_max_num_queries(4):  # session, person, question, the write
        client.post(address(attempt), {"text": "b", "version": 1})


def test_the_flag_of_a_text_is_saved_without_the_text(client, trainee):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "a", "version": 0})
    url = f"/quizzes/attempts/{attempt.pk}/answers/1/flag/"

    assert client.post(url, {"flagged": "1"}).json() == {"saved": True}
    answer = attempt.answers.get()
    assert (answer.flagged, answer.response["texts"]) == (True, {"event": "a"})

    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    assert client.post(url).status_code == 409


# --- a whole page, without script -----------------------------------------------------------


def page_fields(client, attempt):
    """What the player's plain form holds."""
    import re

    page = client.get(f"/quizzes/attempts/{attempt.pk}/").content.decode()
    return dict(re.findall(r'name="((?:a1-|ticket)[^"]*)" value="([^"]*)"', page))


def test_a_plain_form_saves_what_it_has_changed_and_leaves_the_rest(client, trainee):
    attempt = make_writing(trainee)
    client.post(address(attempt), {"text": "old", "version": 0})
    fields = page_fields(client, attempt) | {"a1-part-event": "old", "a1-part-insight": "new"}
    client.post(address(attempt), {"text": "from elsewhere", "version": 1})

    response = client.post(f"/quizzes/attempts/{attempt.pk}/submit/", fields)

    assert response.status_code == 302
    assert stored(attempt)["texts"] == {"event": "from elsewhere", "insight": "new"}


def test_a_plain_form_is_shown_both_texts_and_submits_nothing(client, trainee):
    attempt = make_writing(trainee)
    fields = page_fields(client, attempt) | {"a1-part-event": "mine", "confirmed": "1"}
    client.post(address(attempt), {"text": "theirs", "version": 0})

    response = client.post(f"/quizzes/attempts/{attempt.pk}/submit/", fields)

    page = response.content.decode()
    assert response.status_code == 422
    assert "On another device you wrote:" in page
    assert "theirs" in page
    assert ">\nmine</textarea>" in page
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert stored(attempt)["texts"] == {"event": "theirs"}


def test_a_plain_submission_takes_the_text_along(client, trainee):
    attempt = make_writing(trainee)
    fields = page_fields(client, attempt) | {"a1-part-event": "mine", "confirmed": "1"}

    client.post(f"/quizzes/attempts/{attempt.pk}/submit/", fields)

    answer = attempt.answers.get()
    assert answer.response["texts"] == {"event": "mine"}
    assert answer.needs_mark is True


# --- with feedback after each answer --------------------------------------------------------


def test_a_check_saves_the_parts_and_never_over_what_another_device_wrote(client, trainee):
    attempt = make_writing(trainee, feedback="each")
    url = f"/quizzes/attempts/{attempt.pk}/answers/1/check/"
    script = {"X-Part": "1"}
    fields = page_fields(client, attempt) | {"a1-part-event": "mine"}
    client.post(address(attempt), {"text": "theirs", "version": 0})

    for headers in (script, {}):
        refused = client.post(url, fields, headers=headers)
        assert refused.status_code == 422
        assert "On another device you wrote:" in refused.content.decode()
    assert stored(attempt)["texts"] == {"event": "theirs"}

    fields["a1-part-event-version"] = "1"
    checked = client.post(url, fields, headers=script)

    assert checked.status_code == 200
    answer = attempt.answers.get()
    assert (answer.response["texts"], answer.needs_mark) == ({"event": "mine"}, True)
    late = client.post(address(attempt), {"text": "late", "version": 2})
    assert late.json() == {"error": "closed"}


def test_what_is_unfinished_is_kept_and_not_checked(client, trainee):
    attempt = make_writing(trainee, feedback="each")
    url = f"/quizzes/attempts/{attempt.pk}/answers/1/check/"
    fields = page_fields(client, attempt) | {"a1-part-event": "", "a1-part-insight": "kept"}

    response = client.post(url, fields, headers={"X-Part": "1"})

    assert response.status_code == 422
    assert "kept</textarea>" in response.content.decode()
    assert stored(attempt)["texts"] == {"insight": "kept"}


# --- at the same moment -----------------------------------------------------------------------


def at_once(count, deed):
    barrier = threading.Barrier(count)

    def run(n):
        barrier.wait()
        try:
            return deed(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def save(attempt, part, text, version=0):
    try:
        return save_part(
            attempt_id=attempt.pk,
            position=1,
            part=part,
            trainee=attempt.trainee,
            text=text,
            version=version,
        )
    except (AttemptIsClosed, NewerPartExists):
        return None


@pytest.mark.django_db(transaction=True)
def test_two_parts_saved_at_the_same_moment_both_stay():
    for _ in range(30):
        attempt = make_writing()

        at_once(2, lambda n, attempt=attempt: save(attempt, ("event", "insight")[n], f"t{n}"))

        assert stored(attempt)["texts"] == {"event": "t0", "insight": "t1"}


@pytest.mark.django_db(transaction=True)
def test_of_many_saves_of_one_part_from_one_version_exactly_one_is_taken():
    attempt = make_writing()

    taken = at_once(20, lambda n: save(attempt, "event", f"t{n}"))

    assert [one for one in taken if one] == [1]
    assert stored(attempt)["texts"]["event"] == f"t{taken.index(1)}"


@pytest.mark.django_db(transaction=True)
def test_a_part_saved_during_a_submission_is_in_what_is_handed_in_or_refused():
    lost = 0
    for _ in range(60):
        attempt = make_writing()

        def deed(n, attempt=attempt):
            if n:
                return save(attempt, "event", "typed")
            submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
            return None

        _, acknowledged = at_once(2, deed)
        answer = Answer.objects.get(attempt=attempt)
        handed_in = answer.needs_mark and answer.response["texts"] == {"event": "typed"}
        lost += bool(acknowledged) and not handed_in

    assert lost == 0
