"""What in a text may tell who somebody is. Pure; warns, never forbids.

Every pattern reads forward from a rare beginning, or back over a bounded window, so that the
time grows with the length of the text and with nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cases.names import (
    ASKS,
    COMMON_BEFORE,
    COMPANY_STOPS,
    COMPANY_WORDS,
    COMPOUND,
    GENERIC,
    NOT_AFTER,
    SURNAMES,
)

NAME, PHONE, IDENTITY, CARD, MAIL, COMPANY, PLACE, PLATE, ACCOUNT = (
    "name", "phone", "identity", "card", "mail", "company", "place", "plate", "account",
)  # fmt: skip
MOST = 50  # findings; a text with more is not looked through by hand anyway


@dataclass(frozen=True)
class Finding:
    """A passage and what could stand there instead, in the passage's own language."""

    kind: str
    start: int
    end: int
    passage: str
    suggestion: str


def look_through(text: str) -> list[Finding]:
    """What may tell who somebody is, in the order of the text; each passage once."""
    plain = text.translate(_HALF_WIDTH)  # one character for one: places stay the same
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    seen: set[tuple[str, str]] = set()
    for search in (_mails, _numbers, _plates, _places, _accounts, _chinese_names, _titled, _told_names, _companies):  # fmt: skip # noqa: E501
        for kind, start, end, suggestion in search(plain):
            if len(found) >= MOST:
                break
            passage = text[start:end]
            if (kind, passage) in seen or any(start < b and a < end for a, b in taken):
                continue
            seen.add((kind, passage))
            taken.append((start, end))
            found.append(Finding(kind, start, end, passage, suggestion))
    return sorted(found, key=lambda one: one.start)


Hit = tuple[str, int, int, str]

_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_AT_END = re.compile(r"[\u3400-\u9fff]*\Z")


def _is_chinese(text: str, around: int) -> bool:
    return bool(_HAN.search(text[max(0, around - 20) : around + 20]))


# --- numbers ------------------------------------------------------------------------------

# Runs of digits with single signs between them: taken whole, then cut up.
_RUN = re.compile(r"\+?\(?\d(?:[ \-()]{0,2}\d)*[Xx]?")
_GROUP = re.compile(r"\d+[Xx]?")
_MOST_GROUPS = 7  # a number is written in few groups: +86 010 1234 5678


def _numbers(text: str) -> Iterator[Hit]:
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        n = 0
        while n < len(groups):
            taken = 1
            for last in range(min(n + _MOST_GROUPS, len(groups)) - 1, n - 1, -1):
                start, end = groups[n].start(), groups[last].end()
                digits = "".join(one.group() for one in groups[n : last + 1])
                if len(digits) < 8:
                    break  # fewer groups have fewer digits still
                if len(digits) > 22:
                    continue
                before = text[start - 1] if start else ""
                kind = _kind_of_number(digits, is_abroad=before == "+")
                if kind:
                    suggestion = _suggest(text, start, "（号码略）", "(number left out)")
                    yield kind, start - (before == "+"), end, suggestion
                    taken = last - n + 1
                    break
            n += taken


def _kind_of_number(digits: str, *, is_abroad: bool) -> str:
    """identity, phone or card; empty for any other number."""
    if len(digits) == 18 and is_identity(digits):
        return IDENTITY
    if not digits.isdigit():
        return ""
    local = digits.removeprefix("86") if len(digits) == 13 else digits
    if re.fullmatch(r"1[3-9]\d{9}", local):
        return PHONE
    if re.fullmatch(r"0[1-9]\d{8,10}|(?:400|800)\d{7}", digits):
        return PHONE
    if is_abroad and 8 <= len(digits) <= 15:
        return PHONE
    if 15 <= len(digits) <= 19 and is_card(digits):
        return CARD
    return ""


