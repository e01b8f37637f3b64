"""The one settings file. Everything a deployment may change comes from the environment.

KHAOSAT_HOME   folder of the embedded database, blobs and artefacts (default: .home)
DATABASE_URL   postgres://user:password@host:port/name; without it SQLite in KHAOSAT_HOME
SECRET_KEY     signing key; without it one is made once and kept in KHAOSAT_HOME
PUBLIC_URL     what phones and QR codes are told, for example https://khaosat.example.vn
EMAIL_URL      smtps://user:password@host:465 (or smtp://…:587, STARTTLS) sends links to set a
               password; with it EMAIL_FROM, the sender's address, and PUBLIC_URL are needed
WEBHOOK_NETWORKS  private networks to which webhooks may send, for example 10.0.0.0/8
ENTITY_BACKLOG_DAYS  how long an offline change of an entity waits for the one before it
               (default: 5); then it is applied to what stands
"""

import os
from pathlib import Path

from config.environment import database, days, home, mail_server, networks, public_url, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = home(os.environ, BASE_DIR)
DATABASES = {"default": database(os.environ, HOME)}
SECRET_KEY = secret_key(os.environ, HOME)
PUBLIC_URL = public_url(os.environ)
WEBHOOK_NETWORKS = networks(os.environ)
_MAIL = mail_server(os.environ)
EMAIL_URL = _MAIL.url
EMAIL_FROM = _MAIL.sender
EMAIL_HOST = _MAIL.host
EMAIL_PORT = _MAIL.port
EMAIL_HOST_USER = _MAIL.user
EMAIL_HOST_PASSWORD = _MAIL.password
EMAIL_USE_SSL = _MAIL.is_ssl
EMAIL_USE_TLS = _MAIL.is_tls
EMAIL_TIMEOUT = 20
ENTITY_BACKLOG_DAYS = days(os.environ, "ENTITY_BACKLOG_DAYS", 5)

DEBUG = False
# Phones reach the server by names and addresses nobody can list beforehand (hot-spot, LAN, proxy);
# no link is built from the Host header (PUBLIC_URL is), so a forged one gains nothing.
ALLOWED_HOSTS = ["*"]
BEHIND_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "surveys.territory",
    "surveys.collection",
    "surveys.fieldwork",
    "surveys.results",
    "dashboard",
    "config",
]

MIDDLEWARE = [
    "config.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PagesOnly",
]
# The phone's door and /v1 need no session, CSRF or language: config.middleware.PagesOnly
# wraps these around the pages alone.
PAGE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dashboard.language.ChosenLanguage",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

AUTH_USER_MODEL = "collection.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
if BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"  # survey days are Vietnamese days
USE_I18N = True
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "dashboard" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False

BLOB_ROOT = HOME / "blobs"
ARTEFACT_ROOT = HOME / "artefacts"

# A single file may be larger than what HEAD advertises (Collect then sends it alone).
ADVERTISED_CONTENT_LENGTH = 5_000_000
MAX_REQUEST_BYTES = 250_000_000
# Of the pages' forms, without their files; the phone's door and /v1 read bodies by themselves.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.BearerOrBasicOrSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "api.problems.rest_exception_handler",
    "UNAUTHENTICATED_USER": None,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.WithoutKeys",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"khaosat": {"level": "INFO"}},
}
