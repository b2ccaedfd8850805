"""What a cell of each column may say, and what it then means. Pure."""

import re
import unicodedata
from datetime import date, time
from functools import lru_cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from people.auditing import CONTROL
from people.importing.dates import read_date, read_time
from people.importing.wrong import Wrong
from people.organising import reserved

LONGEST_ACCOUNT = 120
LONGEST_EMAIL = 254
_SPREADSHEET_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_STAFF_NUMBER = re.compile(r"[\w.+-]{1,60}")
_PHONE = re.compile(r"\+?[0-9]{5,18}")
# "@all" is everybody for WeCom, and "a|b" are two people.
_ACCOUNT = re.compile(r"[^\s@|,;][^\s|,;]*")
_YES = {"yes", "y", "true", "1", "x", "left", "是", "已离开", "离开", "离职", "已离职", "√", "对"}
_NO = {"no", "n", "false", "0", "否", "在", "在职", "未离开", "不"}
_LANGUAGES = {
    "zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "chinese": "zh-hans",
    "中文": "zh-hans", "简体中文": "zh-hans", "汉语": "zh-hans", "普通话": "zh-hans",
    "en": "en", "en-us": "en", "en-gb": "en", "english": "en", "英文": "en", "英语": "en",
}  # fmt: skip
_ROLES = {
    "trainee": "trainee", "学员": "trainee", "员工": "trainee", "learner": "trainee",
    "instructor": "instructor", "讲师": "instructor", "trainer": "instructor",
    "培训师": "instructor", "admin": "admin", "管理员": "admin",
}  # fmt: skip
_ZONES = {
    "北京": "Asia/Shanghai", "北京时间": "Asia/Shanghai", "上海": "Asia/Shanghai",
    "中国": "Asia/Shanghai", "beijing": "Asia/Shanghai", "utc+8": "Asia/Shanghai",
    "gmt+8": "Asia/Shanghai", "香港": "Asia/Hong_Kong", "澳门": "Asia/Macau",
    "台北": "Asia/Taipei", "乌鲁木齐": "Asia/Urumqi", "新加坡": "Asia/Singapore",
    "东京": "Asia/Tokyo", "伦敦": "Europe/London", "纽约": "America/New_York",
}  # fmt: skip


def plain(text: str) -> str:
    """Without spaces around, without differences of width: for what is compared."""
    return unicodedata.normalize("NFKC", text).strip()


def check_characters(text: str, *, longest: int) -> None:
    """Refuse line breaks, hidden characters and what is too long."""
    if re.search(r"[\r\n\u2028\u2029]", text):
        raise Wrong(_("There is a line break in this cell."), _("Write it on one line."))
    if match := CONTROL.search(text):
        what = _("There is a hidden character (U+%(code)04X) in this cell.")
        raise Wrong(what % {"code": ord(match[0])}, _("Type the cell anew."))
    if len(text) > longest:
        what = _("This is longer than %(count)d characters.")
        raise Wrong(what % {"count": longest}, _("Shorten it."))
    if text in _SPREADSHEET_ERRORS:
        what = _("The spreadsheet could not work this cell out.")
        raise Wrong(what, _("Write the value itself in place of the formula."))


def _whole(text: str) -> str:
    """A number that a spreadsheet has reshaped, as it was; Wrong where digits are lost."""
    if match := _SCIENTIFIC.fullmatch(text):
        digits, power = match[1] + (match[2] or ""), int(match[3])
        if len(digits) == power + 1 and power < 18:
            return digits
        raise Wrong(
            _("The spreadsheet has shortened this number; its last digits are lost."),
            _("Format the column as text and type the number again."),
        )
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def staff(cell: str) -> str:
    text = _whole(plain(cell))
    check_characters(text, longest=60)
    if not _STAFF_NUMBER.fullmatch(text):
        raise Wrong(
            _("A staff number has letters, digits and . + - _ only."),
            _("Write it without spaces or other signs."),
        )
    if reserved([text]):
        raise Wrong(_("This word has another meaning in addresses."), _("Take another."))
    return text


def name(cell: str) -> str:
    check_characters(cell, longest=80)
    return cell.strip()


def phone(cell: str) -> str:
    text = _whole(plain(cell))
    check_characters(text, longest=40)
    text = re.sub(r"[\s()./-]", "", text)
    if not _PHONE.fullmatch(text):
        raise Wrong(
            _("This is no phone number."),
            _("Write 5 to 18 digits, with + in front if abroad."),
        )
    return text


def email(cell: str) -> str:
    text = plain(cell).lower()
    check_characters(text, longest=LONGEST_EMAIL)
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong(_("This is no e-mail address."), _("Write it like name@company.cn.")) from None
    return text


def language(cell: str) -> str:
    check_characters(cell, longest=40)
    found = _LANGUAGES.get(plain(cell).casefold().replace("_", "-"))
    if found is None:
        raise Wrong(_("There is no such language here."), _("Write 中文 or English."))
    return found


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()} | _ZONES


def zone(cell: str) -> str:
    check_characters(cell, longest=60)
    found = _zones().get(plain(cell).casefold().replace(" ", "_"))
    if found is None:
        raise Wrong(_("There is no such time zone."), _("Write it like Asia/Shanghai."))
    return found


def role(cell: str) -> str:
    check_characters(cell, longest=40)
    found = _ROLES.get(plain(cell).casefold())
    if found is None:
        raise Wrong(_("There is no such role."), _("Write trainee 学员 or instructor 讲师."))
    return found


def cohort(cell: str) -> str:
    check_characters(cell, longest=400)
    return cell.strip()


def joined(cell: str) -> date:
    text = plain(cell)
    check_characters(text, longest=40)
    return read_date(text)


def shift(cell: str) -> time:
    text = plain(cell)
    check_characters(text, longest=40)
    return read_time(text)


def account(cell: str) -> str:
    text = _whole(plain(cell))
    check_characters(text, longest=LONGEST_ACCOUNT)
    if not _ACCOUNT.fullmatch(text):
        raise Wrong(
            _("This is not the account of one person."),
            _("Write it as the messenger's list of people has it, without spaces."),
        )
    return text


def left(cell: str) -> bool:
    check_characters(cell, longest=20)
    text = plain(cell).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Wrong(_("This is neither yes nor no."), _("Write yes 是, or leave it empty."))
