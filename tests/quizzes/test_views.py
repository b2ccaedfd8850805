"""Taking a quiz through its pages: with script, without, and where something is refused."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from quizzes.models import Answer, Attempt, MistakeReport, Quiz, Try
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.making import fields_for, make_attempt, make_bank, make_exercise, make_quiz

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def attempt(client):
    attempt = make_attempt()
    client.force_login(attempt.trainee)
    return attempt


def page_of(attempt):
    return f"/quizzes/attempts/{attempt.pk}/"


def ticket(client, attempt):
    html = client.get(page_of(attempt)).content.decode()
    return re.search(r'name="ticket" value="([^"]+)"', html)[1]


def save(client, attempt, *, position=1, n=1, page=None, **fields):
    form = {"ticket": page or ticket(client, attempt), "n": str(n)}
    form |= {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post(f"{page_of(attempt)}answers/{position}/", form)


def test_a_quiz_is_started_by_its_button_and_continued_by_it(client):
    quiz, trainee = make_quiz(), make_trainee()
    client.force_login(trainee)

    first = client.post(f"/quizzes/{quiz.slug}/")
    second = client.post(f"/quizzes/{quiz.slug}/")

    assert first.headers["Location"] == second.headers["Location"]
    assert Attempt.objects.count() == 1


def test_looking_at_a_quiz_starts_nothing(client):
    client.force_login(make_trainee())

    assert client.get(f"/quizzes/{make_quiz().slug}/").status_code == 200
    assert not Attempt.objects.exists()


def test_a_used_up_quiz_says_so_and_answers_409(client):
    quiz, trainee = make_quiz(attempts_allowed=1), make_trainee()
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    client.force_login(trainee)

    assert client.post(f"/quizzes/{quiz.slug}/").status_code == 409
    page = client.get(f"/quizzes/{quiz.slug}/").content.decode()
    assert 'class="button wide"' not in page


def test_after_a_failed_check_the_page_names_the_time(client):
    quiz, trainee = make_quiz(pass_percent=50, retry_minutes=10), make_trainee()
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    client.force_login(trainee)

    page = client.get(f"/quizzes/{quiz.slug}/").content.decode()

    at = attempt.quiz.attempts.get().submitted_at + timedelta(minutes=10)
    assert f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}" in page
    assert "Shanghai" in page or "上海" in page


def test_an_answer_is_saved_and_says_so(client, attempt):
    reply = save(client, attempt, a1_answer="true", a1_confidence="guess", flagged="1")

    assert reply.json() == {"saved": True}
    answer = Answer.objects.get(attempt=attempt, position=1)
    assert (answer.response, answer.confidence, answer.flagged) == ({"answer": True}, "guess", True)


def test_a_cleared_answer_is_open_again(client, attempt):
    page = ticket(client, attempt)
    save(client, attempt, page=page, a1_answer="true")

    assert save(client, attempt, page=page, n=2, clear="1").status_code == 200
    assert Answer.objects.get(attempt=attempt, position=1).response is None


def test_an_older_page_is_told_and_gets_the_newer_answer_as_fields(client, attempt):
    older = ticket(client, attempt)
    newer = ticket(client, attempt)
    save(client, attempt, page=newer, a1_answer="false", a1_confidence="sure")

    reply = save(client, attempt, page=older, n=9, a1_answer="true")

    assert reply.status_code == 409
    assert reply.json() == {
        "error": "newer", "fields": {"answer": "false"}, "confidence": "sure", "flagged": False,
    }  # fmt: skip


def test_after_submission_a_save_is_told_that_it_is_closed(client, attempt):
    page = ticket(client, attempt)
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)

    reply = save(client, attempt, page=page, a1_answer="true")

    assert (reply.status_code, reply.json()) == (409, {"error": "closed"})


def test_a_save_without_a_sign_in_is_401_and_not_a_redirect(client, attempt):
    page = ticket(client, attempt)
    client.logout()

    assert save(client, attempt, page=page, a1_answer="true").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [{}, {"a1_answer": "maybe"}, {"a1_answer": ""}, {"a2_answer": "true"}],
    ids=["nothing", "nonsense", "empty", "another question's field"],
)
def test_what_is_no_answer_is_refused_and_stores_nothing(client, attempt, fields):
    reply = save(client, attempt, **fields)

    assert reply.status_code == 422
    assert reply.json()["why"]
    assert Answer.objects.get(attempt=attempt, position=1).response is None


@pytest.mark.parametrize("bad", ["", "x", "1-2:sig", "9" * 5000])
def test_a_ticket_we_did_not_issue_is_refused(client, attempt, bad):
    assert save(client, attempt, page=bad or " ", a1_answer="true").status_code == 400


def test_extra_fields_never_change_anything(client, attempt):
    other = make_trainee()
    form = {"ticket": ticket(client, attempt), "n": "1", "a1-answer": "true"}
    form |= {"score": "10000", "submitted_at": "2026-01-01", "trainee": str(other.pk)}
    form |= {"attempt": "999", "earned": "5", "role": "admin", "is_staff": "1"}

    assert client.post(f"{page_of(attempt)}answers/1/", form).status_code == 200

    attempt.refresh_from_db()
    answer = Answer.objects.get(attempt=attempt, position=1)
    assert (attempt.score, attempt.submitted_at, answer.earned) == (None, None, None)
    assert attempt.trainee_id != other.pk


def whole_page(client, attempt, response):
    """Everything a browser without script posts: each question's fields."""
    form = {"ticket": ticket(client, attempt), "sequences": ""}
    for answer in attempt.answers.select_related("exercise", "revision"):
        form |= fields_for(answer, response)
    return form


