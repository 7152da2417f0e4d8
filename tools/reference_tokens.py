#!/usr/bin/env python3
"""Makes tests/cases/tokenizer/: texts, and the ids that Hugging Face `tokenizers` gives.

    reference_tokens.py BGE_M3_TOKENIZER_JSON MINILM_TOKENIZER_JSON

The texts are sentences.txt and what this script makes of Unicode with a fixed seed.
Special tokens are hidden from the reference: text that spells one is ordinary text.
"""
import json
import pathlib
import random
import sys
import unicodedata

from tokenizers import Tokenizer

CASES = pathlib.Path(__file__).resolve().parent.parent / "tests/cases/tokenizer"
FIXED = [
    "", " ", "   ", "\t", "\n", "\r\n", "\u3000", "\u00a0", "a", " a", "a ", "  a  b  ", "a\u3000b",
    "a\u00a0 \u2003b", "\u2581", "\u2581a", "a\u2581\u2581 b", " \u2581 ", "\u200b", "\ufeffa",
    "a\u200db", "\u0000", "a\u0000b", "\u001b[31mred\u001b[0m", "<s>", "</s> a", "<unk>", "<pad>",
    "<mask> it", "[CLS]", "[UNK] [SEP]", "[MASK]s", "##ing", "[unused1]", "e\u0301e\u0301",
    "\ufb01\u0308", "\ufdfa\u0301", "\u2122\u0301", "\u00a9\u200d\u00a9", "\r\u0301", "\u0915\u094d\u0915\u0308",
    "\u0958\u0308\u094d\u0958\u0308", "\u1100\u0308\u1161\u0308", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001f44d\U0001f3fd\U0001f44d\U0001f3ff", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1e9", "1\ufe0f\u20e3",
    "\u2764\ufe0f \u2764\ufe0e", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\u202eabc\u202c\u2066x\u2069",
    "\uff21\uff22\uff23 \uff11\uff12 \uff76\uff9e\uff77\uff9f", "\u0130\u0131\u017f\u1e9e\u00df\u03a3\u03c2",
    "\u01c5\u01c4", "\u0344\u0f73\u0f75", "a\u0316\u0301\u0327", "A\u030a\u212b\u00c5", "\u4e00a\u4e8c",
    "\U00020000\U0002f800\uf900", "\uac00\u1100\u1161\u11a8", "a" * 99, "a" * 100, "a" * 101, "\u00e9" * 100,
    "1" * 300, "12345678901234567890 1,234,567.89", "supercalifragilistic" * 20, "!?" * 60,
    "\u0e01" * 200, "\u6f22" * 150, "\u0301" * 80, "\uffff\ufffe\ufffd", "\U0010ffff", "\ue000\uf8ff",
]


def escape(text):
    return "".join(c if c.isprintable() and c != "\\" and c != "\u3000" and
                   not unicodedata.combining(c) else f"\\u{{{ord(c):X}}}" for c in text)


def texts():
    rng = random.Random(20240229)
    sentences = (CASES / "sentences.txt").read_text(encoding="utf-8").splitlines()
    yield from FIXED
    yield from sentences
    for s in sentences:
        yield s.upper()
        yield unicodedata.normalize("NFD", s)
        yield s.replace(" ", rng.choice(["  ", "\u00a0", "\t", "\u3000", "", "\u200b"]))
        words = s.split()
        yield " ".join(rng.sample(words, len(words)))[:120]
    blocks = [b for b in range(0, 0x20000, 128) if not 0xD800 <= b < 0xE000]
    blocks += [0x20000, 0x2A700, 0x2F800, 0x30000, 0xE0000, 0xE0100, 0xF0000]
    for b in blocks:
        for width in (2, 6):
            yield "".join(chr(b + rng.randrange(128)) for _ in range(width))
    marks = [c for c in range(0x110000) if unicodedata.combining(chr(c))]
    indic = [*range(0x900, 0xE00), *range(0x1000, 0x1100), *range(0x1780, 0x1800)]
    hangul = [*range(0x1100, 0x1200), *range(0xAC00, 0xAC80), *range(0xD7B0, 0xD800)]
    odd = sorted({ord(c) for s in FIXED for c in s})
    pools = [marks, indic, hangul, odd, odd, list(range(32, 127)), [ord(c) for c in "eaiouscn EA"],
             [*range(0x3040, 0x3100), *range(0x4E00, 0x4E80)], list(range(0xFF00, 0xFFF0)),
             list(range(0x1F300, 0x1F650))]
    for _ in range(3000):
        pool = rng.choice(pools)
        mixed = rng.random() < 0.5
        yield "".join(chr(rng.choice(rng.choice(pools) if mixed else pool))
                      for _ in range(rng.randrange(1, 10)))


