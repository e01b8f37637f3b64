"""The map on a page of a run: what is chosen, what can be chosen, what was made on paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dashboard.access import access, reader
from dashboard.presentation.figures import words
from dashboard.presentation.methods import Choice
from dashboard.presentation.runs import FileLink, MapLink, map_files_of, maps_of
from surveys.collection.models import Job
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results import map_orders
from surveys.results.map_choice import DIRECT, FORMS, KINDS, LIES, PAPERS, POLICY, VIEWS, MapChoice
from surveys.results.models import MapOrder, Run
from surveys.results.reading import RunReader, latest_run

PAGES: Final = ("readiness", "satisfaction")
LIE_NAMES: Final = {"portrait": _("đứng"), "landscape": _("ngang")}
# Views that older runs have not stored: these are always possible.
ALWAYS: Final = (POLICY, "margin")
NUMBER: Final = 9  # digits of a run's number; more is no run


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet that was ordered."""

    words: str
    at: datetime
    form: str
    is_grey: bool
    is_made: bool
    has_failed: bool
    order: MapOrder

    @property
    def is_preview(self) -> bool:
        """Whether the page shows it in place."""
        return self.is_made and self.form == "PNG"


@dataclass(frozen=True, slots=True)
class MapBlock:
    """What the part of the page prints. `src` is empty unless the map is there."""

    page: str
    choice: MapChoice
    title: str
    src: str
    is_drawing: bool
    has_failed: bool
    indicators: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    views: tuple[Choice, ...]
    besides: tuple[Choice, ...]
    beside_kinds: tuple[Choice, ...]
    beside_runs: tuple[Choice, ...]
    papers: tuple[Choice, ...]
    lies: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    files: tuple[FileLink, ...]
    printed: tuple[Printed, ...]

    @property
    def preview(self) -> Printed | None:
        """The newest sheet in grey that the page can show."""
        return next((each for each in self.printed if each.is_preview and each.is_grey), None)

    @property
    def is_waiting(self) -> bool:
        """Whether something is on its way, so that the page looks again by itself."""
        return self.is_drawing or any(
            not each.is_made and not each.has_failed for each in self.printed
        )


def map_block(
    request: HttpRequest, run: Run, known: RunReader, page: str, first: str
) -> MapBlock | None:
    """The map that the address asks for; `first` is shown where it asks for none.

    None where the run has no map.
    """
    maps = maps_of(run, known)
    if not maps:
        return None
    choice = _settled(asked(request.GET, get_language() or "vi"), run, maps, first)
    ordered = None if choice.is_plain else map_orders.found(reader(request), run, choice)
    src = _address(run, choice, ordered)
    state = ordered.job.state if ordered is not None and ordered.job is not None else ""
    link = next(each for each in maps if each.indicator == choice.indicator)
    printed = map_orders.printed(reader(request), run, choice.indicator)
    kinds = _kinds(run, choice.indicator)
    return MapBlock(
        page=page,
        choice=choice,
        title=words(link.name),
        src=src,
        is_drawing=not src and state in map_orders.UNFINISHED,
        has_failed=not src and state == Job.State.FAILED,
        indicators=_links(maps, choice.indicator),
        kinds=kinds if len(kinds) < 2 else _marked(kinds, choice.kind),
        views=_views(run, choice),
        besides=_links(maps, choice.beside),
        beside_kinds=_marked(_kinds(run, ""), choice.beside_kind),
        beside_runs=_runs(request, run, choice.beside_run),
        papers=tuple(Choice(each, each, each == choice.paper) for each in PAPERS),
        lies=tuple(Choice(each, str(LIE_NAMES[each]), each == choice.lies) for each in LIES),
        forms=tuple(Choice(each, each.upper(), False) for each in FORMS[1:]),
        files=tuple(map_files_of(run, choice.indicator)),
        printed=tuple(
            _printed(each) for each in printed if each.choice["language"] == choice.language
        ),
    )


def asked(data: QueryDict, language: str) -> MapChoice:
    """What a form or an address asks for, as it says it."""
    number = data.get("beside_run", "")
    return MapChoice(
        indicator=data.get("map", ""),
        kind=data.get("kind", DIRECT),
        view=data.get("view", POLICY),
        beside=data.get("beside", ""),
        beside_kind=data.get("beside_kind", DIRECT),
        beside_run=int(number) if number.isdecimal() and len(number) <= NUMBER else 0,
        form=data.get("form", "html"),
        paper=data.get("paper", "A4"),
        lies=data.get("lies", "portrait"),
        is_grey=bool(data.get("grey")),
        language=language,
    ).trimmed


