"""Which cohort a cell means: its short name, or its path by names. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from people.importing.cells import plain
from people.importing.wrong import Wrong
from people.models import Cohort

LONGEST_NAME = 80
DEEPEST = 8
_BETWEEN = re.compile(r"\s*[/／>＞]\s*")


@dataclass(frozen=True)
class Missing:
    """Cohorts that would have to be made: their names in turn, below one that exists."""

    above: int
    names: tuple[str, ...]


class Tree:
    """The present cohorts, of which some are within reach; only these are ever found."""

    def __init__(self, cohorts: Iterable[Cohort], reached: Collection[int]) -> None:
        self.by_id = {one.pk: one for one in cohorts}
        self.reached = {pk for pk in reached if pk in self.by_id}
        self.by_slug = {one.slug: one.pk for one in self.by_id.values()}
        self._by_ending: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for pk in self.reached:
            names = tuple(_key(name) for name in self.names(pk))
            for start in range(len(names)):
                self._by_ending[names[start:]].append(pk)

    def names(self, pk: int) -> tuple[str, ...]:
        """The names from the top of the tree down to this cohort."""
        found: list[str] = []
        at: int | None = pk
        while at is not None and at in self.by_id and len(found) < 30:  # a ring ends
            found.append(self.by_id[at].name)
            at = self.by_id[at].parent_id
        return tuple(reversed(found))

    def path(self, pk: int) -> str:
        """The names as people write them: 集团/华东/上海店."""
        return "/".join(self.names(pk))

    def written(self, pk: int) -> str:
        """How to write this cohort so that it is found again: its path, else its short name."""
        path = self.path(pk)
        try:
            found = self.find(path)
        except Wrong:
            found = None
        return path if found == pk else self.by_id[pk].slug

    def find(self, text: str, *, may_make: bool = False) -> int | Missing:
        """The cohort that is meant, or those to be made. Raises Wrong."""
        slug = self.by_slug.get(plain(text))
        if slug in self.reached and slug is not None:
            return slug
        whole = self._ending((_key(text),))
        if whole is not None:
            return whole
        names = [name for name in _BETWEEN.split(text.strip()) if name]
        found = self._ending(tuple(map(_key, names)))
        if found is not None:
            return found
        for length in range(len(names) - 1, 0, -1):
            above = self._ending(tuple(map(_key, names[:length])))
            if above is not None:
                return self._missing(above, names[length:], may_make=may_make)
        raise Wrong(
            _("There is no such cohort within your reach."),
            _("Write its short name, or its path from the top: group/region/shop."),
        )

    def _missing(self, above: int, names: list[str], *, may_make: bool) -> Missing:
        if not may_make:
            what = _("Below “%(above)s” there is no cohort “%(name)s”.")
            raise Wrong(
                what % {"above": self.path(above), "name": names[0][:LONGEST_NAME]},
                _("Look at the name, or tick “Make cohorts that are missing”."),
            )
        if len(self.names(above)) + len(names) > DEEPEST or any(
            len(name) > LONGEST_NAME for name in names
        ):
            raise Wrong(_("This path is too long or too deep."), _("Shorten it."))
        return Missing(above, tuple(plain(name) for name in names))

    def _ending(self, key: tuple[str, ...]) -> int | None:
        """The one cohort whose path ends so; the one whose whole path it is wins."""
        found = self._by_ending.get(key, [])
        if len(found) > 1:
            whole = [pk for pk in found if len(self.names(pk)) == len(key)]
            if len(whole) != 1:
                paths = ", ".join(sorted(self.path(pk) for pk in found)[:3])
                raise Wrong(
                    _("Several cohorts are called so: %(paths)s.") % {"paths": paths},
                    _("Write the path from the top, or the short name."),
                )
            found = whole
        return found[0] if found else None


def _key(name: str) -> str:
    return " ".join(plain(name).casefold().split())
