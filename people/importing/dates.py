"""Days and times as people and spreadsheets write them. Pure."""

import re
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from people.importing.wrong import Wrong

EARLIEST, LATEST = date(1950, 1, 1), date(2100, 12, 31)
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet, as it counts after its 1900-02-29
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "sept": 9, "oct": 10, "nov": 11, "dec": 12, "january": 1, "february": 2, "march": 3,
    "april": 4, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
    "november": 11, "december": 12,
}  # fmt: skip
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_DAY_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([a-z]{3,9})\.?,?[\s.-]+(\d{4})", re.I)
_WORD_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)
_TIME = re.compile(r"(\d{1,2})\s*[:.时点]\s*(\d{2})?\s*分?(?::\d{2})?\s*(am|pm)?", re.I)
_HOUR = re.compile(r"(\d{1,2})\s*(am|pm)", re.I)


def _no_date() -> Wrong:
    return Wrong(_("This is no date."), _("Write it like 2026-09-01."))


def read_date(text: str) -> date:
    """The day that is meant; Wrong where it could be two, or none."""
    year, month, day = _parts(text)
    try:
        found = date(year, month, day)
    except ValueError:
        raise _no_date() from None
    if not EARLIEST <= found <= LATEST:
        raise Wrong(_("This day is too far away."), _("Look at the year."))
    return found


def _parts(text: str) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_WORD.fullmatch(text):
        return int(match[3]), _MONTHS.get(match[2].lower(), 0), int(match[1])
    if match := _WORD_DAY.fullmatch(text):
        return int(match[3]), _MONTHS.get(match[1].lower(), 0), int(match[2])
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first <= 12 and second <= 12 and first != second:
            what = _("Is this day/month or month/day? It can be read in two ways.")
            raise Wrong(what, _("Write it like 2026-09-01."))
        return (year, second, first) if first > 12 or first == second else (year, first, second)
    if re.fullmatch(r"[2-6]\d{4}", text):  # what a spreadsheet keeps behind a date
        found = _EPOCH + timedelta(days=int(text))
        return found.year, found.month, found.day
    raise _no_date()


def read_time(text: str) -> time:
    """The time of day that is meant, to the minute."""
    wrong = Wrong(_("This is no time of day."), _("Write it like 08:30."))
    if match := _TIME.fullmatch(text):
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    elif match := _HOUR.fullmatch(text):
        hour, minute, half = int(match[1]), 0, match[2].lower()
    elif match := re.fullmatch(r"(\d{2})(\d{2})", text):
        hour, minute, half = int(match[1]), int(match[2]), ""
    elif re.fullmatch(r"0?\.\d{1,17}", text):  # a share of the day, as a spreadsheet keeps it
        hour, minute = divmod(round(float(text) * 24 * 60), 60)
        half = ""
    else:
        raise wrong
    if half:
        if not 1 <= hour <= 12:
            raise wrong
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise wrong from None
