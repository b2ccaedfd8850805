"""One log format for all processes: a line of name=value pairs."""

import logging
import re
from typing import Any

import structlog

# Addresses that are a right by themselves. Whoever reads the log must not have it.
SECRET = re.compile(r"(/(?:join|accounts/link|unsubscribe|calendar|password/reset/key)/)[^/\s?]+")


class HideSecrets(logging.Filter):
    """Takes the secret out of an address that Django complains about (403, 405, 429, 500)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, without the secret."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                SECRET.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args
            )
        return True


def logging_by(level: str) -> dict[str, Any]:
    """Django's LOGGING from this level on; sets structlog up to write into it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    structlog.stdlib.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                ],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info,
                    structlog.processors.LogfmtRenderer(),
                ],
            }
        },
        "filters": {"hide_secrets": {"()": HideSecrets}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"filters": ["hide_secrets"]},
            "django.security.csrf": {"filters": ["hide_secrets"]},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }
