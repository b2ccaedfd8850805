"""The first line of the day: by the person's clock and first name."""

from datetime import datetime

from django.utils.translation import gettext as _

# Family names of two characters; all others have one.
_PAIRS = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容司徒令狐端木夏侯长孙宇文独孤南宫西门"
    "轩辕申屠闻人澹台淳于单于太史仲孙钟离鲜于闾丘濮阳公冶宗政赫连呼延百里东郭"
)
DOUBLE = frozenset(_PAIRS[n : n + 2] for n in range(0, len(_PAIRS), 2))


def first_name(name: str) -> str:
    """What a friendly colleague calls somebody: 晓彤 for 李晓彤, Emma for Emma Clarke."""
    name = name.strip()
    if not name or not "\u3400" <= name[0] <= "\u9fff":
        return name.split(" ")[0]
    if " " in name or "·" in name or len(name) < 3:
        return name
    if name[:2] in DOUBLE:
        return name[2:] if len(name) == 4 else name
    return name[1:] if len(name) == 3 else name


def greeting(name: str, now: datetime) -> str:
    """A greeting that fits the hour; `now` in the person's own time zone."""
    values = {"name": first_name(name)}
    if 5 <= now.hour < 12:
        return _("Good morning, %(name)s") % values
    if 12 <= now.hour < 18:
        return _("Good afternoon, %(name)s") % values
    return _("Good evening, %(name)s") % values
