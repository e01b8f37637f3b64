"""What one panel of a map shows: a specification with its views, and what to say of an area."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maps.specification import Language, MapArea, MapSpec
from maps.views import View, views


@dataclass(frozen=True, slots=True)
class Layer:
    """One indicator at one time; two of them make a map with two panels."""

    spec: MapSpec
    views: tuple[View, ...]
    areas: Mapping[str, MapArea] = field(repr=False)

    def marks(self, code: str) -> str:
        """Status and group in each view, a sign each, as the script reads them: `p31`, or `u`."""
        area = self.areas.get(code)
        if area is None:
            return "m"
        groups = [str(view.of[code]) for view in self.views if code in view.of]
        return "".join([area.status.value[0], *groups])

    def colours(self) -> set[str]:
        """Every colour that a cautioned area may have, because its lines are drawn over it."""
        return {group.colour for view in self.views for group in view.groups}


def layers_of(specs: tuple[MapSpec, ...], lang: Language) -> tuple[Layer, ...]:
    """The panels of a map from left to right."""
    return tuple(
        Layer(spec, views(spec, lang), {area.code: area for area in spec.areas}) for spec in specs
    )


def codes_of(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Every area of any panel, in the order of the first."""
    return tuple(dict.fromkeys(code for layer in layers for code in layer.areas))
