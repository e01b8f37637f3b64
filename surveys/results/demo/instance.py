"""Writes filled forms: the published form's own primary instance with values put in.

Order, names and namespaces are the template's, as they are for a phone. A node that is not given
a value is left out (not relevant); a value that the template has no place for is an error.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from lxml import etree

Tree: TypeAlias = Mapping[str, "str | Tree | Sequence[Tree]"]

H = "{http://www.w3.org/1999/xhtml}"
X = "{http://www.w3.org/2002/xforms}"
JR_TEMPLATE = "{http://openrosa.org/javarosa}template"


class InstanceWriter:
    def __init__(self, xform: bytes) -> None:
        model = etree.fromstring(xform).find(f"{H}head/{X}model")
        assert model is not None, "not an XForm"
        primary = model.find(f"{X}instance")
        assert primary is not None, "an XForm has a primary instance"
        self.template = primary[0]

    def write(self, values: Tree, *, entity: Mapping[str, str] | None = None) -> bytes:
        """The instance document; `entity` holds attributes of meta/entity."""
        root = etree.Element(_tag(self.template))
        for name, text in self.template.attrib.items():
            root.set(name, text)
        _fill(root, self.template, values)
        if entity is not None:
            node = root.find("meta/entity")
            assert node is not None, "the form makes no entity"
            for name, text in entity.items():
                node.set(name, text)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(target: etree._Element, template: etree._Element, values: Tree) -> None:
    places = {etree.QName(child).localname for child in template}
    unknown = set(values) - places
    if unknown:
        name = etree.QName(template).localname
        raise KeyError(f"{name} has no {', '.join(sorted(unknown))}")
    for child in template:
        name = etree.QName(child).localname
        if name not in values or (_is_repeated(child) and child.get(JR_TEMPLATE) is None):
            continue
        value = values[name]
        if isinstance(value, str):
            _leaf(target, child).text = value or None
        elif isinstance(value, Mapping):
            _fill(_leaf(target, child), child, value)
        else:
            for row in value:
                _fill(_leaf(target, child), child, row)


def _leaf(target: etree._Element, template: etree._Element) -> etree._Element:
    node = etree.SubElement(target, _tag(template))
    for name, text in template.attrib.items():
        if name != JR_TEMPLATE:
            node.set(name, text)
    return node


def _is_repeated(child: etree._Element) -> bool:
    parent = child.getparent()
    assert parent is not None
    return any(twin.get(JR_TEMPLATE) is not None for twin in parent.iterchildren(child.tag))


def _tag(template: etree._Element) -> str:
    """Phones write the form's own nodes without a namespace."""
    return str(template.tag).removeprefix(X)
