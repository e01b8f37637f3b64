"""Runs and what they left: estimates as rows, files as artefacts. Pages read these only."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from surveys.collection.models import Actor, Blob, Form, Job
from surveys.fieldwork.models import Round


class Run(models.Model):
    """One execution of the analysis of a round. Published figures are runs."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="run")
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    inputs_sha256 = models.CharField(max_length=64, blank=True)
    code_version = models.CharField(max_length=80, blank=True)
    recipe = models.JSONField(default=dict)
    # Response rates, weight steps with their reports, warnings: what the technical page shows.
    report = models.JSONField(default=dict)

    class Meta:
        db_table = "run"


class Estimate(models.Model):
    """One figure with everything that has to travel with it (shares in 0..1, indices in 0..100)."""

    class Publication(models.TextChoices):
        PUBLISH = "publish"
        CAUTION = "caution"
        NONE = "none"

    class Method(models.TextChoices):
        DIRECT = "direct"  # from the domain's own answers
        GROUPED = "grouped"  # of the communes in `members` together, for one too small alone
        MODEL = "model"  # small-area model; `gamma` is the weight of the own answers
        SYNTHETIC = "synthetic"  # the regression of such a model where nobody was asked

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="estimates")
    method = models.CharField(max_length=9, choices=Method.choices, default=Method.DIRECT)
    indicator = models.CharField(max_length=40)
    category = models.CharField(max_length=40, blank=True)  # of first_gap: phone, internet …
    domain_type = models.CharField(max_length=20)  # round, commune, urban_rural, sex, age_group
    domain = models.CharField(max_length=40, blank=True)
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    interval = models.CharField(max_length=30, blank=True)
    df = models.FloatField(null=True)
    deff = models.FloatField(null=True)
    n = models.IntegerField()
    n_eff = models.FloatField(null=True)
    n_psu = models.IntegerField()
    low = models.FloatField(null=True)  # composites: missing components counted as not met
    high = models.FloatField(null=True)  # … and as met
    numerator = models.FloatField(null=True)  # weighted
    denominator = models.FloatField(null=True)  # weighted
    base = models.CharField(max_length=40, blank=True)
    publication = models.CharField(max_length=8, choices=Publication.choices)
    reason_vi = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    flags = models.JSONField(default=list)
    gamma = models.FloatField(null=True)  # 0..1; None unless a model made the figure
    members = models.JSONField(default=list)  # codes of the communes of a grouped figure

    class Meta:
        db_table = "estimate"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["run", "method", "indicator", "category", "domain_type", "domain"],
                name="one_estimate_a_cell",
            )
        ]


class Comparison(models.Model):
    """What may be said of one figure against another: a verdict with its error, never a rank."""

    class Kind(models.TextChoices):
        PROVINCE = "province"  # against the whole round
        TARGET = "target"  # against what the round set itself
        LOWEST = "lowest"  # the chance to be among the lowest communes
        CHANGE = "change"  # against an earlier round

    class Verdict(models.TextChoices):
        HIGHER = "higher"
        LOWER = "lower"
        SAME = "same"  # surely no difference that would matter
        UNCLEAR = "unclear"  # cannot tell
        MET = "met"
        NOT_MET = "not_met"
        NONE = ""  # a probability alone

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comparisons")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    indicator = models.CharField(max_length=40)
    domain_type = models.CharField(max_length=20)
    domain = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=9, choices=Estimate.Method.choices)
    estimate = models.FloatField(null=True)
    reference = models.FloatField(null=True)  # of the round, the target, the earlier round
    difference = models.FloatField(null=True)
    se = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    p_value = models.FloatField(null=True)  # adjusted for how many are compared
    probability = models.FloatField(null=True)  # of being among the lowest; of the target met
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)

    class Meta:
        db_table = "comparison"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["run", "kind", "indicator", "domain_type", "domain", "method"],
                name="one_comparison_a_cell",
            )
        ]


class Artefact(models.Model):
    """A file that a run made: map document, XLSX, DOCX, CSV."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artefacts")
    kind = models.CharField(max_length=30)  # map, report
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, blank=True)
    content_type = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # a blob
    size = models.BigIntegerField()

    names_blob: ClassVar[str] = "sha256"  # for `blob_sweep`, which knows no room above its own

    class Meta:
        db_table = "artefact"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "name", "language"], name="one_artefact_a_name")
        ]


class RunMembers(models.Model):
    """Who is behind the figures of a run: a blob that the worker alone reads, no artefact.

    `told` are the differences of a few persons from the run `compared_with`, which was the one
    published last when the worker compared them.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="members")
    sha256 = models.CharField(max_length=64)  # a blob
    compared_with = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    told = models.JSONField(default=list)

    names_blob: ClassVar[str] = "sha256"

    class Meta:
        db_table = "run_members"


class Export(models.Model):
    """A file of a form's records, made for one person; it expires."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="export")
    created_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # What was asked for: surveys.results.exports.options.
    options = models.JSONField()
    # Whose records and whose restricted answers are inside: surveys.results.exports.reach.
    reach = models.JSONField()
    name = models.CharField(max_length=250, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    n_records = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "export"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["expires_at"], name="export_expiring", condition=Q(blob__isnull=False)
            )
        ]


class OutreachPlan(models.Model):
    """A scenario of teams that help people, and the plan that was solved for it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outreach_plans")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="outreach")
    created_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=80)
    scenario = models.JSONField()
    # Codes that its maker could plan for; empty: the whole round.
    communes = models.JSONField(default=list)
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "outreach_plan"


class Claim(models.Model):
    """A figure that somebody else printed of a commune: what the survey is held against."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="claims")
    commune = models.CharField(max_length=5, blank=True)  # "" = the whole area of the round
    indicator = models.CharField(max_length=40)
    share = models.FloatField()  # 0..1
    is_at_least = models.BooleanField(default=False)  # "more than", "nearly all": a lower bound
    source = models.CharField(max_length=200)
    stated_on = models.DateField()
    created_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "claim"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["round", "commune", "indicator", "source", "stated_on"],
                name="one_claim_a_source",
            )
        ]


class MapOrder(models.Model):
    """A map of a run that somebody asked for: two panels, another view, a sheet of paper.

    The same `key` is drawn once; it names the boundaries too, so that new ones are drawn anew.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="map_orders")
    # Whose figures stand in the second panel; who may not read that run may not read the map.
    beside = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="map_order")
    created_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=300)
    choice = models.JSONField()  # surveys.results.map_choice
    name = models.CharField(max_length=150, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "map_order"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "key"], name="one_map_a_choice")
        ]
