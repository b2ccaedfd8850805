"""Banks put in order: as a whole, never over somebody else's, running attempts untouched."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes.editing import BankChanged, Place, bank_state, save_bank
from quizzes.models import Answer, Bank, BankItem, Exercise
from tests.factories import make_admin
from tests.quizzes.making import make_attempt, make_bank, make_exercise, make_quiz
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    person = make_admin(language="en")
    client.force_login(person)
    return person


def rows_of(bank):
    return list(BankItem.objects.filter(bank=bank).select_related("exercise").order_by("position"))


def bank_form(bank, items=None, **fields):
    """What the bank's page posts."""
    items = rows_of(bank) if items is None else items
    data = {"seen": bank_state(bank, rows_of(bank)), "title_zh": "题", "title_en": "T", "item": []}
    for one in items:
        data["item"].append(str(one.exercise_id))
        data[f"objective-{one.exercise_id}"] = one.objective
        data[f"form-{one.exercise_id}"] = one.form
        data[f"weight-{one.exercise_id}"] = str(one.weight)
    return data | fields


def test_a_bank_is_put_in_order_as_a_whole(client, admin):
    bank = make_bank()
    first, second, third = rows_of(bank)
    data = bank_form(bank, [third, first, second])
    data |= {f"out-{first.exercise_id}": "1", f"weight-{third.exercise_id}": "3"}

    assert client.post(f"/items/banks/{bank.slug}/", data).status_code == 302
    after = [(one.exercise_id, one.position, one.weight) for one in rows_of(bank)]
    assert after == [(third.exercise_id, 1, 3), (second.exercise_id, 2, 1)]
    bank.refresh_from_db()
    assert (bank.title_zh, bank.title_en) == ("题", "T")


def test_without_a_script_a_button_moves_an_item(client, admin):
    bank = make_bank()
    first, second, third = (one.exercise_id for one in rows_of(bank))
    client.post(f"/items/banks/{bank.slug}/", bank_form(bank, move=f"up:{third}"))

    assert [one.exercise_id for one in rows_of(bank)] == [first, third, second]


def test_a_bank_that_somebody_else_has_saved_is_not_overwritten(client, admin):
    bank = make_bank()
    stale = bank_form(bank, title_en="Mine")
    BankItem.objects.filter(pk=rows_of(bank)[0].pk).update(weight=5)
    page = client.post(f"/items/banks/{bank.slug}/", stale)

    assert page.status_code == 409
    assert 'value="Mine"' in page.content.decode()
    assert rows_of(bank)[0].weight == 5


@pytest.mark.parametrize(
    ("name", "value"), [("weight", "11"), ("weight", "x"), ("objective", "No!"), ("form", "D")]
)
def test_a_bank_with_nonsense_is_refused_and_keeps_what_was_typed(client, admin, name, value):
    bank = make_bank()
    key = rows_of(bank)[0].exercise_id
    page = client.post(f"/items/banks/{bank.slug}/", bank_form(bank, **{f"{name}-{key}": value}))

    assert page.status_code == 422
    assert rows_of(bank)[0].objective == "o1"


def test_a_form_asks_each_objective_once(client, admin):
    bank = make_bank()
    fields = {}
    for one in rows_of(bank):
        fields |= {f"form-{one.exercise_id}": "A", f"objective-{one.exercise_id}": "same"}

    assert client.post(f"/items/banks/{bank.slug}/", bank_form(bank, **fields)).status_code == 422


def test_an_item_of_another_bank_cannot_be_slipped_in(client, admin):
    bank, stranger = make_bank(), make_exercise()
    data = bank_form(bank)
    data["item"].append(str(stranger.pk))

    assert client.post(f"/items/banks/{bank.slug}/", data).status_code == 422
    assert len(rows_of(bank)) == 3


def test_a_bank_in_use_is_changed_and_a_running_attempt_is_not(client, admin):
    bank = make_bank()
    attempt = make_attempt(make_quiz(bank))
    first = rows_of(bank)[0]
    client.post(f"/items/banks/{bank.slug}/", bank_form(bank, **{f"out-{first.exercise_id}": "1"}))

    assert len(rows_of(bank)) == 2
    assert Answer.objects.filter(attempt=attempt).count() == 3
    assert "1 attempt is running" in client.get(f"/items/banks/{bank.slug}/").content.decode()


def test_a_bank_that_a_lesson_keeps_is_only_shown(client, admin):
    bank = make_bank()
    data = bank_form(bank)
    make_quiz(bank, purpose="practice")
    client.post(f"/items/banks/{bank.slug}/", data)
    client.post(f"/items/banks/{bank.slug}/add/", {"exercise": make_exercise().slug})

    bank.refresh_from_db()
    assert (bank.title_en, len(rows_of(bank))) == ("Bank", 3)


def test_an_exercise_is_added_once_and_only_if_it_is_published(client, admin):
    bank, draft = make_bank(), Exercise.objects.create(slug="unpublished")
    other = make_exercise()
    for slug in (other.slug, other.slug, draft.slug, "nothing", ""):
        client.post(f"/items/banks/{bank.slug}/add/", {"exercise": slug})

    assert len(rows_of(bank)) == 4


def test_a_new_bank_has_an_id_of_its_own(client, admin):
    data = {"slug": "fresh", "title_zh": "新", "title_en": "New"}
    assert client.post("/items/banks/new/", data).url == "/items/banks/fresh/"
    assert client.post("/items/banks/new/", data).status_code == 422
    assert client.post("/items/banks/new/", data | {"slug": "new"}).status_code == 422
    assert client.post("/items/banks/new/", data | {"slug": "No good"}).status_code == 422
    assert Bank.objects.count() == 1


@pytest.mark.parametrize("path", ["/items/", "/items/?show=loose", "bank"])
def test_one_row_and_many_cost_the_same(client, admin, path):
    bank = make_bank(count=2)
    make_exercise()
    address = f"/items/banks/{bank.slug}/" if path == "bank" else path
    counts = []
    for _round in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
        for n in range(12):
            exercise = make_exercise()
            make_exercise()
            BankItem.objects.create(bank=bank, exercise=exercise, position=10 + n)
            make_bank(count=1)

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_save_a_bank_at_once_one_succeeds():
    bank, admin = make_bank(), make_admin()
    rows = rows_of(bank)
    seen = bank_state(bank, rows)

    def put(n):
        places = [Place(one.exercise_id, f"o{n}-{k}") for k, one in enumerate(rows)]
        try:
            save_bank(
                bank_id=bank.pk, by=admin, seen=seen, title_zh="题", title_en="T", places=places
            )
        except BankChanged:
            return 0
        return 1

    assert sum(at_once(8, put)) == 1
    assert len(rows_of(bank)) == 3
