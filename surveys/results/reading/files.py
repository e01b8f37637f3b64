"""Files of a run: the map document with the policy it is served under, and the reports."""

from dataclasses import dataclass
from typing import Final

from surveys.collection.blobs import open_blob
from surveys.results.models import Artefact, Run

_POLICY: Final = '<meta http-equiv="Content-Security-Policy" content="'


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map document; serve it framed, with this `Content-Security-Policy`."""

    artefact: Artefact
    document: bytes
    policy: str


def map_file(run: Run, indicator: str, language: str) -> MapFile | None:
    """The web map of an indicator, or None if the run has none."""
    name = f"map-{indicator}-{language}.html"
    artefact = Artefact.objects.filter(run=run, kind="map", name=name).first()
    return document_of(artefact) if artefact is not None else None


def document_of(artefact: Artefact) -> MapFile:
    """A stored map document with the policy that it is served under."""
    with open_blob(artefact.sha256) as file:
        document = file.read()
    return MapFile(artefact, document, policy_of(document))


def report_file(run: Run, suffix: str, language: str) -> Artefact | None:
    """The report as `xlsx` or `docx`; read it with `surveys.collection.blobs.open_blob`."""
    found = Artefact.objects.filter(run=run, kind="report", language=language)
    return found.filter(name__endswith=f".{suffix}").first()


def policy_of(document: bytes) -> str:
    """The document's own policy, sandboxed and framed by this site alone."""
    own = document.decode("utf-8").partition(_POLICY)[2].partition('"')[0]
    sandbox = "sandbox allow-scripts allow-top-navigation-by-user-activation"
    return f"{own}; frame-ancestors 'self'; {sandbox}"
