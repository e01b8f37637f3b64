"""Addresses of the phone's door, below /v1/.

A form id may hold dots, so `.xml` is cut off at the end only. What a signed-in person reads
without a key (`projects/1/forms/F.xml`, attachments) is answered by `api.central`.
"""

from django.urls import re_path

from api.openrosa import drafts
from api.openrosa.blank_forms import form_list, form_xml, manifest, media
from api.openrosa.integrity import integrity
from api.openrosa.submission import submission

PROJECT = r"projects/(?P<project_id>[0-9]{1,18})"
KEYED = r"^key/(?P<token>[^/]+)/" + PROJECT
FORM = r"/forms/(?P<xml_form_id>[^/]+)"
LIST = r"/datasets/(?P<entity_list>[^/]+)"
DRAFT = r"^test/(?P<token>[^/]+)/" + PROJECT + FORM + "/draft"

urlpatterns = [
    re_path(KEYED + r"/formList$", form_list),
    re_path(KEYED + r"/submission$", submission),
    re_path(KEYED + FORM + r"\.xml$", form_xml),
    re_path(KEYED + FORM + r"/manifest$", manifest),
    re_path(KEYED + FORM + r"/attachments/(?P<name>.+)$", media),
    re_path(KEYED + LIST + r"/integrity$", integrity),
    re_path(DRAFT + r"/formList$", drafts.form_list),
    re_path(DRAFT + r"/submission$", drafts.submission),
    re_path(DRAFT + r"\.xml$", drafts.form_xml),
    re_path(DRAFT + r"/manifest$", drafts.manifest),
    re_path(DRAFT + r"/attachments/(?P<name>.+)$", drafts.media),
    re_path("^" + PROJECT + r"/formList$", form_list),
    re_path("^" + PROJECT + r"/submission$", submission),
    re_path("^" + PROJECT + FORM + r"/manifest$", manifest),
    re_path("^" + PROJECT + LIST + r"/integrity$", integrity),
]
