"""Revisions never change (a trigger refuses it), so each process keeps those it has read."""

from collections.abc import Sequence

from quizzes.models import Revision

Key = tuple[int, str]  # id and digest: a test's database gives ids out again

_MOST = 5_000  # a few dozen MB; a whole company's courses fit
_known: dict[Key, Revision] = {}


def revisions_of(keys: Sequence[Key]) -> list[Revision]:
    """The revisions in the order of the keys; those not yet known in one query."""
    # Another thread may empty the store at any moment, so what is needed is taken out first.
    found = {key: _known[key] for key in keys if key in _known}
    unknown = [key for key in keys if key not in found]
    if unknown:
        rows = Revision.objects.in_bulk([pk for pk, _ in unknown])
        new = {key: rows[key[0]] for key in unknown}
        if len(_known) >= _MOST:
            _known.clear()
        _known.update(new)
        found |= new
    return [found[key] for key in keys]
