"""All settings, read from the environment: safe by default, loud when something is missing."""

from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mot_course.alarm_clock import beat_schedule
from mot_course.environment import database, env, env_bool
from mot_course.log_lines import logging_by

BASE_DIR = Path(__file__).resolve().parent.parent


# DEMO is what `make run` sets: plain http on this machine, demo people may exist.
DEMO = env_bool("DEMO", default=False)
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
# Former keys, so that a change of key signs nobody out and loses no second factor.
SECRET_KEY_FALLBACKS = [key for key in env("SECRET_KEY_FALLBACKS", "").split(",") if key]
ALLOWED_HOSTS = env("ALLOWED_HOSTS").split(",")
SITE_URL = env("SITE_URL").rstrip("/")
if DEBUG and not DEMO:
    raise ImproperlyConfigured("DEBUG shows strangers our settings: only DEMO=1 may use it.")
if not DEMO and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must start with https:// (only DEMO=1 runs over http).")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

DATABASES = {"default": database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "mot_course.apps.MotCourseConfig",
    "outbox",
    "people",
    "quizzes",
    "cases",
    "units",
    "assignments",
    "home",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "people.wecom",
    "people.dingtalk",
    "people.feishu",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.forms",  # FORM_RENDERER looks for its templates
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mot_course.headers.PermissionsPolicy",
    "csp.middleware.CSPMiddleware",  # before WhiteNoise: static files carry the policy, too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "people.middleware.PersonMiddleware",
    "people.guarding.SignInGuard",
]

ROOT_URLCONF = "mot_course.urls"
WSGI_APPLICATION = "mot_course.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "mot_course.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mot_course.web.page_context",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Two languages, equal; no language in an address.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_PERSON_TIME_ZONE = env("DEFAULT_TIME_ZONE", "Asia/Shanghai")

# No Redis on the path of a request: sessions and cache live in PostgreSQL.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # Culling would throw sign-in counters away; old rows are cleared by a task instead.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600  # of files without a hash in their name; the others never change

# What no web server hands out: recordings, and for how long they are kept.
PRIVATE_FILES = Path(env("PRIVATE_FILES", str(BASE_DIR / "var" / "private")))
RECORDING_DAYS = 30

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = [
    "people.hashing.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["people.signing_in.PersonBackend"]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2

# allauth: its flows, our forms, words and limits (people/throttling.py). No sign-up, no social
# accounts, no e-mail pages: people/urls.py lists the addresses there are.
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}  # the backend reads staff number, phone and e-mail from it
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 15
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "people.resetting.ResetTokens"  # noqa: S105 -- a class
ACCOUNT_RATE_LIMITS = {
    "login": None,  # would count everybody in a training room as one
    "login_failed": "30/m/ip,5/5m/key",  # wrong second-factor codes
    "change_password": "10/m/user",
    "reauthenticate": "20/m/user",
    "reset_password_from_key": "30/m/ip",
}
ACCOUNT_FORMS = {
    "login": "people.forms.SignInForm",
    "reauthenticate": "people.forms.ConfirmPasswordForm",
    "change_password": "people.forms.ChangePasswordForm",
    "reset_password_from_key": "people.forms.ResetPasswordForm",
}
MFA_ADAPTER = "people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an admin without a mailbox needs a second factor too
MFA_TOTP_ISSUER = "MOT Course"
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for phones whose clock is off
MFA_FORMS = {
    "authenticate": "people.forms.SecondFactorForm",
    "reauthenticate": "people.forms.ConfirmCodeForm",
    "activate_totp": "people.forms.ActivateSecondFactorForm",
}
# Behind that many proxies, each of which appends to X-Forwarded-For, is the real address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0" if DEMO else "1"))

# Cookies and transport. Everything but DEMO is https only.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mot_course.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if DEMO:
    SESSION_COOKIE_NAME = "mot-session"
    CSRF_COOKIE_NAME = "mot-csrf"
    DEVICE_COOKIE_NAME = "mot-device"
    SILENCED_SYSTEM_CHECKS = [
        "security.W004",  # http on this machine only: HSTS would lock the browser out
        "security.W008",
        "security.W012",
        "security.W016",
    ]
else:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env_bool("SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],  # a recording is heard before it is kept
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "MOT Course <course@localhost>")
MAIL_REPLY_TO = env("MAIL_REPLY_TO", "")
MAILS_PER_MINUTE = int(env("MAILS_PER_MINUTE", "600"))  # 0: no limit
# The log of a mail server on this machine (Postfix), in which a mail's Message-ID can be found.
MAIL_LOG = env("MAIL_LOG", "")
# Asked for by GET after a pass that came through, for an alarm that rings when it stays silent.
HEARTBEAT_URL = env("HEARTBEAT_URL", "")
MAIL_FOLDER = env("MAIL_FOLDER", "")
if MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
else:
    EMAIL_BACKEND = "outbox.smtp.AttentiveBackend"
    EMAIL_HOST = env("EMAIL_HOST", "localhost")
    EMAIL_PORT = int(env("EMAIL_PORT", "25"))
    EMAIL_HOST_USER = env("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
    EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)

