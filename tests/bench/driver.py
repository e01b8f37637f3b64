"""Load: prepared requests on a number of keep-alive connections, with their latencies."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests gave."""

    n: int
    concurrency: int
    seconds: float
    statuses: dict[int, int]
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answered with success, a second."""
        return sum(n for status, n in self.statuses.items() if status < 400) / self.seconds

    def quantile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Link(asyncio.Protocol):
    """One connection: a request out, a whole response in."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.waiting: asyncio.Future[int] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        status = int(self.buffer[9:12])
        if len(self.buffer) >= head + 4 + self._length(bytes(self.buffer[:head])):
            self.buffer.clear()
            self._answer(status)

    def _length(self, head: bytes) -> int:
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return int(value)
        return 0

    def connection_lost(self, _error: Exception | None) -> None:
        self._answer(599)

    def _answer(self, status: int) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(status)

    async def send(self, request: bytes) -> int:
        assert self.transport is not None
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await asyncio.wait_for(self.waiting, TIMEOUT)


def post(path: str, content_type: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-OpenRosa-Version: 1.0\r\n"
        f"User-Agent: bench\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-OpenRosa-Version: 1.0\r\n\r\n".encode()


def load(port: int, n: int, concurrency: int, request_of: Callable[[int], bytes]) -> Load:
    """Send `n` requests; a connection takes the next one as soon as it has its answer."""
    return asyncio.run(_load(port, n, concurrency, request_of))


async def _load(port: int, n: int, concurrency: int, request_of: Callable[[int], bytes]) -> Load:
    loop = asyncio.get_running_loop()
    todo: Iterator[int] = iter(range(n))
    latencies: list[float] = []
    statuses: Counter[int] = Counter()

    async def one() -> None:
        _, link = await loop.create_connection(Link, "127.0.0.1", port)
        for number in todo:
            request = request_of(number)
            started = time.perf_counter()
            statuses[await link.send(request)] += 1
            latencies.append(time.perf_counter() - started)
        assert link.transport is not None
        link.transport.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(concurrency)))
    seconds = time.perf_counter() - started
    return Load(n, concurrency, seconds, dict(statuses), tuple(latencies))
