"""Every table says what it does with personal data."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import PROTECT, ForeignKey

from people.privacy import OF_OTHERS, every_model, privacy_of, privacy_of_all

OURS = [
    model
    for model in every_model()
    if model._meta.label.split(".")[0] not in {label.split(".")[0] for label in OF_OTHERS}
]


def test_every_model_declares_its_privacy():
    assert [label for label, privacy in privacy_of_all().items() if privacy is None] == []


def test_nothing_is_declared_for_a_model_that_is_gone():
    assert set(OF_OTHERS) <= set(privacy_of_all())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_row_of_ours_goes_with_a_person(model):
    person = apps.get_model(settings.AUTH_USER_MODEL)
    keys = [f for f in model._meta.get_fields() if isinstance(f, ForeignKey)]
    to_people = [f for f in keys if f.related_model is person]

    assert [f.name for f in to_people if f.remote_field.on_delete is not PROTECT] == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_whatever_points_to_a_person_is_not_declared_to_name_none(model):
    person = apps.get_model(settings.AUTH_USER_MODEL)
    names_a_person = any(
        f.related_model is person
        for f in model._meta.get_fields()
        if f.is_relation and not f.auto_created
    )

    assert not (names_a_person and privacy_of(model) == "kept: names no person")


def test_an_empty_reason_is_no_declaration():
    class Sloppy:
        class _meta:
            label = "x.Sloppy"

        privacy = "kept: "

    assert privacy_of(Sloppy) is None
