"""Who holds which households of a round, for those who share them out."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from dashboard.presentation.formats import natural
from surveys.collection.models import AppUser
from surveys.fieldwork.models import CaseOutcome, Round, SampledHousehold
from surveys.fieldwork.outcomes import HOUSEHOLD_KINDS


@dataclass(frozen=True, slots=True)
class Household:
    id: int
    village_id: int
    number: int
    holder_id: int | None  # none: it is on every phone
    is_open: bool


@dataclass(frozen=True, slots=True)
class Phone:
    """An enumerator; `is_living` is false once the token was taken away."""

    id: int
    name: str
    is_living: bool
    households: int
    open: int


@dataclass(frozen=True, slots=True)
class Holder:
    name: str
    is_living: bool
    households: int


@dataclass(frozen=True, slots=True)
class VillageLoad:
    id: int
    psu: str
    name: str
    commune_code: str
    commune: str
    households: int
    open: int
    unassigned: int
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class CommuneLoad:
    code: str
    name: str
    villages: tuple[VillageLoad, ...]

    @property
    def households(self) -> int:
        return sum(village.households for village in self.villages)

    @property
    def unassigned(self) -> int:
        return sum(village.unassigned for village in self.villages)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The households within somebody's area, and the phones of the project."""

    households: tuple[Household, ...]
    phones: tuple[Phone, ...]
    communes: tuple[CommuneLoad, ...]
    unassigned: int
    unassigned_open: int

    @property
    def villages(self) -> tuple[VillageLoad, ...]:
        return tuple(village for commune in self.communes for village in commune.villages)

    def of_villages(self, psus: set[str]) -> tuple[Household, ...]:
        wanted = {village.id for village in self.villages if village.psu in psus}
        return tuple(each for each in self.households if each.village_id in wanted)


@dataclass(frozen=True, slots=True)
class Change:
    """What giving some households to a phone (or to everybody) would change."""

    households: int
    villages: int
    unchanged: int
    done: int
    from_everybody: int
    losers: tuple[Holder, ...]


def holdings(round_: Round, communes: frozenset[str] | None) -> Holdings:
    """Four queries, however many villages there are; `communes` None = the whole round."""
    households = _households(round_, communes)
    held = Counter(each.holder_id for each in households)
    still_open = Counter(each.holder_id for each in households if each.is_open)
    phones = tuple(
        Phone(
            row.pk, row.actor.display_name, row.token is not None, held[row.pk], still_open[row.pk]
        )
        for row in AppUser.objects.filter(project=round_.project_id)
        .select_related("actor")
        .order_by("actor__display_name", "pk")
        if held[row.pk] or (row.token is not None and row.actor.deleted_at is None)
    )
    return Holdings(
        households=households,
        phones=phones,
        communes=_communes(round_, households, {phone.id: phone for phone in phones}),
        unassigned=held[None],
        unassigned_open=still_open[None],
    )


def change(found: Holdings, chosen: tuple[Household, ...], to: int | None) -> Change:
    """What giving households to a phone (None: to everybody) would move, and from whom."""
    moved = [each for each in chosen if each.holder_id != to]
    before = Counter(each.holder_id for each in moved)
    return Change(
        households=len(moved),
        villages=len({each.village_id for each in moved}),
        unchanged=len(chosen) - len(moved),
        done=sum(not each.is_open for each in moved),
        from_everybody=before[None],
        losers=tuple(
            Holder(phone.name, phone.is_living, before[phone.id])
            for phone in found.phones
            if before[phone.id]
        ),
    )


def _households(round_: Round, communes: frozenset[str] | None) -> tuple[Household, ...]:
    kinds = round_.forms.filter(kind__in=HOUSEHOLD_KINDS).count()
    final = dict(
        CaseOutcome.objects.filter(
            round=round_, kind__in=HOUSEHOLD_KINDS, status=CaseOutcome.Status.FINAL
        )
        .values_list("household")
        .annotate(n=Count("pk"))
    )
    rows = SampledHousehold.objects.filter(round=round_)
    if communes is not None:
        rows = rows.filter(
            village__village__unit__code__in=communes, village__village__unit__valid_to=None
        )
    # Left while any household form of the round is not final, as the phone's sentence counts.
    return tuple(
        Household(pk, village, number, holder, final.get(pk, 0) < max(kinds, 1))
        for pk, village, number, holder in rows.order_by("village", "hh_seq").values_list(
            "pk", "village_id", "hh_seq", "assignment__app_user"
        )
    )


def _communes(
    round_: Round, households: tuple[Household, ...], phones: dict[int, Phone]
) -> tuple[CommuneLoad, ...]:
    by_village: dict[int, list[Household]] = defaultdict(list)
    for each in households:
        by_village[each.village_id].append(each)
    loads: dict[tuple[str, str], list[VillageLoad]] = defaultdict(list)
    for row in round_.villages.filter(pk__in=by_village).select_related("village__unit"):
        some = by_village[row.pk]
        held = Counter(each.holder_id for each in some)
        unit = row.village.unit
        loads[unit.full_name, unit.code].append(
            VillageLoad(
                id=row.pk,
                psu=row.psu,
                name=row.village.name,
                commune_code=unit.code,
                commune=unit.full_name,
                households=len(some),
                open=sum(each.is_open for each in some),
                unassigned=held[None],
                holders=tuple(
                    Holder(phone.name, phone.is_living, held[phone.id])
                    for phone in phones.values()
                    if held[phone.id]
                ),
            )
        )
    return tuple(
        CommuneLoad(
            code, name, tuple(sorted(villages, key=lambda each: (natural(each.name), each.psu)))
        )
        for (name, code), villages in sorted(loads.items())
    )
