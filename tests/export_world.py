"""The world of made files: a form with every kind of question, and records that try each of them.

`FULL` says everything, with letters and signs that break careless writers; `HOSTILE` does not fit.
"""

import io
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

from django.utils import timezone

from forms.compile import compile_form
from surveys.collection import blobs, intake, publishing
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import Form, Job, Submission, User
from surveys.fieldwork import pipeline
from surveys.results.exports.making import make
from surveys.results.exports.options import Options
from surveys.results.exports.reach import reach_of
from surveys.results.exports.source import Source
from surveys.results.models import Export
from tests.cast import Cast
from tests.unit.forms.workbooks import workbook

SURVEY = """
survey
| type | name | label::Tiếng Việt (vi) | label::English (en) | bind::khaosat:privacy |
| text                 | ten       | Họ và tên              | Full name           | P2 |
| text                 | ghi_chu   | Ghi chú                | Remark              |  |
| integer              | tuoi      | Tuổi                   | Age                 |  |
| decimal              | dien_tich | Diện tích (ha)         | Area (ha)           |  |
| date                 | ngay      | Ngày                   | Day                 |  |
| time                 | gio       | Giờ                    | Clock               |  |
| dateTime             | luc       | Lúc                    | Moment              |  |
| select_one yn        | co_mang   | Có mạng không?         | Internet?           |  |
| select_one muc       | muc       | Mức                    | Level               |  |
| select_multiple xem  | xem       | Xem gì?                | What do you watch?  |  |
| geopoint             | vi_tri    | Vị trí                 | Place               | none |
| geoshape             | thua      | Thửa đất               | Plot                | none |
| geotrace             | duong     | Đường đi               | Path                | none |
| image                | anh       | Ảnh                    | Photo               | none |
| begin_group          | nhom      | Nhóm                   | Group               |  |
| text                 | ghi_chu   | Ghi chú trong nhóm     | Remark in the group | none |
| end_group            |           |                        |                     |  |
| begin_repeat         | nguoi     | Người trong hộ         | Members             |  |
| integer              | tuoi      | Tuổi                   | Age                 |  |
| select_one yn        | di_hoc    | Đi học?                | At school?          |  |
| begin_repeat         | mon       | Môn học                | Subjects            |  |
| text                 | ten_mon   | Tên môn                | Subject             | none |
| end_repeat           |           |                        |                     |  |
| end_repeat           |           |                        |                     |  |
choices
| list_name | name | label::Tiếng Việt (vi) | label::English (en) |
| yn        | yes  | Có                     | Yes                 |
| yn        | no   | Không                  | No                  |
| muc       | 1    | Thấp                   | Low                 |
| muc       | 2    | Vừa                    | Middle              |
| muc       | -98  | Không biết             | Don't know          |
| xem       | tv   | Ti vi                  | Television          |
| xem       | web  | Mạng                   | Web                 |
settings
| form_id | form_title   | version | default_language | namespaces                    |
| ho_so   | Hồ sơ = thử! | v1      | Tiếng Việt (vi)  | khaosat="urn:khaosat:xforms" |
"""

