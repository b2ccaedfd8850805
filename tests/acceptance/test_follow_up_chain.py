"""One trainee from the supervisor's first look to the day thirty days after the course.

Everything is done as people do it: they press the button of a mail, and fill in what they find.
"""

import shutil
from datetime import date
from types import SimpleNamespace

import pytest
from django.conf import settings as project

from assignments.checklist import checklist
from assignments.models import FieldNote
from cases import write_ups
from quizzes.models import Answer
from tests.acceptance.days import (
    at_hour,
    browser_of,
    finish_unit,
    mails_to,
    plain_of,
    take,
    text_of,
)
from tests.assignments.following_making import make_manager
from tests.assignments.making import make_assignment, make_calendar
from tests.cases.own_cases import make_handed_in, make_own_case_quiz, mark, write
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.units.packs import change, write_pack
from units.models import Course
from units.pack.loading import load_course

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://mot.example"
IF_THEN = "When a guest says it was all right, I ask half a sentence more."
TASK = "Ask one guest this week."
NOTE = "She said it was all right. I asked what had been tiring, and she told me about the lift."
REPLY = "You heard the half sentence. What will you do about the lift?"

# The check draws two of three items of one objective: one scene is left for recalling it.
ANOTHER_SCENE = """\
- objective: one
  id: check-one-03
  kind: true_false
  prompt: {zh: 丙, en: C}
  answer: true
  explanation: {zh: 理由, en: Because}
"""


@pytest.fixture
def scene(tmp_path, post):
    """A shop with its manager and instructor, and a trainee who is assigned the course."""
    pack = write_pack(tmp_path / "pack")
    unit, course = "units/01-first/unit.yaml", "courses/core.yaml"
    change(pack, unit, "draw: 2", "draw: 2, pass_percent: 50")
    change(pack, unit, "check:", f"if_then: {{zh: 我先问, en: '{IF_THEN}'}}\ncheck:")
    change(pack, unit, "check:", f"field_task: {{zh: 试一试, en: '{TASK}'}}\ncheck:")
    change(pack, course, "post_test:", "retention_test: {bank: beliefs}\npost_test:")
    with (pack / "banks/check-one.yaml").open("a", encoding="utf-8") as bank:
        bank.write(ANOTHER_SCENE)
    shutil.copy(project.BASE_DIR / "fixtures" / "mot" / "observation.yaml", pack)
    load_course(pack)
    make_own_case_quiz()
    scene = SimpleNamespace(post=post, course=Course.objects.get())
    with at_hour("2026-03-02 07:00"):
        make_calendar(is_default=True)
        shop = make_cohort(name="Shop 7")
        mail = {"email": "manager@mot.example", "language": "en"}
        scene.manager = make_manager(shop, name="Manager Luo", **mail)
        scene.teacher = make_instructor(cohort=shop, name="Instructor Fang", language="en")
        mail["email"] = "lin@mot.example"
        scene.lin = make_trainee(cohort=shop, name="Lin", **mail)
        make_assignment(what=scene.course, cohort=shop, due_on=date(2026, 3, 31))
    return scene


def new_mail(scene, person, *, count):
    """The person's newest mail; it is the one with that number."""
    found = mails_to(scene.post, person.email)
    assert len(found) == count, [mail["Subject"] for mail in found]
    return found[-1]


def place_in(mail, title):
    """Where the row of that title leads."""
    lines = plain_of(mail).split("\n")
    row = lines.index(f"- {title}")
    return next(line for line in lines[row:] if SITE in line).strip().removeprefix(SITE)


def asked_in(purpose, person):
    """The exercises that somebody has been asked in quizzes of that purpose."""
    answers = Answer.objects.filter(attempt__trainee=person, attempt__quiz__purpose=purpose)
    return set(answers.values_list("exercise__slug", flat=True))


def observe(browser, address, words):
    """Fill in the whole sheet: `words` says what was seen in the first and second encounter."""
    page = browser.get(address)
    assert "not for pay or appraisal" in text_of(page)
    fields = {f"{item.id}-{n}": words[n - 1] for item in checklist() for n in (1, 2)}
    sent = browser.post(address, fields | {"version": "0", "finish": "1", "note": ""}, follow=True)
    return text_of(sent)


