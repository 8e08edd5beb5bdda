"""Bytes in, :class:`~extract.record.Record` out: chooses the readers, cross-checks, decides how sure we are.

A pure function of its arguments: no database, no network, no clock. See ``docs/extraction.md``.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from extract import VERSION
from extract.belonging import strange_pages, why_not_its_own
from extract.characters import squeeze
from extract.document import Document, Origin
from extract.errors import ExtractionError
from extract.forms.consensus import DIFFERENT, consensus
from extract.forms.mapping import form_of, map_tables
from extract.forms.reading import Figures
from extract.identity import Identity, identify
from extract.narrative import find_statements
from extract.readers.catalogue import READERS, RECOGNISERS, Check, Readers, unsupported
from extract.record import (
    AgencyName,
    CellValue,
    Dates,
    Finding,
    Parse,
    Recognition,
    Record,
    Section,
    Source,
    State,
    Statement,
    Status,
    Verdict,
)
from extract.rules import Subject, judge
from extract.rules.arithmetic import balances, shifted_rows
from extract.sections import (
    FIRST_YEAR_OF_FORMS,
    find_passages,
    speaks_of_disclosure,
    whole_text,
)
from extract.sniff import sniff
from extract.titles import is_about_reports

__all__ = ["Origin", "failed_record", "read"]

MAX_BYTES = 100_000_000
_REASONS = 30
"""Reasons listed one by one; a document that is wrong everywhere needs no longer list."""
_SECTIONS_OF_A_REPORT = 3
_MISREADING_LOOKS_LIKE_IT = ("ST-04", "ST-05", "ST-14", "T2-", "T3-", "T4-", "S14-", "NV-")
_LAST_YEAR_WITHOUT_FORM = 2013
FREE = "free"
"""The form of reports for 2008 to 2013, when there was none."""

_WITHOUT_FORM = (
    f"Reports for years up to {_LAST_YEAR_WITHOUT_FORM} follow no form: sections and the numbers that "
    "the narrative names are kept, and nothing proves these."
)


def read(data: bytes, origin: Origin, *, recognise: bool = False) -> Record:
    """Read one document. Never raises for what a document holds: a bad one gives a ``failed`` record.

    Pages that are pictures are left unread, with ``parse.recognition`` saying so, unless ``recognise``
    asks for their characters to be recognised: seconds a page, by the packages of the ``ocr`` extra.
    """
    record = _read(data, origin, READERS)
    if recognise and record.parse.recognition is Recognition.NEEDED:
        return _read(data, origin, RECOGNISERS)
    return record


def _read(data: bytes, origin: Origin, catalogue: dict[str, Readers]) -> Record:
    media_type = sniff(data)
    source = _source(data, origin, media_type)
    if not data:
        return failed_record(source, "The file is empty.")
    if len(data) > MAX_BYTES:
        return failed_record(
            source, f"The file has {len(data)} bytes; at most {MAX_BYTES} are read."
        )
    readers = catalogue.get(media_type)
    if readers is None:
        needed = Recognition.NEEDED if media_type in RECOGNISERS else None
        return failed_record(source, unsupported(media_type), needed)
    try:
        document = readers.first(data, origin)
        return _record(source, data, origin, document, readers)
    except ExtractionError as error:
        return failed_record(source, _with_remedy(error))
    except RecursionError:
        return failed_record(source, "The document is nested too deeply.")
    except MemoryError:
        return failed_record(source, "Reading the document takes more memory than is allowed.")
    except Exception as error:
        # A fault of ours must not stop a run over a million documents; it is named to be mended.
        reason = f"The extractor failed on this document: {type(error).__name__}: {error}"
        return failed_record(source, reason[:500])


def _with_remedy(error: ExtractionError) -> str:
    said = str(error)
    if not error.remedy or "download it again" in said:
        return said
    return f"{said.removesuffix('.')}. {error.remedy}"


def failed_record(source: Source, reason: str, recognition: Recognition | None = None) -> Record:
    """The record of a document that could not be read."""
    return Record(
        source=source,
        title=None,
        agency=AgencyName(None),
        year=None,
        scope=None,
        form=None,
        dates=Dates(),
        sections=(),
        cells=(),
        findings=(),
        parse=Parse(Status.FAILED, (reason,), recognition=recognition),
        extractor=VERSION,
    )


def source_of(data: bytes, origin: Origin) -> Source:
    """The source entry of bytes that no reader has looked at."""
    return _source(data, origin, sniff(data))


def _source(data: bytes, origin: Origin, media_type: str) -> Source:
    digest = hashlib.sha256(data).hexdigest()
    return Source(origin.file, digest, media_type, None, len(data))


def _record(
    source: Source, data: bytes, origin: Origin, document: Document, readers: Readers
) -> Record:
    identity = identify(document, origin)
    figures = map_tables(document, identity.year)
    if document.recognised:
        figures = _recognised(data, origin, readers, figures)
    if why := why_not_its_own(document, identity, figures.touched):
        for key in figures.values:
            figures.doubt(key, why)
    strange = strange_pages(document, identity.year)
    for key, cell in figures.values.items() if strange else ():
        if cell.position.page in strange:
            figures.doubt(key, "stands on a page that may belong to another document")
    before_forms = (identity.year or FIRST_YEAR_OF_FORMS) < FIRST_YEAR_OF_FORMS
    if before_forms and not figures.forms:
        # Local sheets of those years share words with the later form, and nothing else.
        figures = Figures()
    free = not figures.values and (identity.year or FIRST_YEAR_OF_FORMS) <= _LAST_YEAR_WITHOUT_FORM
    passages = find_passages(document, identity.year)
    sections = tuple(passage.section for passage in passages)
    parse = _parse(data, origin, document, readers, identity, sections, figures, free=free)
    parse = replace(parse, recognition=_recognition(document, parse, sections))
    findings: tuple[Finding, ...] = ()
    narrative: tuple[Statement, ...] = ()
    if parse.status is not Status.NOT_A_REPORT:
        read_all = passages or (whole_text(document),) if before_forms else passages
        narrative = find_statements(
            read_all, everywhere=before_forms, free=free, year=identity.year
        )
        findings = judge(Subject(document, identity, sections, figures, narrative))
        if parse.status is not Status.OK:
            findings = tuple(map(_withhold, findings))
    return Record(
        source=replace(source, media_type=document.media_type, pages=document.pages),
        title=identity.title.text if identity.title else None,
        agency=identity.agency,
        year=identity.year,
        scope=identity.scope,
        form=FREE if free else form_of(figures),
        dates=identity.dates,
        sections=sections,
        cells=tuple(figures.values.values()),
        findings=findings,
        parse=parse,
        extractor=VERSION,
        metadata=dict(document.metadata),
        narrative=narrative,
    )


def _recognised(data: bytes, origin: Origin, readers: Readers, first: Figures) -> Figures:
    """What two readings by recognition agree on, or three where two leave cells unread."""
    readings = [first]
    for reader in (readers.second, readers.third):
        if (figures := _figures(reader, data, origin)) is not None:
            readings.append(figures)
        agreed = consensus(*readings)
        unread = [key for key, why in agreed.suspects.items() if why != DIFFERENT]
        if not (unread or agreed.reasons or agreed.unproven.keys() - _weigh(agreed)[1]):
            break
    return agreed


def _recognition(
    document: Document, parse: Parse, sections: tuple[Section, ...]
) -> Recognition | None:
    if document.recognised:
        return Recognition.DONE
    unread = document.pictures and parse.status in (Status.FAILED, Status.SUSPECT)
    if document.embedded and parse.status is Status.SUSPECT:
        # A report in words, as those without a form are; its pictures are photographs.
        unread = not sections
    return Recognition.NEEDED if unread and document.media_type in RECOGNISERS else None


def _withhold(finding: Finding) -> Finding:
    """A failure that misreading could have made is no finding against the agency."""
    if finding.verdict is Verdict.FAIL and finding.rule.startswith(_MISREADING_LOOKS_LIKE_IT):
        return replace(finding, verdict=Verdict.PARSE_SUSPECT)
    return finding


def _parse(
    data: bytes,
    origin: Origin,
    document: Document,
    readers: Readers,
    identity: Identity,
    sections: tuple[Section, ...],
    figures: Figures,
    *,
    free: bool,
) -> Parse:
    title = identity.title
    kind = title.kind if title else "other"
    # Words of a menu may look like the title of something else; the tables of the form outweigh them.
    if title and kind == "lookalike" and (is_about_reports(title) or not figures.values):
        reason = f"“{title.text[:80]}” is not an annual report on disclosure."
        return Parse(Status.NOT_A_REPORT, (reason,))
    if not figures.values:
        usual = sum(map(speaks_of_disclosure, sections))
        if kind != "report" and usual < _SECTIONS_OF_A_REPORT:
            if document.doubts or not document.text().strip():
                # A scan may well be the report; that we cannot read it says nothing against it.
                reasons = document.doubts or ("The document holds no text.",)
                return Parse(Status.FAILED, reasons)
            return Parse(
                Status.NOT_A_REPORT,
                ("Neither title nor headings nor tables of a report were found.",),
            )
        if free:
            return Parse(Status.SUSPECT, (_WITHOUT_FORM, *document.doubts))
        return Parse(Status.FAILED, ("No tables of the form were found.", *document.doubts))
    return _certainty(data, origin, document, readers, figures)


def _certainty(
    data: bytes, origin: Origin, document: Document, readers: Readers, figures: Figures
) -> Parse:
    suspects = dict(figures.suspects)
    reasons = list(figures.reasons)
    for row in shifted_rows(figures.values, figures.forms.get("requests")):
        for key in figures.values:
            if key.startswith(f"requests.{row.key}."):
                suspects.setdefault(key, "stands in a row whose values seem moved by one column")
    unbalanced, proven = _weigh(figures)
    doubtful = bool(unbalanced or figures.unproven or document.doubts or suspects or reasons)
    if document.recognised:
        # What was recognised twice by the same engine may be the same mistake twice.
        for key in unbalanced:
            suspects.setdefault(key, "is part of a sum that does not hold, and was recognised")
    elif readers.cheap or doubtful:
        second = _figures(readers.second, data, origin)
        agreed, differing = _agreement(figures, second) if second else (False, [])
        for key in differing:
            suspects.setdefault(key, DIFFERENT)
        if unbalanced and not agreed:
            for key in unbalanced:
                suspects.setdefault(
                    key, "is part of a sum that does not hold, and no second reading confirms it"
                )
        if not agreed:
            reasons.extend(document.doubts)
    for key, why in figures.unproven.items():
        if key not in proven:
            suspects.setdefault(key, why)
    if not suspects and not reasons:
        return Parse(Status.OK)
    return Parse(
        Status.SUSPECT,
        (*_in_sentences(suspects), *reasons[:_REASONS]),
        tuple(key for key in figures.values if key in suspects),
    )


def _weigh(figures: Figures) -> tuple[dict[str, None], set[str]]:
    """Cells whose identities fail or cannot be weighed, and cells that an identity proves."""
    failing: dict[str, None] = {}
    proven: set[str] = set()
    for weighed in balances(figures.values, figures.forms.get("requests")):
        if weighed.holds:
            proven.update(weighed.equation.keys)
        else:
            failing.update(dict.fromkeys(weighed.equation.keys))
    failing.update({k: None for k, cell in figures.values.items() if cell.state is State.TEXT})
    return failing, proven - failing.keys()


def _figures(reader: Check, data: bytes, origin: Origin) -> Figures | None:
    """The figures as another reader of the format sees them, None where it cannot read."""
    try:
        other = reader(data, origin)
    except ExtractionError:
        return None
    if other is None:
        return None
    return map_tables(other, None)


def _agreement(first: Figures, second: Figures) -> tuple[bool, list[str]]:
    """Whether the second reading confirms every cell, and the cells it contradicts."""
    confirmed = True
    differing: list[str] = []
    for key, cell in first.values.items():
        other = second.values.get(key)
        if other is None or other.state is State.UNREADABLE:
            confirmed = False
        elif not _same(cell, other) and cell.state is not State.UNREADABLE:
            confirmed = False
            differing.append(key)
    return confirmed, differing


def _same(one: CellValue, other: CellValue) -> bool:
    if one.state is State.TEXT and other.state is State.TEXT:
        return squeeze(one.raw) == squeeze(other.raw)
    return (one.state, one.value) == (other.state, other.value)


def _in_sentences(suspects: dict[str, str]) -> list[str]:
    """Suspect cells told by reason, the first few by name."""
    by_reason: dict[str, list[str]] = {}
    for key, why in suspects.items():
        by_reason.setdefault(why, []).append(key)
    sentences = []
    for why, keys in by_reason.items():
        named = ", ".join(keys[:3])
        more = f" and {len(keys) - 3} more cells" if len(keys) > 3 else ""
        sentences.append(f"{named}{more}: {why}.")
    return sentences
