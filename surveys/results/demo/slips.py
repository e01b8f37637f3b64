"""Exit slips and petitions that citizens send from their own phones in the demonstration."""

from uuid import UUID

import numpy as np

from forms.placeholders import consent_hash
from surveys.results.demo.draws import Random
from surveys.results.demo.instance import InstanceWriter, Tree
from surveys.results.demo.phone import Phone
from surveys.results.demo.places import COMMUNES
from surveys.results.demo.setting import PlannedRound
from surveys.results.demo.visits import VIETNAM, stamp

SLIPS = 40
PETITIONS = (
    ("report", "centre", "Tôi phải đi lại ba lần vì mỗi lần lại được báo thiếu một giấy tờ khác."),
    ("suggest", "portal", "Xin cho hướng dẫn bằng hình ảnh ngay trên trang nộp hồ sơ."),
    ("thank", "centre", "Cảm ơn cán bộ trực quầy số 2 đã hướng dẫn tận tình, rất dễ hiểu."),
)


def send_slips(phone: Phone, planned: PlannedRound) -> int:
    """Slips of a day at the service centres; returns how many were stored."""
    random = np.random.default_rng([planned.seed, 3])
    writer = InstanceWriter(phone.forms["exit_slip"])
    for _ in range(SLIPS):
        phone.send(writer.write(_slip(planned, random)))
    return SLIPS


def send_petitions(phone: Phone, planned: PlannedRound) -> int:
    random = np.random.default_rng([planned.seed, 4])
    writer = InstanceWriter(phone.forms["petition"])
    for kind, agency, text in PETITIONS:
        values: Tree = {
            "start": stamp(planned.starts),
            "src": "web",
            "p_type": kind,
            "g_p": {
                "p_commune": str(random.choice([commune.code for commune in COMMUNES])),
                "p_agency": agency,
                "p_svc": "cert",
                "p_when": planned.starts.astimezone(VIETNAM).date().isoformat(),
                "p_text": text,
                "p_photo": "",
                "p_anon": "anon",
                "p_consent": "yes",
                "consent_version": consent_hash(phone.forms["petition"]),
                "p_public": "yes",
            },
            "meta": {"instanceID": _instance_id(random)},
        }
        phone.send(writer.write(values))
    return len(PETITIONS)


def _slip(planned: PlannedRound, random: Random) -> dict[str, str | Tree]:
    stage = str(random.choice(["submit", "collect", "ask"], p=[0.5, 0.35, 0.15]))
    happy = random.choice(["5", "4", "3", "2"], p=[0.3, 0.5, 0.15, 0.05])
    commune = str(random.choice([commune.code for commune in COMMUNES]))
    slip: dict[str, str | Tree] = {
        "start": stamp(planned.starts),
        "end": stamp(planned.starts),
        "centre": f"c{commune}",
        "counter": str(random.integers(1, 4)),
        "tok": f"{random.integers(16**8):08x}",
        "intro": "",
        "s1": "cert",
        "s2": stage,
        "s3": str(happy),
        "s4": str(happy),
        "s5": str(random.choice(["w0", "w1", "w15", "w30"])),
        "s7": "no",
        "s8": "no",
        "s9": str(random.choice(["self", "family", "staff"], p=[0.7, 0.2, 0.1])),
        "s10": "",
        "s_end": "",
        "meta": {"instanceID": _instance_id(random)},
    }
    if stage == "collect":
        slip["s6"] = str(random.choice(["early", "on", "late"], p=[0.2, 0.7, 0.1]))
    return slip


def _instance_id(random: Random) -> str:
    return f"uuid:{UUID(bytes=random.bytes(16), version=4)}"
