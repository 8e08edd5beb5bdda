from __future__ import annotations

import random
from pathlib import Path

import pytest
from exchanges import begin_run, page, rows, warc_files
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import warc
from archive.captures import Recorder
from archive.database.models import Capture
from archive.fixity import Problem, verify
from archive.folder import Archive


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, bytes]:
    """A sound archive with one file, and that file's bytes; tests put them back."""
    archive = Archive.create(tmp_path_factory.mktemp("kept") / "archive")
    chance = random.Random(20250131)
    with Recorder(archive, begin_run(archive)) as recorder:
        for at in range(6):
            url = f"http://x.gov.cn/{at}.pdf"
            recorder.record(page(chance.randbytes(400), url=url, at=at))
        recorder.record(page(b"", at=8, status=None, failure="timeout"))
        recorder.file(chance.randbytes(300), "a.pdf", media_type="application/pdf")
    return archive, warc_files(archive)[0].read_bytes()


@pytest.fixture
def archive(kept: tuple[Archive, bytes]):
    archive, data = kept
    yield archive
    warc_files(archive)[0].write_bytes(data)
    assert list(verify(archive)) == []


def owner(archive: Archive, place: int) -> Capture | None:
    """The capture whose exchange, request included, has the byte at ``place``."""
    for row in rows(archive):
        if place < row.offset + row.length:
            return row
    return None


@given(data=st.data())
@settings(max_examples=100)
def test_every_flipped_bit_is_reported_at_its_record(
    kept: tuple[Archive, bytes], data: st.DataObject
) -> None:
    archive, sound = kept
    (path,) = warc_files(archive)
    place = data.draw(st.integers(0, len(sound) - 1))
    bit = data.draw(st.integers(0, 7))
    broken = bytearray(sound)
    broken[place] ^= 1 << bit
    path.write_bytes(broken)
    try:
        found = list(verify(archive))
    finally:
        path.write_bytes(sound)
    assert found
    assert {problem.file for problem in found} == {path.name}
    hit = owner(archive, place)
    assert hit is not None
    for problem in found:
        # A few bits of gzip's own packaging are of no consequence: only the seal tells of them.
        if problem.offset is not None:
            assert problem.offset <= place
            assert problem.kind in ("damaged", "dangling")
            if place >= hit.offset:
                assert (problem.offset, problem.url) == (hit.offset, hit.url)


def test_a_damaged_record_hides_no_other(archive: Archive) -> None:
    (path,) = warc_files(archive)
    data = bytearray(path.read_bytes())
    hit = [rows(archive)[number] for number in (1, 4)]
    for row in hit:
        data[row.offset + row.length // 2] ^= 16
    path.write_bytes(data)
    found = list(verify(archive))
    assert [(problem.kind, problem.offset, problem.url) for problem in found] == [
        ("damaged", row.offset, row.url) for row in hit
    ]
    assert str(found[0]).startswith(f"{path.name} at byte {hit[0].offset} ({hit[0].url}): ")


def test_a_cut_file_names_every_capture_that_is_lost(archive: Archive) -> None:
    (path,) = warc_files(archive)
    cut = rows(archive)[3]
    path.write_bytes(path.read_bytes()[: cut.offset + 50])
    found = list(verify(archive))
    assert [(problem.kind, problem.url) for problem in found] == [
        ("damaged", cut.url),
        *(("dangling", row.url) for row in rows(archive)[4:]),
    ]
    assert "cut off" in found[0].message
    assert "cut off before" in found[1].message


def test_a_missing_file_names_every_capture_that_is_lost(archive: Archive) -> None:
    (path,) = warc_files(archive)
    data = path.read_bytes()
    path.unlink()
    found = list(verify(archive))
    path.write_bytes(data)
    assert [(problem.kind, problem.file, problem.offset, problem.url) for problem in found] == [
        ("missing", row.warc, row.offset, row.url) for row in rows(archive)
    ]


def test_bytes_after_the_end_are_reported(archive: Archive) -> None:
    (path,) = warc_files(archive)
    path.write_bytes(path.read_bytes() + b"\0")
    (problem,) = verify(archive)
    assert problem.kind == "damaged"
    assert problem.file == path.name


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"url": "http://elsewhere.gov.cn/"}, "differs"),
        ({"sha256": "0" * 64}, "differs"),
        ({"http_status": 404}, "differs"),
        ({"length": 5}, "differs"),
        ({"offset": 0}, "dangling"),
        ({"offset": 7}, "dangling"),
        ({"offset": 10**9}, "dangling"),
        ({"warc": "gongkai-000009-000-00001.warc.gz"}, "missing"),
    ],
)
def test_an_index_that_says_something_else_is_reported(
    archive: Archive, change: dict[str, object], kind: str
) -> None:
    before = rows(archive)[2]

    def put(values: dict[str, object]) -> None:
        with archive.session() as session:
            row = session.get_one(Capture, before.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.commit()

    put(change)
    found = list(verify(archive))
    put({name: getattr(before, name) for name in change})
    assert kind in [problem.kind for problem in found]
    moved = {"offset", "warc"} & change.keys()
    assert [problem.kind for problem in found if problem.kind != kind] == (
        ["not_indexed"] if moved else []
    )


def test_files_that_nobody_knows_are_reported(archive: Archive) -> None:
    folder = archive.warc_folder
    copy = folder / "gongkai-000077-000-00001.warc.gz"
    copy.write_bytes(warc_files(archive)[0].read_bytes())
    warc.write_seal(copy, warc.file_digest(copy))
    note, lone = folder / "note.txt", folder / "gongkai-000078-000-00001.warc.gz.sha256"
    note.write_text("hello")
    lone.write_text("0" * 64)
    found = [(problem.kind, problem.file, problem.offset) for problem in verify(archive)]
    for path in (copy, copy.with_name(copy.name + warc.SEAL), note, lone):
        path.unlink()
    assert found == [
        ("not_indexed", copy.name, None),
        ("missing", lone.name.removesuffix(warc.SEAL), None),
        ("stray", note.name, None),
    ]


def test_a_revisit_without_its_original_is_reported(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive")
    run = begin_run(archive)
    for at in range(2):
        with Recorder(archive, run) as recorder:
            recorder.record(page(b"same", at=at))
    first, second = warc_files(archive)
    first.unlink()
    found = list(verify(archive))
    assert [(problem.kind, problem.file) for problem in found] == [
        ("missing", first.name),
        ("damaged", second.name),
    ]
    assert f"refers to cannot be read: {first.name}" in found[1].message


def test_progress_ends_with_everything_checked(archive: Archive) -> None:
    steps: list[tuple[int, int]] = []
    assert list(verify(archive, lambda done, total: steps.append((done, total)))) == []
    size = sum(path.stat().st_size for path in warc_files(archive))
    assert steps == sorted(steps)
    assert steps[-1] == (size, size)


def test_a_problem_without_a_place_names_the_file() -> None:
    problem = Problem("stray", "note.txt", None, None, "not a file of this archive")
    assert str(problem) == "note.txt: not a file of this archive"