def page_address(run: Run, page: str, choice: MapChoice) -> str:
    """The page with that map on it."""
    said = {"map": choice.indicator}
    named = ("kind", "view", "beside", "beside_kind", "beside_run")
    plain = MapChoice(choice.indicator)
    said |= {
        each: str(getattr(choice, each))
        for each in named
        if getattr(choice, each) != getattr(plain, each)
    }
    route = page if page in PAGES else PAGES[0]
    return f"{reverse(route, args=[run.round_id])}?{urlencode(said)}#map"


def _settled(choice: MapChoice, run: Run, maps: list[MapLink], first: str) -> MapChoice:
    """Only what there is: an address may ask for anything."""
    held = [each.indicator for each in maps]
    fallback = first if first in held else held[0]
    indicator = choice.indicator if choice.indicator in held else fallback
    view = choice.view if choice.view in VIEWS else POLICY
    kind = choice.kind if choice.kind in KINDS else DIRECT
    beside = choice.beside if choice.beside in held else ""
    beside_kind = choice.beside_kind if choice.beside_kind in KINDS else DIRECT
    sound = replace(choice, indicator=indicator, view=view, kind=kind, form="html")
    return replace(sound, beside=beside, beside_kind=beside_kind).trimmed


def _address(run: Run, choice: MapChoice, ordered: MapOrder | None) -> str:
    if choice.is_plain:
        return reverse("map_document", args=[run.pk, choice.indicator])
    if ordered is not None and ordered.blob_id is not None:
        return reverse("ordered_map", args=[ordered.pk])
    return ""


def _links(maps: Iterable[MapLink], chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(each.indicator, words(each.name), each.indicator == chosen) for each in maps
    )


def _kinds(run: Run, indicator: str) -> tuple[Choice, ...]:
    """The kinds that the run has of an indicator, or of any."""
    stored: Mapping[str, Mapping[str, list[str]]] = run.report.get("map_views", {})
    about = [stored.get(indicator, {})] if indicator else list(stored.values())
    held = {kind for each in about for kind in each} | {DIRECT}
    return tuple(Choice(kind, words(name), False) for kind, name in KINDS.items() if kind in held)


def _marked(choices: Iterable[Choice], chosen: str) -> tuple[Choice, ...]:
    return tuple(replace(each, is_chosen=each.value == chosen) for each in choices)


def _views(run: Run, choice: MapChoice) -> tuple[Choice, ...]:
    stored = run.report.get("map_views", {}).get(choice.indicator, {})
    held = stored.get(choice.kind, ALWAYS)
    return tuple(
        Choice(key, words(name), key == choice.view) for key, name in VIEWS.items() if key in held
    )


def _runs(request: HttpRequest, run: Run, chosen: int) -> tuple[Choice, ...]:
    """The newest run of each other round of the project that the reader may read."""
    may_see_all = access(request).may(Right.READ_UNPUBLISHED_RUNS, run.round.project_id)
    others = Round.objects.filter(project=run.round.project_id).exclude(pk=run.round_id)
    found = []
    for each in others.order_by("-starts_on", "-pk")[:12]:
        newest = latest_run(each, published_only=not may_see_all)
        if newest is not None:
            name = each.name_en if get_language() == "en" and each.name_en else each.name_vi
            found.append(Choice(str(newest.pk), name, newest.pk == chosen))
    return tuple(found)


def _printed(order: MapOrder) -> Printed:
    choice = MapChoice.of(order.choice)
    said = [choice.paper, str(LIE_NAMES[choice.lies]), words(VIEWS[choice.view])]
    said += [words(KINDS[choice.kind])] if choice.kind != DIRECT else []
    said += [gettext("xám")] if choice.is_grey else []
    return Printed(
        words=", ".join(said),
        at=order.finished_at or order.created_at,
        form=choice.form.upper(),
        is_grey=choice.is_grey,
        is_made=order.blob_id is not None,
        has_failed=order.job is not None and order.job.state == Job.State.FAILED,
        order=order,
    )
