"""A survey round: its sample as drawn, the visits, and what became of each household."""

from typing import Any, ClassVar

from django.db import models

from surveys.collection.models import Actor, AppUser, Form, Project, Submission


class Round(models.Model):
    """Ties forms, sample, benchmarks, weight recipe and publication rule together."""

    class Definition(models.TextChoices):
        REGISTERED = "registered"
        USUAL_RESIDENT = "usual_resident"

    class State(models.TextChoices):
        PREPARING = "preparing"
        FIELD = "field"
        LOCKED = "locked"  # the round has ended: open cases become final

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rounds")
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    # Printed on every output; a synthetic round says so wherever it is shown.
    is_synthetic = models.BooleanField(default=False)
    sponsor = models.CharField(max_length=200)
    decision_number = models.CharField(max_length=100)
    field_agency = models.CharField(max_length=200)
    controller = models.CharField(max_length=200)
    contact_line = models.CharField(max_length=200)
    complaint_office = models.CharField(max_length=200, blank=True)
    centre_name = models.CharField(max_length=200, blank=True)
    retention_date = models.DateField()
    frame_date = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    benchmark_definition = models.CharField(max_length=15, choices=Definition.choices, blank=True)
    # One seed makes kish_u, the list-experiment arm and the household ids.
    seed = models.BigIntegerField()
    recipe = models.JSONField(default=dict)
    publication_rule = models.JSONField(default=dict)
    # A file of indicators of its own (TOML), checked before it is stored; empty: none.
    own_definitions = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "round"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["project", "name_vi"], name="one_round_a_name")
        ]

    def __str__(self) -> str:
        return self.name_vi


class RoundForm(models.Model):
    class Kind(models.TextChoices):
        DIGITAL = "A"  # hh_digital
        SATISFACTION = "B"  # citizen_sat
        SLIP = "C1"  # exit_slip
        PETITION = "C2"  # petition

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="forms")
    kind = models.CharField(max_length=2, choices=Kind.choices)
    form = models.OneToOneField(Form, on_delete=models.PROTECT, related_name="round_form")

    class Meta:
        db_table = "round_form"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["round", "kind"], name="one_form_a_kind")
        ]


class Benchmark(models.Model):
    """A population count that raking meets: domain × sex × age group."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="benchmarks")
    domain = models.CharField(max_length=40)  # a stratum, or "province"
    sex = models.CharField(max_length=1)  # m, f
    age_group = models.CharField(max_length=6)  # 15-17, 18-29, 30-44, 45-59, 60+
    count = models.PositiveIntegerField()
    definition = models.CharField(max_length=15, choices=Round.Definition.choices)
    source = models.CharField(max_length=200)
    date = models.DateField()

    class Meta:
        db_table = "benchmark"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["round", "domain", "sex", "age_group"], name="one_benchmark_a_cell"
            )
        ]


class RoundCommune(models.Model):
    """A commune of the round's area, sampled or not, with what a small-area model may know of it.

    One file gives all of them, so that a covariate is measured alike in communes with a sample and
    in those without; what it leaves empty is unknown.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="area_communes")
    unit = models.ForeignKey("territory.AdminUnit", on_delete=models.PROTECT, related_name="+")
    urban_share = models.FloatField(null=True)  # 0..1
    villages = models.PositiveIntegerField(null=True)
    people_15 = models.PositiveIntegerField(null=True)
    people_18 = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "round_commune"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["round", "unit"], name="one_commune_a_round")
        ]


