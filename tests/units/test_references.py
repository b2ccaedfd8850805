"""Map and glossary: what a reader sees; what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.factories import make_trainee
from tests.units.sheet_making import make_worksheet, put
from units.models import CellChange, Reference, Sheet

TERMS = [
    {
        "id": "recovery", "term": {"zh": "补救", "en": "Recovery"},
        "meaning": {"zh": "错了以后怎么办。", "en": "What to do after a mistake."},
        "lesson": "first/one",
    },
    {
        "id": "peak", "term": {"zh": "峰终", "en": "peak and end"},
        "meaning": {"zh": "记得最清的两处。", "en": "What is remembered."},
    },
    {
        "id": "interest", "term": {"zh": "利益", "en": "Interest"},
        "meaning": {"zh": "真正想达到的。", "en": "What they want to reach."},
    },
]  # fmt: skip
MODELS = [
    {
        "id": "iceberg", "step": "diagnose", "title": {"zh": "冰山", "en": "Iceberg"},
        "says": {"zh": "水面下更多。", "en": "More lies below."}, "lesson": "first/one",
    },
]  # fmt: skip


def reader(language="en"):
    client = Client()
    client.force_login(make_trainee(language=language))
    return client


@pytest.mark.django_db
def test_the_glossary_is_in_the_order_of_the_readers_language():
    Reference.objects.create(slug="glossary", content={"terms": TERMS})
    chinese = reader("zh-hans").get("/glossary/").content.decode()
    english = reader().get("/glossary/").content.decode()

    assert chinese.index("补救") < chinese.index("峰终") < chinese.index("利益")
    assert english.index("Interest") < english.index("peak and end") < english.index("Recovery")
    assert 'href="/units/first/one/"' in english


@pytest.mark.django_db
def test_a_model_hangs_on_its_step(django_assert_max_num_queries):
    Reference.objects.create(slug="map", content={"models": MODELS * 20})
    client = reader()
    with django_assert_max_num_queries(4):
        page = client.get("/map/").content.decode()

    assert page.index("Diagnose") < page.index("More lies below.") < page.index("Summarise")


@pytest.mark.django_db
def test_only_the_main_models_of_a_step_are_open():
    others = [MODELS[0] | {"id": f"m{n}", "main": n == 0} for n in range(3)]
    Reference.objects.create(slug="map", content={"models": others})
    page = reader().get("/map/").content.decode()

    folded = page[page.index("<details") : page.index("</details>")]
    assert "2 more models" in folded
    assert 'id="m0"' not in folded
    assert 'id="m1"' in folded


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/map/", "/glossary/"])
def test_without_entries_the_page_says_so(address):
    page = reader().get(address)

    assert page.status_code == 200
    assert "empty" in page.content.decode()


@pytest.mark.django_db
def test_the_database_refuses_to_change_what_a_cell_said():
    worksheet = make_worksheet()
    put(make_trainee(), "Look up.", slug=worksheet.slug)
    change = CellChange.objects.get()

    for deed in (
        lambda: CellChange.objects.filter(pk=change.pk).update(text="", at=timezone.now()),
        change.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
    assert CellChange.objects.get().text == "Look up."


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_worksheets_revision():
    worksheet = make_worksheet()
    assert worksheet.current is not None

    with pytest.raises(IntegrityError), transaction.atomic():
        worksheet.current.__class__.objects.filter(pk=worksheet.current.pk).update(number=9)


@pytest.mark.django_db
def test_a_text_too_long_over_somebody_elses_shows_theirs_first():
    """Else whoever shortens it would overwrite a text nobody has shown them."""
    from units.filling import NewerCellExists, TooLong

    worksheet, me = make_worksheet(), make_trainee()
    put(me, "First.", slug=worksheet.slug)
    put(me, "Second.", slug=worksheet.slug, seen=1)

    with pytest.raises(NewerCellExists):
        put(me, "x" * 4001, slug=worksheet.slug, seen=1)
    with pytest.raises(TooLong):
        put(me, "x" * 4001, slug=worksheet.slug, seen=2)
    assert Sheet.objects.get().cells.get().text == "Second."
