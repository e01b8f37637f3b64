"""What `/v1` answers, as examples; the documents' schemas follow from them."""

from typing import Any, Final

Json = dict[str, Any]
MOMENT: Final = "2026-11-22T02:59:36.032Z"
IID: Final = "uuid:85cb9aff-005e-4edd-9739-dc9c1a829c44"
EDIT: Final = "uuid:315c2f74-c8fc-4606-ae3f-22f8983e441e"
DONE: Final[Json] = {"success": True}
ACTOR: Final[Json] = {
    "id": 5,
    "type": "user",
    "displayName": "Nguyễn Thị Lan",
    "createdAt": MOMENT,
    "updatedAt": None,
    "deletedAt": None,
}
PROJECT: Final[Json] = {
    "id": 1,
    "name": "Khảo sát Như Thanh 2026",
    "description": None,
    "archived": False,
    "keyId": None,
    "createdAt": MOMENT,
    "updatedAt": None,
    "deletedAt": None,
}
KEY: Final[Json] = {
    "id": 12,
    "public": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A…",
    "managed": True,
    "hint": "câu hát",
    "createdAt": "2026-11-22T02:59:36.032Z",
}
PHONE: Final[Json] = {
    **ACTOR,
    "type": "field_key",
    "projectId": 1,
    "token": "…",
    "lastUsed": MOMENT,
}
PUBLIC_LINK: Final[Json] = {
    **ACTOR,
    "type": "public_link",
    "displayName": "Bàn số 1",
    "token": "…",
    "once": None,
    "expiresAt": None,
}
FORM: Final[Json] = {
    "projectId": 1,
    "xmlFormId": "citizen_sat",
    "state": "open",
    "enketoId": None,
    "enketoOnceId": None,
    "webformsEnabled": False,
    "keyId": None,
    "ratesAuthority": True,
    "createdAt": MOMENT,
    "updatedAt": MOMENT,
    "publishedAt": MOMENT,
    "version": "2026101501",
    "name": "Khảo sát hài lòng",
    "hash": "96f44ee6f1008812aecb72a7a0f2c3f3",
    "sha256": "1b8bb…",
    "draftToken": None,
    "excelContentType": None,
}
FIELD: Final[Json] = {
    "path": "/nguoi/ho_ten",
    "name": "ho_ten",
    "type": "string",
    "binary": None,
    "selectMultiple": None,
}
FILE: Final[Json] = {
    "name": "communes.csv",
    "type": "file",
    "hash": "2241de57bbec8144c8ad387e69b3a3ba",
    "exists": True,
    "blobExists": True,
    "datasetExists": False,
    "updatedAt": MOMENT,
}
VERSION: Final[Json] = {
    "instanceId": IID,
    "current": True,
    "submitterId": 12,
    "deviceId": "collect:abcDEF123456",
    "userAgent": "org.odk.collect.android/v2025.2",
    "createdAt": MOMENT,
}
SUBMISSION: Final[Json] = {
    "instanceId": IID,
    "submitterId": 12,
    "deviceId": "collect:abcDEF123456",
    "userAgent": "org.odk.collect.android/v2025.2",
    "instanceName": "Hộ 12, thôn 3",
    "reviewState": None,
    "createdAt": MOMENT,
    "updatedAt": None,
    "deletedAt": None,
    "currentVersion": VERSION,
}
ATTACHMENT: Final[Json] = {
    "name": "1763781576.jpg",
    "exists": True,
    "hash": "5c09c21d4c71f2f13f6aa26227b2d133",
    "isExpected": True,
}
COMMENT: Final[Json] = {"body": "Đã gọi lại hộ.", "actorId": 5, "createdAt": MOMENT}
AUDIT: Final[Json] = {
    "actorId": 5,
    "action": "submission.review",
    "details": {"review_state": "approved"},
    "loggedAt": MOMENT,
}
DIFFS: Final[Json] = {
    EDIT: [
        {"old": "33", "new": "34", "path": ["age"]},
        {"old": "Lan", "new": "Hoa", "path": [["nguoi", 0], "ho_ten"]},
    ]
}
KEPT: Final[Json] = {
    "id": 7,
    "instanceId": IID,
    "xmlFormId": "citizen_sat",
    "formVersion": "2026093001",
    "reason": "Đã giữ phiếu, nhưng máy chủ không có phiên bản này… / The submission is kept, …",
    "code": 202.2,
    "details": None,
    "attachments": ["1763781576.jpg"],
    "submitterId": 12,
    "deviceId": "collect:abcDEF123456",
    "userAgent": "org.odk.collect.android/v2025.2",
    "createdAt": MOMENT,
}
INSTANCE: Final = (
    f'<data id="citizen_sat" version="2026101501"><ten>Lan</ten><meta><instanceID>{IID}'
    "</instanceID></meta></data>"
)
EDITED: Final = (
    f'<data id="citizen_sat" version="2026101501"><ten>Hoa</ten><meta><instanceID>{EDIT}'
    f"</instanceID><deprecatedID>{IID}</deprecatedID></meta></data>"
)
XFORM: Final = '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">…</h:html>'
ROWS: Final[Json] = {
    "value": [{"__id": IID, "__system": {"submissionDate": MOMENT}, "ten": "Lan"}],
    "@odata.context": "https://…/citizen_sat.svc/$metadata#Submissions",
}
