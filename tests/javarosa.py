"""JavaRosa, the engine inside ODK Collect, for tests: fills forms and checks filled ones.

One JVM serves the whole test run. It needs a JDK; the engine is the ODK Validate jar that pyxform
brings along. ``is_available()`` says whether both are there; tests that use this are marked `java`.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SOURCES = Path(__file__).parent / "java"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
AUDIT = b"event,node,start,end\nform start,,1763800000000,\nform exit,,1763800600000,\n"


class EngineFault(RuntimeError):
    """The engine could not open the form or stopped."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One filled instance and how it came about.

    ``shown`` holds the offered codes by question (``m_sex#2``), in the order asked; ``refused``
    the scripted answers that a constraint refused; ``not_offered`` the codes that were no choice;
    ``blocked`` the question that keeps the record from being sent, or ``""``.
    """

    xml: bytes
    shown: Mapping[str, tuple[str, ...]]
    refused: tuple[str, ...]
    not_offered: tuple[str, ...]
    blocked: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def jar() -> Path | None:
    """The ODK Validate jar inside the installed pyxform."""
    spec = find_spec("pyxform")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
    return found if found.exists() else None


def is_available() -> bool:
    """Whether a JDK and the jar are on this machine."""
    return shutil.which("java") is not None and shutil.which("javac") is not None and bool(jar())


def fill(
    xform: bytes,
    media: Mapping[str, bytes],
    n: int,
    seed: int,
    scripted: list[dict[str, str]] | None = None,
) -> list[bytes]:
    """``n`` instances of a form, as Collect would send them.

    Scripts are cycled; see `fill_cases`. Raises `EngineFault` when one cannot be finalised.
    """
    filled = fill_cases(xform, media, n, seed, scripted)
    stuck = [each.blocked for each in filled if each.blocked]
    if stuck:
        raise EngineFault(f"{len(stuck)} of {n} instances cannot be sent, the first at {stuck[0]}")
    return [each.xml for each in filled]


def fill_cases(
    xform: bytes,
    media: Mapping[str, bytes],
    n: int,
    seed: int,
    scripted: Sequence[Mapping[str, str]] | None = None,
    *,
    reopened: bytes | None = None,
) -> list[Filled]:
    """``n`` instances with how they came about.

    A script names answers by question, or by question and row of a repeat (``m_by#2``); ``""``
    leaves a question blank, ``"a|b"`` takes one at random, what is not named is random. A name
    that begins with ``/`` sets a hidden value. With ``reopened``, a saved instance is opened again
    and only what the script names is changed.
    """
    with tempfile.TemporaryDirectory(prefix="javarosa-") as name:
        folder = _folder(Path(name), xform, media)
        cases = folder / "cases"
        cases.mkdir()
        if reopened is not None:
            (folder / "reopened.xml").write_bytes(reopened)
        for number, script in enumerate(scripted or ()):
            lines = {**script, **({"@from": "reopened.xml"} if reopened is not None else {})}
            text = "".join(f"{question}\t{answer}\n" for question, answer in lines.items())
            (cases / f"{number}.tsv").write_text(text, encoding="utf-8")
        _ask("fill", str(folder), str(n), str(seed))
        return [_filled(folder / "out", number) for number in range(n)]


def check(xform: bytes, media: Mapping[str, bytes], instances: Sequence[bytes]) -> list[list[str]]:
    """What a phone would not have sent, per instance; empty lists are what one hopes for."""
    with tempfile.TemporaryDirectory(prefix="javarosa-") as name:
        folder = _folder(Path(name), xform, media)
        given = folder / "in"
        given.mkdir()
        for number, instance in enumerate(instances):
            (given / f"{number}.xml").write_bytes(instance)
        _ask("check", str(folder))
        logs = [folder / "out" / f"{number}.log" for number in range(len(instances))]
        return [log.read_text(encoding="utf-8").splitlines() for log in logs]


def validate(xform: bytes) -> str:
    """ODK Validate's complaints about a form; ``""`` when it accepts it."""
    with tempfile.TemporaryDirectory(prefix="javarosa-") as name:
        form = Path(name) / "form.xml"
        form.write_bytes(xform)
        run = subprocess.run(
            ["java", "-jar", str(jar()), str(form)], capture_output=True, check=False, timeout=100
        )
    return "" if run.returncode == 0 else run.stderr.decode(errors="replace")


def _folder(folder: Path, xform: bytes, media: Mapping[str, bytes]) -> Path:
    (folder / "form.xml").write_bytes(xform)
    (folder / "media").mkdir()
    for file, content in media.items():
        (folder / "media" / file).write_bytes(content)
    return folder


def _filled(out: Path, number: int) -> Filled:
    shown: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    refused, missing, blocked = [], [], ""
    # splitlines() would also split at the odd separators that people's texts may hold
    for line in (out / f"{number}.log").read_text(encoding="utf-8").split("\n"):
        kind, *parts = line.split("\t")
        if kind == "shown":
            shown[parts[0]] = tuple(parts[1].split())
        elif kind == "refused":
            refused.append(parts[0])
        elif kind == "nochoice":
            missing.append(parts[0])
        elif kind == "blocked":
            blocked = parts[0]
        elif kind == "file":
            files[parts[0]] = AUDIT if parts[0].endswith(".csv") else JPEG
    xml = (out / f"{number}.xml").read_bytes()
    return Filled(xml, shown, tuple(refused), tuple(missing), blocked, files)


def _ask(*request: str) -> None:
    engine = _engine()
    assert engine.stdin is not None
    assert engine.stdout is not None
    engine.stdin.write("\t".join(request) + "\n")
    engine.stdin.flush()
    reply = engine.stdout.readline().rstrip("\n")
    if reply != "done":
        raise EngineFault(reply.removeprefix("failed\t") or "the engine stopped")


@cache
def _engine() -> subprocess.Popen[str]:
    if not is_available():
        raise EngineFault("no JDK or no ODK Validate jar on this machine")
    classes = Path(tempfile.mkdtemp(prefix="javarosa-classes-"))
    atexit.register(shutil.rmtree, classes, ignore_errors=True)
    sources = [str(source) for source in sorted(SOURCES.glob("*.java"))]
    compiled = subprocess.run(
        ["javac", "-d", str(classes), "-cp", str(jar()), *sources],
        capture_output=True,
        check=False,
        text=True,
    )
    if compiled.returncode:
        raise EngineFault(compiled.stderr)
    engine = subprocess.Popen(
        [
            "java",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=4",
            "-Duser.timezone=Asia/Ho_Chi_Minh",
            "-Dfile.encoding=UTF-8",
            "-cp",
            f"{jar()}:{classes}",
            "Engine",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    atexit.register(_stop, engine)
    assert engine.stdout is not None
    if engine.stdout.readline().strip() != "ready":
        raise EngineFault("the engine did not start")
    return engine


def _stop(engine: subprocess.Popen[str]) -> None:
    for pipe in (engine.stdin, engine.stdout):
        if pipe is not None:
            pipe.close()
    engine.terminate()
    engine.wait(timeout=10)
