"""Reviewing in the browser: corrections, verdicts on findings, and proposals for the register.

What is said here is kept as the command line keeps it: with who, when and why, in the database and in
``people.jsonl``. Where neither a password nor a header of single sign-on is set, the pages only show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse
from limits import parse
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import corrections
from archive.agencies import proposals, reason_words
from archive.database.models import AgencyProposal, Capture, Correction, FindingVerdict
from archive.errors import GongkaiError, UsageError
from archive.folder import Archive
from archive.people import People, keep_register, open_people
from archive.web.context import Reading, render
from archive.web.report import Id, Scope, Year, find_report
from archive.web.report_view import name_of
from archive.web.reviewers import COOKIE, LIFETIME, Reviewer, Reviewers, from_here

router = APIRouter(include_in_schema=False)

_FAILURES = parse("5/minute")
_FAILURES_OF_ALL = parse("1000/hour")
"""Failed attempts to sign in from one address, and from all together: a password is guessed from many."""
_PAGE = 100
_LONGEST_FORM = 100_000
_LONGEST_REASON = 2000
_LONGEST_LIST = 200

Text = Annotated[str, Form(max_length=_LONGEST_REASON)]
Token = Annotated[str, Form(max_length=200)]
Digest = Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]


def _reviewers(request: Request) -> Reviewers:
    made: Reviewers = request.app.state.reviewers
    return made


def reviewer(request: Request) -> Reviewer | None:
    """The person who sends the request, if it is one who may review."""
    client = request.client.host if request.client else None
    return _reviewers(request).person(request.headers, request.cookies, client)


def may_sign_in(request: Request) -> bool:
    """Whether there is a password to sign in with."""
    return bool(_reviewers(request).settings.password)


def small_form(request: Request) -> None:
    """Refuse forms from elsewhere and forms that are too large, before they are read."""
    if not _reviewers(request).anybody:
        raise HTTPException(404)
    if not from_here(request.headers):
        raise HTTPException(403, "the form comes from another site")
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _LONGEST_FORM:
        raise HTTPException(413, "the form is too long")


def known_person(request: Request, token: Token = "") -> Reviewer:
    """Who sends a form, let in and from a page that was made for this person; else the answer 403."""
    who = reviewer(request)
    if who is None:
        raise HTTPException(403, "sign in first")
    if not _reviewers(request).genuine(who, token):
        raise HTTPException(
            403, "the form is not ours, or the session is over; open the page again"
        )
    return who


Person = Annotated[Reviewer, Depends(known_person)]
SMALL = [Depends(small_form)]


@router.get("/review")
def overview(request: Request, session: Reading, after: int = 0) -> Response:
    """Open proposals and what people said lately; forms only for who may."""
    found = session.execute(
        select(AgencyProposal, Capture)
        .outerjoin(Capture, AgencyProposal.capture_id == Capture.id)
        .where(AgencyProposal.state == "open", AgencyProposal.id > after)
        .order_by(AgencyProposal.id)
        .limit(_PAGE + 1)
    ).all()
    return render(
        request,
        "review.html",
        proposals=found[:_PAGE],
        more=found[_PAGE - 1][0].id if len(found) > _PAGE else None,
        entries=_latest_entries(session),
        proposed=reason_words.in_chinese,
    )


def _latest_entries(session: Session) -> list[dict[str, Any]]:
    entries: list[Correction | FindingVerdict] = []
    for table in (Correction, FindingVerdict):
        query = select(table).options(joinedload(table.agency))
        entries += session.scalars(query.order_by(table.id.desc()).limit(_PAGE))
    entries.sort(key=lambda entry: entry.made_at, reverse=True)
    return [
        {
            "id": corrections.name_of(entry),
            "of": entry,
            "what": name_of(entry.key) if isinstance(entry, Correction) else entry.rule,
            "said": corrections.said(entry.value)
            if isinstance(entry, Correction)
            else entry.verdict,
        }
        for entry in entries[:_PAGE]
    ]


@router.get("/review/sign-in")
def sign_in_form(request: Request) -> Response:
    """The form to sign in."""
    if not may_sign_in(request):
        raise HTTPException(404)
    return render(request, "sign_in.html", wrong=False)


@router.post("/review/sign-in", dependencies=SMALL)
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Let in who knows the password."""
    if not may_sign_in(request):
        raise HTTPException(404)
    client = request.app.state.limits.client(request)
    failures = _reviewers(request).failures
    if not (failures.test(_FAILURES, client) and failures.test(_FAILURES_OF_ALL)):
        raise HTTPException(429, "too many attempts; try again later")
    cookie = _reviewers(request).sign_in(name, password)
    if cookie is None:
        failures.hit(_FAILURES, client)
        failures.hit(_FAILURES_OF_ALL)
        return render(request, "sign_in.html", status=403, wrong=True)
    answer = RedirectResponse("/review", 303)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=LIFETIME,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/review/sign-out", dependencies=SMALL)
