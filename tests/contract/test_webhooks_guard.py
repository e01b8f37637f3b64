"""Where webhooks never send to: the server's own network, the clear, the slow, the elsewhere."""

import socket
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django import Settings

from surveys.collection.models import Delivery
from surveys.collection.webhooks import addresses, hooks, posting, sending
from surveys.collection.webhooks.hooks import Wish
from tests.cast import Cast
from tests.hook_receiver import receiver

pytestmark = pytest.mark.django_db
EVENTS = ("submission.created",)


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)


def sent(cast: Cast, address: str) -> Delivery:
    """A test delivery to this address, tried once."""
    made = hooks.create(cast.alice.actor, cast.project, Wish("x", address, EVENTS))
    delivery = hooks.test(cast.alice.actor, made.hook)
    sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def resolving(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Every name stands for these numbers."""

    def found(_host: str, port: int, *_more: Any, **_options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://localhost/x",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://[2002:7f00:1::]/",  # 127.0.0.1 by 6to4
        f"https://{'a' * 64}.vn/",
        "https://a..vn/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://2130706433/",
        "http://8.8.8.8/",  # public, and in the clear
        "ftp://8.8.8.8/",
        "https://user:secret@8.8.8.8/",
        "https://",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8/\r\nX: y",
        "javascript:alert(1)",
    ],
)
def test_no_address_leads_into_the_private_network(
    cast: Cast, settings: Settings, address: str
) -> None:
    settings.WEBHOOK_NETWORKS = ()
    with pytest.raises(addresses.AddressRefused) as refused:
        hooks.create(cast.alice.actor, cast.project, Wish("x", address, ("submission.created",)))
    assert refused.value.code == 400.171


def test_a_name_that_turns_private_after_it_was_typed_is_refused_when_sending(
    cast: Cast, settings: Settings
) -> None:
    with receiver() as there:
        made = hooks.create(cast.alice.actor, cast.project, Wish("x", there.address, EVENTS))
        delivery = hooks.test(cast.alice.actor, made.hook)
        settings.WEBHOOK_NETWORKS = ()
        sending.deliver(delivery.pk)
    assert there.requests == []
    assert "private network" in Delivery.objects.get().error


@pytest.mark.parametrize("numbers", [("8.8.8.8", "10.0.0.1"), ("127.0.0.1", "169.254.1.1")])
def test_a_name_of_which_one_number_is_private_is_refused(
    monkeypatch: pytest.MonkeyPatch, numbers: tuple[str, ...]
) -> None:
    resolving(monkeypatch, *numbers)
    with pytest.raises(addresses.AddressRefused):
        addresses.resolve(addresses.read("https://kho.example/"))


def test_the_connection_goes_to_the_number_that_was_checked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as there:
        resolving(monkeypatch, "127.0.0.1")
        port = there.address.rpartition(":")[2]
        delivery = sent(cast, f"http://kho.example:{port}")
    assert (delivery.state, delivery.status) == ("sent", 200)


def test_a_receiver_that_says_nothing_is_given_up_on(
    cast: Cast, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SILENCE_SECONDS", 0.1)
    delivery = sent(cast, silent)
    assert (delivery.state, delivery.status) == ("pending", None)
    assert "timed out" in delivery.error.lower()


def test_a_receiver_that_takes_all_the_time_there_is_is_cut_off(
    cast: Cast, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.1)
    assert sent(cast, silent).state == "pending"


def test_a_public_number_is_taken(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ()
    addresses.check("8.8.8.8", is_secure=True)
    addresses.check("2606:4700::1111", is_secure=True)