def follow(browser, address):
    """Press a button of a mail; the page to which it leads in the end."""
    return browser.get(address, follow=True)


def test_one_trainee_from_the_baseline_to_day_thirty(scene):
    the_baseline_is_observed_by_both(scene)
    the_course_is_taken(scene)
    day_two_recalls_and_shows_the_line(scene)
    day_seven_recalls_and_asks_about_the_line(scene)
    day_fourteen_brings_a_note_that_is_answered(scene)
    a_returned_case_is_nudged(scene)
    day_thirty_tests_and_observes_again(scene)
    afterwards_there_is_silence(scene)


def the_baseline_is_observed_by_both(scene):
    with at_hour("2026-03-02 09:00"):
        asked, own = (new_mail(scene, one, count=1) for one in (scene.manager, scene.lin))
        assert asked["Subject"] == "Watch two encounters: Lin"
        assert "Three minutes on your phone. For coaching, not for pay" in plain_of(asked)
        assert own["Subject"] == "Watch two of your own encounters"

        said = observe(
            browser_of(scene.manager), place_in(asked, asked["Subject"]), ("seen", "not_seen")
        )
        assert "Encounters of Lin, side by side" in said
        lin = browser_of(scene.lin)
        comparison = f"/observations/{scene.lin.pk}/{scene.course.slug}/"
        assert "You see it as soon as yours is in" in text_of(lin.get(comparison))
        said = observe(lin, place_in(own, own["Subject"]), ("seen", "seen"))
        assert "Before the course the two views differ most at" in said


def the_course_is_taken(scene):
    with at_hour("2026-03-02 14:00"):
        lin = browser_of(scene.lin)
        finish_unit(lin, "first", wrong=1)
        result = take(lin, f"/quizzes/{scene.course.post_quiz.slug}/")
        assert result.status_code == 200
        coming = text_of(lin.get("/follow-ups/")).partition("What comes")[2]
        assert coming == ""  # the next minute derives them
    with at_hour("2026-03-02 14:01"):
        said = text_of(browser_of(scene.lin).get("/follow-ups/"))
        assert "Nothing for today." in said
        for title in ("Recall: Unit one", "A note from the field: Unit one", "A month later"):
            assert title in said.partition("What comes")[2]


def day_two_recalls_and_shows_the_line(scene):
    with at_hour("2026-03-03 09:00"):
        new_mail(scene, scene.lin, count=1)  # nothing on the day between
    with at_hour("2026-03-04 09:00"):
        mail, lin = new_mail(scene, scene.lin, count=2), browser_of(scene.lin)
        assert mail["Subject"] == "2 things for you"
        page = follow(lin, place_in(mail, "Recall: Unit one"))
        assert page.request["PATH_INFO"] == "/recall/"
        assert "1 question from what you have learnt" in text_of(page)
        take(lin, "/recall/")
        asked = {quiz: asked_in(quiz, scene.lin) for quiz in ("check", "recall")}
        assert asked["recall"].isdisjoint(asked["check"])  # what was wrong, in another scene
        line = place_in(mail, "Your if–then line: Unit one")
        assert IF_THEN in text_of(follow(lin, line))
        assert "In a few days we ask what became of it." in text_of(lin.post(line, follow=True))
        assert "Nothing for today." in text_of(lin.get("/follow-ups/"))


def day_seven_recalls_and_asks_about_the_line(scene):
    with at_hour("2026-03-09 09:00"):
        mail, lin = new_mail(scene, scene.lin, count=3), browser_of(scene.lin)
        follow(lin, place_in(mail, "Recall: Unit one"))
        take(lin, "/recall/")
        line = place_in(mail, "Did the moment come? Unit one")
        assert "Nobody counts." in text_of(follow(lin, line))
        said = text_of(lin.post(line, {"kept": "yes"}, follow=True))
        assert "You did it. That is how a habit begins." in said


