"""A small world for the tests of pages: a project with a form, records, a round and its run."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from surveys.collection import blobs, people
from surveys.collection.models import (
    AppUser,
    Attachment,
    Blob,
    Form,
    Job,
    Quarantined,
    Record,
    Role,
    Submission,
    SubmissionVersion,
    User,
)
from surveys.fieldwork.models import (
    CaseOutcome,
    Round,
    RoundForm,
    SampledHousehold,
    SampledVillage,
    Visit,
)
from surveys.results.models import Artefact, Run
from surveys.territory.models import AdminUnit, Village
from tests.cast import Cast, filled, make_cast, make_user, published
from tests.page_figures import COMMUNES, make_artefact, make_run

LONG = "W" * 80  # a word that no line holds
HOSTILE = "<script>alert(1)</script>${7*7}<img src=x onerror=alert(2)>"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63"
    "484858000001e400f1a5b1c1d70000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class World:
    cast: Cast
    supervisor: User
    elsewhere: User  # a supervisor of another commune
    analyst: User
    viewer: User
    rated: User  # works for the commune that the form is about
    form: Form
    phone: AppUser
    submission: Submission
    photo: Attachment
    kept: Quarantined
    round: Round
    case: CaseOutcome
    run: Run
    report: Artefact
    job: Job


def make_world() -> World:
    cast = make_cast()
    admin = cast.admin.actor
    form = published(admin, cast.project, "citizen_sat", rates_authority=True)
    phone = people.create_app_user(admin, cast.project, "Nguyễn Thị Lan")
    people.assign_form(admin, form, phone)
    found = _round(cast)
    RoundForm.objects.create(round=found, kind="B", form=form)
    households = _sample(found)
    submission, photo = _submission(form, phone, households[0])
    for household in households[1:4]:
        _submission(form, phone, household)
    run = make_run(found)
    return World(
        cast=cast,
        supervisor=make_user("sup", Role.SUPERVISOR, cast.project),
        elsewhere=make_user("far", Role.SUPERVISOR, cast.project, communes=("16258",)),
        analyst=make_user("ana", Role.ANALYST, cast.project),
        viewer=make_user("view", Role.VIEWER, cast.project),
        rated=make_user("rated", Role.MANAGER, cast.project, rated_commune="16228"),
        form=form,
        phone=phone,
        submission=submission,
        photo=photo,
        kept=Quarantined.objects.create(
            project=cast.project,
            reason="202.1",
            details=HOSTILE,
            xml_form_id="khac",
            xml=b"<data/>",
            sha256="0" * 64,
            submitter=phone.actor,
        ),
        round=found,
        case=_case(found, households[0], submission),
        run=run,
        report=make_artefact(run, "report", "ket-qua.xlsx", "vi", b"PK"),
        job=Job.objects.create(
            kind="publish_workbook",
            payload={"project_id": cast.project.pk},
            state=Job.State.FAILED,
            created_by=cast.alice.actor,
            errors=[
                {
                    "vi": "Cột type trống.",
                    "en": "Column type is empty.",
                    "sheet": "survey",
                    "row": 12,
                    "remedy_vi": "Điền kiểu câu hỏi.",
                    "remedy_en": "Fill in the question type.",
                }
            ],
        ),
    )


def _round(cast: Cast) -> Round:
    return Round.objects.create(
        project=cast.project,
        name_vi="Khảo sát vùng Như Thanh 2026",
        name_en="Như Thanh area survey 2026",
        is_synthetic=True,
        sponsor="Sở Nội vụ Thanh Hoá (mô phỏng)",
        decision_number="123/QĐ-SNV",
        field_agency="Trường Đại học Hồng Đức (mô phỏng)",
        controller="Sở Nội vụ Thanh Hoá",
        contact_line="0237 000 000",
        retention_date=date(2027, 6, 30),
        frame_date=date(2026, 8, 1),
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 10, 15),
        benchmark_definition="usual_resident",
        seed=1,
        state=Round.State.FIELD,
    )


def _sample(found: Round) -> list[SampledHousehold]:
    households = []
    for number, (code, name) in enumerate(COMMUNES.items()):
        unit, _ = AdminUnit.objects.get_or_create(  # a set-up home has the country's list
            code=code,
            level="commune",
            valid_from=date(2025, 7, 1),
            defaults={"name": name, "type": "Xã"},
        )
        place = Village.objects.create(id=f"v{code}", name=f"Thôn {number + 1}", unit=unit)
        village = SampledVillage.objects.create(
            round=found,
            psu=f"{code}-1",
            village=place,
            stratum=code,
            urban_rural="rural",
            frame_date=date(2026, 8, 1),
            mos_hh=180,
            pi_psu=0.2,
            stratum_psus_sampled=1,
            stratum_psus_total=20,
            selection_order=1,
            n_listed=180,
            n_selected=2,
        )
        households += [
            SampledHousehold.objects.create(
                round=found,
                village=village,
                name=f"{code}-hh-{seq}",
                hh_seq=seq,
                pi_hh=0.1,
                kish_u=0.5,
                arm="A",
            )
            for seq in (1, 2)
        ]
    return households


def _submission(
    form: Form, phone: AppUser, household: SampledHousehold
) -> tuple[Submission, Attachment]:
    instance_id = f"uuid:{household.name}"
    submission = Submission.objects.create(
        form=form,
        instance_id=instance_id,
        submitter=phone.actor,
        instance_name=f"Hộ {household.hh_seq} {LONG + HOSTILE if household.hh_seq == 1 else ''}",
        state=Submission.State.DERIVED,
    )
    assert form.current is not None
    version = SubmissionVersion.objects.create(
        submission=submission,
        form=form,
        instance_id=instance_id,
        form_version=form.current,
        xml=filled(form.xml_form_id, instance_id),
        sha256="1" * 64,
        submitter=phone.actor,
    )
    values = {"name": HOSTILE, "age": "34", "photo": "1.png", "?extra": HOSTILE}
    Record.objects.create(submission=submission, form=form, table="", ordinal=0, values=values)
    Record.objects.create(
        submission=submission, form=form, table="nha", ordinal=0, values={"ten": HOSTILE}
    )
    stored = blobs.store(PNG)
    blob, _ = Blob.objects.get_or_create(
        sha256=stored.sha256, defaults={"md5": stored.md5, "size": stored.size}
    )
    photo = Attachment.objects.create(
        version=version, name="1.png", blob=blob, content_type="image/png"
    )
    Attachment.objects.create(
        version=version, name="a.svg", blob=blob, content_type="image/svg+xml"
    )
    Visit.objects.create(
        submission=submission,
        household=household,
        kind="B",
        visited_at=timezone.now(),
        disposition="110",
        contact="start",
        reaches_minimum=True,
        sender=phone.actor,
    )
    return submission, photo


def _case(found: Round, household: SampledHousehold, submission: Submission) -> CaseOutcome:
    for other in SampledHousehold.objects.filter(round=found).exclude(pk=household.pk):
        done = other.visits.exists()
        CaseOutcome.objects.create(
            round=found,
            household=other,
            kind="B",
            disposition="110" if done else "311",
            status="final" if done else "open",
            n_visits=int(done),
            updated_at=timezone.now(),
        )
    return CaseOutcome.objects.create(
        round=found,
        household=household,
        kind="B",
        submission=submission,
        disposition="110",
        status=CaseOutcome.Status.REVIEW,
        n_visits=1,
        conflicts=["draw_mismatch"],
        updated_at=timezone.now(),
    )
