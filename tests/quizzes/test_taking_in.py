"""The import page: a dry run that changes nothing, then all or nothing, and twice the same."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import AuditEntry
from quizzes.importing.csv_items import read_csv, write_csv
from quizzes.importing.gift import read_gift
from quizzes.importing.items import joined
from quizzes.importing.taking_in import plan_for, take_in
from quizzes.models import Answer, Bank, BankItem, Exercise, ExerciseDraft, Revision
from tests.factories import make_admin, make_instructor, make_trainee
from tests.quizzes.making import make_attempt, make_bank, make_exercise, make_quiz
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "gift"
ZH, EN = (FILES / "fifty.zh.gift").read_text(), (FILES / "fifty.en.gift").read_text()
BROKEN = (FILES / "fifty-three-faults.zh.gift").read_text()


@pytest.fixture
def bank():
    return Bank.objects.create(slug="service", title_zh="服务", title_en="Service")


@pytest.fixture
def admin(client):
    person = make_admin(language="en")
    client.force_login(person)
    return person


def post(client, bank, text, twin="", *, act="check", checked="", **fields):
    """Post the import form."""
    data = {"way": "gift", "language": "zh", "text": text, "twin": twin, "act": act}
    return client.post(f"/items/banks/{bank.slug}/import/", data | {"checked": checked} | fields)


def take(client, bank, text, twin="", **fields):
    """Look first, then take in, as the page does."""
    seen = post(client, bank, text, twin, **fields)
    return post(client, bank, text, twin, act="take", checked=seen.context["state"], **fields)


def nothing_changed():
    return not (
        Exercise.objects.exists() or BankItem.objects.exists() or ExerciseDraft.objects.exists()
    )


def test_a_file_of_fifty_with_three_faults_names_exactly_these_lines_and_writes_nothing(
    client, admin, bank
):
    page = post(client, bank, BROKEN, EN)
    taken = post(client, bank, BROKEN, EN, act="take", checked=page.context["state"])

    assert (page.status_code, taken.status_code) == (422, 422)
    assert [(one.file, one.line) for one in page.context["faults"]] == [(0, 27), (0, 50), (0, 162)]
    html = page.content.decode()
    assert "3 lines to mend; nothing is taken in" in html
    assert "::复述:: 复述客人的要求" in html
    assert "Take in" not in html
    assert nothing_changed()


def test_the_mended_file_and_its_english_twin_take_in_fifty(client, admin, bank):
    page = post(client, bank, ZH, EN)

    assert page.status_code == 200
    assert "Take in 50 items" in page.content.decode()
    assert nothing_changed()

    taken = take(client, bank, ZH, EN)

    assert (taken.status_code, taken.url) == (302, "/items/banks/service/")
    assert bank.items.count() == 50
    assert set(Revision.objects.values_list("origin", "author")) == {("editor", admin.pk)}
    assert [one.position for one in bank.items.all()] == list(range(1, 51))
    assert {one.objective for one in bank.items.all()} == {"first-half-minute"}
    assert not ExerciseDraft.objects.exists()
    entry = AuditEntry.objects.get(action="items_taken_in")
    assert (entry.actor, entry.after) == (admin, {"new": 50, "changed": 0, "drafts": 0})


def test_taking_in_the_same_twice_changes_nothing(client, admin, bank):
    take(client, bank, ZH, EN)
    before = list(Revision.objects.values_list("pk", "exercise__current"))

    page = take(client, bank, ZH, EN)

    assert page.status_code == 302
    assert list(Revision.objects.values_list("pk", "exercise__current")) == before
    assert "Nothing to do" in post(client, bank, ZH, EN).content.decode()


def test_one_language_makes_drafts_that_say_what_they_lack_and_the_twin_completes_them(
    client, admin, bank
):
    take(client, bank, ZH)

    assert (bank.items.count(), ExerciseDraft.objects.count()) == (0, 50)
    assert "Lacks: English" in client.get("/items/banks/service/").content.decode()
    assert not Revision.objects.exists()

    take(client, bank, ZH, EN)

    assert bank.items.count() == 50
    assert not ExerciseDraft.objects.exclude(content={}).exists()


def test_what_was_pasted_stays_in_the_form_and_what_was_chosen_does_too(client, admin, bank):
    page = post(client, bank, "q {=a", "twin")
    file = SimpleUploadedFile("q.gift", "\ufeff题 {T".encode())
    chosen = post(client, bank, "", text_file=file)

    assert "\nq {=a</textarea>" in page.content.decode()
    assert "\n题 {T</textarea>" in chosen.content.decode()


def test_a_file_that_is_no_text_is_refused_with_its_line(client, admin, bank):
    file = SimpleUploadedFile("q.gift", b"a {T}\n\n\xff {F}")
    page = post(client, bank, "", text_file=file)

    assert page.status_code == 422
    assert [one.line for one in page.context["faults"]] == [3]


def test_nothing_pasted_is_refused(client, admin, bank):
    assert post(client, bank, " ").status_code == 422


def test_taking_in_without_having_looked_shows_it_first(client, admin, bank):
    page = post(client, bank, ZH, EN, act="take")

    assert "changed since you looked" in page.content.decode()
    assert nothing_changed()


def test_a_changed_item_becomes_a_next_revision_and_a_running_attempt_keeps_its_own(
    client, admin, bank
):
    take(client, bank, "::Q:: 甲 {T ####因}", "::Q:: a {T ####since}")
    attempt = make_attempt(make_quiz(bank))

    page = post(client, bank, "::Q:: 乙 {T ####因}", "::Q:: a {T ####since}")
    take(client, bank, "::Q:: 乙 {T ####因}", "::Q:: a {T ####since}")

    assert [row.outcome for row in page.context["plan"].rows] == ["changes"]
    assert Exercise.objects.get().current.number == 2
    assert Answer.objects.get(attempt=attempt).revision.content["prompt"]["zh"] == "甲"


def test_ids_of_answers_stay_when_an_item_is_taken_in_again(bank):
    admin = make_admin()
    content = {
        "prompt": {"zh": "问", "en": "q"},
        "options": [
            {"id": f"k{n}", "text": {"zh": f"{n}", "en": f"{n}"}, "correct": n == 1,
             "feedback": {"zh": "说", "en": "said"}}
            for n in range(3)
        ],
        "explanation": {"zh": "因", "en": "since"},
    }  # fmt: skip
    exercise = make_exercise("single_choice", content=content)
    BankItem.objects.create(bank=bank, exercise=exercise, position=1)
    text = write_csv_of(bank).replace("说", "改")

    take_in(bank=bank, items=read_csv(text).items, by=admin)

    exercise.refresh_from_db()
    assert [one["id"] for one in exercise.current.content["options"]] == ["k0", "k1", "k2"]
    assert exercise.current.number == 2


def write_csv_of(bank):
    from quizzes.importing.csv_items import Place

    return write_csv(
        Place(one.exercise.slug, one.exercise.current.kind, one.exercise.current.content,
              one.objective, one.form, one.weight)
        for one in bank.items.select_related("exercise__current")
    )  # fmt: skip


def test_an_exported_bank_is_as_it_is_when_it_is_taken_in_again(client, admin):
    bank = make_bank(make_exercise("true_false"), make_exercise("matching"))
    table = client.get(f"/items/banks/{bank.slug}/export/")
    page = post(client, bank, table.content.decode(), way="csv")

    assert table["Content-Disposition"] == f'attachment; filename="{bank.slug}.csv"'
    assert [row.outcome for row in page.context["plan"].rows] == ["same", "same"]


def test_an_id_that_belongs_elsewhere_is_refused(client, admin, bank):
    other = make_exercise()
    row = f"id,kind,prompt_zh,correct\n{other.slug},true_false,甲,true"
    page = post(client, bank, row, way="csv")

    assert page.status_code == 422
    assert "elsewhere" in page.context["faults"][0].message


def test_a_form_that_would_ask_twice_is_refused(client, admin, bank):
    head = "id,kind,objective,form,prompt_zh,correct"
    rows = [head, "a,true_false,one,A,甲,true", "b,true_false,one,A,乙,true"]
    page = post(client, bank, "\n".join(rows), way="csv")

    assert [(one.line, one.column) for one in page.context["faults"]] == [(3, "form")]


def test_a_bank_that_a_lesson_keeps_takes_nothing_in(client, admin, bank):
    make_quiz(bank, purpose="practice")

    post(client, bank, ZH, EN, act="take")

    assert nothing_changed()


def test_others_find_nothing_here(client, bank):
    for person in (make_trainee(), make_instructor()):
        client.force_login(person)
        for path in ("banks/service/import/", "banks/service/export/", "template.csv"):
            assert client.get(f"/items/{path}").status_code == 404


def test_a_plan_costs_the_same_for_one_item_and_fifty(bank):
    counts = []
    read = joined(read_gift(ZH), "zh", read_gift(EN))
    for items in (read.items[:1], read.items):
        with CaptureQueriesContext(connection) as queries:
            plan_for(bank, items)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_who_take_in_the_same_at_once_make_it_once():
    bank = Bank.objects.create(slug="service", title_zh="服务", title_en="Service")
    admin = make_admin()
    read = joined(read_gift(ZH), "zh", read_gift(EN))

    at_once(4, lambda n: take_in(bank=bank, items=read.items, by=admin))

    assert (bank.items.count(), Revision.objects.count()) == (50, 50)


def test_the_same_file_again_does_not_undo_what_somebody_wrote_into_a_draft(client, admin, bank):
    take(client, bank, "::Q:: 甲 {T}")
    draft = ExerciseDraft.objects.get()
    draft.content["content"]["explanation"] = {"zh": "写了"}
    draft.save()

    page = take(client, bank, "::Q:: 甲 {T}")

    assert page.status_code == 302
    draft.refresh_from_db()
    assert draft.content["content"]["explanation"] == {"zh": "写了"}


def test_a_draft_that_somebody_writes_by_hand_is_never_taken_away(client, admin, bank):
    whole = ("::Q:: 甲 {T ####因}", "::Q:: a {T ####since}")
    take(client, bank, *whole)
    exercise = Exercise.objects.get()
    draft = ExerciseDraft.objects.create(
        exercise=exercise, content={"kind": "true_false", "content": {"prompt": {"zh": "手写"}}},
        edited_by=admin, edited_at=exercise.current.created_at, based_on=1,
    )  # fmt: skip

    assert [row.outcome for row in post(client, bank, *whole).context["plan"].rows] == ["same"]
    assert post(client, bank, "::Q:: 乙 {T}").status_code == 422
    take(client, bank, "::Q:: 乙 {T ####因}", whole[1])
    draft.refresh_from_db()
    assert draft.content["content"]["prompt"] == {"zh": "手写"}


def test_one_fault_among_good_items_takes_nothing_in(bank):
    other = make_exercise()
    rows = [
        "id,kind,prompt_zh,correct",
        "good,true_false,甲,true",
        f"{other.slug},true_false,乙,true",
    ]

    plan = take_in(bank=bank, items=read_csv("\n".join(rows)).items, by=make_admin())

    assert len(plan.faults) == 1
    assert not Exercise.objects.filter(slug="good").exists()
    assert not bank.items.exists()
