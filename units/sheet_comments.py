"""Instructors on a sheet: showing it to them, taking that back, and what they say."""

from django.utils import timezone

from people.models import User
from units.models import Sheet, SheetComment
from units.sheets import Desk


def show_to_instructor(sheet: Sheet) -> None:
    """Let whoever teaches the person read their own sheet and comment on it."""
    Sheet.objects.filter(pk=sheet.pk, person__isnull=False, shared_at=None).update(
        shared_at=timezone.now()
    )


def hide_from_instructor(sheet: Sheet) -> None:
    """Take that back; what was said meanwhile stays with the sheet."""
    Sheet.objects.filter(pk=sheet.pk).update(shared_at=None)


def comment(desk: Desk, *, key: str, text: str, author: User) -> SheetComment:
    """What the instructor says about the cell, or about the whole sheet where `key` is empty."""
    assert desk.may_comment
    assert desk.sheet is not None
    return SheetComment.objects.create(
        sheet=desk.sheet, key=key, author=author, text=text, made_at=timezone.now()
    )
