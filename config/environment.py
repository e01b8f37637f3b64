"""Reads the environment; a wrong value is a clear error at start, not a surprise later."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def home(env: Mapping[str, str], base: Path) -> Path:
    """The folder for everything that the embedded server writes."""
    path = Path(env.get("KHAOSAT_HOME") or base / ".home").expanduser().resolve()
    try:
        # A new one is the owner's alone: it holds answers of respondents and tokens of phones.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"KHAOSAT_HOME={path} cannot be made: {error}") from error
    return path


def secret_key(env: Mapping[str, str], folder: Path) -> str:
    """SECRET_KEY, or a key made once and kept where only the owner can read it."""
    if key := env.get("SECRET_KEY"):
        return key
    file = folder / "secret_key"
    try:
        with file.open("x", encoding="ascii") as out:
            file.chmod(0o600)
            out.write(get_random_secret_key())
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii")


def days(env: Mapping[str, str], name: str, default: int) -> int:
    """A number of days from 1 to 365."""
    said = env.get(name, "").strip()
    if not said:
        return default
    if not (said.isascii() and said.isdecimal()) or not 1 <= int(said) <= 365:
        raise ImproperlyConfigured(f"{name}={said!r} must be a number of days from 1 to 365")
    return int(said)


def public_url(env: Mapping[str, str]) -> str:
    """PUBLIC_URL without a trailing slash, or nothing."""
    url = env.get("PUBLIC_URL", "").rstrip("/")
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise ImproperlyConfigured(
            f"PUBLIC_URL={url!r} must be like https://khaosat.example.vn (scheme and host)"
        )
    return url


def networks(env: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """WEBHOOK_NETWORKS: private networks to which webhooks may send."""
    said = env.get("WEBHOOK_NETWORKS", "")
    try:
        return tuple(ip_network(each.strip()) for each in said.split(",") if each.strip())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"WEBHOOK_NETWORKS={said!r} must be like 10.0.0.0/8,192.168.1.20/32 ({error})"
        ) from error


@dataclass(frozen=True, slots=True)
class MailServer:
    url: str
    sender: str
    host: str
    port: int
    user: str
    password: str
    is_ssl: bool

    @property
    def is_tls(self) -> bool:
        """A password is never sent in the clear; a relay on the same machine needs none."""
        return not self.is_ssl and bool(self.user)


def mail_server(env: Mapping[str, str]) -> MailServer:
    """The server of EMAIL_URL and the sender EMAIL_FROM; without them an empty one."""
    url, sender = env.get("EMAIL_URL", ""), env.get("EMAIL_FROM", "")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise ImproperlyConfigured("EMAIL_URL must be like smtps://user:password@mail.example:465")
    if url and not ("@" in sender and env.get("PUBLIC_URL")):
        raise ImproperlyConfigured(
            "EMAIL_URL needs EMAIL_FROM (khaosat@example.vn) and PUBLIC_URL, which letters carry"
        )
    is_ssl = parts.scheme == "smtps"
    return MailServer(
        url,
        sender,
        unquote(parts.hostname or ""),
        parts.port or (465 if is_ssl else 587),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        is_ssl,
    )


def database(env: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Django's DATABASES entry for DATABASE_URL, or the embedded SQLite."""
    url = env.get("DATABASE_URL", "")
    if not url:
        return sqlite(folder / "khaosat.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise ImproperlyConfigured(
            "DATABASE_URL must be like postgres://user:password@host:5432/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def sqlite(file: Path) -> dict[str, Any]:
    """WAL with synchronous=FULL: what was acknowledged survives a power cut."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
            ),
        },
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": str(file.with_name("test.sqlite3"))},
    }
