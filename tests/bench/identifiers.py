#!/usr/bin/env python3
"""Does an identifier of a source tree, asked for alone, lead to a file that has it?

    identifiers.py AKIN INDEX FOLDER [OPTION of akin search…]

INDEX was made of FOLDER. Picks 200 identifiers of its C files, with a fixed seed: names of
functions, macros and types, in snake, camel or capital letters, of two parts or more, that
stand in 1 to 5 files. A first hit is right when its file has the identifier as a word.
Prints lines of WHAT<TAB>VALUE<TAB>UNIT<TAB>NOTE, and a line for each miss.
"""
import collections
import json
import pathlib
import random
import re
import subprocess
import sys

WANTED = 200
MOST_FILES = 5
IDENTIFIER = re.compile(r"\b[A-Za-z_][A-Za-z0-9_]{3,63}\b")
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
PARTS = re.compile(r"[A-Za-z0-9]_[A-Za-z0-9]|[a-z][A-Z]")
KINDS = {
    "function": re.compile(r"\b([A-Za-z_][A-Za-z0-9_]*)\("),
    "macro": re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE),
    "type": re.compile(r"\b(?:struct|enum|union)[ \t]+([A-Za-z_][A-Za-z0-9_]*)"),
}


def read_files(folder):
    """Text of each C file, by its path."""
    found = {}
    for path in sorted(pathlib.Path(folder).resolve().rglob("*.[ch]")):
        found[str(path)] = path.read_text(encoding="utf-8", errors="replace")
    return found


def pick(texts):
    """Identifiers in code (not in comments), with kind and the files that have them."""
    files = collections.defaultdict(set)
    kinds = {}
    for path, text in texts.items():
        for name in set(IDENTIFIER.findall(text)):
            files[name].add(path)
        code = COMMENT_OR_STRING.sub(" ", text)
        for kind, pattern in KINDS.items():
            for name in pattern.findall(code):
                kinds.setdefault(name, kind)
    names = sorted(
        name
        for name in kinds
        if name in files and len(files[name]) <= MOST_FILES and PARTS.search(name)
    )
    chosen = random.Random(1).sample(names, min(WANTED, len(names)))
    return [(name, kinds[name], files[name]) for name in chosen]


def first_hit(akin, index, name, options):
    """The first hit, or None where nothing is found."""
    command = [akin, "search", "--db", index, "--json", "--full", "-k", "1", *options, "--", name]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if done.returncode == 1:
        return None
    if done.returncode != 0:
        sys.exit(f"identifiers.py: {name}: {done.stderr.decode(errors='replace').strip()}")
    hits = json.loads(done.stdout)["hits"]
    return hits[0] if hits else None


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    akin, index, folder, *options = sys.argv[1:]
    asked = collections.Counter()
    right = collections.Counter()
    for name, kind, files in pick(read_files(folder)):
        hit = first_hit(akin, index, name, options)
        good = hit is not None and hit["path"] in files
        in_passage = good and re.search(rf"\b{re.escape(name)}\b", hit.get("text", "")) is not None
        for key in (kind, "all"):
            asked[key] += 1
            right[key] += good
            right[key, "passage"] += in_passage
        if not good:
            print(f"miss: {name} ({kind}, {len(files)} files): {hit['path'] if hit else 'nothing'}")
    for key in ("function", "macro", "type", "all"):
        if asked[key]:
            note = f"{right[key]} of {asked[key]}; the passage itself has it: {right[key, 'passage']}"
            print(f"right, {key}\t{100 * right[key] / asked[key]:.1f}\t%\t{note}")


if __name__ == "__main__":
    main()
