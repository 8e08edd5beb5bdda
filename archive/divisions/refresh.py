"""Make the data files of the gazetteer again from a copy of the table of divisions.

    python -m archive.divisions.refresh FOLDER_OF_CHINA_DIVISION

The folder is the unpacked package ``china-division`` with its ``dist`` of JSON files. ``pypinyin`` and
``opencc`` must be installed for this run only; the gazetteer itself needs neither. The same input gives
the same bytes.
"""

from __future__ import annotations

import importlib
import json
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

from archive.divisions.names import stem_and_ending

_FILES = ("provinces.json", "cities.json", "areas.json", "streets.json")
_WORDS = "人民政府办公厅室局委员会街道镇乡苏木民族发展改革教育科学技术工业信息化公安司法财政力资源社会保障自然生态环境住房城建设交通运输水利务农村林草原商文旅游卫生健康退役军应急管理审计国有产监督市场体统医疗乡振兴税气象邮族宗事场执综合"
_HERE = Path(__file__).parent


def main(folder: Path) -> None:
    """Write ``table.txt.xz`` and ``traditional.csv`` beside this module from the JSON files in ``folder``."""
    names = read(folder / "dist")
    lines = [_line(code, name) for code, name in sorted(names.items())]
    text = "".join(line + "\n" for line in lines).encode()
    (_HERE / "table.txt.xz").write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    pairs = traditional(set("".join(names.values())) | set(_WORDS))
    rows = "".join(f"{char},{simple}\n" for char, simple in pairs)
    (_HERE / "traditional.csv").write_text("traditional,simplified\n" + rows, encoding="utf-8")
    print(f"{len(names)} divisions, {len(pairs)} traditional characters")  # noqa: T201


def read(folder: Path) -> dict[str, str]:
    """Name by code of every division in the JSON files of ``folder``."""
    names: dict[str, str] = {}
    for file in _FILES:
        for row in json.loads((folder / file).read_text(encoding="utf-8")):
            if row["code"] in names:
                raise ValueError(f"{file}: the code {row['code']} stands twice")
            names[row["code"]] = row["name"].strip()
    return names


def traditional(used: set[str]) -> list[tuple[str, str]]:
    """Traditional characters, each with the simplified one in ``used`` that it stands for.

    A character that is used in names itself is left out: 乾 is 乾 in 乾县.
    """
    convert: Callable[[str], str] = importlib.import_module("opencc").OpenCC("t2s").convert
    return [
        (char, simple)
        for char in map(chr, range(0x3400, 0xA000))
        if char not in used and (simple := convert(char)) != char and simple in used
    ]


def _line(code: str, name: str) -> str:
    if len(code) > 6:
        return f"{code}\t{name}"
    stem, ending = stem_and_ending(name)
    return f"{code}\t{name}\t{_latin(stem)} {_latin(ending)}"


def _latin(name: str) -> str:
    syllables: list[str] = importlib.import_module("pypinyin").lazy_pinyin(name)
    return "".join(syllables)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
