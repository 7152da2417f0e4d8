#!/usr/bin/env python3
"""The same forward pass in ONNX Runtime, to compare the encoder's speed with.

    python3 tests/bench/onnx_reference.py e5-small-q4.bin [THREADS [ROUNDS [FOLDER]]]

Needs numpy, onnx, onnxruntime. Builds a graph from the de-quantised weights with
the fused operators of com.microsoft (Attention, SkipLayerNormalization, BiasGelu),
then measures f32 and ONNX Runtime's dynamic int8 on the texts of bench_encoder.c,
in batches of 16 sorted by length; and one query of 12 tokens.
"""
import os
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tools"))
from reference_vectors import getter

MS = "com.microsoft"
TEXTS, BATCH, QUERY = 192, 16, 12


def build(src, get, path):
    nodes, weights = [], []

    def const(name, a):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(a, np.float32), name))
        return name

    def add(op, inputs, output, domain="", **attributes):
        nodes.append(helper.make_node(op, inputs, [output], domain=domain, **attributes))
        return output

    def skip_norm(x, y, bias, name, i, output):
        return add("SkipLayerNormalization",
                   [x, y, const(f"{output}.w", get(f"l{i}.{name}.w")),
                    const(f"{output}.b", get(f"l{i}.{name}.b")), bias], output, MS,
                   epsilon=src.eps)

    const("words", get("emb.word"))
    const("places", get("emb.pos") + get("emb.type")[0])
    add("Gather", ["words", "ids"], "w")
    add("Gather", ["places", "positions"], "p")
    x = add("SkipLayerNormalization",
            ["w", "p", const("en.w", get("emb.ln.w")), const("en.b", get("emb.ln.b"))], "x0", MS,
            epsilon=src.eps)
    for i in range(src.layers):
        w = np.concatenate([get(f"l{i}.{m}.w") for m in "qkv"]).T
        b = np.concatenate([get(f"l{i}.{m}.b") for m in "qkv"])
        a = add("Attention", [x, const(f"qkv{i}.w", w), const(f"qkv{i}.b", b), "lens"], f"a{i}", MS,
                num_heads=src.heads)
        y = add("MatMul", [a, const(f"ao{i}.w", get(f"l{i}.ao.w").T)], f"ao{i}")
        x = skip_norm(y, x, const(f"ao{i}.b", get(f"l{i}.ao.b")), "aln", i, f"n{i}")
        y = add("MatMul", [x, const(f"fi{i}.w", get(f"l{i}.fi.w").T)], f"fi{i}")
        y = add("BiasGelu", [y, const(f"fi{i}.b", get(f"l{i}.fi.b"))], f"g{i}", MS)
        y = add("MatMul", [y, const(f"fo{i}.w", get(f"l{i}.fo.w").T)], f"fo{i}")
        x = skip_norm(y, x, const(f"fo{i}.b", get(f"l{i}.fo.b")), "oln", i, f"x{i + 1}")
    graph = helper.make_graph(
        nodes, "encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT32, ["b", "t"]),
         helper.make_tensor_value_info("positions", TensorProto.INT32, ["b", "t"]),
         helper.make_tensor_value_info("lens", TensorProto.INT32, ["b"])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["b", "t", src.hidden])], weights)
    model = helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 15), helper.make_opsetid(MS, 1)])
    onnx.save(model, path)


def session(path, threads):
    o = ort.SessionOptions()
    o.intra_op_num_threads, o.inter_op_num_threads = threads, 1
    return ort.InferenceSession(path, o, providers=["CPUExecutionProvider"])


def embed(s, texts):
    lens = np.array([len(t) for t in texts], np.int32)
    ids = np.ones((len(texts), lens.max()), np.int32)
    for row, t in zip(ids, texts):
        row[:len(t)] = t
    positions = np.broadcast_to(np.arange(lens.max(), dtype=np.int32), ids.shape)
    x = s.run(None, {"ids": ids, "positions": np.ascontiguousarray(positions), "lens": lens})[0]
    v = np.stack([row[:n].mean(axis=0) for row, n in zip(x, lens)])
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def measure(name, path, threads, rounds, texts):
    s = session(path, threads)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    wall, cpu = [], []
    for _ in range(rounds + 1):
        a, c = time.perf_counter(), time.process_time()
        for i in range(0, len(order), BATCH):
            embed(s, [texts[k] for k in order[i:i + BATCH]])
        wall.append(time.perf_counter() - a)
        cpu.append(time.process_time() - c)
    wall, cpu = wall[1:], cpu[1:]
    query = []
    for _ in range(51):
        a = time.perf_counter()
        embed(s, [texts[0][:QUERY]])
        query.append((time.perf_counter() - a) * 1e3)
    print(f"{name}, {threads} threads: {len(texts) / np.median(wall):.1f} texts/s median of {rounds} "
          f"(best {len(texts) / min(wall):.1f}), {len(texts) / np.median(cpu):.1f} per second of "
          f"processor time; query of {QUERY} tokens {np.median(query):.2f} ms", flush=True)
    return embed(s, texts[:BATCH])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    folder = sys.argv[4] if len(sys.argv) > 4 else "/tmp"
    f32, int8 = (os.path.join(folder, f"akin-encoder-{k}.onnx") for k in ("f32", "int8"))
    src, get = getter(sys.argv[1])
    if not os.path.exists(f32):
        build(src, get, f32)
    if not os.path.exists(int8):
        quantize_dynamic(f32, int8, weight_type=QuantType.QInt8, op_types_to_quantize=[
            "MatMul", "Attention"], extra_options={"DefaultTensorType": TensorProto.FLOAT})
    rng = np.random.default_rng(1)
    texts = [rng.integers(4, 250000, 16 + i * 97 % 333).astype(np.int32) for i in range(TEXTS)]
    a = measure("onnx f32", f32, threads, rounds, texts)
    b = measure("onnx dynamic int8", int8, threads, rounds, texts)
    print(f"cosine of the two: {(a * b).sum(axis=1).mean():.5f}")


if __name__ == "__main__":
    main()
