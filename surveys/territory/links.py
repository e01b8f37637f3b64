"""What old units became: the shipped list with its corrections, and the pairs that are in doubt."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, QuerySet

from surveys.territory.models import AdminLink, AdminUnit, Level
from surveys.territory.names import loose_key, name_key
from surveys.territory.shipped import BATCH, REFORM, Row, rows

LISTED = "vietnamadminunits 1.0.4"
Stored = Mapping[tuple[str, str, date], int]  # (code, level, valid_from) -> pk
Verdict = AdminLink.Verdict


def in_use() -> QuerySet[AdminLink]:
    """The pairs that count."""
    return AdminLink.objects.exclude(verdict=Verdict.REJECTED)


def disputed() -> QuerySet[AdminLink]:
    """Pairs that not every list has, used or not, by old unit."""
    found = AdminLink.objects.exclude(verdict=Verdict.AGREED)
    return found.select_related("old__parent", "new__parent").order_by("old__code", "new__code")


def in_doubt(*, province: str = "", words: str = "") -> QuerySet[AdminUnit]:
    """Old units that have a pair in dispute or were divided, by their key.

    `province` is the code of the province that holds them since the reform; `words` a code, or
    part of a name of the old unit or of one that it went into, however its marks are written.
    """
    divided = in_use().values("old").annotate(n=Count("pk")).filter(n__gt=1).values("old")
    pairs = AdminLink.objects.filter(old__in=divided.union(disputed().order_by().values("old")))
    if province:
        pairs = pairs.filter(new__parent__code=province)
    if words.strip():
        named = pairs.values_list("old_id", "old__code", "old__name", "new__code", "new__name")
        found = {
            old
            for old, code, name, new_code, new_name in named
            if words.strip() in (code, new_code) or is_like(words, name) or is_like(words, new_name)
        }
        return AdminUnit.objects.filter(pk__in=found)
    return AdminUnit.objects.filter(pk__in=pairs.values("old"))


def is_like(words: str, name: str) -> bool:
    """Marks count where the words have any; a search without marks finds all."""
    if words.isascii():
        return bool(loose_key(words)) and loose_key(words) in loose_key(name)
    return name_key(words) in name_key(name)


def load_links(stored: Stored) -> int:
    """Store the shipped pairs with their corrections; what is there stays as somebody left it."""
    pairs = _pairs()
    targets: dict[tuple[str, str], int] = {}
    for (old, level, _new), row in pairs.items():
        if row["verdict"] != Verdict.REJECTED:
            targets[old, level] = targets.get((old, level), 0) + 1
    old_units = {(code, level): pk for (code, level, start), pk in stored.items() if start < REFORM}
    known = set(AdminLink.objects.values_list("old_id", "new_id"))
    made = []
    for (old, level, new), row in pairs.items():
        is_whole = row["verdict"] != Verdict.REJECTED and targets[old, level] == 1
        made.append(
            AdminLink(
                old_id=old_units[old, level],
                new_id=stored[new, Level.COMMUNE, REFORM],
                kind=AdminLink.Kind.WHOLE if is_whole else AdminLink.Kind.PART,
                verdict=row["verdict"],
                share=1.0 if is_whole else None,
                source=row["source"],
            )
        )
    new_links = [link for link in made if (link.old_id, link.new_id) not in known]
    AdminLink.objects.bulk_create(new_links, batch_size=BATCH)
    if known:
        _correct_untouched(made)
    return len(new_links)


def _correct_untouched(shipped: list[AdminLink]) -> None:
    """Corrections reach a list that was loaded before there were any."""
    corrected = {(each.old_id, each.new_id): each for each in shipped if each.source != LISTED}
    untouched = AdminLink.objects.filter(
        old__in={old for old, _ in corrected}, source=LISTED, verdict=Verdict.AGREED
    )
    touched = set()
    for link in untouched:
        if (better := corrected.get((link.old_id, link.new_id))) is not None:
            link.verdict, link.source = better.verdict, better.source
            link.save(update_fields=["verdict", "source"])
            touched.add(link.old_id)
    renew_kinds(AdminUnit.objects.filter(pk__in=touched))


def renew_kinds(olds: Iterable[AdminUnit]) -> None:
    """After a pair changed: one successor in use means whole, several mean parts."""
    for old in olds:
        left = in_use().filter(old=old)
        if left.count() == 1:
            left.update(kind=AdminLink.Kind.WHOLE, share=1.0, share_source="")
        else:
            left.filter(kind=AdminLink.Kind.WHOLE).update(kind=AdminLink.Kind.PART, share=None)


def _pairs() -> dict[tuple[str, str, str], Row]:
    """(old code, its level, new code) -> verdict and source, of the list and its corrections."""
    found = {
        (row["old"], row["old_level"], row["new"]): {"verdict": Verdict.AGREED, "source": LISTED}
        for row in rows("links.csv")
    }
    for row in rows("corrections.csv"):
        key = (row["old"], Level.COMMUNE, row["new"])
        found[key] = {"verdict": row["verdict"], "source": f"{row['listed_by']}; {_check(row)}"}
    return found


def _check(row: Row) -> str:
    words = {"yes": "lies in", "no": "does not lie in", "weak": "hardly touches"}
    return f"{words[row['in_district']]} the former district"