class SampledVillage(models.Model):
    """A PSU as drawn: immutable frame facts."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="villages")
    psu = models.CharField(max_length=40)
    village = models.ForeignKey("territory.Village", on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=40)
    urban_rural = models.CharField(max_length=5)  # urban, rural; as at frame_date
    frame_date = models.DateField()
    mos_hh = models.PositiveIntegerField()
    pi_psu = models.FloatField()
    stratum_psus_sampled = models.PositiveIntegerField()
    stratum_psus_total = models.PositiveIntegerField()
    selection_order = models.PositiveIntegerField()
    n_listed = models.PositiveIntegerField()
    n_selected = models.PositiveIntegerField()
    minority_share = models.FloatField(null=True)
    replaced_by = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "sampled_village"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["round", "psu"], name="one_psu_a_round")
        ]


class SampledHousehold(models.Model):
    """A household as drawn. `name` is the opaque id that phones and entities carry (a UUID)."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="households")
    village = models.ForeignKey(SampledVillage, on_delete=models.CASCADE, related_name="households")
    name = models.CharField(max_length=36, unique=True)
    hh_seq = models.PositiveIntegerField()
    pi_hh = models.FloatField()
    kish_u = models.FloatField()
    arm = models.CharField(max_length=1)  # A or B: list experiment
    wave = models.CharField(max_length=20, blank=True)
    address_hint = models.CharField(max_length=200, blank=True)  # P1: personal, restricted

    class Meta:
        db_table = "sampled_household"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["village", "hh_seq"], name="one_household_a_number")
        ]


class Assignment(models.Model):
    """Which enumerator visits a household; an unassigned one is on every phone of the round."""

    household = models.OneToOneField(
        SampledHousehold, on_delete=models.CASCADE, related_name="assignment"
    )
    app_user = models.ForeignKey(AppUser, on_delete=models.PROTECT, related_name="assignments")
    # Two copies for the sentence that every upload is answered with: the household's round, and
    # how many of its cases (forms A and B) are final. `case_rows` keeps the second.
    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    n_final = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "assignment"


class Visit(models.Model):
    """One submission of a household form, as its latest edit says it."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="visit")
    # db_index=False here and below: a longer index begins with the same column.
    household = models.ForeignKey(
        SampledHousehold, on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    kind = models.CharField(max_length=2, choices=RoundForm.Kind.choices)
    visited_at = models.DateTimeField()
    disposition = models.CharField(max_length=4)
    contact = models.CharField(max_length=12, blank=True)
    reaches_minimum = models.BooleanField(default=False)
    sender = models.ForeignKey(
        Actor, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # An interview whose number of persons is none; a supervisor has to look at it.
    is_count_unreadable = models.BooleanField(default=False, db_default=False)
    # B only: the draw as the phone made it, {"line", "n18", "sex", "by"}.
    draw = models.JSONField(default=dict)

    class Meta:
        db_table = "visit"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "kind"], name="visit_of_household")
        ]


class CaseOutcome(models.Model):
    """All visits of a household by one form: the record that counts and the disposition."""

    class Status(models.TextChoices):
        OPEN = "open"
        REVIEW = "review"
        FINAL = "final"

    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, related_name="outcomes", db_index=False
    )
    household = models.ForeignKey(
        SampledHousehold, on_delete=models.CASCADE, related_name="outcomes", db_index=False
    )
    kind = models.CharField(max_length=2, choices=RoundForm.Kind.choices)
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    disposition = models.CharField(max_length=4, default="311")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)
    n_visits = models.PositiveSmallIntegerField(default=0)
    draw = models.JSONField(default=dict)
    # Codes of conflicts that a supervisor has to look at; empty when there is none.
    conflicts = models.JSONField(default=list)
    # A supervisor's word: {"confirmed": true}, {"revisit": true} or {"submission": id}; who, when.
    decision = models.JSONField(default=dict)
    # Rises with every change: the phone's list takes its __version from it.
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "case_outcome"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["household", "kind", "round"], name="one_outcome_a_case"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["round", "kind", "status"], name="outcome_by_status")
        ]


class HelpTicket(models.Model):
    """What became of one person's wish to be helped; the wish itself stands in the record.

    Nothing about the person is copied: answers that are erased, or whose time is over, are gone
    from the worklist as well.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        ASSIGNED = "assigned"
        DONE = "done"

    class Outcome(models.TextChoices):
        NONE = ""
        HELPED = "helped"
        PARTLY = "partly"  # some of it; comes again
        REFERRED = "referred"  # to the service centre, the police, a bank
        NOT_REACHED = "not_reached"
        UNWANTED = "unwanted"  # wants no call any more

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="help_tickets", db_index=False
    )
    ordinal = models.PositiveIntegerField()  # of the person in the record
    assigned_to = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True)
    done_on = models.DateField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "help_ticket"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["submission", "ordinal"], name="one_ticket_a_person")
        ]
