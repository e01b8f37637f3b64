"""Heads of filled forms, from both engines and from people who mean harm."""

from __future__ import annotations

import timeit

import pytest

from forms.instance import InstanceFault, InstanceHead, MalformedInstance, read_head

JAVAROSA = """<?xml version='1.0' encoding='UTF-8' ?><data id="hh_digital" version="7" \
xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa"><a>Như Thanh</a>\
<orx:meta><orx:instanceID>uuid:1</orx:instanceID><orx:instanceName>Hộ 1</orx:instanceName>\
<orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta></data>""".encode()
WEB_FORMS = (
    b'<data id="hh_digital" version="7"><a/><meta xmlns="http://openrosa.org/xforms">'
    b"<instanceID>uuid:1</instanceID></meta></data>"
)
LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
    + "]><data id='&a11;'>&a11;</data>"
)


def fault_of(xml: bytes) -> InstanceFault:
    with pytest.raises(MalformedInstance) as caught:
        read_head(xml)
    return caught.value.code


def test_it_reads_what_collect_writes() -> None:
    assert read_head(JAVAROSA) == InstanceHead(
        "hh_digital", "7", "uuid:1", "uuid:0", "Hộ 1", is_encrypted=False
    )


def test_it_reads_what_web_forms_writes() -> None:
    assert read_head(WEB_FORMS) == InstanceHead("hh_digital", "7", "uuid:1", "", "", False)


def test_it_reads_a_byte_order_mark_away() -> None:
    assert read_head(b"\xef\xbb\xbf" + JAVAROSA).instance_id == "uuid:1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_reads_wide_encodings(encoding: str) -> None:
    text = WEB_FORMS.decode().replace("<a/>", "<a>xã</a>")
    assert read_head(text.encode(encoding)).form_id == "hh_digital"


def test_it_takes_the_version_of_the_openrosa_namespace() -> None:
    xml = WEB_FORMS.replace(b'version="7"', b'xmlns:o="http://openrosa.org/xforms" o:version="8"')
    assert read_head(xml).version == "8"


def test_a_form_without_version_has_an_empty_one() -> None:
    assert read_head(WEB_FORMS.replace(b' version="7"', b"")).version == ""


def test_a_group_of_the_form_called_meta_is_not_the_meta_block() -> None:
    xml = WEB_FORMS.replace(b"<a/>", b"<meta><name>x</name></meta><!-- c -->")
    assert read_head(xml).instance_id == "uuid:1"


def test_it_trims_the_instance_id() -> None:
    assert read_head(WEB_FORMS.replace(b"uuid:1", b"\n uuid:1 ")).instance_id == "uuid:1"


def test_it_knows_an_encrypted_envelope() -> None:
    xml = WEB_FORMS.replace(b'version="7"', b'version="7" encrypted="yes"')
    assert read_head(xml).is_encrypted


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"   ",
        b"abc",
        b"{}",
        b"PK\x03\x04",
        b"<data id='f'>",
        b"<data id='f'/><data/>",
        b"<data id='f'>&lol;</data>",
        b"<data id='f'>\x00</data>",
        b"<data id='f'>\xff\xfe\xfa</data>",
        b"\xff\xfe\x00",
        b"<?xml version='1.0' encoding='UTF-7'?>+ADw-data/+AD4-",
        b"<?xml version='1.0' encoding='cp037'?><data id='f'/>",
        b"<!-- " * 50_000,
        b"<a>" * 5_000,
    ],
)
def test_it_refuses_what_is_not_xml(xml: bytes) -> None:
    assert fault_of(xml) is InstanceFault.NOT_XML


def test_it_refuses_a_form_without_id() -> None:
    assert fault_of(WEB_FORMS.replace(b'id="hh_digital"', b"")) is InstanceFault.NO_FORM_ID


@pytest.mark.parametrize("instance_id", [b"", b"   "])
def test_it_refuses_an_instance_without_id(instance_id: bytes) -> None:
    xml = WEB_FORMS.replace(b"uuid:1", instance_id)
    assert fault_of(xml) is InstanceFault.NO_INSTANCE_ID


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE data><data id='f'/>",
        "<!DOCTYPE data SYSTEM 'file:///etc/passwd'><data id='f'/>",
        "<!-- --> \n<?p i?><!DOCTYPE data><data id='f'/>",
        LAUGHS.replace("<?xml version='1.0'?>", ""),
    ],
)
def test_it_refuses_a_doctype_in_any_encoding(doctype: str, encoding: str) -> None:
    assert fault_of(doctype.encode(encoding)) is InstanceFault.DOCTYPE


def test_a_billion_laughs_cost_nothing() -> None:
    xml = LAUGHS.encode()
    seconds = min(timeit.repeat(lambda: fault_of(xml), number=1, repeat=5))
    assert seconds < 0.05


def test_a_doctype_in_an_answer_is_an_answer() -> None:
    xml = WEB_FORMS.replace(b"<a/>", b"<a><![CDATA[<!DOCTYPE x>]]></a>")
    assert read_head(xml).form_id == "hh_digital"


def test_two_kilobytes_are_read_within_the_budget() -> None:
    xml = WEB_FORMS.replace(b"<a/>", b"<a>0123456789</a>" * 115)
    assert len(xml) > 2_000
    seconds = min(timeit.repeat(lambda: read_head(xml), number=50, repeat=10)) / 50
    assert seconds < 0.0002  # 0.05 ms measured; the rest is for a busy machine
