"""The project as a whole: migrations, translations, what every model says about privacy."""

from io import StringIO

import pytest
from django.core.management import call_command

from mot_course import catalogues


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_every_text_has_its_chinese():
    wanted, have = catalogues.wanted(), catalogues.read()
    missing = [
        str(message.id)
        for message in wanted
        if message.id and not getattr(have.get(message.id, context=message.context), "string", "")
    ]

    assert missing == []
    assert catalogues.untranslated(have) == []


def test_placeholders_are_the_same_in_both_languages():
    import re

    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = []
    for message in catalogues.read():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        wanted = {found for text in ids for found in placeholder.findall(text)}
        for text in strings:
            found = set(placeholder.findall(text))
            if not found <= wanted or len(wanted - found) > (1 if len(ids) > 1 else 0):
                wrong.append((ids[0], text))

    assert wrong == []


def test_a_process_that_compiles_the_texts_speaks_chinese_at_once(tmp_path, settings, monkeypatch):
    """As the first `make run` does: texts are shown, then compiled, then lessons are published."""
    from django.utils.translation import gettext, override
    from django.utils.translation.reloader import translation_file_changed

    mo = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    mo.parent.mkdir(parents=True)
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(catalogues, "MO", mo)
    translation_file_changed(sender=None, file_path=mo)
    try:
        with override("zh-hans"):
            assert gettext("our own") == "our own"
        catalogues.compile_catalogue()
        with override("zh-hans"):
            assert gettext("our own") == "本课补写"
    finally:
        settings.LOCALE_PATHS = [settings.BASE_DIR / "locale"]
        translation_file_changed(sender=None, file_path=mo)
