"""China's public holidays with their make-up days, as the State Council publishes them.

Only years that have been published: make-up days cannot be worked out. 2026: 国务院办公厅关于
2026年部分节假日安排的通知, 4 November 2025.
"""

from dataclasses import dataclass
from datetime import date

from people.working_days import days_from


@dataclass(frozen=True)
class Holiday:
    """A holiday: first and last free day, and the days worked for it."""

    name: str
    first: date
    last: date
    made_up_on: tuple[date, ...] = ()


CHINA: dict[int, tuple[Holiday, ...]] = {
    2026: (
        Holiday("元旦", date(2026, 1, 1), date(2026, 1, 3), (date(2026, 1, 4),)),
        Holiday(
            "春节",
            date(2026, 2, 15),
            date(2026, 2, 23),
            (date(2026, 2, 14), date(2026, 2, 28)),
        ),
        Holiday("清明节", date(2026, 4, 4), date(2026, 4, 6)),
        Holiday("劳动节", date(2026, 5, 1), date(2026, 5, 5), (date(2026, 5, 9),)),
        Holiday("端午节", date(2026, 6, 19), date(2026, 6, 21)),
        Holiday("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
        Holiday(
            "国庆节",
            date(2026, 10, 1),
            date(2026, 10, 7),
            (date(2026, 9, 20), date(2026, 10, 10)),
        ),
    )
}


def special_days_of(year: int) -> dict[date, tuple[bool, str]]:
    """Each special day of the year: whether people work on it, and why it is one."""
    found = {}
    for holiday in CHINA[year]:
        for day in days_from(holiday.first, holiday.last):
            found[day] = (False, holiday.name)
        for day in holiday.made_up_on:
            found[day] = (True, f"{holiday.name}调休")
    return found
