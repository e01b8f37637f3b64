"""Administrative units and villages in time, their boundaries and their populations.

An area's key is (code, level, valid_from), never a bare code: nearly all commune codes in force
since 1 July 2025 are old numbers over another territory. Validity is half-open everywhere:
`valid_from` is the first day, `valid_to` the first day on which it no longer holds (null: still).
"""

from django.db import models


class Level(models.TextChoices):
    PROVINCE = "province", "Tỉnh, thành phố"
    DISTRICT = "district", "Quận, huyện (trước 1/7/2025)"
    COMMUNE = "commune", "Xã, phường, đặc khu"


class AdminUnit(models.Model):
    """One unit over one span of time; a merged unit that kept an old number is a new row."""

    code = models.CharField(max_length=5)
    level = models.CharField(max_length=8, choices=Level.choices)
    name = models.CharField(max_length=100, help_text="Without its type: Như Thanh")
    type = models.CharField(max_length=20, help_text="Tỉnh, Thành phố, Xã, Phường, Đặc khu …")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    seat_lat = models.FloatField(null=True)
    seat_lon = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True, help_text="As declared, not measured on a polygon")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "level", "valid_from"], name="one_unit_a_time"),
        ]
        indexes = [models.Index(fields=["level", "valid_from"], name="unit_level_from")]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.code})"

    @property
    def full_name(self) -> str:
        """The name as it is said: xã Như Thanh, Phường 1, thị trấn Bến Sung."""
        if self.name[:1].isdigit():
            return f"{self.type} {self.name}"
        return f"{self.type[:1].lower()}{self.type[1:]} {self.name}"


class UnitTitle(models.Model):
    """Type and name of a unit from a day on; its territory stays, so it is the same unit.

    Before its first title the unit had another: the day before is in the row with the day it was
    founded. `AdminUnit` carries the newest.
    """

    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="titles")
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    valid_from = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="one_title_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.name} ({self.valid_from})"


class AdminLink(models.Model):
    """What an old unit became: `whole` went into one successor, `part` was divided.

    `share` is the part of the old unit's people that live in the new one: 1 of a whole one, null
    where nobody has counted. A rejected pair is kept, so that nobody adds it again unawares.
    """

    class Kind(models.TextChoices):
        WHOLE = "whole", "Toàn bộ"
        PART = "part", "Một phần"

    class Verdict(models.TextChoices):
        AGREED = "agreed", "Hai nguồn trùng nhau"
        ACCEPTED = "accepted", "Một nguồn, được chấp nhận"
        REJECTED = "rejected", "Không dùng"

    old = models.ForeignKey(AdminUnit, models.PROTECT, related_name="successors")
    new = models.ForeignKey(AdminUnit, models.PROTECT, related_name="predecessors")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.AGREED)
    share = models.FloatField(null=True)
    share_source = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="one_link_a_pair")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new} ({self.kind})"


class Village(models.Model):
    """A village (thôn, bản, tổ dân phố) under an id of our own, which outlives its commune."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=100)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="villages")
    legacy_area = models.CharField(
        max_length=100, blank=True, help_text="The commune it lay in before 1 July 2025"
    )
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    households = models.PositiveIntegerField(
        null=True, help_text="As the last list of villages says"
    )
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


class VillageMembership(models.Model):
    """In which commune a village lay from a day on; `Village.unit` is that of the last one.

    Written by `surveys.territory.villages` alone, which keeps the two in step.
    """

    village = models.ForeignKey(Village, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "valid_from"], name="one_commune_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.village_id} → {self.unit} ({self.valid_from})"


class VillageLink(models.Model):
    """What a village became on a day: part of another, one of several, or the same renumbered."""

    class Kind(models.TextChoices):
        MERGED = "merged", "Nhập vào"
        SPLIT = "split", "Tách thành"
        RENAMED = "renamed", "Đổi tên, đổi mã"

    old = models.ForeignKey(Village, models.CASCADE, related_name="successors")
    new = models.ForeignKey(Village, models.PROTECT, related_name="predecessors")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    date = models.DateField(help_text="The first day on which the old one is no more")
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="one_village_link")]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id} ({self.kind} {self.date})"


class BoundarySet(models.Model):
    """One imported boundary file. Sets are never changed: a published map names the set it used."""

    class Quality(models.TextChoices):
        LEGAL = "legal", "Ranh giới pháp lý"
        THIRD_PARTY = "third_party", "Nguồn bên thứ ba"
        SCHEMATIC = "schematic", "Sơ đồ"

    name = models.CharField(max_length=200)
    source = models.CharField(max_length=500)
    licence = models.CharField(max_length=200)
    valid_from = models.DateField(help_text="The state of the units that the file draws")
    quality = models.CharField(max_length=11, choices=Quality.choices)
    imported_at = models.DateTimeField(auto_now_add=True)
    sha256 = models.CharField(max_length=64)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256", "valid_from"], name="one_set_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from}, {self.quality})"


class Boundary(models.Model):
    """The shape of one unit at one level of detail, as the text of a GeoJSON geometry."""

    class Detail(models.TextChoices):
        FULL = "full", "Đầy đủ"
        M100 = "100", "100 m"
        M300 = "300", "300 m"
        M800 = "800", "800 m"

    boundary_set = models.ForeignKey(BoundarySet, models.CASCADE, related_name="boundaries")
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="boundaries")
    level = models.CharField(max_length=4, choices=Detail.choices)
    geometry = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["boundary_set", "unit", "level"], name="one_shape_a_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.level}"


class Population(models.Model):
    """A count of people or households with what was counted, by whom, and when."""

    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="populations")
    group = models.CharField(max_length=50, help_text="15+, 18+, households, 18+ female …")
    count = models.PositiveBigIntegerField()
    definition = models.CharField(max_length=200, help_text="registered or usual residents …")
    source = models.CharField(max_length=300)
    date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "group", "definition", "source", "date"], name="one_count_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.group}: {self.count}"