# Channels besides e-mail; without its secrets a channel is off. What each says to whom stands in
# outbox/channels/. OUTBOX_HOSTS are all hosts that are spoken to over HTTP.
WECOM_BASE_URL = env("WECOM_BASE_URL", "https://qyapi.weixin.qq.com").rstrip("/")
WECOM_CORP_ID = env("WECOM_CORP_ID", "")
WECOM_SECRET = env("WECOM_SECRET", "")
WECOM_AGENT_ID = env("WECOM_AGENT_ID", "")
WECOM_PER_MINUTE = int(env("WECOM_PER_MINUTE", "600"))
DINGTALK_BASE_URL = env("DINGTALK_BASE_URL", "https://api.dingtalk.com").rstrip("/")
DINGTALK_ROBOT_BASE_URL = env("DINGTALK_ROBOT_BASE_URL", "https://oapi.dingtalk.com").rstrip("/")
DINGTALK_APP_KEY = env("DINGTALK_APP_KEY", "")
DINGTALK_APP_SECRET = env("DINGTALK_APP_SECRET", "")
DINGTALK_ROBOT_CODE = env("DINGTALK_ROBOT_CODE", "")
DINGTALK_PER_MINUTE = int(env("DINGTALK_PER_MINUTE", "600"))
FEISHU_BASE_URL = env("FEISHU_BASE_URL", "https://open.feishu.cn").rstrip("/")
FEISHU_APP_ID = env("FEISHU_APP_ID", "")
FEISHU_APP_SECRET = env("FEISHU_APP_SECRET", "")
FEISHU_PER_MINUTE = int(env("FEISHU_PER_MINUTE", "600"))
SMS_GATEWAY_URL = env("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = env("SMS_GATEWAY_TOKEN", "")
SMS_DEFAULT_REGION = env("SMS_DEFAULT_REGION", "86")  # of numbers that do not begin with +
SMS_IDEMPOTENT_HOURS = int(env("SMS_IDEMPOTENT_HOURS", "0"))
SMS_PER_MINUTE = int(env("SMS_PER_MINUTE", "60"))
OUTBOX_HOSTS = env(
    "OUTBOX_HOSTS",
    "qyapi.weixin.qq.com,api.dingtalk.com,oapi.dingtalk.com,open.feishu.cn",
).split(",")

# Signing on with the company's own accounts; each is off until it is named here.
OIDC_SERVER_URL = env("OIDC_SERVER_URL", "").rstrip("/")
OIDC_CLAIM = env("OIDC_CLAIM", "preferred_username")  # the claim that is the staff number here
COMPANY_SIGN_ON: list[dict[str, Any]] = []
if OIDC_SERVER_URL:
    COMPANY_SIGN_ON.append(
        {
            "provider": "openid_connect",
            "provider_id": "company",
            "name": env("OIDC_NAME", "OpenID Connect"),
            "client_id": env("OIDC_CLIENT_ID"),
            "secret": env("OIDC_CLIENT_SECRET"),
            "settings": {"server_url": OIDC_SERVER_URL, "oauth_pkce_enabled": True},
        }
    )
    OUTBOX_HOSTS.append(urlparse(OIDC_SERVER_URL).hostname or "")
for _provider, _name, _client_id, _secret in (
    ("wecom", _("WeCom"), WECOM_CORP_ID, WECOM_SECRET),
    ("dingtalk", _("DingTalk"), DINGTALK_APP_KEY, DINGTALK_APP_SECRET),
    ("feishu", _("Feishu"), FEISHU_APP_ID, FEISHU_APP_SECRET),
):
    if env_bool(f"{_provider.upper()}_SIGN_ON", default=False):
        if not (_client_id and _secret):
            raise ImproperlyConfigured(
                f"{_provider.upper()}_SIGN_ON needs the app's id and secret."
            )
        COMPANY_SIGN_ON.append(
            {
                "provider": _provider,
                "provider_id": _provider,
                "name": _name,
                "client_id": _client_id,
                "secret": _secret,
            }
        )
SOCIALACCOUNT_ADAPTER = "people.company_sign_on.CompanyAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}

# Celery: why each of these, see docs/architecture.md "The alarm clock".
CELERY_BROKER_URL = env("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Tasks use a database connection again, so many times; by default each opens one of its own.
CELERY_DB_REUSE_MAX = 1000
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
# A bell for each channel that is set up, so that the outage of one does not delay another.
CHANNELS_ON = ["inbox", "email", "group"]
CHANNELS_ON += ["wecom"] if WECOM_CORP_ID else []
CHANNELS_ON += ["dingtalk"] if DINGTALK_APP_KEY else []
CHANNELS_ON += ["feishu"] if FEISHU_APP_ID else []
CHANNELS_ON += ["sms"] if SMS_GATEWAY_URL else []
CELERY_BEAT_SCHEDULE = beat_schedule(CHANNELS_ON)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING = logging_by(env("LOG_LEVEL", "INFO"))

# The titles that Django's admin shows.
SITE_NAME = _("MOT Course")
