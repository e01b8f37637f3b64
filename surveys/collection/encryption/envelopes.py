"""Which stored versions came encrypted, told without a key."""

from forms.instance import MalformedInstance, is_envelope, parse_instance
from surveys.collection.models import SubmissionVersion


def is_sealed(version: SubmissionVersion) -> bool:
    """Whether its answers stand in an encrypted file, which an export alone opens."""
    try:
        return is_envelope(parse_instance(bytes(version.xml)))
    except MalformedInstance:  # damaged on the disk: `fsck` tells
        return False