LONG_TEXT = "Dòng dài – " * 4000  # more than a cell of Excel holds
FULL = """<ten>Nguyễn Thị "Lan", &lt;A&gt;</ten><ghi_chu>=HYPERLINK("http://x","y")</ghi_chu>
<tuoi>34</tuoi><dien_tich>0.1250</dien_tich><ngay>2026-10-05</ngay><gio>07:30:00.000+07:00</gio>
<luc>2026-10-05T07:30:00.000+07:00</luc><co_mang>yes</co_mang><muc>-98</muc><xem>tv web</xem>
<vi_tri>19.5 105.25 12.5 4</vi_tri><thua>19 105 0 0;19 106 0 0;20 106 0 0;19 105 0 0</thua>
<duong>19 105 0 0;19.5 105.5 0 0</duong><anh>ảnh 1.jpg</anh><nhom><ghi_chu>dòng 1
dòng 2\t_x0041_</ghi_chu></nhom>
<nguoi><tuoi>5</tuoi><di_hoc>no</di_hoc></nguoi>
<nguoi><tuoi>9</tuoi><di_hoc>yes</di_hoc><mon><ten_mon>Toán</ten_mon></mon>
<mon><ten_mon>@Văn</ten_mon></mon></nguoi>"""
HOSTILE = f"""<ten>Như Thanh</ten><ghi_chu>{LONG_TEXT}</ghi_chu><tuoi>bốn hai</tuoi>
<dien_tich>0.12345678901234567890</dien_tich><ngay>0099-01-01</ngay><gio/><luc>hôm nay</luc>
<co_mang>maybe</co_mang><muc/><xem>tv radio</xem><vi_tri/><thua/><duong/><anh/>
<nhom><ghi_chu>-1+2</ghi_chu></nhom><la>lạ</la><nguoi><tuoi>x</tuoi><di_hoc/></nguoi>"""
EMPTY = "<ten/><ghi_chu/><tuoi/>"
PHOTO = "ảnh 1.jpg".encode() * 100


@dataclass(frozen=True)
class ExportWorld:
    cast: Cast
    form: Form
    submissions: tuple[Submission, ...]


@cache
def xform() -> bytes:
    """Compiled once a session."""
    return compile_form(workbook(SURVEY), "ho_so.xlsx").xform


def make_export_world(cast: Cast) -> ExportWorld:
    """Three records: everything, what does not fit, nothing."""
    form = publishing.create_form(cast.admin.actor, cast.project, xform(), publish=True)
    made = tuple(
        send(cast, form, f"uuid:{number}", answers)
        for number, answers in enumerate((FULL, HOSTILE, EMPTY), 1)
    )
    return ExportWorld(cast, form, made)


def made_export(form: Form, maker: User, **options: object) -> Export:
    """A finished file, made for somebody as far as he or she reads the form."""
    stored = blobs.store(b"PK made for " + maker.email.encode())
    blobs.register([stored])
    now = timezone.now()
    return Export.objects.create(
        form=form,
        job=Job.objects.create(kind="export", state=Job.State.DONE, progress=1),
        created_by=maker.actor,
        options=Options.of({"format": "csv", **options}).to_json(),
        reach=reach_of(maker, form).to_json(),
        name="phiếu.zip",
        content_type="application/zip",
        blob_id=stored.sha256,
        n_records=1,
        finished_at=now,
        expires_at=now + timedelta(days=7),
    )


def send(cast: Cast, form: Form, instance_id: str, answers: str) -> Submission:
    """One record as a phone sends it, with its photo where it names one."""
    body = (
        f'<data id="{form.xml_form_id}" version="v1">{answers}'
        f"<meta><instanceID>{instance_id}</instanceID></meta></data>"
    )
    files = ()
    if "ảnh 1.jpg" in answers:
        files = (FileArrived("ảnh 1.jpg", "image/jpeg", blobs.store(io.BytesIO(PHOTO))),)
    receipt = intake.receive(Arrival(cast.project.pk, cast.admin.actor.pk, body.encode(), files))
    assert receipt.is_stored, receipt
    submission = Submission.objects.get(form=form, instance_id=instance_id)
    pipeline.derive(submission.pk)
    return submission


def write_file(
    world: ExportWorld, folder: Path, wanted: str, maker: User | None = None, **options: object
) -> Path:
    """The file itself, made here as the worker makes it; personal data inside unless said."""
    maker = maker or world.cast.alice
    said = {"format": wanted, "personal": True, **options}
    target = folder / f"{wanted}-{uuid4().hex}"
    target.mkdir()
    source = Source(world.form, maker.actor, Options.of(said))
    return make(source, target, maker.actor).path


def unpacked(archive: Path) -> Path:
    """The folder with what a zip holds."""
    folder = archive.with_suffix("")
    with ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder
