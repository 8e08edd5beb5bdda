"""The page that explains the JSON API, made from its OpenAPI document."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, FastAPI, Request, Response

from archive.web.api_words import CHINESE
from archive.web.context import language, render

router = APIRouter(include_in_schema=False)

PREFIX = "/api/v1"
_SHARED = ("format", "limit", "cursor")
"""Parameters of every list, which are explained once."""


@router.get("/api")
def page(request: Request) -> Response:
    """The routes with their parameters, fields and an example of each."""
    api: FastAPI = request.app.state.api
    document = api.openapi()
    base = f"{str(request.base_url).rstrip('/')}{PREFIX}"
    chinese = language(request) == "zh"
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        operation = methods["get"]
        groups.setdefault(operation["tags"][0], []).append(
            {
                "path": f"{PREFIX}{path}",
                "text": said(operation["description"], chinese),
                "parameters": [
                    {**about, "text": said(about["text"], chinese)}
                    for about in map(_parameter, operation["parameters"])
                    if about["name"] not in _SHARED
                ],
                "fields": list(_fields(document, operation)),
                "is_list": any(one["name"] == "cursor" for one in operation["parameters"]),
                "example": _example(base, path, operation["parameters"]),
            }
        )
    whole = [
        _command(f"{base}/reports?year=2024&limit=100"),
        _command(f"{base}/reports?year=2024&format=csv", "-o", "reports.csv"),
    ]
    return render(request, "api.html", groups=groups, prefix=PREFIX, examples=whole)


def said(text: str, chinese: bool) -> list[str]:
    """A description of the document in the language of the page; odd parts are names in code."""
    text = " ".join(text.split())
    return (CHINESE.get(text, text) if chinese else text).split("`")


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    return {
        "name": parameter["name"],
        "required": parameter["required"],
        "values": schema.get("enum", ()),
        "text": parameter.get("description", ""),
        "example": _sample(parameter),
    }


def _sample(parameter: dict[str, Any]) -> Any:
    return next(iter(parameter["schema"].get("examples", ())), None)


def _example(base: str, path: str, parameters: list[dict[str, Any]]) -> str:
    """A command that asks for the route: with all that it must be given."""
    query: dict[str, Any] = {}
    for parameter in parameters:
        name, sample = parameter["name"], _sample(parameter)
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(sample)))
        elif parameter["required"]:
            query[name] = sample
    return _command(f"{base}{path}" + (f"?{urlencode(query)}" if query else ""))


def _command(address: str, *options: str) -> str:
    return shlex.join(["curl", *options, address])


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and types of the fields of what is answered; of a list, those of its entries."""
    known = document["components"]["schemas"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    fields = _resolved(known, schema)["properties"]
    if "items" in fields:
        fields = _resolved(known, fields["items"]["items"])["properties"]
    for name, field in fields.items():
        yield name, _type(field)


def _resolved(known: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _type(schema: dict[str, Any]) -> str:
    """The type of a field in a word or two."""
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}]"
    # What is made of fields again is told by the document.
    return str(schema.get("type", "object"))
