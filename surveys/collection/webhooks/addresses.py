"""Where a hook may send to: public addresses, over https, unless a setting allows a network.

Whoever manages a project types the address; the server must not become a way into the network that
it stands in. A name is resolved each time, every address that it stands for is checked, and the
connection goes to the checked address itself, so that a name which changes in between gains
nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from surveys.collection.refusal import Refused

LONGEST = 500
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Refused):
    """400.171 the address cannot be used; details say why in both languages."""

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        super().__init__(400.171, reason_vi=reason_vi, reason_en=reason_en)


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def read(address: str) -> Target:
    """The parts of an address.

    Raises
    ------
    AddressRefused : no http(s) address, with a password in it, or with letters that no URL has.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
        host = parts.hostname or ""
        host.encode("idna")  # an empty or endless label: no resolver can be asked for it
    except ValueError:
        raise _not_readable() from None
    is_plain = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme not in {"http", "https"} or not host or not is_plain or len(address) > LONGEST:
        raise _not_readable()
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(
            "không ghi mật khẩu trong địa chỉ. Máy nhận hãy kiểm tra chữ ký.",
            "it holds a password. Let the receiver check the signature instead.",
        )
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_secure, host, port or (443 if is_secure else 80), path)


def resolve(target: Target) -> str:
    """An address of the target that may be connected to.

    Raises
    ------
    AddressRefused : the name leads (also) into a network that is not public nor allowed.
    OSError : the name is not known.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    numbers = [str(each[4][0]) for each in found]
    for number in numbers:
        check(number, is_secure=target.is_secure)
    return numbers[0]


def check(number: str, *, is_secure: bool) -> None:
    """Refuse what is not public, and plain http to what is."""
    address = ipaddress.ip_address(number.partition("%")[0])
    # An IPv4 address that travels within an IPv6 one, as itself or by 6to4.
    address = (
        getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    )
    if is_allowed(address):
        return
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise AddressRefused(
            "địa chỉ nằm trong mạng nội bộ. Người quản trị cho phép bằng WEBHOOK_NETWORKS.",
            "it lies in a private network. The administrator allows one by WEBHOOK_NETWORKS.",
        )
    if not is_secure:
        raise AddressRefused(
            "phải dùng https: dữ liệu không được đi qua mạng công cộng mà không mã hoá.",
            "https is needed: data must not cross a public network in the clear.",
        )


def is_allowed(address: Address) -> bool:
    return any(address in network for network in settings.WEBHOOK_NETWORKS)


def _not_readable() -> AddressRefused:
    return AddressRefused(
        "cần dạng https://may-chu.vn/duong-dan. Hãy nhập lại.",
        "it must be like https://server.example/path. Enter it again.",
    )


def resolve_or_refuse(address: str) -> None:
    """Check an address when somebody types it; a name that is not known yet is taken."""
    try:
        resolve(read(address))
    except OSError:
        return
