"""What the web form in a browser has to know: where its form lies and where answers go."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext

from surveys.collection import public_links
from surveys.collection.models import Form, PublicLink


@dataclass(frozen=True, slots=True)
class WebForm:
    """One form to fill in the browser; `key` names what the device keeps for it."""

    key: str
    root: str  # the form's address without ".xml"
    submit: str
    sender: str = ""
    bearer: str = ""
    once: bool = False
    prefill: dict[str, str] = field(default_factory=dict)
    fillable: tuple[str, ...] = ()

    def config(self, language: str) -> dict[str, Any]:
        """The page's JSON for the script."""
        headers = {"X-OpenRosa-Version": "1.0", "Accept-Language": language}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        return {
            "link": self.key,
            "form": f"{self.root}.xml",
            "media": f"{self.root}/attachments/",
            "submit": self.submit,
            "sender": self.sender,
            "headers": headers,
            "once": self.once,
            "prefill": self.prefill,
            "fillable": self.fillable,
            "words": {
                "noNetwork": gettext("Không có mạng, hoặc máy chủ không trả lời."),
                "failed": gettext("Máy chủ chưa nhận được phiếu."),
            },
        }


def of_link(link: PublicLink) -> WebForm:
    """The form of a public link, below the link's own key."""
    project = f"/v1/key/{quote(str(link.token), safe='!$')}/projects/{link.form.project_id}"
    names = {each.name for each in public_links.fields_to_fill(link.form)}
    return WebForm(
        key=f"link-{link.pk}",
        root=_form_root(project, link.form),
        submit=f"{project}/submission",
        sender=link.actor.display_name,
        once=link.once,
        prefill=link.prefill,
        fillable=tuple(sorted(names - link.prefill.keys())),
    )


def of_draft(form: Form) -> WebForm:
    """The draft of a form on trial; what is sent goes with the draft."""
    assert form.draft is not None
    token = quote(str(form.draft.draft_token), safe="!$")
    root = f"{_form_root(f'/v1/test/{token}/projects/{form.project_id}', form)}/draft"
    return WebForm(key=f"draft-{form.draft.pk}", root=root, submit=f"{root}/submission")


def of_person(form: Form, sender: str, actor_id: int, bearer: str) -> WebForm:
    """The published form for somebody who is signed in, by a session of `/v1`."""
    project = f"/v1/projects/{form.project_id}"
    return WebForm(
        key=f"person-{actor_id}-{form.pk}",
        root=_form_root(project, form),
        submit=f"{project}/submission",
        sender=sender,
        bearer=bearer,
    )


def _form_root(project: str, form: Form) -> str:
    return f"{project}/forms/{quote(form.xml_form_id, safe='')}"
