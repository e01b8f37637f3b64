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
    start: int = 0  # the view that is shown first

    @property
    def view(self) -> View:
        """The view that is shown first."""
        return self.views[self.start]

    def colour(self, code: str) -> str | None:
        """Of an area in the first view; None where no figure is shown."""
        group = self.view.of.get(code)
        return None if group is None else self.view.groups[group].colour

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


def layers_of(
    specs: tuple[MapSpec, ...], lang: Language, view: str = "policy"
) -> tuple[Layer, ...]:
    """The panels of a map from left to right; one that has no such view shows its fixed classes.

    Raises `ValueError` if the first panel's figures do not allow the view.
    """
    found = []
    for at, spec in enumerate(specs):
        made = views(spec, lang)
        keys = [each.key for each in made]
        if at == 0 and view not in keys:
            raise ValueError(f"these figures allow the views {', '.join(keys)}, not {view}")
        start = keys.index(view) if view in keys else 0
        found.append(Layer(spec, made, {area.code: area for area in spec.areas}, start))
    return tuple(found)


def codes_of(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Every area of any panel, in the order of the first."""
    return tuple(dict.fromkeys(code for layer in layers for code in layer.areas))
