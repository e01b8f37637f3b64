"""The web form that is delivered: what was built, with its licences, asking nobody outside."""

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

BUNDLE = Path(settings.BASE_DIR) / "dashboard" / "static" / "webforms"
RECIPE = Path(settings.BASE_DIR) / "dashboard" / "webforms"


def test_the_files_are_those_that_were_built() -> None:
    sums = (BUNDLE / "SHA256SUMS").read_text(encoding="ascii").split()
    said = dict(zip(sums[1::2], sums[0::2], strict=True))
    there = {each.name for each in BUNDLE.iterdir()} - {"SHA256SUMS", "LICENSES.txt"}
    assert said.keys() == there
    for name, digest in said.items():
        assert hashlib.sha256((BUNDLE / name).read_bytes()).hexdigest() == digest


def test_no_tile_server_and_no_font_of_the_internet_is_named() -> None:
    text = "".join(each.read_text(encoding="utf-8") for each in BUNDLE.glob("*.js"))
    assert "openstreetmap" not in text
    assert "@font-face" not in text
    assert "khaosatWord" in text
    assert not re.search(r"https?://[^\s\"'`]*\{z\}", text)


def test_every_licence_is_there_and_no_registry_is_named() -> None:
    said = (BUNDLE / "LICENSES.txt").read_text(encoding="utf-8")
    lock = json.loads((RECIPE / "package-lock.json").read_text(encoding="utf-8"))
    for name in ("@getodk/web-forms", "vue", "ol", "dompurify", "@mdi/js"):
        assert f"{name} {lock['packages'][f'node_modules/{name}']['version']} (" in said
    assert not any("resolved" in each for each in lock["packages"].values())


def test_the_bundle_is_small_enough_for_a_phone_on_a_weak_line() -> None:
    main = [each for each in BUNDLE.glob("*.js") if not each.name.startswith("MapBlock")]
    assert sum(each.stat().st_size for each in main) < 2_600_000
