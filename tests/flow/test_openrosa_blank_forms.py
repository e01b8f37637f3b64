"""What a phone downloads: the list, the form, its manifest and media (WIRE: Collect's rules).

B1 addresses are absolute and need no other credential; hashes are those of the bytes.
B2 only open, published, assigned forms are listed.
B3 what did not change is a 304.
"""

import hashlib
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.openrosa_phone import Phone
from tests.openrosa_world import World, form, form_with_list, make_world
from tests.server import RunningServer

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
CSV = "name,label\nx1,Xã Như Thanh\n"
ODD_NAME = "xã & phường.csv"


def md5(content: bytes) -> str:
    return "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()


def listed(phone: Phone, query: str = "") -> dict[str, dict[str, str]]:
    reply = phone.request("GET", f"/formList{query}")
    assert reply.status == 200
    assert "text/xml" in reply.headers["content-type"]
    assert reply.headers["x-openrosa-version"] == "1.0"
    root = ElementTree.fromstring(reply.body)
    assert root.tag == f"{LIST}xforms"
    rows = [{child.tag.removeprefix(LIST): child.text or "" for child in x} for x in root]
    return {row["formID"]: row for row in rows}


@pytest.fixture
def shelf(server: RunningServer) -> World:
    """Two forms, one of them with a list; Lan has both, Minh none."""
    forms = {
        "p&g": form("p&amp;g", title="Phát &amp; Giao"),
        "co_ds": form_with_list("co_ds", ODD_NAME.replace("&", "&amp;")),
    }
    return make_world(
        server,
        "biểu mẫu",
        forms=forms,
        files={"co_ds": {ODD_NAME: CSV}},
        users={"Lan": list(forms), "Minh": [], "Thu": ["co_ds"]},
    )


def test_the_list_names_each_form_with_the_md5_of_its_bytes(shelf: World) -> None:
    phone = shelf.phone()
    forms = listed(phone, "?deviceID=collect%3Aabc&verbose=true")
    assert set(forms) == {"p&g", "co_ds"}
    assert forms["p&g"]["name"] == "Phát & Giao"
    assert "manifestUrl" not in forms["p&g"]
    for entry in forms.values():
        assert entry["downloadUrl"].startswith(shelf.server.base)
        reply = Phone("").request("GET", entry["downloadUrl"])
        assert reply.status == 200
        assert entry["hash"] == md5(reply.body)


def test_form_id_narrows_the_list(shelf: World) -> None:
    assert set(listed(shelf.phone(), "?formID=co_ds")) == {"co_ds"}
    assert listed(shelf.phone(), "?formID=nowhere") == {}


def test_only_assigned_and_open_forms_are_listed(shelf: World) -> None:
    assert listed(shelf.phone("Minh")) == {}
    assert set(listed(shelf.phone("Thu"))) == {"co_ds"}
    for state in ("closing", "closed"):
        shelf.run(
            "Form.objects.filter(project_id=given['project'], xml_form_id='co_ds')"
            ".update(state=given['state'])",
            state=state,
        )
        assert listed(shelf.phone("Thu")) == {}


def test_the_manifest_names_files_whose_bytes_have_the_hash(shelf: World) -> None:
    phone = shelf.phone()
    reply = phone.request("GET", listed(phone)["co_ds"]["manifestUrl"])
    assert reply.status == 200
    assert reply.headers["x-openrosa-version"] == "1.0"
    (entry,) = ElementTree.fromstring(reply.body)
    assert entry.findtext(f"{MANIFEST}filename") == ODD_NAME
    address = entry.findtext(f"{MANIFEST}downloadUrl") or ""
    assert address.isascii()
    assert quote("xã & ph", safe="") in address
    file = phone.request("GET", address)
    assert file.body == CSV.encode()
    assert entry.findtext(f"{MANIFEST}hash") == md5(file.body)


def test_a_form_without_files_has_an_empty_manifest(shelf: World) -> None:
    reply = shelf.phone().request("GET", "/forms/p%26g/manifest")
    assert reply.status == 200
    assert len(ElementTree.fromstring(reply.body)) == 0


def test_what_did_not_change_is_a_304(shelf: World) -> None:
    phone = shelf.phone()
    paths = ["/formList", "/forms/co_ds.xml", "/forms/co_ds/manifest"]
    for path in [*paths, "/forms/co_ds/attachments/" + quote(ODD_NAME)]:
        etag = phone.request("GET", path).headers["etag"]
        again = phone.request("GET", path, headers={"If-None-Match": f'"x", W/{etag}'})
        assert (again.status, again.body) == (304, b""), path
        assert phone.request("GET", path, headers={"If-None-Match": '"x"'}).status == 200


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("Minh", "/forms/co_ds.xml", 403),
        ("Minh", "/forms/co_ds/manifest", 403),
        ("Minh", "/forms/co_ds/attachments/a.csv", 403),
        ("Lan", "/forms/nowhere.xml", 404),
        ("Lan", "/forms/nowhere/manifest", 404),
        ("Lan", "/forms/co_ds/attachments/nowhere.csv", 404),
        ("Lan", "/forms/co_ds/attachments/..%2F..%2Fsecret_key", 404),
    ],
)
def test_what_is_not_ones_own_or_not_there_is_refused_with_a_sentence(
    shelf: World, who: str, path: str, status: int
) -> None:
    reply = shelf.phone(who).request("GET", path)
    assert reply.status == status
    assert reply.message


def test_a_deleted_form_is_gone(shelf: World) -> None:
    phone = shelf.phone()
    address = listed(phone)["co_ds"]["downloadUrl"]
    shelf.run(
        "publishing.delete_form(Actor.objects.filter(user__isnull=False).first(),"
        " Form.objects.get(project_id=given['project'], xml_form_id='co_ds'))"
    )
    assert "co_ds" not in listed(phone)
    assert phone.request("GET", address).status == 404


def test_head_submission_says_204_without_a_location(shelf: World) -> None:
    reply = shelf.phone().request("HEAD", "/submission?deviceID=collect%3Aabc&zzz=1")
    assert (reply.status, reply.body) == (204, b"")
    assert "location" not in reply.headers
    assert reply.headers["x-openrosa-accept-content-length"] == "5000000"


def test_one_form_id_in_two_projects_stays_apart(server: RunningServer) -> None:
    addresses = set()
    for version in ("1", "2"):
        world = make_world(server, f"dự án {version}", forms={"nhanh": form(version=version)})
        entry = listed(world.phone())["nhanh"]
        assert entry["version"] == version
        addresses.add(entry["downloadUrl"])
    assert len(addresses) == 2


def test_the_household_list_has_an_address_for_its_integrity(shelf: World) -> None:
    reply = shelf.phone().request("GET", "/datasets/sampled_hh/integrity?id=a,b&deviceID=x")
    assert reply.status == 200
    assert reply.headers["x-openrosa-version"] == "1.0"
    assert ElementTree.fromstring(reply.body).tag == "data"
