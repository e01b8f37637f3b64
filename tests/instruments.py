"""The four instruments as a round would publish them, and lists as phones would get them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from forms.compile import CompiledForm, compile_form
from forms.placeholders import fill
from forms.schema import FormSchema, read_schema

WORKBOOKS = Path(__file__).parent.parent / "forms" / "xlsform"
NAMES = ("hh_digital", "citizen_sat", "exit_slip", "petition")
TEXTS = {
    "controller": "Sở Nội vụ tỉnh",
    "contact_line": "0237 000 000",
    "retention_date": "31/12/2027",
    "centre_name": "Trung tâm phục vụ hành chính công xã Như Thanh",
    "complaint_office": "Ban Tiếp công dân tỉnh",
}

_PSU = """\
name,label,village_id,commune_code,admin_version,lat,lon
p1,Thôn Một,v1,16228,2025-07-01,19.63,105.57
p2,Thôn Hai,v2,16249,2025-07-01,19.60,105.52
"""
# h1 fresh; h2 finished; h3 visited three times, its adult drawn; h4 under review; h5 in p2.
_HOUSEHOLDS = """\
name,label,__version,psu,commune_code,kish_u,arm,st_a,disp_a,nv_a,st_b,disp_b,nv_b,b_line,b_n18,b_sex,b_by
h1,Thôn Một 001,1,p1,16228,0.62,A,open,,,open,,,,,,
h2,Thôn Một 002,2,p1,16228,0.10,B,final,110,1,final,110,1,1,2,f,1950
h3,Thôn Một 003,4,p1,16228,0.99,B,open,224,3,open,225,3,2,3,m,1971
h4,Thôn Một 004,3,p1,16228,0.30,B,review,2111,2,review,2112,1,1,1,m,1960
h5,Thôn Hai 001,1,p2,16249,0.05,B,open,,,open,,,,,,
"""
# The same list after h1 was finished: line 3 of 4 had been drawn there.
_HOUSEHOLDS_LATER = _HOUSEHOLDS.replace(
    "h1,Thôn Một 001,1,p1,16228,0.62,A,open,,,open,,,,,,",
    "h1,Thôn Một 001,2,p1,16228,0.62,A,final,110,1,final,110,1,3,4,f,1965",
)
_CENTRES = """\
name,label,commune_code,admin_version,province_code,level
c1,Trung tâm xã Như Thanh,16228,2025-07-01,38,commune
c2,Trung tâm tỉnh,,2025-07-01,38,province
"""
_COMMUNES = "name,label\n16228,Như Thanh\n16249,Xuân Du\n"

LISTS = {
    "psu.csv": _PSU.encode(),
    "sampled_hh.csv": _HOUSEHOLDS.encode(),
    "centres.csv": _CENTRES.encode(),
    "communes.csv": _COMMUNES.encode(),
}
LISTS_LATER = {**LISTS, "sampled_hh.csv": _HOUSEHOLDS_LATER.encode()}


@cache
def compiled(name: str) -> CompiledForm:
    """An instrument as pyxform makes it, placeholders still in it."""
    path = WORKBOOKS / f"{name}.xlsx"
    return compile_form(path.read_bytes(), path.name)


@cache
def published(name: str) -> bytes:
    """The bytes that phones get."""
    return fill(compiled(name).xform, TEXTS)


@cache
def schema(name: str) -> FormSchema:
    """The schema of what phones get."""
    return read_schema(published(name))
