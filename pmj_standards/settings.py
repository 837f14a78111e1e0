"""Settings, from environment variables (README, "Operations"). What production needs and lacks fails loudly here.

DEMO=1 (set by `script/server`) is for trying the product on 127.0.0.1: demo accounts exist, cookies go over plain
http. DEBUG=1 is for developing. Neither is ever set in production.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
# What this machine is told once lies in `.env` (made by `script/server`, never in the repository).
if (BASE_DIR / ".env").is_file():
    env.read_env(str(BASE_DIR / ".env"), recurse=False)

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
# On one's own machine: plain http, and demo accounts may be made.
LOCAL = DEBUG or DEMO

# Everything that the product writes: database (SQLite), evidence, finished forms, mails without a mail server.
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.str("SECRET_KEY")
# Keys of before: they still read (second factors, sessions, links) and no longer write.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost"]) if LOCAL else env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# Where people reach the product: links in mails start with it.
BASE_URL = env.str("BASE_URL", *(["http://127.0.0.1:8000"] if LOCAL else []))
if LOCAL and urlsplit(BASE_URL).hostname not in {"127.0.0.1", "localhost"}:
    raise ImproperlyConfigured(
        "DEMO=1 and DEBUG=1 are for one's own machine: known passwords, plain http. "
        f"To serve {BASE_URL} remove .env or set DEMO=0 and DEBUG=0."
    )

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "indicators",
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pmj_standards.middleware.public_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pmj_standards.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pmj_standards.middleware.htmx_login",
    "pmj_standards.middleware.wrong_method",
    "pmj_standards.middleware.keep_session",
    "pmj_standards.middleware.second_factor",
    "pmj_standards.middleware.private_pages",
    "pmj_standards.middleware.downloads",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pmj_standards.urls"
WSGI_APPLICATION = "pmj_standards.wsgi.application"
FORM_RENDERER = "pmj_standards.quick.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Tags of Django's own, done with less work.
            "builtins": ["pmj_standards.quick"],
            "libraries": {"i18n": "pmj_standards.quick"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pmj_standards.http.page",
            ],
        },
    },
]

# Two modules under the name `i18n`, which is meant: ours has all that Django's has.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

# --- database --------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=600)}
# A connection that the database server closed in the meantime is opened anew instead of failing a page.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Of three ways tried, the only one in which eight writers at once all commit: a write transaction
    # takes its lock at the start (IMMEDIATE) and waits for its turn instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
            "PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;"
        ),
    }
# Who is told of a weakness: an e-mail address or a URL, served as /.well-known/security.txt; unset: no such page.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
# Backups are encrypted with the passphrase in this file (README, "Backups"), outside DATA_DIR; unset: not encrypted.
BACKUP_PASSPHRASE_FILE = env.str("BACKUP_PASSPHRASE_FILE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        # On disk, so that throttling counts the same in every server process.
        "LOCATION": str(DATA_DIR / "cache"),
        # Full, it would drop entries at random, and with them counts of failed attempts.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- people ----------------------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "pmj_standards.http.csrf_failed"
AUTH_USER_MODEL = "assessments.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "assessments.accounts.Backend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "assessments.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "login": "assessments.forms.account.LoginForm",
    "reauthenticate": "assessments.forms.account.ReauthenticateForm",
    "change_password": "assessments.forms.account.ChangePasswordForm",
    "reset_password": "assessments.forms.account.ResetPasswordForm",
    "reset_password_from_key": "assessments.forms.account.ResetPasswordKeyForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever is here was invited at this address, and the invitation link proved it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# One office sits behind one address: the ceilings per address are high, those per account are low.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,20/10m/key",
    "reset_password": "20/m/ip,5/10m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "มาตรฐาน สนง.พมจ."
MFA_ADAPTER = "assessments.accounts.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "assessments.forms.account.AuthenticateForm",
    "reauthenticate": "assessments.forms.account.FactorReauthenticateForm",
    "activate_totp": "assessments.forms.account.ActivateForm",
}
# The invitation proved the address; allauth's own table of addresses is not kept.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Central and admin accounts must set up a second factor before they see anything.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", not LOCAL)

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
# allauth names the account `email`; unless told, axes would count all failures of an address as one nameless account.
AXES_USERNAME_CALLABLE = "assessments.accounts.login_name"
AXES_CLIENT_IP_CALLABLE = "assessments.accounts.client_address"
# Trying while locked does not lengthen the lock: the page says until when it lasts, and keeps its word.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "assessments.accounts.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# How many proxies of ours stand before the server; 0 = the peer's address is the person's.
PROXY_COUNT = env.int("PROXY_COUNT", 0)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "assessments.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "assessments.passwords.SimilarityValidator"},
    {"NAME": "assessments.passwords.CommonPasswordValidator"},
    {"NAME": "assessments.passwords.MinistryWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
INVITATION_DAYS = 14
# Of every demo account (`seed_demo`), shown on the sign-in page. They are refused outside DEBUG and DEMO.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "demo-standards-2569")

# A working day without a break; every use extends it (`middleware.keep_session`).
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "pmj_standards" / "locale"]
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True
USE_I18N = True

# --- files -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
NODE_MODULES = BASE_DIR / "script" / "npm" / "node_modules"
FONTS_DIR = DATA_DIR / "fonts"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", NODE_MODULES / "bootstrap" / "dist"),
    ("fonts", FONTS_DIR),
]
FONTS_DIR.mkdir(exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "evidence"), "base_url": None, "file_permissions_mode": 0o600},
    },
    "forms": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "forms"), "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Browsers ask for source maps only while somebody debugs.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "gz", "br", "woff2", "png", "jpg", "webp", "zip")
EVIDENCE_MAX_MB = env.int("EVIDENCE_MAX_MB", 25)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Small requests stay in memory; of larger ones no more than the limit of a file reaches the disk.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "assessments.files.BoundedUploadHandler",
]

# --- mail and background work ----------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
else:
    # Without a mail server mails are kept as files, and the manager sees the links on the page.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mails")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "standards@example.invalid")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- pages -----------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's stylesheet carries its small marks (tick, caret, cross) as data: images.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not LOCAL:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_COOKIE_HTTPONLY = True
    LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"refusals": {"()": "pmj_standards.logs.RefusalsInOneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "pmj": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"filters": ["refusals"]},
    },
}
