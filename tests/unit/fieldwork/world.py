"""A small round made straight in the tables: two communes, two villages, some households."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from surveys.collection.models import (
    Actor,
    AppUser,
    Form,
    FormVersion,
    Project,
    Record,
    Submission,
    SubmissionVersion,
    User,
)
from surveys.fieldwork import outcomes
from surveys.fieldwork.models import (
    Assignment,
    CaseOutcome,
    Round,
    RoundForm,
    SampledHousehold,
    SampledVillage,
)
from surveys.territory.models import AdminUnit, Village

REFORM = date(2025, 7, 1)
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # 12:00 in Việt Nam
CORE = {"core/a_phone": "smart", "core/a_net3m": "yes", "core/a_bank": "yes"} | {
    "core/a_wallet": "no",
    "core/a_vneid": "own",
}


@dataclass(slots=True)
class World:
    project: Project
    round: Round
    forms: dict[str, Form]
    versions: dict[str, FormVersion]
    villages: list[SampledVillage]
    households: list[SampledHousehold]
    enumerators: list[AppUser]
    sent: int = 0

    def submit(
        self,
        kind: str,
        household: SampledHousehold | str,
        disp: str,
        *,
        day: int = 0,
        by: int = 0,
        contact: str = "start",
        apply: bool = True,
        **answers: str,
    ) -> Submission:
        """A derived submission of a household form, as projection would leave it."""
        self.sent += 1
        moment = NOON + timedelta(days=day)
        submission = Submission.objects.create(
            form=self.forms[kind],
            instance_id=f"uuid:{kind}-{self.sent}",
            submitter=self.enumerators[by].actor,
            state=Submission.State.DERIVED,
            created_at=moment,
        )
        SubmissionVersion.objects.create(
            submission=submission,
            form=self.forms[kind],
            instance_id=submission.instance_id,
            form_version=self.versions[kind],
            xml=b"<data/>",
            sha256=str(self.sent).zfill(64),
        )
        name = household if isinstance(household, str) else household.name
        given = {"start": moment.isoformat(), "contact": contact} | answers
        self.put_records(submission, kind, name, disp, **given)
        if apply:
            outcomes.apply(submission.pk)
        return submission

    def put_records(
        self,
        submission: Submission,
        kind: str,
        name: str,
        disp: str,
        **answers: str,
    ) -> None:
        """The records of a submission, in place of those it had."""
        Record.objects.filter(submission=submission).delete()
        interviewed = disp in ("110", "120")
        values: dict[str, Any] = {
            "start": NOON.isoformat(),
            "g_id/hh": name,
            "contact": "start",
            "g_close/disp": disp,
            "g_consent/consent": "yes" if interviewed else "",
        }
        if kind == "B" and interviewed:
            values |= {"g_main/used": "self", "g_main/overall": "4"}
        Record.objects.create(
            submission=submission,
            form=self.forms[kind],
            ordinal=0,
            values=values | answers,
        )
        if kind == "A" and interviewed:
            Record.objects.create(
                submission=submission,
                form=self.forms[kind],
                table="person",
                ordinal=0,
                parent_ordinal=0,
                values=CORE,
            )

    def outcome(self, kind: str, household: SampledHousehold) -> CaseOutcome:
        return CaseOutcome.objects.get(kind=kind, household=household)

    def assign(self, household: SampledHousehold, enumerator: int) -> None:
        to = self.enumerators[enumerator]
        Assignment.objects.create(household=household, app_user=to, round=household.round)


def commune(code: str, name: str, province: AdminUnit) -> AdminUnit:
    unit, _ = AdminUnit.objects.get_or_create(
        code=code,
        level="commune",
        valid_from=REFORM,
        defaults={"name": name, "type": "Xã", "parent": province},
    )
    return unit


def province() -> AdminUnit:
    unit, _ = AdminUnit.objects.get_or_create(
        code="38",
        level="province",
        valid_from=date(1976, 1, 1),
        defaults={"name": "Thanh Hóa", "type": "Tỉnh"},
    )
    return unit


def make_user(email: str, rated_commune: str = "") -> User:
    user = User.objects.create_user(email, None)
    user.rated_commune = rated_commune
    user.save()
    return user


def make_enumerator(project: Project, name: str) -> AppUser:
    actor = Actor.objects.create(kind=Actor.Kind.APP_USER, display_name=name)
    return AppUser.objects.create(actor=actor, project=project, token=name.ljust(64, "x"))


def make_round(project: Project, **facts: Any) -> Round:
    given = {
        "name_vi": "Đợt thử",
        "name_en": "Trial round",
        "sponsor": "UBND huyện thử nghiệm",
        "decision_number": "01/QĐ-TEST",
        "field_agency": "Đội khảo sát",
        "controller": "UBND tỉnh thử nghiệm",
        "contact_line": "0237 000 000",
        "retention_date": date(2027, 1, 1),
        "frame_date": date(2026, 1, 1),
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31),
        "seed": 7,
    }
    return Round.objects.create(project=project, **(given | facts))


def make_world(households: int = 4, kinds: tuple[str, ...] = ("A", "B")) -> World:
    """Two villages in two communes; households take turns between them."""
    project = Project.objects.create(name="Khảo sát thử")
    round_ = make_round(project)
    forms, versions = {}, {}
    for kind, form_id in zip(kinds, ("hh_digital", "citizen_sat"), strict=False):
        forms[kind] = Form.objects.create(
            project=project, xml_form_id=form_id, rates_authority=kind == "B"
        )
        versions[kind] = FormVersion.objects.create(
            form=forms[kind], version="1", name=form_id, xform=b"", md5="", sha256="", schema={}
        )
        RoundForm.objects.create(round=round_, kind=kind, form=forms[kind])
    above = province()
    villages = []
    for number, (code, name) in enumerate((("16228", "Như Thanh"), ("16264", "Yên Thọ")), 1):
        village = Village.objects.create(
            id=f"v{number}", name=f"Thôn {number}", unit=commune(code, name, above)
        )
        villages.append(
            SampledVillage.objects.create(
                round=round_,
                psu=f"p{number}",
                village=village,
                stratum="s1",
                urban_rural="rural",
                frame_date=date(2026, 1, 1),
                mos_hh=100,
                pi_psu=0.5,
                stratum_psus_sampled=2,
                stratum_psus_total=4,
                selection_order=number,
                n_listed=100,
                n_selected=households // 2,
            )
        )
    sampled = [
        SampledHousehold.objects.create(
            round=round_,
            village=villages[index % 2],
            name=f"00000000-0000-4000-8000-{index:012d}",
            hh_seq=index // 2 + 1,
            pi_hh=0.1,
            kish_u=0.4,
            arm="AB"[index % 2],
            address_hint=f"nhà số {index}",
        )
        for index in range(households)
    ]
    enumerators = [make_enumerator(project, name) for name in ("an", "binh")]
    return World(project, round_, forms, versions, villages, sampled, enumerators)