def is_identity(number: str) -> bool:
    """Whether 18 characters are a Chinese identity number: date and check digit fit."""
    if not re.fullmatch(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]", number):  # fmt: skip # noqa: E501
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def is_card(digits: str) -> bool:
    """Whether the digits pass Luhn's check, as bank cards do."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if n % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


# --- addresses, rooms, plates ---------------------------------------------------------------

_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·•. ]?"
    r"(?=[A-Z0-9]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_PLACE = re.compile(
    r"(?<!\d)[1-9]\d{2,3} ?(?:号房间?|房间?(?!费|价|型|卡|客)|室(?!内|外|温))"
    r"|(?:房间号|房号|房间)(?:是|为)?[:：]? ?\d{3,4}(?!\d)"
    r"|(?<![A-Za-z])[Rr]oom (?:[Nn]o\.? |[Nn]umber )?\d{3,4}(?!\d)"
)
_ACCOUNT = re.compile(r"(?:微信号?|QQ号?|WeChat)[:： ]{0,2}[A-Za-z0-9][-_A-Za-z0-9]{4,19}")


def _mails(text: str) -> Iterator[Hit]:
    for hit in _MAIL.finditer(text):
        yield MAIL, hit.start(), hit.end(), _suggest(text, hit.start(), "（邮箱略）", "(address left out)")  # fmt: skip # noqa: E501


def _plates(text: str) -> Iterator[Hit]:
    for hit in _PLATE.finditer(text):
        yield PLATE, hit.start(), hit.end(), "一辆车"


def _places(text: str) -> Iterator[Hit]:
    for hit in _PLACE.finditer(text):
        yield PLACE, hit.start(), hit.end(), _suggest(text, hit.start(), "一间客房", "a room")


def _accounts(text: str) -> Iterator[Hit]:
    for hit in _ACCOUNT.finditer(text):
        if hit.group()[-5:].isascii():
            yield ACCOUNT, hit.start(), hit.end(), _suggest(text, hit.start(), "（账号略）", "(account left out)")  # fmt: skip # noqa: E501


# --- names --------------------------------------------------------------------------------

_GUESTS = "先生|女士|小姐|太太|夫人|阿姨|大爷|大妈|大姐|大哥|老板"
_COLLEAGUES = "总经理|经理|主管|主任|店长|领班|师傅|老师|队长|行长|董事长|部长|科长|医生|总|董|工"
_CALLED = re.compile(f"(?P<guest>{_GUESTS})|(?P<colleague>{_COLLEAGUES})")
# "每周总是" has no Mr Zhou in it.
_NOT_TITLE = {
    "总": re.compile(r"[是共之体有要会在觉数计结部裁得算能和归括想爱]|监|台"),
    "董": re.compile(r"事"),
    "工": re.compile(r"[作人资具厂程种会单位期]"),
    "经理": re.compile(r"[解论]"),
    "老师": re.compile(r"傅"),
}


def _chinese_names(text: str) -> Iterator[Hit]:
    for called in _CALLED.finditer(text):
        title = called.group()
        follows = _NOT_TITLE.get(title)
        if follows and follows.match(text, called.end()):
            continue
        start = _name_before(text, called.start(), is_short=len(title) == 1)
        if start is not None:
            suggestion = "一位客人" if called["guest"] else "一位同事"
            yield NAME, start, called.end(), suggestion


def _name_before(text: str, end: int, *, is_short: bool) -> int | None:
    """Where a name that ends there begins; a surname alone, or with one or two characters."""
    last = _HAN_AT_END.search(text[max(0, end - 4) : end])
    for length in range(len(last.group()) if last else 0, 0, -1):
        start = end - length
        name = text[start:end]
        before = text[start - 1] if start else ""
        if name[:2] in COMPOUND:
            return start
        if length > (1 if is_short else 3) or name[0] not in SURNAMES:
            continue
        if before and before in COMMON_BEFORE.get(name[0], ""):
            continue
        if not NOT_AFTER.isdisjoint(name[1:]):
            continue
        if length == 1 or before not in SURNAMES or before in NOT_AFTER:
            return start
    return None


_TITLED = re.compile(
    r"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Madam)\.? "
    r"[A-Z][\w'’-]{0,30}(?: [A-Z][\w'’-]{1,30})?"
)


def _titled(text: str) -> Iterator[Hit]:
    for hit in _TITLED.finditer(text):
        yield NAME, hit.start(), hit.end(), "a guest"


_TOLD = re.compile(ASKS)
_TOLD_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:[Mm]y name is|I am called|[Nn]ame:) (?P<name>[A-Z][\w'’-]{0,30}(?: [A-Z][\w'’-]{1,30})?)"  # noqa: E501
)


def _told_names(text: str) -> Iterator[Hit]:
    for hit in _TOLD.finditer(text):
        name = hit["name"]
        # A full name has two or three characters; what follows it mostly is a word of two.
        size = 4 if name[:2] in COMPOUND else 3
        name = name[:size]
        for n, one in enumerate(name[1:], start=1):
            if one in NOT_AFTER:
                name = name[:n]
                break
        if len(name) >= 2 and (name[0] in SURNAMES or name[:2] in COMPOUND):
            yield NAME, hit.start("name"), hit.start("name") + len(name), "一位客人"
    for hit in _TOLD_ENGLISH.finditer(text):
        yield NAME, hit.start("name"), hit.end("name"), "a guest"


# --- companies ----------------------------------------------------------------------------

_COMPANY = re.compile(COMPANY_WORDS)
_BACK = 14  # characters of a company's name that are looked at
_NAME_AT_END = re.compile(rf"[^{re.escape(''.join(sorted(COMPANY_STOPS)))}]*\Z")
_GENERIC = "|".join(sorted(GENERIC, key=len, reverse=True))
_GENERICS_FIRST = re.compile(f"^(?:{_GENERIC})+")
_GENERIC_WORDS = re.compile(_GENERIC)
_COMPANY_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?P<name>[A-Z][\w&'’-]{1,30}(?: [A-Z&][\w&'’-]{0,30}){0,2}),? "
    r"(?:Ltd|Limited|Inc|GmbH|LLC|Corp|Co|Plc|PLC|Group|Bank|Hotel|Hotels|Resort)\b"
    r"|(?<![A-Za-z])Hotel [A-Z][\w'’-]{1,30}"
)
_ENGLISH_GENERIC = {"The", "A", "An", "Our", "This", "That", "Their", "My", "Your", "Every", "Each", "Any", "Another", "At", "In", "Call", "One"}  # fmt: skip # noqa: E501


def _companies(text: str) -> Iterator[Hit]:
    for hit in _COMPANY.finditer(text):
        window = text[max(0, hit.start() - _BACK) : hit.start()]
        last = _NAME_AT_END.search(window)
        name = _GENERICS_FIRST.sub("", last.group() if last else "", count=1)
        if len(_GENERIC_WORDS.sub("", name)) >= 2:
            word = "公司" if hit.group().endswith(("公司", "集团")) else hit.group()
            yield COMPANY, hit.start() - len(name), hit.end(), f"一家{word}"
    for hit in _COMPANY_ENGLISH.finditer(text):
        if hit["name"] in _ENGLISH_GENERIC:
            continue
        yield COMPANY, hit.start(), hit.end(), "a company"


def _suggest(text: str, at: int, chinese: str, english: str) -> str:
    return chinese if _is_chinese(text, at) else english
