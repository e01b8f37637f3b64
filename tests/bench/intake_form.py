"""A household form of 41 questions and instances of it (about 1.5 KB), seeded.

It carries the columns from which a case outcome is made, so that the bench pays for those too.
"""

import random
import uuid

FORM_ID = "bench_hh"
ENTITY_FORM_ID = "bench_visit"  # makes an entity of each submission, and belongs to no round
CORE = ("a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid")
ROOT_ITEMS = tuple(f"q{number:02}" for number in range(1, 24))
PERSON_ITEMS = ("m_sex", "m_by", *CORE)
WORDS = ("đã", "làm", "hồ sơ", "trực tuyến", "tại", "xã", "chờ", "hai", "ngày", "cán bộ", "tốt")


def xform(form_id: str = FORM_ID, title: str = "Phiếu hộ") -> bytes:
    root = "".join(f"<{name}/>" for name in ROOT_ITEMS)
    person = "".join(f"<{name}/>" for name in PERSON_ITEMS)
    binds = "".join(f'<bind nodeset="/data/g/{name}" type="string"/>' for name in ROOT_ITEMS)
    binds += "".join(
        f'<bind nodeset="/data/person/{name}" type="string"/>' for name in PERSON_ITEMS
    )
    inputs = "".join(f'<input ref="/data/g/{n}"><label>{n}</label></input>' for n in ROOT_ITEMS)
    members = "".join(
        f'<input ref="/data/person/{n}"><label>{n}</label></input>' for n in PERSON_ITEMS
    )
    entity = version = ""
    if form_id == ENTITY_FORM_ID:
        version = ' entities:entities-version="2024.1.0"'
        entity = '<entity dataset="visits" id="" create="1"><label/></entity>'
        binds += '<bind nodeset="/data/g/q02" type="string" entities:saveto="note"/>'
        binds = binds.replace('<bind nodeset="/data/g/q02" type="string"/>', "")
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:entities="http://www.opendatakit.org/xforms/entities"
        xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>{title}</h:title><model{version}><instance><data id="{form_id}" version="1">
<start/><contact/><g_id><hh/><psu/></g_id><consent/><gps/><photo/><disp/>
<g>{root}</g><person jr:template="">{person}</person>
<meta><instanceID/>{entity}</meta></data></instance>
<bind nodeset="/data/start" type="dateTime"/><bind nodeset="/data/contact" type="string"/>
<bind nodeset="/data/g_id/hh" type="string"/><bind nodeset="/data/g_id/psu" type="string"/>
<bind nodeset="/data/consent" type="string"/><bind nodeset="/data/gps" type="geopoint"/>
<bind nodeset="/data/photo" type="binary"/><bind nodeset="/data/disp" type="string"/>{binds}
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><upload ref="/data/photo" mediatype="image/*"><label>Ảnh</label></upload>{inputs}
<group ref="/data/person"><label>Người</label><repeat nodeset="/data/person">{members}</repeat>
</group></h:body></h:html>""".encode()


def instance(
    rnd: random.Random, household: str, photo: str = "", form_id: str = FORM_ID
) -> tuple[str, bytes]:
    """An instanceID and the XML of one interview at a household."""
    entity = ""
    if form_id == ENTITY_FORM_ID:
        entity_id = uuid.UUID(int=rnd.getrandbits(128), version=4)
        entity = f'<entity dataset="visits" id="{entity_id}" create="1"><label>Hộ</label></entity>'
    instance_id = f"uuid:{uuid.UUID(int=rnd.getrandbits(128), version=4)}"
    answers = "".join(f"<{n}>{' '.join(rnd.choices(WORDS, k=2))}</{n}>" for n in ROOT_ITEMS)
    people = "".join(
        f"<person><m_sex>{rnd.choice('mf')}</m_sex><m_by>{rnd.randint(1935, 2010)}</m_by>"
        + "".join(f"<{name}>{rnd.choice(('yes', 'no'))}</{name}>" for name in CORE)
        + "</person>"
        for _ in range(rnd.randint(1, 3))
    )
    xml = (
        f"<?xml version='1.0' encoding='UTF-8' ?><data id=\"{form_id}\" version=\"1\">"
        f"<start>2026-11-{rnd.randint(1, 21):02}T09:00:00.000+07:00</start>"
        f"<contact>met</contact><g_id><hh>{household}</hh><psu>p1</psu></g_id>"
        f"<consent>yes</consent><gps>19.6{rnd.randint(0, 999)} 105.5 20 5</gps>"
        f"<photo>{photo}</photo><disp>110</disp><g>{answers}</g>{people}"
        f"<meta><instanceID>{instance_id}</instanceID>{entity}</meta></data>"
    )
    return instance_id, xml.encode()


def picture(rnd: random.Random, size: int) -> bytes:
    return b"\xff\xd8" + rnd.randbytes(size - 4) + b"\xff\xd9"