def test_without_script_the_page_is_saved_as_a_whole_and_looked_over(client, attempt):
    form = whole_page(client, attempt, {"answer": True})
    del form["a3-answer"]

    reply = client.post(f"{page_of(attempt)}submit/", {**form, "save": "1"})

    assert reply.headers["Location"] == f"{page_of(attempt)}?review=1"
    stored = Answer.objects.filter(attempt=attempt).order_by("position")
    assert [answer.response for answer in stored] == [{"answer": True}, {"answer": True}, None]
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert client.get(reply.headers["Location"]).status_code == 200


def test_without_script_a_confirmed_page_is_graded_with_what_it_holds(client, attempt):
    form = whole_page(client, attempt, {"answer": True})

    reply = client.post(f"{page_of(attempt)}submit/", {**form, "confirmed": "1"}, follow=True)

    attempt.refresh_from_db()
    assert attempt.score == 10_000
    assert reply.redirect_chain == [(page_of(attempt), 302)]


def test_a_refused_whole_page_keeps_what_can_be_kept_and_names_the_question(client):
    quiz = make_quiz(make_bank(make_exercise("ordering"), make_exercise()))
    attempt = start_attempt(quiz=quiz, trainee=make_trainee())
    client.force_login(attempt.trainee)
    form = {"ticket": ticket(client, attempt), "sequences": "", "a2-answer": "true"}
    first = attempt.answers.select_related("exercise", "revision").get(position=1)
    twice = {"placed": {"k3": "1", "a9": "1", "f5": "2"}}
    form |= fields_for(first, twice)

    reply = client.post(f"{page_of(attempt)}submit/", {**form, "save": "1"})

    assert reply.status_code == 422
    assert 'role="alert"' in reply.content.decode()
    assert Answer.objects.get(attempt=attempt, position=2).response == {"answer": True}


def test_without_script_what_was_not_touched_replaces_no_newer_answer(client, attempt):
    older = ticket(client, attempt)
    html = client.get(page_of(attempt)).content.decode()
    form = {"ticket": re.search(r'name="ticket" value="([^"]+)"', html)[1], "sequences": ""}
    save(client, attempt, page=older, a1_answer="true")
    html = client.get(page_of(attempt)).content.decode()
    shown = dict(re.findall(r'name="(a\d+-shown)" value="(\w*)"', html))
    newest = re.search(r'name="ticket" value="([^"]+)"', html)[1]
    save(client, attempt, page=older, n=2, a1_answer="false")

    form |= {"ticket": newest, "a1-answer": "true", "a2-answer": "true", "save": "1", **shown}
    client.post(f"{page_of(attempt)}submit/", form)

    stored = Answer.objects.filter(attempt=attempt).order_by("position")
    assert [answer.response for answer in stored] == [{"answer": False}, {"answer": True}, None]


def test_without_script_a_flag_is_set_and_taken_away_with_or_without_an_answer(client, attempt):
    form = {"ticket": ticket(client, attempt), "sequences": "", "save": "1"}

    client.post(f"{page_of(attempt)}submit/", form | {"a2-flagged": "1"})
    assert [answer.flagged for answer in attempt.answers.all()] == [False, True, False]
    client.post(f"{page_of(attempt)}submit/", form | {"a1-answer": "true", "a1-flagged": "1"})

    assert [answer.flagged for answer in attempt.answers.all()] == [True, False, False]


def test_the_script_sends_only_what_was_touched_with_the_submission(client, attempt):
    form = whole_page(client, attempt, {"answer": True}) | {"sequences": "2:7"}

    client.post(f"{page_of(attempt)}submit/", {**form, "confirmed": "1"})

    stored = Answer.objects.filter(attempt=attempt).order_by("position")
    assert [answer.response for answer in stored] == [None, {"answer": True}, None]