def day_fourteen_brings_a_note_that_is_answered(scene):
    with at_hour("2026-03-16 09:00"):
        mail, lin = new_mail(scene, scene.lin, count=4), browser_of(scene.lin)
        assert mail["Subject"] == "A note from the field: Unit one"
        address = place_in(mail, mail["Subject"])
        assert TASK in text_of(follow(lin, address))
        fields = {"met": "yes", "steps": ["diagnose"], "text": NOTE}
        assert NOTE in text_of(lin.post(address, fields, follow=True))
    with at_hour("2026-03-16 15:00"):
        teacher = browser_of(scene.teacher)
        assert "Lin" in text_of(teacher.get("/field-notes/"))
        page = f"/field-notes/{FieldNote.objects.get().pk}/"
        assert NOTE in text_of(teacher.get(page))
        said = text_of(teacher.post(page, {"text": REPLY}, follow=True))
        assert "Your answer is saved, and the trainee is told." in said
    with at_hour("2026-03-16 15:01"):
        told = new_mail(scene, scene.lin, count=5)
        assert told["Subject"] == "An answer to your field note"
        assert "Instructor Fang has answered the note" in plain_of(told)
        assert REPLY not in plain_of(told)  # what was written is read on the site
        said = text_of(follow(browser_of(scene.lin), address))
        assert "Instructor Fang answers" in said
        assert REPLY in said


def a_returned_case_is_nudged(scene):
    with at_hour("2026-03-17 10:00"):
        note, version = make_handed_in(scene.lin)
        mark(version, "returned")
    with at_hour("2026-03-17 10:01"):
        assert "Your case" not in text_of(browser_of(scene.lin).get("/follow-ups/"))
    with at_hour("2026-03-19 09:00"):
        new_mail(scene, scene.lin, count=5)
    with at_hour("2026-03-20 09:00"):
        mail = new_mail(scene, scene.lin, count=6)
        assert mail["Subject"] == "Your case is waiting for you"
        page = follow(browser_of(scene.lin), place_in(mail, mail["Subject"]))
        assert page.request["PATH_INFO"] == f"/cases/mine/{note.pk}/"
        assert "Clear. Now the process." in text_of(page)
    with at_hour("2026-03-26 09:00"):
        assert new_mail(scene, scene.lin, count=7)["Subject"] == "Your case is waiting for you"
        listed = text_of(browser_of(scene.lin).get("/follow-ups/"))
        assert listed.count("Your case is waiting for you") == 2  # as a line, and on its button
        fresh = write_ups.revise(write_up=note, author=scene.lin)
        write(fresh, "event", "He waited an hour, and I said how long it would take.", 1)
        write_ups.hand_in(write_up=note, author=scene.lin)
    with at_hour("2026-03-26 09:01"):
        assert (
            "Your case" not in text_of(browser_of(scene.lin).get("/follow-ups/")).split("Done")[0]
        )


def day_thirty_tests_and_observes_again(scene):
    with at_hour("2026-04-01 09:00"):
        asked, own = new_mail(scene, scene.manager, count=2), new_mail(scene, scene.lin, count=8)
        assert own["Subject"] == "3 things for you"
        lin = browser_of(scene.lin)
        follow(lin, place_in(own, "Recall: Unit one"))
        take(lin, "/recall/")
        test = follow(lin, place_in(own, "A month later: Course"))
        assert test.request["PATH_INFO"] == f"/quizzes/{scene.course.retention_quiz.slug}/"
        take(lin, test.request["PATH_INFO"])

        observe(lin, place_in(own, "Watch two of your own encounters"), ("seen", "seen"))
        sheet = place_in(asked, "Watch two encounters: Lin")
        said = observe(browser_of(scene.manager), sheet, ("seen", "seen"))
        assert "Before the course" in said
        assert "A month after" in said
        for reader in (scene.lin, scene.manager, scene.teacher):
            page = f"/observations/{scene.lin.pk}/{scene.course.slug}/"
            said = text_of(browser_of(reader).get(page))
            per_step = said.partition("Supervisor Self")[2] or said
            assert "2 of 4" in per_step  # before, by the supervisor: one encounter of two
            assert "4 of 4" in per_step
            assert "A month after, the two views differ" not in said
        listed = text_of(lin.get("/follow-ups/")).partition("Done")
        assert "Begin" not in listed[0]
        assert "What comes" not in listed[0]
        assert listed[2].count("1 April") == 3


def afterwards_there_is_silence(scene):
    for day in ("2026-04-02", "2026-04-10", "2026-04-24"):
        with at_hour(f"{day} 09:00"):
            new_mail(scene, scene.lin, count=8)
            new_mail(scene, scene.manager, count=2)
