"""The columns of a table of people: what they are called, and how their cells are read. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.importing import cells
from people.importing.cells import plain

ACCOUNTS = ("wecom", "dingtalk", "feishu")


@dataclass(frozen=True)
class Column:
    """A column: what it is called here, which other headers mean it, how a cell is read."""

    slug: str
    label: Any
    names: str  # one after the other, with | between
    hint: Any
    read: Callable[[str], Any]


def header_key(text: str) -> str:
    """A header as it is looked up: "E-Mail *" and "email（选填）" are one."""
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】", "", plain(text)).casefold()
    return re.sub(r"[\s_\-*:·/]+", "", text)


COLUMNS = (
    Column(
        "staff",
        pgettext_lazy("column of people", "Staff number"),
        "工号|员工号|员工编号|staff number|staff no|staff no.|staff id|employee number|username",
        _("Required. Leading zeros stay if the cell is text."),
        cells.staff,
    ),
    Column(
        "name",
        pgettext_lazy("column of people", "Name"),
        "姓名|名字|name|full name",
        _("Required for new people."),
        cells.name,
    ),
    Column(
        "phone",
        pgettext_lazy("column of people", "Phone"),
        "手机|手机号|手机号码|电话|phone|mobile|phone number|mobile phone",
        _("Optional. Digits, with + in front if abroad."),
        cells.phone,
    ),
    Column(
        "email",
        pgettext_lazy("column of people", "E-mail"),
        "邮箱|电子邮箱|邮件|电子邮件|e-mail|email|mail|email address",
        _("Optional."),
        cells.email,
    ),
    Column(
        "language",
        pgettext_lazy("column of people", "Language"),
        "语言|界面语言|language",
        _("中文 or English; empty: as the browser asks."),
        cells.language,
    ),
    Column(
        "tz",
        pgettext_lazy("column of people", "Time zone"),
        "时区|time zone|timezone|tz",
        _("Such as Asia/Shanghai; empty: as in the cohort."),
        cells.zone,
    ),
    Column(
        "role",
        pgettext_lazy("column of people", "Role"),
        "角色|身份|role",
        _("Trainee or instructor; empty: trainee."),
        cells.role,
    ),
    Column(
        "cohort",
        pgettext_lazy("column of people", "Cohort"),
        "班级|所属班级|班组|门店|cohort|class|group|team|shop",
        _("Its short name, or its path: group/region/shop."),
        cells.cohort,
    ),
    Column(
        "joined",
        pgettext_lazy("column of people", "Joined on"),
        "加入日期|入职|入职日期|加入时间|入职时间|joined on|joined|join date|start date|hired on",
        _("Such as 2026-09-01."),
        cells.joined,
    ),
    Column(
        "shift",
        pgettext_lazy("column of people", "Shift start"),
        "班次开始|班次|上班时间|shift start|shift|start of shift",
        _("Such as 08:30; empty: as in the cohort."),
        cells.shift,
    ),
    Column(
        "wecom",
        pgettext_lazy("column of people", "WeCom account"),
        "企业微信账号|企业微信|企微账号|企微|wecom account|wecom|wecom id",
        _("Optional."),
        cells.account,
    ),
    Column(
        "dingtalk",
        pgettext_lazy("column of people", "DingTalk account"),
        "钉钉账号|钉钉|dingtalk account|dingtalk|dingtalk id",
        _("Optional."),
        cells.account,
    ),
    Column(
        "feishu",
        pgettext_lazy("column of people", "Feishu account"),
        "飞书账号|飞书|feishu account|feishu|feishu id|lark",
        _("Optional."),
        cells.account,
    ),
    Column(
        "left",
        pgettext_lazy("column of people", "Left"),
        "离开|已离开|离职|是否离职|left|left cohort",
        _("Yes: leaves the cohort."),
        cells.left,
    ),
)
BY_SLUG = {column.slug: column for column in COLUMNS}
_BY_NAME = {header_key(name): column.slug for column in COLUMNS for name in column.names.split("|")}


def column_of(header: str) -> str:
    """The slug of the column a header names, in either language; empty if there is none."""
    return _BY_NAME.get(header_key(header), "")