def test_a_pre_test_says_only_that_the_answers_are_noted(client):
    quiz = make_quiz(feedback=Quiz.Feedback.NEVER)
    attempt = start_attempt(quiz=quiz, trainee=make_trainee())
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
    client.force_login(attempt.trainee)

    page = client.get(page_of(attempt)).content.decode()

    assert "感受在客人那里" not in page
    assert "The feeling is the guest" not in page
    assert 'class="marks"' not in page


def practice_quiz(kind="single_choice"):
    exercise = make_exercise(kind)
    quiz = make_quiz(
        make_bank(exercise), purpose=Quiz.Purpose.PRACTICE, feedback=Quiz.Feedback.EACH
    )
    return quiz, exercise


def practise(client, quiz, exercise, data, **headers):
    url = f"/quizzes/practice/{quiz.slug}/{exercise.slug}/"
    form = {"revision": exercise.current_id, "next": "/units/x/y/", **data}
    return client.post(url, form, headers=headers)


def right_choice(exercise):
    from quizzes.questions import Question

    question = Question(exercise.current, exercise.slug)
    data = question.rules.post_data(question.spec, question.rules.sample_response, question.mask)
    return {f"a-{name}": value for name, value in data.items()}


def test_a_checked_practice_answer_shows_its_feedback_in_place(client):
    quiz, exercise = practice_quiz()
    client.force_login(make_trainee())

    reply = practise(client, quiz, exercise, right_choice(exercise), **HTMX)

    assert 'class="verdict good"' in reply.content.decode()
    assert "<html" not in reply.content.decode()
    assert (Try.objects.get().earned, Attempt.objects.get().submitted_at) == (1, None)


def test_without_script_practice_goes_back_to_its_lesson(client):
    quiz, exercise = practice_quiz()
    client.force_login(make_trainee())

    reply = practise(client, quiz, exercise, right_choice(exercise))

    assert reply.headers["Location"] == f"/units/x/y/#ex-{exercise.slug}"


def test_the_first_try_counts_and_every_try_is_kept(client):
    quiz, exercise = practice_quiz("true_false")
    client.force_login(make_trainee())
    practise(client, quiz, exercise, {"a-answer": "false"}, **HTMX)
    practise(client, quiz, exercise, {"a-answer": "true"}, **HTMX)

    assert list(Try.objects.order_by("number").values_list("number", "earned")) == [(1, 0), (2, 1)]
    assert Answer.objects.get().earned == 0


def test_practice_without_an_answer_is_refused_in_place(client):
    quiz, exercise = practice_quiz()
    client.force_login(make_trainee())

    reply = practise(client, quiz, exercise, {}, **HTMX)

    assert reply.status_code == 422
    assert 'role="alert"' in reply.content.decode()
    assert not Try.objects.exists()


def test_try_again_asks_anew_and_stores_nothing(client):
    quiz, exercise = practice_quiz()
    client.force_login(make_trainee())

    reply = practise(client, quiz, exercise, {"again": "1"}, **HTMX)

    assert "verdict" not in reply.content.decode()
    assert not Try.objects.exists()


TARGETS = ["https://evil.example/", "//evil.example", "/\\evil", "javascript:1"]


@pytest.mark.parametrize("target", TARGETS)
def test_practice_never_leads_off_the_site(client, target):
    quiz, exercise = practice_quiz()
    client.force_login(make_trainee())

    reply = practise(client, quiz, exercise, right_choice(exercise) | {"next": target})

    assert "evil" not in reply.headers.get("Location", "")
    assert not reply.headers.get("Location", "/").startswith("javascript")


def test_a_practice_quiz_has_no_page_of_its_own_and_a_check_no_practice(client, attempt):
    quiz, _ = practice_quiz()
    exercise = attempt.answers.first().exercise

    assert client.get(f"/quizzes/{quiz.slug}/").status_code == 404
    assert practise(client, attempt.quiz, exercise, {"a-answer": "true"}).status_code == 404


def test_a_mistake_is_reported_with_what_was_seen(client, attempt):
    revision = attempt.answers.first().revision
    url = f"/quizzes/mistakes/{revision.pk}/"

    empty = client.post(url, {"text": " "})
    sent = client.post(url, {"text": "答案反了", "next": "/courses/"})

    assert empty.status_code == 422
    assert sent.headers["Location"] == "/courses/"
    report = MistakeReport.objects.get()
    assert (report.reporter, report.revision, report.text) == (
        attempt.trainee, revision, "答案反了",
    )  # fmt: skip


def test_a_question_one_has_not_met_cannot_be_read_through_the_report(client, attempt):
    unseen = make_exercise().current

    assert client.get(f"/quizzes/mistakes/{unseen.pk}/").status_code == 404


def test_a_fresh_ticket_and_form_token_are_there_after_a_new_sign_in(client, attempt):
    reply = client.get(f"{page_of(attempt)}ticket/")

    assert set(reply.json()) == {"csrf", "ticket"}
    assert save(client, attempt, page=reply.json()["ticket"], a1_answer="true").status_code == 200
