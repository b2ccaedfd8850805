"""What trainees have sent to be heard: only that, and only by those who teach them."""

import pytest
from django.test import Client
from django.utils import timezone

from quizzes.models import Recording
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_exercise

pytestmark = pytest.mark.django_db


def make_recording(owner, *, sent):
    made = Recording.objects.create(
        owner=owner,
        exercise=make_exercise("voice"),
        name=f"r{Recording.objects.count()}.webm",
        content_type="audio/webm",
        size=1,
    )
    if sent:
        Recording.objects.filter(pk=made.pk).update(sent_at=timezone.now())
    return made


def page_of(person):
    client = Client()
    client.force_login(person)
    return client.get("/marking/recordings/")


def test_an_instructor_hears_what_their_trainees_have_sent():
    cohort = make_cohort()
    sent = make_recording(make_trainee(cohort=cohort), sent=True)
    kept = make_recording(make_trainee(cohort=cohort), sent=False)
    strange = make_recording(make_trainee(cohort=make_cohort()), sent=True)

    page = page_of(make_instructor(cohort=cohort, language="en")).content.decode()

    assert f"/quizzes/recordings/{sent.pk}/" in page
    assert f"/quizzes/recordings/{kept.pk}/" not in page
    assert f"/quizzes/recordings/{strange.pk}/" not in page


def test_a_deleted_recording_is_gone_from_the_list():
    cohort = make_cohort()
    sent = make_recording(make_trainee(cohort=cohort), sent=True)
    Recording.objects.filter(pk=sent.pk).update(deleted_at=timezone.now())

    page = page_of(make_instructor(cohort=cohort, language="en")).content.decode()

    assert "Nothing has been sent yet" in page


def test_trainees_have_no_such_list():
    assert page_of(make_trainee()).status_code == 404


def test_more_recordings_cost_no_more_queries(django_assert_max_num_queries):
    cohort = make_cohort()
    instructor = make_instructor(cohort=cohort)
    for _ in range(12):
        make_recording(make_trainee(cohort=cohort), sent=True)

    client = Client()
    client.force_login(instructor)

    with django_assert_max_num_queries(5):
        client.get("/marking/recordings/")


def test_a_request_that_is_too_large_is_refused():
    client = Client()
    client.force_login(make_trainee())

    refused = client.post(
        "/quizzes/recordings/", b"x" * 3_000_001, content_type="application/octet-stream"
    )

    assert refused.status_code == 413
