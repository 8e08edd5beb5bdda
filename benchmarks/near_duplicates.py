"""Near duplicates among synthetic narratives with planted copies: precision, recall, time and memory.

    python -m benchmarks.near_duplicates [--texts 200000] [--seed 1]

Texts of 3,000 characters are made of a vocabulary of their own, with sentences of a template that all
share. A tenth of them are copies in groups of 2 and 5, with 1, 3 or 8 % of their characters changed.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from archive.audit import copied_text, minhash
from archive.audit.copies import CANDIDATE, SIMILAR

_CHARACTERS = "".join(chr(0x4E00 + 7 * n) for n in range(1_500))
_LENGTH, _SENTENCE = 3_000, 40
_CHANGES = (1, 3, 8)
_COPIED = 0.10


def _sentences(chosen: random.Random, characters: int) -> list[str]:
    return [
        "".join(chosen.choices(_CHARACTERS, k=_SENTENCE - 1)) + "。"
        for _ in range(characters // _SENTENCE)
    ]


def _plan(texts: int, seed: int) -> list[tuple[int, int]]:
    """For each text the number of its group, and the percentage of characters to be changed."""
    chosen = random.Random(seed)
    plan: list[tuple[int, int]] = []
    group = 0
    while len(plan) < texts:
        copied = chosen.random() < _COPIED / 2.5
        size = chosen.choice((2, 5)) if copied else 1
        change = chosen.choice(_CHANGES)
        plan += [(group, 0 if member == 0 else change) for member in range(size)]
        group += 1
    plan = plan[:texts]
    chosen.shuffle(plan)
    return plan


def _texts(plan: list[tuple[int, int]], seed: int) -> Iterator[list[str]]:
    """The texts as sentences, made as they are asked for."""
    template = _sentences(random.Random(seed), _LENGTH // 2)
    for index, (group, change) in enumerate(plan):
        own = _sentences(random.Random(f"{seed} {group}"), _LENGTH // 2)
        text = list("".join(own))
        chosen = random.Random(f"{seed} change {index}")
        for place in chosen.sample(range(len(text)), len(text) * change // 100):
            text[place] = chosen.choice(_CHARACTERS)
        changed = "".join(text)
        cut = [changed[start : start + _SENTENCE] for start in range(0, len(changed), _SENTENCE)]
        yield [*template, *cut]


def _own(sentences: list[str], common: frozenset[int]) -> copied_text.Own:
    return copied_text.own(
        (copied_text.Sentence(1, text, text, copied_text.digest(text)) for text in sentences),
        common,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    plan = _plan(given.texts, given.seed)
    sample = plan[: min(len(plan), 1_000)]
    making = time.perf_counter()
    for _ in _texts(sample, given.seed):
        pass
    making = (time.perf_counter() - making) * len(plan) / len(sample)
    start = time.perf_counter()
    digests = [
        np.unique(np.array([copied_text.digest(text) for text in text_], dtype=np.uint64))
        for text_ in _texts(plan, given.seed)
    ]
    common = copied_text.template(digests)
    del digests
    signatures = np.empty((len(plan), minhash.PERMUTATIONS), dtype=np.uint32)
    for index, sentences in enumerate(_texts(plan, given.seed)):
        signatures[index] = minhash.signature(_own(sentences, common).runs())
    signed = time.perf_counter()
    pairs = list(minhash.candidates(signatures, CANDIDATE))
    matched = time.perf_counter()
    wanted = {index for pair in pairs for index in pair}
    runs = {
        index: _own(sentences, common).runs()
        for index, sentences in enumerate(_texts(plan, given.seed))
        if index in wanted
    }
    alike = [p for p in pairs if minhash.similarity(runs[p[0]], runs[p[1]]) >= SIMILAR]
    end = time.perf_counter()
    _report(plan, pairs, alike)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"template {signed - start:.0f} s with signatures, bands {matched - signed:.0f} s, check {end - matched:.0f} s"
    )
    print(
        f"in all {end - start:.0f} s, of which making the texts three times about {3 * making:.0f} s; {memory:.0f} MB"
    )


def _report(
    plan: list[tuple[int, int]], pairs: list[tuple[int, int]], alike: list[tuple[int, int]]
) -> None:
    members: dict[int, list[int]] = {}
    for index, (group, _) in enumerate(plan):
        members.setdefault(group, []).append(index)
    planted: dict[tuple[int, int], str] = {}
    for several in members.values():
        for place, one in enumerate(several):
            for other in several[place + 1 :]:
                changes = sorted((plan[one][1], plan[other][1]))
                # Two changed copies of one text are further apart than each from it.
                planted[one, other] = " and ".join(f"{change} %" for change in changes)
    totals = Counter(planted.values())
    for name, found in (("candidates", pairs), (f"alike by {SIMILAR}", alike)):
        right = Counter(planted[pair] for pair in found if pair in planted)
        print(
            f"{name}: {len(found)} pairs, precision {right.total() / max(len(found), 1):.4f}, "
            f"recall {right.total() / max(totals.total(), 1):.4f}"
        )
        for kind, total in sorted(totals.items()):
            print(f"  changed by {kind}: recall {right[kind] / total:.4f} of {total}")


if __name__ == "__main__":
    main()
