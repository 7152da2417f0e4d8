#!/usr/bin/env python3
"""Makes models/local/tokenizer/unicode_tables.c: what the tokenisers need to know of Unicode.

The tables hold what the Hugging Face `tokenizers` library believes, found by asking it
about every code point, because ids must equal its ids: it mixes several versions of
Unicode (grapheme clusters of one, categories of another), and no system library has
that mix. Where it cannot be asked directly (Extend against SpacingMark, Hangul,
Extended_Pictographic, Indic_Conjunct_Break) the properties come from the `regex`
package, and only for code points that `tokenizers` treats alike.

    python3 -m venv V && V/bin/pip install tokenizers==0.23.3 regex
    V/bin/python tools/make_unicode_tables.py > models/local/tokenizer/unicode_tables.c
"""
import struct
import sys
import unicodedata

import regex
import tokenizers
from tokenizers import normalizers, pre_tokenizers

CODES = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
BLOCK = 128
# the order of enum grapheme_class in models/local/tokenizer/unicode.h
OTHER, CR, LF, CONTROL, EXTEND, ZWJ, REGIONAL, PREPEND, SPACING, L, V, T, LV, LVT, PICTO = range(15)


def charsmap(key, value):
    """A SentencePiece map of one rule, its trie laid out one block of 256 units a node."""
    units, base, at = {}, 256, 0
    label = 0
    for byte in key.encode() + b"\0":
        units[at] = label | (at ^ base) << 10 | (0x100 if byte == 0 else 0)
        at, label, base = base ^ byte, byte, base + 256
    units[at] = 1 << 31
    trie = b"".join(struct.pack("<I", units.get(i, 0)) for i in range(base))
    return normalizers.Precompiled(struct.pack("<I", len(trie)) + trie + value.encode() + b"\0")


def members(name):
    pattern = regex.compile(r"\p{%s}" % name)
    return {c for c in CODES if pattern.match(chr(c))}


def grapheme_classes():
    letter, marked, mark = charsmap("a", "X"), charsmap("a\u0300", "X"), charsmap("\u0300", "X")
    table = {}
    known = {"GCB=Extend": EXTEND, "GCB=SpacingMark": SPACING, "GCB=ZWJ": ZWJ}
    for name, value in known.items():
        for c in members(name):
            if c and letter.normalize_str("a" + chr(c)) == "X":
                table[c] = value
    for c in CODES[1:]:
        if c not in table and letter.normalize_str("a" + chr(c)) == "X":
            sys.exit(f"U+{c:04X} extends a cluster, but regex does not know it")
        if not marked.normalize_str(chr(c) + "a\u0300").endswith("X"):
            table[c] = PREPEND
        elif mark.normalize_str(chr(c) + "\u0300\u0308").endswith("X"):
            table[c] = CONTROL
    table.update({0: CONTROL, 0x0A: LF, 0x0D: CR})
    for name, value in {"GCB=L": L, "GCB=V": V, "GCB=T": T, "GCB=LV": LV, "GCB=LVT": LVT,
                        "GCB=Regional_Indicator": REGIONAL}.items():
        table.update(dict.fromkeys(members(name), value))
    for c in members("Extended_Pictographic"):
        table.setdefault(c, PICTO)
    return table


def conjuncts(graphemes):
    """1 consonant, 2 linker, 3 extend (rule GB9c of UAX #29)."""
    table = dict.fromkeys(members("InCB=Consonant"), 1)
    table.update({c: 2 for c in members("InCB=Linker") if c in graphemes})
    table.update({c: 3 for c in members("InCB=Extend") if c in graphemes})
    return table


def bert(**asked):
    options = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False,
                   lowercase=False)
    return normalizers.BertNormalizer(**{**options, **asked}).normalize_str


def pre_token_class(c):
    """0 a letter, 1 white space, 2 punctuation."""
    pieces = pre_tokenizers.BertPreTokenizer().pre_tokenize_str("a" + chr(c) + "a")
    return len(pieces) - 1


def combining_class(c):
    """Of the first code point of its decomposition; only what `tokenizers` reorders by."""
    nfd = normalizers.NFD().normalize_str
    first = nfd(chr(c))[0]
    ccc = unicodedata.combining(first)
    if ccc and not (nfd(first + "\u0334") != first + "\u0334" or
                    nfd("\u0345" + first) != "\u0345" + first):
        return 0
    return ccc


def is_hangul(c):
    return 0xAC00 <= c <= 0xD7A3


def numbers(name, kind, values, per_line):
    print(f"const {kind} {name}[] = {{")
    for i in range(0, len(values), per_line):
        print("\t" + ", ".join(str(v) for v in values[i:i + per_line]) + ",")
    print("};\n")


def mapping(name, table):
    """Sorted codes, and for each its one replacement or count << 24 | index into a pool."""
    codes, values, pool = [], [], []
    for c in sorted(table):
        to = [ord(x) for x in table[c]]
        codes.append(f"0x{c:X}")
        if len(to) == 1:
            values.append(f"0x{to[0]:X}")
        else:
            values.append(f"0x{len(to) << 24 | len(pool):X}")
            pool += to
    numbers(f"unicode_{name}_codes", "uint32_t", codes, 8)
    numbers(f"unicode_{name}_values", "uint32_t", values, 8)
    numbers(f"unicode_{name}_pool", "uint32_t", [f"0x{c:X}" for c in pool] or ["0"], 8)
    print(f"const uint32_t unicode_{name}_count = {len(codes)};\n")


def main():
    graphemes = grapheme_classes()
    conjunct = conjuncts(graphemes)
    clean, chinese = bert(clean_text=True), bert(handle_chinese_chars=True)
    strip, lower = bert(strip_accents=True), bert(lowercase=True)
    classes, of_code, strips, lowers = {}, [0] * 0x110000, {}, {}
    for c in range(0x110000):
        if 0xD800 <= c <= 0xDFFF:
            continue
        s = chr(c)
        cleaned, stripped, lowered = clean(s), strip(s), lower(s)
        mark = stripped == ""
        if stripped != s and not mark and not is_hangul(c):
            strips[c] = stripped
        if lowered != s:
            lowers[c] = lowered
        key = (graphemes.get(c, OTHER), conjunct.get(c, 0),
               1 if cleaned == "" else 2 if cleaned == " " else 0, pre_token_class(c),
               int(chinese(s) != s), int(mark), int(c in strips), int(c in lowers),
               combining_class(c))
        of_code[c] = classes.setdefault(key, len(classes))
    if len(classes) > 256:
        sys.exit("more than 256 classes: widen the table")
    blocks, index, data = {}, [], []
    for start in range(0, 0x110000, BLOCK):
        block = tuple(of_code[start:start + BLOCK])
        if block not in blocks:
            blocks[block] = len(blocks)
            data += block
        index.append(blocks[block])
    print("/* Made by tools/make_unicode_tables.py with tokenizers "
          f"{tokenizers.__version__}; do not edit. */")
    print('#include "models/local/tokenizer/unicode.h"\n')
    print("const struct unicode_class unicode_classes[256] = {")
    for k in classes:
        print("\t{ " + ", ".join(str(v) for v in k) + " },")
    print("};\n")
    numbers("unicode_block", "uint8_t" if len(blocks) <= 256 else "uint16_t", index, 18)
    numbers("unicode_class_of", "uint8_t", data, 18)
    mapping("strip", strips)
    mapping("lower", lowers)
    print(f"{len(classes)} classes, {len(blocks)} blocks, {len(strips)} strip, "
          f"{len(lowers)} lower", file=sys.stderr)


main()
