"""Makes an e-mail of a `Mail`: plain text beside HTML, one button, how to stop it.

The HTML is a Django template whose styles are written into its tags once per process and
language, not per mail: templates/mail/mail.html with templates/mail/mail.css.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
from django.conf import settings
from django.template import engines
from django.utils.translation import gettext as _

from mot_course.web import content_language
from outbox.kinds import KINDS, Mail
from outbox.mime import Letter
from outbox.models import Message
from outbox.unsubscribing import token_for

FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"


def letter(message: Message, mail: Mail, address: str) -> Letter:
    """The mail as it leaves, in the language that is active."""
    kind = KINDS[message.kind]
    stop = ""
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if kind.may_silence and message.recipient_id:
        token = token_for(message.recipient_id, kind.slug, Message.Channel.EMAIL.value)
        stop = f"{settings.SITE_URL}/unsubscribe/{token}/"
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    words = Words(why=str(kind.why) or _why(may_silence=kind.may_silence), stop=stop)
    email = Letter(
        subject=one_line(mail.subject),
        body=as_text(mail, words),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers=headers,
        reply_to=[settings.MAIL_REPLY_TO] if settings.MAIL_REPLY_TO else None,
    )
    email.attach_alternative(as_html(mail, words), "text/html")
    return email


@dataclass(frozen=True)
class Words:
    """The end of a mail: why its reader gets it, and where to stop it ("" where nobody can)."""

    why: str
    stop: str


def _why(*, may_silence: bool) -> str:
    if may_silence:
        return _("You get this mail because you take part in MOT Course.")
    return _("This mail concerns your account or your mandatory training: it cannot be stopped.")


def one_line(text: str) -> str:
    """The text without anything that could begin a new line of a header."""
    return " ".join(text.split())


def as_text(mail: Mail, words: Words) -> str:
    """The part for those who read plain text."""
    pieces = [mail.body.strip()]
    for row in mail.rows:
        lines = [f"- {one_line(row.title)}"]
        lines += [f"  {one_line(row.note)}"] if row.note else []
        lines += [f"  {absolute(row.url)}"] if row.url else []
        pieces.append("\n".join(lines))
    if mail.url:
        button = one_line(mail.button) or _("Open")
        pieces.append(_("%(button)s:") % {"button": button} + f"\n{absolute(mail.url)}")
    end = ["-- ", words.why]
    if words.stop:
        end.append(_("Stop mails of this kind:") + f" {words.stop}")
    return "\n\n".join([*pieces, "\n".join(end)]) + "\n"


def as_html(mail: Mail, words: Words) -> str:
    """The part for everybody else."""
    paragraphs = [piece.strip() for piece in mail.body.split("\n\n") if piece.strip()]
    context: dict[str, Any] = {
        "subject": one_line(mail.subject),
        "paragraphs": [(text, text.startswith(f"{settings.SITE_URL}/")) for text in paragraphs],
        "preview": paragraphs[0] if paragraphs else "",
        "rows": [(row.title, row.note, absolute(row.url) if row.url else "") for row in mail.rows],
        "url": absolute(mail.url) if mail.url else "",
        "button": mail.button or _("Open"),
        "words": words,
        "stop": _("Stop mails of this kind"),
        "site": _("MOT Course"),
        "site_url": settings.SITE_URL + "/",
    }
    return str(compiled(content_language()).render(context))


def absolute(path: str) -> str:
    """The address of a path of this site."""
    return settings.SITE_URL + path if path.startswith("/") else path


@lru_cache(maxsize=4)
def compiled(language: str) -> Any:  # a template of the engine
    """The template in one language, its styles in its tags, ready to be filled."""
    source = (FOLDER / "mail.html").read_text()
    source = source.replace("LANGUAGE", {"en": "en"}.get(language, "zh-Hans"))
    inlined = css_inline.inline(
        source, extra_css=(FOLDER / "mail.css").read_text(), load_remote_stylesheets=False
    )
    dark = (FOLDER / "dark.css").read_text()
    inlined = inlined.replace("<!--DARK-->", f"<style>{dark}</style>")
    # Tags of the template stand in comments, because a table bears no other text between rows.
    inlined = inlined.replace("<!--{%", "{%").replace("%}-->", "%}")
    return engines["django"].from_string(inlined)