def load(path):
    """The tokeniser with its special tokens renamed to what no text holds."""
    spec = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    specials = {t["id"] for t in spec["added_tokens"]}
    spec.update(truncation=None, padding=None, added_tokens=[], post_processor=None)
    model = spec["model"]

    def hide(text, i):
        if i not in specials:
            return text
        if text == model.get("unk_token"):
            model["unk_token"] = f"\U0010fffd{i}\U0010fffd"
        return f"\U0010fffd{i}\U0010fffd"
    if model["type"] == "Unigram":
        model["vocab"] = [[hide(t, i), s] for i, (t, s) in enumerate(model["vocab"])]
    else:
        model["vocab"] = {hide(t, i): i for t, i in model["vocab"].items()}
    return Tokenizer.from_str(json.dumps(spec))


def special(token_id, content):
    return {"id": token_id, "content": content, "special": True, "single_word": False,
            "lstrip": False, "rstrip": False, "normalized": False}


def small_wordpiece(**normalizer):
    """A WordPiece tokeniser of letters, marks and some words, made by hand."""
    letters = "abcdefghijklmnopqrstuvwxyzEIS0123456789\u00e9\u00df\u03c3\u03b1\u0438\u0435\u0131\u0307\u1100\u1161\u0915\u094d"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters),
              *".,;:!?'()-<>/[]#", *"\u4e00\u4e01\u4e8c", "the", "th", "##ing", "##er", "##ers", "must", "month",
              "##s", "month##s", "in", "write", "writ", "mon", "##th", "##", "straße", "\u0301"]
    pieces = list(dict.fromkeys(pieces))
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [special(i, p) for i, p in enumerate(pieces[:5])],
            "normalizer": {"type": "BertNormalizer", **normalizer},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
            "decoder": None,
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 20, "vocab": {p: i for i, p in enumerate(pieces)}}}


def small_unigram():
    """As older XLM-R files: no map, white space dropped, ties among the scores."""
    pieces = [["<unk>", 0.0], ["\u2581", -2.0]]
    pieces += [[c, -5.0 - i % 3] for i, c in enumerate("abcdefghijklmnopqrstuvwxyz.,'")]
    pieces += [["\u2581the", -3.5], ["he", -10.0], ["th", -11.0], ["in", -6.5], ["ing", -7.25],
               ["\u2581a", -7.0], ["er", -11.0], ["re", -11.0], ["\u00e9", -8.0], ["\u4e00", -9.0]]
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [special(0, "<unk>")], "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                 "split": True}]},
            "post_processor": None, "decoder": None,
            "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": pieces}}


def write_ids(name, tokenizer, lines):
    encoded = tokenizer.encode_batch(lines, add_special_tokens=False)
    (CASES / f"{name}.ids").write_text(
        "".join(" ".join(map(str, e.ids)) + "\n" for e in encoded), encoding="utf-8")


def main():
    lines = list(dict.fromkeys(texts()))
    (CASES / "lines.txt").write_text("".join(escape(t) + "\n" for t in lines), encoding="utf-8",
                                     newline="\n")
    small = {
        "wordpiece": small_wordpiece(clean_text=True, handle_chinese_chars=True,
                                     strip_accents=None, lowercase=True),
        "wordpiece_cased": small_wordpiece(clean_text=False, handle_chinese_chars=False,
                                           strip_accents=None, lowercase=False),
        "wordpiece_accents": small_wordpiece(clean_text=True, handle_chinese_chars=True,
                                             strip_accents=False, lowercase=True),
        "unigram": small_unigram(),
    }
    for name, spec in small.items():
        path = CASES / f"{name}.json"
        path.write_text(json.dumps(spec, ensure_ascii=False) + "\n", encoding="utf-8")
        write_ids(name, load(path), lines)
    write_ids("xlm-roberta", load(sys.argv[1]), lines)
    write_ids("minilm", load(sys.argv[2]), lines)
    print(len(lines), "lines", file=sys.stderr)


main()