def sign_out(person: Person) -> Response:
    """Forget the session in this browser."""
    answer = RedirectResponse("/review", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


@router.post("/reports/{agency_id}/{year}/{scope}/corrections", dependencies=SMALL)
def correct(
    request: Request,
    person: Person,
    agency_id: Id,
    year: Year,
    scope: Scope,
    key: Annotated[str, Form(max_length=200)],
    value: Annotated[str, Form(max_length=40)],
    reason: Text,
    sha256: Digest,
) -> Response:
    """Say which value a cell should have."""

    def say(session: Session, people: People) -> None:
        report = find_report(session, agency_id, year, scope)
        _unchanged(report.versions[-1].sha256, sha256)
        number = people.next_id(session, "correction")
        corrections.correct(session, number, report, key, value, reason=reason, person=person.name)

    return _kept(request, say, f"/reports/{agency_id}/{year}/{scope}#f-{quote(key)}")


@router.post("/reports/{agency_id}/{year}/{scope}/verdicts", dependencies=SMALL)
def judge(
    request: Request,
    person: Person,
    agency_id: Id,
    year: Year,
    scope: Scope,
    finding: Annotated[str, Form(max_length=20_000)],
    verdict: Annotated[str, Form(max_length=20)],
    reason: Text,
    sha256: Digest,
) -> Response:
    """Confirm or dismiss one finding, which ``finding`` names by its rule and operands."""
    rule, cells = _finding(finding)

    def say(session: Session, people: People) -> None:
        report = find_report(session, agency_id, year, scope)
        _unchanged(report.versions[-1].sha256, sha256)
        number = people.next_id(session, "verdict")
        corrections.judge(
            session, number, report, rule, verdict, cells=cells, reason=reason, person=person.name
        )

    return _kept(request, say, f"/reports/{agency_id}/{year}/{scope}#findings")


@router.post("/review/entries/{entry}/undo", dependencies=SMALL)
def undo(
    request: Request, person: Person, entry: Annotated[str, Path(pattern=r"^[cv][0-9]{1,9}$")]
) -> Response:
    """Take a correction or verdict back."""
    back = "/review#entries"

    def say(session: Session, people: People) -> None:
        corrections.undo(session, entry, person=person.name)

    return _kept(request, say, back)


@router.post("/review/proposals", dependencies=SMALL)
def decide(
    request: Request,
    person: Person,
    decision: Annotated[str, Form(pattern="^(accept|reject)$")],
    numbers: Annotated[list[int], Form(alias="number", max_length=_LONGEST_LIST)],
    code: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Accept or reject proposals for the register."""
    archive: Archive = request.app.state.archive
    with _told(), archive.session() as session:
        found = proposals.chosen(session, numbers)
        if decision == "accept":
            proposals.accept(session, found, person=person.name, code=code.strip() or None)
        else:
            proposals.reject(found, person=person.name)
        session.commit()
    with _told():
        keep_register(archive)
    return RedirectResponse("/review#proposals", 303)


def _kept(request: Request, say: Callable[[Session, People], None], back: str) -> Response:
    """Do what a person says, keep it in the database and then in the file, and go ``back``."""
    archive: Archive = request.app.state.archive
    with _told(), open_people(archive) as people, archive.session() as session:
        say(session, people)
        session.commit()
        people.keep(session)
    return RedirectResponse(back, 303)


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done as it was asked is an answer, and not a failure of the program."""
    try:
        yield
    except UsageError as error:
        raise HTTPException(422, str(error)) from None
    except GongkaiError as error:
        raise HTTPException(503, str(error)) from None


def _unchanged(now: str, seen: str) -> None:
    if now != seen:
        raise HTTPException(
            409, "the document has changed since the page was opened; look again and then decide"
        )


def _finding(text: str) -> tuple[str, list[str]]:
    try:
        rule, cells = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise HTTPException(422, "the form names no finding") from None
    if not isinstance(rule, str) or not isinstance(cells, list):
        raise HTTPException(422, "the form names no finding")
    return rule, [str(cell) for cell in cells]
