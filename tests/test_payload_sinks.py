"""Five hundred hostile texts on every way to a page: a trainee's case, a peer's sentence, a
comment, a case in the editor, its preview, its history, the library, a report.

Mails and exports of trainees' texts do not exist; a bank's export is in test_csv_items.py.
"""

import json

import pytest
from django.test import Client

from cases.models import Case, CaseDraft, WriteUp
from cases.publishing import publish_revision
from quizzes.kinds import KINDS
from quizzes.models import MistakeReport, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.cases import own_cases
from tests.cases.test_releasing import CONTENT
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.payloads import PAYLOADS, dangers_in_page

pytestmark = pytest.mark.django_db
EVERYTHING = "\n\n".join(one.replace("\x00", "") for one in PAYLOADS)
BOTH = {"zh": EVERYTHING, "en": EVERYTHING}
HERE = "&lt;script&gt;alert(1)&lt;/script&gt;"  # that the text is on the page, as text


def pages_of(person, *addresses):
    client = Client()
    client.force_login(person)
    return {address: client.get(address) for address in addresses}


def assert_harmless(pages, *, shown=True):
    for address, page in pages.items():
        html = page.content.decode()
        assert page.status_code == 200, address
        assert dangers_in_page(html) == [], address
        if shown:
            assert HERE in html, address


def test_the_looker_sees_what_it_looks_for():
    assert dangers_in_page('<p onclick="x">') == ["<p onclick>"]
    assert dangers_in_page("<script>x</script>") != []
    assert dangers_in_page('<a href="java\nscript:x">') != []
    assert dangers_in_page('<script src="/static/js/mot.js"></script>') == []


def test_a_trainees_own_case():
    own_cases.make_own_case_quiz()
    cohort = make_cohort()
    author = make_trainee(cohort=cohort, language="en")
    note, version = own_cases.make_handed_in(author)
    answer = version.attempt.answers.get()
    answer.response = {"texts": {"event": EVERYTHING, "note": EVERYTHING}}
    answer.save()
    WriteUp.objects.filter(pk=note.pk).update(title=PAYLOADS[0], note=EVERYTHING[:600])
    comment = {"part": "event", "from": 0, "to": 9, "quote": EVERYTHING[:9], "text": EVERYTHING}
    own_cases.mark(version, "returned", comments=[comment])

    assert_harmless(pages_of(author, f"/cases/mine/{note.pk}/", f"/cases/mine/{note.pk}/versions/"))
    assert_harmless(pages_of(author, "/cases/mine/"))
    assert_harmless(pages_of(make_instructor(cohort=cohort), f"/marking/{answer.pk}/"))
    assert_harmless(pages_of(make_admin(), "/marking/", "/cases/new/"), shown=False)


def test_a_peers_sentence_and_ones_own():
    publish_revision(
        case=Case(slug="rewritten"),
        content=CONTENT
        | {"exercises": [{"id": "say", "kind": "rewrite"} | KINDS["rewrite"].sample_content]},
    )
    quiz = Quiz.objects.get(slug="case-rewritten")
    for _ in range(3):
        trainee = make_trainee(language="en")
        attempt = start_attempt(quiz=quiz, trainee=trainee)
        answer = attempt.answers.get()
        answer.response = {"line": "a9", "text": EVERYTHING}
        answer.save()
        submit_attempt(attempt_id=attempt.pk, trainee=trainee)

    page = pages_of(trainee, f"/quizzes/attempts/{attempt.pk}/")

    assert_harmless(page)
    assert next(iter(page.values())).content.decode().count(HERE) > 2  # one's own and the peers'


def test_a_case_in_the_library_the_editor_and_its_history():
    document = json.loads(json.dumps(CONTENT))
    document |= {"situation": BOTH, "source": BOTH, "exercises": []}
    document["analysis"] = [{"question": BOTH, "answer": BOTH}]
    document["scenes"][0]["lines"][1]["text"] = BOTH
    document["scenes"][0]["lines"][1]["moment"]["why"] = BOTH
    document["roles"][0]["name"] = {"zh": PAYLOADS[0], "en": PAYLOADS[0]}
    case = Case(slug="hostile")
    publish_revision(case=case, content=CONTENT | {"exercises": []})
    publish_revision(case=case, content=document)
    admin = make_admin()
    CaseDraft.objects.update_or_create(
        case=case,
        defaults={
            "content": document, "edited_by": admin, "edited_at": case.current.created_at,
            "based_on": 2,
        },
    )  # fmt: skip

    assert_harmless(pages_of(make_trainee(language="en"), "/cases/hostile/"))
    assert_harmless(
        pages_of(
            admin, "/cases/hostile/edit/", "/cases/hostile/edit/preview/",
            "/cases/hostile/edit/history/?from=1&to=2", "/cases/hostile/edit/lines/b2/",
        ),
        shown=False,
    )  # fmt: skip


def test_a_report_of_a_mistake_in_djangos_admin():
    publish_revision(case=Case(slug="reported"), content=CONTENT)
    revision = Quiz.objects.get(slug="case-reported").bank.items.get().exercise.current
    report = MistakeReport.objects.create(
        revision=revision, reporter=make_trainee(), text=EVERYTHING[:2000], language="en"
    )

    assert_harmless(
        pages_of(
            make_admin(),
            "/admin/quizzes/mistakereport/",
            f"/admin/quizzes/mistakereport/{report.pk}/change/",
        ),
        shown=False,
    )
