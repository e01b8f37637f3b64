"""A run with figures for the tests of pages: every kind of cell, without the analysis."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from surveys.collection import blobs
from surveys.collection.models import Blob
from surveys.fieldwork.models import Round
from surveys.results.models import Artefact, Estimate, Run

COMMUNES = {"16228": "Như Thanh", "16234": "Xuân Du", "16249": "Mậu Lâm", "16258": "Xuân Thái"}
MAP = (
    b'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="Content-Security'
    b"-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>map</title></head>"
    b"<body><p>B\xe1\xba\xa3n \xc4\x91\xe1\xbb\x93</p></body></html>"
)


def make_artefact(run: Run, kind: str, name: str, language: str, content: bytes) -> Artefact:
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


def make_run(found: Round) -> Run:
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
    make_artefact(run, "map", "map-equipped-vi.html", "vi", MAP)
    make_artefact(run, "map", "map-equipped-en.html", "en", MAP.replace(b'lang="vi"', b'lang="en"'))
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
        "areas": [{"code": code, "valid_from": "2025-07-01"} for code in COMMUNES],
        "populations": {
            "is_raked": True,
            "rows": {
                "": {"15+": 39_000.0, "18+": 36_400.0},
                **{code: {"15+": 9800.0, "18+": 9100.0} for code in COMMUNES},
            },
        },
        "pooled_deff": {"bank_account": 1.83, "equipped": 1.7},
        "sample": {
            "A": {
                "strata": 4,
                "psus": 48,
                "fewest_psus": 12,
                "households": 960,
                "largest_fraction": 0.31,
                "has_fpc": True,
                "dispositions": {"110": 827},
            },
        },
        "collapsed": [
            {
                "vi": "Tầng 16258 chỉ có một thôn; ghép với 16249",
                "en": "stratum 16258 has one PSU; paired with 16249",
            }
        ],
        "warnings": [{"vi": "Một tầng đã gộp.", "en": "One stratum was collapsed."}],
        "response_rates": {"A": [rate, {**rate, "is_weighted": True}]},
        "weights": {
            "w1": {
                "is_raked": True,
                "steps": [{"step": "base", **step}, {"step": "raking", **step}],
                "margins": [margin],
                "merges": [
                    {"vi": "m 15-17 (7) gộp với m 18-29", "en": "m 15-17 (7) merged with m 18-29"}
                ],
                "notes": [{"vi": "Số người lớn nhiều nhất là 4", "en": "persons capped at 4"}],
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
