"""ODK Central (and every server that speaks its `/v1`, this one too) as a source."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from surveys.fieldwork.importing.pulled import (
    Edit,
    File,
    Head,
    Person,
    Pulled,
    Remark,
    RemoteForm,
    Version,
)
from surveys.fieldwork.importing.remote import Remote, RemoteFault

EXTENDED: Final = {"X-Extended-Metadata": "true"}
UNNAMED: Final = "___"


def sign_in(remote: Remote, email: str, password: str) -> None:
    """Open a session; the password is sent this once."""
    body = json.dumps({"email": email, "password": password}).encode()
    kind = {"Content-Type": "application/json"}
    with remote.open("v1/sessions", kind, body=body) as answer:
        remote.headers["Authorization"] = f"Bearer {json.loads(answer.whole())['token']}"


def project_of(remote: Remote, wanted: str) -> int:
    """The number of the project there that is meant: by number, by name, or the only one.

    Raises
    ------
    RemoteFault : none or several are meant; says which there are.
    """
    there = remote.json("v1/projects")
    meant = [each for each in there if wanted in ("", str(each["id"]), each["name"])]
    if len(meant) != 1:
        names = ", ".join(f"{each['id']} {each['name']}" for each in there) or "none"
        raise RemoteFault(f"name one project with --from-project; there are: {names}")
    return int(meant[0]["id"])


@dataclass
class Central:
    remote: Remote
    project: int
    _people: dict[int, Person] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"{self.remote.base}/v1/projects/{self.project}"

    def forms(self) -> Sequence[RemoteForm]:
        return [
            RemoteForm(
                each["xmlFormId"],
                each.get("name") or each["xmlFormId"],
                each.get("state") or "open",
                bool(each.get("publishedAt")),
            )
            for each in self.remote.json(self._at("forms"))
        ]

    def versions(self, form: RemoteForm) -> Sequence[Version]:
        listed = self.remote.json(self._form(form, "versions"))
        oldest_first = sorted(listed, key=lambda each: each.get("publishedAt") or "")
        return [self._version(form, each) for each in oldest_first if each.get("publishedAt")]

    def heads(self, form: RemoteForm) -> Iterator[Head]:
        for each in self.remote.json(self._form(form, "submissions"), EXTENDED):
            if each.get("deletedAt"):
                continue
            said = (each.get("createdAt"), each.get("updatedAt"), each.get("reviewState"))
            yield Head(each["instanceId"], "|".join(str(part) for part in said), each)

    def submission(self, form: RemoteForm, head: Head) -> Pulled:
        at = f"submissions/{quote(head.instance_id, safe='')}"
        said = head.said or {}
        versions = [said.get("currentVersion") or {}]
        if versions[0].get("instanceId") != head.instance_id or not versions[0].get("createdAt"):
            # It was edited, or the list is of a server that says less.
            versions = self.remote.json(self._form(form, f"{at}/versions"), EXTENDED)
        oldest_first = sorted(
            versions, key=lambda each: (each["createdAt"], bool(each.get("current")))
        )
        remarks = self.remote.json(self._form(form, f"{at}/comments"), EXTENDED)
        return Pulled(
            head.instance_id,
            tuple(self._edit(form, at, each) for each in oldest_first),
            _moment(said.get("createdAt")),
            said.get("reviewState"),
            _moment(said.get("updatedAt")),
            tuple(self._remark(each) for each in remarks),
        )

    def _version(self, form: RemoteForm, said: dict[str, Any]) -> Version:
        name = said.get("version") or ""
        at = f"versions/{quote(name or UNNAMED, safe='')}"
        workbook, workbook_name = self._workbook(form, at)
        return Version(
            name,
            self.remote.read(self._form(form, f"{at}.xml")),
            _moment(said.get("publishedAt")),
            self._files(form, at),
            workbook,
            workbook_name,
        )

    def _workbook(self, form: RemoteForm, at: str) -> tuple[bytes | None, str]:
        for ending in ("xlsx", "xls"):
            try:
                data = self.remote.read(self._form(form, f"{at}.{ending}"))
            except RemoteFault as fault:
                if fault.status is None or fault.status >= 500:
                    raise
                continue
            return data, f"{form.form_id}.{ending}"
        return None, ""

    def _files(self, form: RemoteForm, at: str) -> tuple[File, ...]:
        """What lies beside a version of a form or a submission; fetched when it is wanted."""
        return tuple(
            File(
                each["name"],
                partial(
                    self.remote.open,
                    self._form(form, f"{at}/attachments/{quote(each['name'], safe='')}"),
                ),
            )
            for each in self.remote.json(self._form(form, f"{at}/attachments"), EXTENDED)
            if each.get("exists")
        )

    def _edit(self, form: RemoteForm, submission: str, said: dict[str, Any]) -> Edit:
        at = f"{submission}/versions/{quote(said['instanceId'], safe='')}"
        return Edit(
            self.remote.read(self._form(form, f"{at}.xml")),
            _moment(said.get("createdAt")),
            self._person(said.get("submitterId"), said.get("submitter")),
            self._files(form, at),
            said.get("deviceId"),
            said.get("userAgent"),
            said.get("formVersion"),
        )

    def _remark(self, said: dict[str, Any]) -> Remark:
        written_at = _moment(said["createdAt"])
        writer = self._person(said.get("actorId"), said.get("actor"))
        assert written_at is not None
        return Remark(said["body"], written_at, writer or Person("?", "?", is_phone=False))

    def _person(self, number: int | None, said: dict[str, Any] | None) -> Person | None:
        if number is None:
            return None
        if said is not None:
            is_phone = said.get("type") != "user"
            name = said.get("displayName") or f"#{number}"
            self._people[number] = Person(str(number), name, is_phone=is_phone)
        elif number not in self._people:
            self._look_up_people()
        return self._people.setdefault(number, Person(str(number), f"#{number}", is_phone=True))

    def _look_up_people(self) -> None:
        """A server that does not say names beside the numbers lists them elsewhere."""
        for path, is_phone in ((self._at("app-users"), True), ("v1/users", False)):
            with suppress(RemoteFault):
                for each in self.remote.json(path):
                    person = Person(str(each["id"]), each["displayName"], is_phone=is_phone)
                    self._people.setdefault(each["id"], person)

    def _at(self, path: str) -> str:
        return f"v1/projects/{self.project}/{path}"

    def _form(self, form: RemoteForm, path: str) -> str:
        return self._at(f"forms/{quote(form.form_id, safe='')}/{path}")


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
