"""An encrypted form over HTTP: what leaves with the passphrase is what left the phones in plain.

E1 every answer and every photo of 20 submissions, in the CSV archive.
E2 without the passphrase nothing of them; nothing of them, nor the passphrase, is ever logged.
"""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.central_client import Central
from tests.encryptor import encrypt
from tests.openrosa_phone import filled
from tests.openrosa_world import World, make_world
from tests.server import RunningServer

N = 20
PASSPHRASE = "một câu dài & dễ nhớ = 100%"
# Times, numbers of phones, the key in the version's name, the encrypted record among the files.
APART = {
    "SubmissionDate",
    "SubmitterID",
    "FormVersion",
    "AttachmentsPresent",
    "AttachmentsExpected",
}


def post(central: Central, path: str, body: Any, kind: str = "application/json") -> bytes:
    data = json.dumps(body) if kind == "application/json" else urlencode(body)
    headers = {"Authorization": f"Bearer {central.token}", "Content-Type": kind}
    with urlopen(Request(f"{central.base}/{path}", data.encode(), headers)) as reply:
        return bytes(reply.read())


def tables(archive: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {
            name: [
                {key: value for key, value in row.items() if key not in APART}
                for row in csv.DictReader(io.StringIO(opened.read(name).decode("utf-8-sig")))
            ]
            for name in opened.namelist()
            if name.endswith(".csv")
        }


def media(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {n: opened.read(n) for n in opened.namelist() if n.startswith("media/")}


def answers(number: int) -> str:
    people = "".join(f"<nguoi><ho_ten>Người {n} mật</ho_ten></nguoi>" for n in range(number % 3))
    return f"<ten>Hộ mật {number}</ten><tuoi>{number}</tuoi><anh>{number}.jpg</anh>{people}"


def send_all(world: World, public: str, version: str) -> None:
    phone = world.phone()
    for number in range(N):
        one = filled(version=version, instance_id=f"uuid:{number}", answers=answers(number))
        photo = {f"{number}.jpg": b"\xff\xd8 mat " + bytes([number]) * 9000}
        xml, files = one.xml, photo
        if public:
            sent = encrypt(public, "nhanh", version, one.instance_id, record=one.xml, media=photo)
            xml, files = sent.envelope, sent.files
        assert phone.send(xml, files).status == 201


@pytest.mark.slow
def test_an_encrypted_form_leaves_the_server_as_the_plain_one_does(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server = RunningServer.prepare(tmp_path)
    server.start()
    try:
        plain, sealed = make_world(server, "thường"), make_world(server, "mật")
        central = Central.signed_in(server)
        path = f"projects/{sealed.project}"
        post(central, f"{path}/key", {"passphrase": PASSPHRASE, "hint": "câu hát"})
        blank = sealed.phone().request("GET", "/forms/nhanh.xml").body.decode()
        found = re.search(r'base64RsaPublicKey="([^"]+)"', blank)
        assert found is not None
        version = central.get(f"{path}/forms/nhanh")["version"]
        send_all(plain, "", "1")
        send_all(sealed, found[1], version)
        expected = central.get_bytes(f"projects/{plain.project}/forms/nhanh/submissions.csv.zip")
        export = f"{path}/forms/nhanh/submissions.csv.zip"
        (key,) = central.get(f"{path}/forms/nhanh/submissions/keys")
        secrets = {key["id"]: PASSPHRASE}
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            opened = post(central, export, secrets, kind)
            assert tables(opened) == tables(expected)
            assert media(opened) == media(expected)
        assert len(media(expected)) == N

        closed = central.get_bytes(export)
        assert len(tables(closed)["nhanh.csv"]) == N
        assert media(closed).keys().isdisjoint(media(expected))
        with pytest.raises(HTTPError) as refused:
            central.get_bytes(f"{export}?{urlencode({key['id']: 'sai mật khẩu'})}")
        assert refused.value.code == 400
        assert "câu hát" in refused.value.read().decode()
    finally:
        server.stop()
    said = "".join(capfd.readouterr())
    for secret in (PASSPHRASE, urlencode({"": PASSPHRASE}), "sai mật", "sai+m", "Hộ mật"):
        assert secret not in said
    for file in tmp_path.rglob("*"):  # the database, its log and every file of the home
        if file.is_file() and file.parent.name != "static":
            data = file.read_bytes()
            assert PASSPHRASE.encode() not in data, file
