from datetime import datetime

import pytest
from django.utils.translation import override

from home.greeting import first_name, greeting


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("李晓彤", "晓彤"),
        ("欧阳文静", "文静"),
        ("欧阳静", "欧阳静"),
        ("王伟", "王伟"),
        ("Emma Clarke", "Emma"),
        ("Sofia", "Sofia"),
        ("买买提·艾力", "买买提·艾力"),
        ("", ""),
    ],
)
def test_the_first_name_is_what_a_colleague_says(name, first):
    assert first_name(name) == first


@pytest.mark.parametrize(
    ("hour", "words"),
    [(4, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")],
)
def test_the_greeting_fits_the_hour(hour, words):
    with override("en"):
        assert greeting("Emma Clarke", datetime(2026, 1, 5, hour)) == f"Good {words}, Emma"
