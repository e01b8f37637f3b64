"""What the document says of OData, CSV and GeoJSON of submissions, by method and address."""

from collections.abc import Iterator
from typing import Any, Final

from api.openapi import examples as x
from api.openapi.description import Description, Parameter

F: Final = "projects/{project_id}/forms/{form_id}"
S: Final = f"{F}/submissions/{{instance_id}}"
FILTER: Final = Parameter(
    "$filter",
    says="On system fields and on answers; docs/read-out.md lists operators and functions.",
    example="age ge 18 and __system/reviewState ne 'rejected'",
)
OPTIONS: Final = (
    Parameter("$top", "integer", "Rows of a page; the next one is `@odata.nextLink`.", example=250),
    Parameter("$skip", "integer", "Rows to leave out; slow far in: follow the links instead."),
    Parameter("$skiptoken", says="Where a page begins; `@odata.nextLink` holds it."),
    Parameter("$count", "boolean", "`true`: with the number of all rows."),
    FILTER,
    Parameter("$orderby", example="__system/submissionDate desc,age"),
    Parameter("$select", says="Properties, groups, repeats.", example="__id,__system,age"),
    Parameter("$expand", says="`*`: rows of repeats within their parent.", example="*"),
    Parameter("$wkt", "boolean", "`true`: points and lines as well-known text."),
)
CSV_OPTIONS: Final = (
    Parameter("groupPaths", "boolean", "`false`: headers without the groups."),
    Parameter("splitSelectMultiples", "boolean", "`true`: a column of 1 and 0 for each choice."),
    Parameter("deletedFields", "boolean", "`true`: also what only former versions hold."),
    FILTER,
)
FILES: Final = Parameter("attachments", "boolean", "`false`: the tables alone.")
PATH: Final = Parameter("fieldpath", says="A question; without it the first.", example="/place")
SECRETS: Final[dict[str, Any]] = {"12": "passphrase of key 12"}
SERVICE: Final[dict[str, Any]] = {
    "@odata.context": "https://…/citizen_sat.svc/$metadata",
    "value": [{"name": "Submissions", "kind": "EntitySet", "url": "Submissions"}],
}
POINTS: Final[dict[str, Any]] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": x.IID,
            "geometry": {"type": "Point", "coordinates": [105.57, 19.63]},
            "properties": {"fieldpath": "/gps"},
        }
    ],
}
ZIP, CSV, XML = "application/zip", "text/csv", "application/xml"
GEOJSON: Final = "application/geo+json"


def _read_out() -> Iterator[tuple[str, Description]]:
    """Real submissions and the tests of a draft are read alike."""
    for base, whose in ((F, "a form"), (f"{F}/draft", "a draft's tests")):
        yield f"GET {base}.svc", Description(f"Tables of {whose}", answer=SERVICE)
        yield (
            f"GET {base}.svc/$metadata",
            Description(f"Types of the tables of {whose} (EDMX)", answer="…", answer_type=XML),
        )
        yield (
            f"GET {base}.svc/{{rest}}",
            Description(
                f"Rows of {whose} (OData)",
                "`Submissions`, a repeat's table such as `Submissions.children.child`, or one "
                "submission, `Submissions('uuid:1')`, and what lies below it.",
                OPTIONS,
                answer=x.ROWS,
            ),
        )
        for method in ("GET", "POST"):
            body = SECRETS if method == "POST" else None
            yield (
                f"{method} {base}/submissions.csv.zip",
                Description(
                    f"Every table of {whose} as CSV, with files and logs",
                    parameters=(FILES, *CSV_OPTIONS),
                    body=body,
                    answer="…",
                    answer_type=ZIP,
                ),
            )
            yield (
                f"{method} {base}/submissions.csv",
                Description(
                    f"The table of {whose} as CSV, without repeats",
                    parameters=CSV_OPTIONS,
                    body=body,
                    answer="…",
                    answer_type=CSV,
                ),
            )


DETAILS: Final[dict[str, Description]] = {
    **dict(_read_out()),
    f"GET {F}/submissions.geojson": Description(
        "Answers on the map",
        parameters=(PATH, Parameter("limit", "integer"), FILTER),
        answer=POINTS,
        answer_type=GEOJSON,
    ),
    f"GET {S}.geojson": Description(
        "A submission on the map", parameters=(PATH,), answer=POINTS, answer_type=GEOJSON
    ),
    f"GET {S}/versions/{{version_id}}.geojson": Description(
        "A version on the map", parameters=(PATH,), answer=POINTS, answer_type=GEOJSON
    ),
}
