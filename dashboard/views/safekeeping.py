"""Safe keeping, for administrators: the last backup, the last check, room on the disk."""

import shutil

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import actor, page, reader
from dashboard.presentation import damage
from surveys.collection import rights
from surveys.collection.rights import Right
from surveys.collection.safekeeping import runs
from surveys.collection.safekeeping.archive import BackupRefused

SHORTEST = 10


@require_safe
@page
def safekeeping(request: HttpRequest) -> HttpResponseBase:
    rights.require(reader(request), Right.ADMINISTER)
    disk = shutil.disk_usage(settings.HOME)
    check = runs.last(runs.FSCK)
    context = {
        "backup": runs.last(runs.BACKUP),
        "check": check,
        "damage": damage.lines(check.result) if check is not None else [],
        "files": runs.files(),
        "kept": runs.KEPT,
        "free": disk.free,
        "used_percent": round(100 * (disk.total - disk.free) / disk.total),
        "is_full": disk.free < disk.total / 10,
        "home": settings.HOME,
    }
    return render(request, "dashboard/safekeeping.html", context)


@require_POST
@page
def start(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A backup or a check becomes a job; its page shows the progress."""
    return redirect("job", runs.start(actor(request), kind).pk)


@sensitive_post_parameters()
@require_POST
@page
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file, sealed on its way when a passphrase is given; that is kept nowhere."""
    passphrase = request.POST.get("passphrase", "")
    if passphrase and len(passphrase) < SHORTEST:
        raise BackupRefused(400.91)
    response = StreamingHttpResponse(
        runs.download(actor(request), name, passphrase), content_type="application/octet-stream"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
