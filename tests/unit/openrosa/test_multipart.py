"""multipart/form-data as phones, browsers and old Java clients write it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openrosa import multipart
from api.openrosa.multipart import MultipartBroken, MultipartCut, boundary_of, parts


def read(body: bytes, boundary: bytes = b"B", block: int = 0) -> list[tuple[str, bytes]]:
    source = io.BytesIO(body)
    found = []
    for part in parts(lambda size: source.read(block or size), boundary):
        found.append((part.name, b"".join(part.pieces)))
    return found


def body(*contents: bytes, name: str = "a") -> bytes:
    head = f'--B\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'.encode()
    return b"".join(head + content + b"\r\n" for content in contents) + b"--B--\r\n"


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('multipart/form-data; boundary="a b=c"', b"a b=c"),
        ("Multipart/Form-Data; charset=utf-8; BOUNDARY=abc;x=1", b"abc"),
    ],
)
def test_the_boundary_is_read_quoted_or_bare(content_type: str, boundary: bytes) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize("content_type", ["", "text/xml", "multipart/form-data; boundary="])
def test_without_a_boundary_it_is_broken(content_type: str) -> None:
    with pytest.raises(MultipartBroken):
        boundary_of(content_type)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ảnh mẫu 1.png", "ảnh mẫu 1.png"),
        ("a%22b%0Ac.png", 'a"b\nc.png'),
        ('a\\"b\\\\c.png', 'a"b\\c.png'),
        ("50%.png", "50%.png"),
        ("*isIncomplete*", "*isIncomplete*"),
        ("a;b=c.png", "a;b=c.png"),
    ],
)
def test_names_are_read_as_each_client_writes_them(written: str, name: str) -> None:
    assert read(body(b"x", name=written)) == [(name, b"x")]


def test_a_preamble_and_an_epilogue_say_nothing() -> None:
    assert read(b"preamble\r\n" + body(b"x") + b"epilogue") == [("a", b"x")]


@given(
    contents=st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.sampled_from([b"\r\n", b"\r\n--", b"--B", b"\r\n-", b"\r", b"--B--\r\n", b""]),
        ),
        max_size=4,
    ),
    block=st.integers(1, 40),
)
def test_bytes_come_out_as_they_went_in_wherever_blocks_end(
    contents: list[bytes], block: int
) -> None:
    assert read(body(*contents), block=block) == [("a", each) for each in contents]


@given(st.integers(0, 400), st.integers(1, 64))
def test_every_cut_before_the_closing_boundary_is_seen(end: int, block: int) -> None:
    whole = body(b"x" * 150, b"y" * 80)
    with pytest.raises(MultipartCut):
        read(whole[: min(end, len(whole) - 3)], block=block)


def test_a_large_part_comes_in_pieces_of_bounded_size() -> None:
    content = bytes(range(256)) * 4000
    source = io.BytesIO(body(content))
    (part,) = [each for each in [next(parts(source.read, b"B"))] if each]
    sizes = [len(piece) for piece in part.pieces]
    assert sum(sizes) == len(content)
    assert max(sizes) <= 2 * multipart.BLOCK
