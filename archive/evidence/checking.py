"""Check an evidence folder without the archive it came from: ``gongkai verify DIR``.

From the outside in: every file against the manifest, every record against its digests, the WACZ
against the WARC, what is claimed of the pages against what they show when they are read again, the rest
of what is claimed against that, and the summaries against the claims.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.evidence import exchanges, following, html, manifest, pdf
from archive.evidence.claims import FORMAT, Claims
from archive.evidence.column import Reread
from archive.evidence.exchanges import Kept
from archive.evidence.folder import CLAIMS, HTML, PDF, WACZ, WARC
from archive.evidence.looks import Look, look
from archive.warc import FixityError, file_digest
from extract import VERSION

_MAX_CLAIMS = 1 << 27


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file of the folder."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass(slots=True)
class Checked:
    """What was found: the problems, the digest that stands for the folder, and what was not compared."""

    problems: list[Problem] = field(default_factory=list)
    digest: str = ""
    notes: list[str] = field(default_factory=list)
    claims: Claims | None = None


def is_evidence(folder: Path) -> bool:
    """Whether ``folder`` is one of evidence, or was."""
    return any((folder / name).is_file() for name in (manifest.MANIFEST, CLAIMS, WARC))


def check(folder: Path, reread: Reread) -> Checked:
    """Check all of ``folder``. Nothing of it is trusted, so anything may be in it."""
    done = Checked()
    try:
        said = manifest.read(folder)
    except manifest.Unreadable as error:
        done.problems.append(Problem(manifest.MANIFEST, str(error)))
        return done
    wrong = list(manifest.problems(folder, said))
    done.problems += [Problem(name, message) for name, message in wrong]
    if (folder / manifest.MANIFEST).is_file():
        done.digest = file_digest(folder / manifest.MANIFEST)
    for name in (WARC, WACZ, CLAIMS, HTML):
        if name not in said["files"]:
            done.problems.append(Problem(name, "is not in the manifest"))
    kept = _kept(folder, done)
    claims = _claims(folder, done)
    if kept is None or claims is None:
        return done
    done.claims = claims
    changed = {name for name, _ in wrong}
    # What does not fit only because another file was changed is not named as well.
    if not changed & {WARC, WACZ}:
        _check_wacz(folder, done)
    if not changed & {WARC, CLAIMS}:
        done.problems += [Problem(CLAIMS, message) for message in _unproven(claims, kept, reread)]
    if CLAIMS not in changed:
        _check_summaries(folder, changed, claims, done)
    return done


def _kept(folder: Path, done: Checked) -> Kept | None:
    try:
        return exchanges.read(folder / WARC)
    except FixityError as error:
        where = "" if error.offset is None else f"the record at byte {error.offset}: "
        done.problems.append(Problem(WARC, where + error.reason))
    except OSError:
        pass  # The manifest has said that it is missing.
    return None


def _claims(folder: Path, done: Checked) -> Claims | None:
    try:
        data = (folder / CLAIMS).read_bytes() if _small(folder / CLAIMS) else b""
        claims = json.loads(data)
        if claims["format"] == FORMAT:
            return dict(claims)
        done.problems.append(
            Problem(CLAIMS, f"is of the format {claims['format']!r}, not {FORMAT}")
        )
    except OSError:
        pass
    except (ValueError, KeyError, TypeError, RecursionError):
        done.problems.append(Problem(CLAIMS, "cannot be read"))
    return None


def _small(path: Path) -> bool:
    return path.stat().st_size <= _MAX_CLAIMS


def _check_wacz(folder: Path, done: Checked) -> None:
    """The WACZ must hold the same WARC file, byte for byte."""
    try:
        with zipfile.ZipFile(folder / WACZ) as packed:
            info = packed.getinfo(f"archive/{WARC}")
            own = folder / WARC
            if info.file_size != own.stat().st_size:
                done.problems.append(Problem(WACZ, f"does not hold {WARC} as it is"))
                return
            with packed.open(info) as inner, own.open("rb") as outer:
                while block := outer.read(1 << 20):
                    if inner.read(len(block)) != block:
                        done.problems.append(Problem(WACZ, f"does not hold {WARC} as it is"))
                        return
    except OSError:
        pass
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        done.problems.append(Problem(WACZ, f"cannot be read: {error}"))


def _unproven(claims: Claims, kept: Kept, reread: Reread) -> Iterator[str]:
    try:
        if kept.set_clock and not claims["clock_set"]:
            yield "hides that the records were made under a clock set by hand"
        for number, claimed in enumerate(claims["looks"], 1):
            records = [one["record"] for one in claimed["exchanges"]]
            shown = look(kept, claimed["role"], claimed["visit"], records, reread)
            for what in _differences(claimed, shown):
                yield f"look {number}: {what}"
        yield from following.contradictions(claims, kept)
    except KeyError as error:
        yield f"names a record or field that is not there: {error}"
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        yield f"is not as claims are written: {error}"


def _differences(claimed: Look, shown: Look) -> Iterator[str]:
    """Where a claimed look is not what the records show."""
    # Through JSON, as the claim went.
    made: dict[str, Any] = json.loads(json.dumps(shown))
    for name in sorted(made.keys() | claimed.keys()):
        if made.get(name) == claimed.get(name):
            continue
        if name == "entries":
            yield from _rows("entry", "title", claimed["entries"], made["entries"])
        elif name == "exchanges":
            yield from _rows("page", "url", claimed["exchanges"], made["exchanges"])
        else:
            yield f"{name} is {claimed.get(name)!r}, but the records say {made.get(name)!r}"


def _rows(what: str, label: str, claimed: list[Any], made: list[Any]) -> Iterator[str]:
    if len(claimed) != len(made):
        yield f"{len(claimed)} of {what} claimed, the records show {len(made)}"
    for number, (one, other) in enumerate(zip(claimed, made, strict=False), 1):
        if one != other:
            yield f"{what} {number} is not what the records show: {other[label]}"
            return


def _check_summaries(folder: Path, changed: set[str], claims: Claims, done: Checked) -> None:
    if claims["program"] != f"Gongkai {VERSION}":
        done.notes.append(f"made by {claims['program']}: the summaries were not made again")
        return
    try:
        made = html.page(claims)
        if HTML not in changed and (folder / HTML).read_text("utf-8", "replace") != made:
            done.problems.append(Problem(HTML, f"does not say what {CLAIMS} says"))
        if PDF not in changed and (folder / PDF).is_file():
            differing = pdf.differs(folder / PDF, claims)
            if differing is not None:
                done.problems.append(
                    Problem(PDF, f"does not say what {CLAIMS} says, at: {differing}")
                )
    except OSError as error:
        done.problems.append(Problem(HTML, error.strerror or "cannot be read"))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        done.problems.append(Problem(CLAIMS, f"no summary can be made of it: {error}"))
