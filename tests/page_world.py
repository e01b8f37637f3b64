"""A small world for the tests of pages: a project with a form, records, a round and its run."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

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
from surveys.results.models import Artefact, Estimate, Run
from surveys.territory.models import AdminUnit, Village
from tests.cast import Cast, filled, make_cast, make_user, published

HOSTILE = "<script>alert(1)</script>${7*7}<img src=x onerror=alert(2)>"
COMMUNES = {"16228": "Như Thanh", "16234": "Xuân Du", "16249": "Mậu Lâm", "16258": "Xuân Thái"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63"
    "484858000001e400f1a5b1c1d70000000049454e44ae426082"
)
MAP = (
    b'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="Content-Security'
    b"-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>map</title></head>"
    b"<body><p>B\xe1\xba\xa3n \xc4\x91\xe1\xbb\x93</p></body></html>"
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
    run = _run(found)
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
        report=_artefact(run, "report", "ket-qua.xlsx", "vi", b"PK"),
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
        instance_name=f"Hộ {household.hh_seq} {HOSTILE if household.hh_seq == 1 else ''}",
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


def _artefact(run: Run, kind: str, name: str, language: str, content: bytes) -> Artefact:
    stored = blobs.store(content)
    Blob.objects.get_or_create(
        sha256=stored.sha256, defaults={"md5": stored.md5, "size": stored.size}
    )
    return Artefact.objects.create(
        run=run,
        kind=kind,
        name=name,
        language=language,
        content_type="text/html" if kind == "map" else "application/octet-stream",
        sha256=stored.sha256,
        size=stored.size,
    )


_INDICATORS: dict[str, tuple[str, str, str, float]] = {
    # id: (vi, en, unit, value on 0..1)
    "sat_users": ("Chỉ số hài lòng của người làm giấy tờ", "Index of users", "score", 0.812),
    "factor_place": ("Nơi làm giấy tờ", "Access", "score", 0.871),
    "factor_procedure": ("Thủ tục", "Procedures", "score", 0.823),
    "factor_staff": ("Cán bộ tiếp nhận", "Officials", "score", 0.845),
    "factor_result": ("Kết quả", "Results", "score", 0.836),
    "voice_know_users": ("Biết nơi gửi góp ý", "Knows where to comment", "score", 0.587),
    "sat_overall": ("Hài lòng chung", "Satisfied all in all", "score", 0.79),
    "policy_sat": ("Hài lòng về việc làm của xã", "Satisfied with policy", "score", 0.72),
    "item_sat_f2_1": ("Giấy tờ phải nộp ít", "Few papers", "share", 0.81),
    "item_sat_f3_1": ("Cán bộ lịch sự", "Polite officials", "share", 0.88),
    "smartphone_own": ("Có điện thoại thông minh", "Has a smartphone", "share", 0.86),
    "net_3m": ("Dùng Internet", "Used the Internet", "share", 0.81),
    "bank_account": ("Có tài khoản ngân hàng", "Has a bank account", "share", 0.63),
    "vneid_level2": ("Có VNeID mức 2", "Has VNeID level 2", "share", 0.74),
    "account_any": ("Có tài khoản hoặc ví", "Has an account or wallet", "share", 0.69),
    "equipped": ("Sẵn sàng số", "Equipped", "share", 0.58),
    "able": ("Làm được một mình", "Able alone", "share", 0.31),
}
_STEPS = {
    "phone": 0.14, "internet": 0.05, "vneid": 0.12, "account": 0.11, "equipped_not_tried": 0.2,
    "no_need": 0.15, "helped_online": 0.13, "done_alone": 0.1,
}  # fmt: skip
_DOMAINS = [
    ("round", ""),
    *(("commune", code) for code in COMMUNES),
    ("sex", "m"),
    ("sex", "f"),
    *(("age_group", group) for group in ("18-29", "30-44", "45-59", "60+")),
]


def _run(found: Round) -> Run:
    base = {"id": "b", "vi": "người từ 18 tuổi", "en": "persons aged 18 or over"}
    definitions: dict[str, Any] = {
        name: {"id": name, "vi": vi, "en": en, "unit": unit, "base": base}
        for name, (vi, en, unit, _value) in _INDICATORS.items()
    }
    definitions["first_gap"] = {
        "id": "first_gap", "vi": "Bước thiếu đầu tiên", "en": "First gap", "unit": "share",
        "base": base, "categories": [{"id": s, "vi": f"Bước {s}", "en": s} for s in _STEPS],
    }  # fmt: skip
    now = timezone.now()
    run = Run.objects.create(
        round=found,
        finished_at=now,
        published_at=now - timedelta(minutes=1),
        inputs_sha256="ab" * 32,
        code_version="0.1.0",
        report=_report(definitions),
    )
    Estimate.objects.bulk_create(
        [
            _estimate(run, (name, ""), where, value, scale=100 if unit == "score" else 1)
            for name, (_vi, _en, unit, value) in _INDICATORS.items()
            for where in _DOMAINS
        ]
        + [
            _estimate(run, ("first_gap", step), where, value, scale=1)
            for step, value in _STEPS.items()
            for where in _DOMAINS
        ]
    )
    _artefact(run, "map", "map-equipped-vi.html", "vi", MAP)
    _artefact(run, "map", "map-equipped-en.html", "en", MAP.replace(b'lang="vi"', b'lang="en"'))
    return run


def _report(definitions: dict[str, Any]) -> dict[str, Any]:
    step = {"n": 900, "sum": 41234.5, "min": 3.1, "max": 99.2, "cv": 0.41, "kish_deff": 1.17}
    margin = {"step": "raking", "margin": "16228", "cell": "m 18-29", "benchmark": 6352,
              "respondents": 41, "before": 6011.2, "after": 6352.0}  # fmt: skip
    rate = {"domain_type": "round", "domain": "", "is_weighted": False, "households": 960,
            "counts": {}, "rr1": 0.861, "rr2": 0.88, "rr3": 0.87, "coop1": 0.92, "ref1": 0.05,
            "con1": 0.95}  # fmt: skip
    return {
        "definitions": definitions,
        "is_raked": True,
        "benchmark_definition": "usual_resident",
        "populations": {
            "is_raked": True,
            "rows": {
                "": {"15+": 39_000.0, "18+": 36_400.0},
                **{code: {"15+": 9800.0, "18+": 9100.0} for code in COMMUNES},
            },
        },
        "warnings": [{"vi": "Một tầng đã gộp.", "en": "One stratum was collapsed."}],
        "response_rates": {"A": [rate, {**rate, "is_weighted": True}]},
        "weights": {
            "w1": {
                "is_raked": True,
                "steps": [{"step": "base", **step}, {"step": "raking", **step}],
                "margins": [margin],
                "merges": ["m 15-17 + m 18-29"],
                "notes": [],
            }
        },
    }


def _estimate(
    run: Run, what: tuple[str, str], where: tuple[str, str], value: float, *, scale: int
) -> Estimate:
    publication, reason = "publish", ""
    if where[1] == "16234":
        publication, reason = "caution", "Ít người trả lời, chỉ nên tham khảo."
    if where[1] == "16258":
        publication, reason = "none", "Chỉ có 3 thôn. Hãy xem con số chung của cả đợt khảo sát."
    shift = (sum(map(ord, where[1])) % 11 - 5) / 100 * scale
    middle = min(max(value * scale + shift, 0.01 * scale), 0.99 * scale)
    return Estimate(
        run=run,
        indicator=what[0],
        category=what[1],
        domain_type=where[0],
        domain=where[1],
        estimate=middle,
        se=0.02 * scale,
        lower=max(middle - 0.04 * scale, 0),
        upper=min(middle + 0.04 * scale, scale),
        interval="t",
        df=40,
        deff=1.6,
        n=893 if where[0] == "round" else 214,
        n_eff=558.1,
        n_psu=48 if where[0] == "round" else 12,
        numerator=value * 52000,
        denominator=52000 if where[0] == "round" else 9100,
        publication=publication,
        reason_vi=reason,
        reason_en=reason and "Too few villages here. Read the figure of the whole round.",
    )
