"""What forms of others do and ours never did."""

import pytest

from forms.schema import read_schema
from surveys.collection import publishing
from surveys.collection.readout import tables
from tests.cast import make_cast

HEAD = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>t</h:title><model><instance><data id="F" version="1">"""
CALCULATED = f"""{HEAD}<ok/><empty/></data></instance>
<bind nodeset="/data/ok" calculate="'yes'"/></model></h:head>
<h:body><group ref="/data/ok"><label>A</label></group>
<group ref="/data/empty"><label>B</label></group></h:body></h:html>"""
DOTTED = f"""{HEAD}<child.info><toy.box><name/></toy.box></child.info></data></instance>
</model></h:head><h:body><group ref="/data/child.info"><repeat nodeset="/data/child.info">
<group ref="/data/child.info/toy.box"><repeat nodeset="/data/child.info/toy.box">
<input ref="/data/child.info/toy.box/name"><label>N</label></input>
</repeat></group></repeat></group></h:body></h:html>"""


def test_a_group_that_is_calculated_holds_a_value() -> None:
    schema = read_schema(CALCULATED.encode())
    assert [each.column for each in schema.fields] == ["ok"]
    assert [each.path for each in schema.groups] == ["/data/empty"]


@pytest.mark.django_db
def test_a_repeat_whose_name_has_a_dot_keeps_its_children_in_their_place() -> None:
    cast = make_cast()
    form = publishing.create_form(cast.admin.actor, cast.project, DOTTED.encode(), publish=True)
    _, outer, inner = tables(form)
    assert (outer.own_steps, inner.own_steps) == (("child.info",), ("toy.box",))
