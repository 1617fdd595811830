"""Hostile and broken checkpoints, each of which must be refused in one line, at once and without running anything.

    python tests/attacks/make.py      (standard library only)

Writes the files beside this script. HostileFilesTest has the reason that each must be refused with.
"""

import io
import json
import pathlib
import struct
import zipfile

HERE = pathlib.Path(__file__).parent


def write(name, content):
    (HERE / name).write_bytes(content)


# ---- safetensors


def header_file(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


one = {"a": tensor([2], 0, 8)}
write("empty.safetensors", b"")
write("seven_bytes.safetensors", b"\x01" * 7)
write("foreign_png.safetensors", b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
write("foreign_html.safetensors", b"<!DOCTYPE html><html>404</html>" * 4)
write("git_lfs_pointer.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 605157884\n")
write("header_truncated.safetensors", header_file(one, b"\0" * 8)[:30])
write("header_over_100_mb.safetensors", struct.pack("<Q", 100_000_001) + b"{" * 64)
write("header_length_negative.safetensors", struct.pack("<Q", 2**64 - 1) + b"{}")
write("header_length_zero.safetensors", struct.pack("<Q", 0) + b"{}")
write("header_of_nuls.safetensors", header_file(b"\0" * 64))
write("header_then_nuls.safetensors", header_file(json.dumps(one).encode() + b"\0" * 8, b"\0" * 8))
write("header_begins_with_space.safetensors", header_file(b" " + json.dumps(one).encode(), b"\0" * 8))
write("header_then_text.safetensors", header_file(json.dumps(one).encode() + b"{}", b"\0" * 8))
write("header_not_utf8.safetensors", header_file(b'{"\xff\xfe":' + json.dumps(tensor([2], 0, 8)).encode() + b"}", b"\0" * 8))
write("header_nested.safetensors", header_file(b'{"a":{"x":' + b"[" * 20_000))
write("header_is_cut_json.safetensors", header_file(json.dumps(one).encode()[:-1], b"\0" * 8))
write("data_truncated.safetensors", header_file({"a": tensor([4], 0, 16)}, b"\0" * 8))
write("data_too_long.safetensors", header_file(one, b"\0" * 16))
write("shape_overflows.safetensors", header_file({"a": tensor([2**62, 8], 0, 8)}, b"\0" * 8))
write("shape_overflows_to_fit.safetensors", header_file({"a": tensor([2**32, 2**32, 2], 0, 0)}))
write("shape_beyond_64_bits.safetensors", header_file(b'{"a":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}', b"\0" * 8))
write("shape_negative.safetensors", header_file({"a": tensor([-2], 0, 8)}, b"\0" * 8))
write("shape_fraction.safetensors", header_file(b'{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', b"\0" * 8))
write("shape_text.safetensors", header_file(b'{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}', b"\0" * 8))
write("shape_missing.safetensors", header_file(b'{"a":{"dtype":"F32","data_offsets":[0,8]}}', b"\0" * 8))
write("shape_does_not_fill.safetensors", header_file({"a": tensor([3], 0, 8)}, b"\0" * 8))
write("offsets_overlap.safetensors", header_file({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, b"\0" * 12))
write("offsets_shared.safetensors", header_file({"a": tensor([2], 0, 8), "b": tensor([2], 0, 8)}, b"\0" * 8))
write("offsets_hole.safetensors", header_file({"a": tensor([2], 0, 8), "b": tensor([2], 12, 20)}, b"\0" * 20))
write("offsets_start_late.safetensors", header_file({"a": tensor([2], 8, 16)}, b"\0" * 16))
write("offsets_reversed.safetensors", header_file({"a": tensor([2], 8, 0)}, b"\0" * 8))
write("offsets_three.safetensors", header_file(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}', b"\0" * 8))
write("duplicate_tensor.safetensors", header_file(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}', b"\0" * 16))
write("duplicate_shape.safetensors", header_file(b'{"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,8]}}', b"\0" * 8))
write("metadata_number.safetensors", header_file({"__metadata__": {"step": 3}} | one, b"\0" * 8))
write("name_with_escape_codes.safetensors", header_file({"a\x1b[31m\nall is well": tensor([3], 0, 8)}, b"\0" * 8))
write("name_of_10000.safetensors", header_file({"a" * 10_000: tensor([3], 0, 8)}, b"\0" * 8))
write("type_unknown.safetensors", header_file({"a": tensor([2], 0, 8, "F31")}, b"\0" * 8))
write("bits_within_byte.safetensors", header_file({"a": tensor([1], 0, 1, "F4")}, b"\0"))

# ---- PyTorch archives


def archive(pickle, storages=(("0", b"\0" * 8),), root="archive", compression=zipfile.ZIP_STORED, extra=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in [("data.pkl", pickle), *[("data/" + key, content) for key, content in storages], *extra]:
            packed.writestr(zipfile.ZipInfo(f"{root}/{name}"), content, compression)
    return file.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def whole(value):
    return b"\x8a\x08" + struct.pack("<q", value)


def tuple_of(*parts):
    return b"(" + b"".join(parts) + b"t"


def storage(elements, key="0", kind="FloatStorage"):
    return tuple_of(text("storage"), f"ctorch\n{kind}\n".encode(), text(key), text("cpu"), whole(elements)) + b"Q"


def rebuilt(elements, shape, strides, offset=0, key="0", kind="FloatStorage"):
    return (b"ctorch._utils\n_rebuild_tensor_v2\n" + tuple_of(
        storage(elements, key, kind), whole(offset), tuple_of(*map(whole, shape)), tuple_of(*map(whole, strides)), b"\x89", b"ccollections\nOrderedDict\n)R") + b"R")


def state(*values):
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + b"".join(text(f"t{index}") + value for index, value in enumerate(values)) + b"u."


good = archive(state(rebuilt(2, [2], [1])))
write("pickle_calls_os_system.pt", archive(b"\x80\x02cposix\nsystem\n" + tuple_of(text("touch /tmp/pwned")) + b"R."))
write("pickle_calls_eval.pt", archive(b"\x80\x04" + b"\x8c\x08builtins\x8c\x04eval\x93" + tuple_of(text("__import__('os').abort()")) + b"R."))
write("pickle_inside_state.pt", archive(state(rebuilt(2, [2], [1]), b"csubprocess\nPopen\n" + tuple_of(text("id")) + b"R")))
write("pickle_torch_load.pt", archive(b"\x80\x02ctorch.serialization\nload\n" + tuple_of(text("/etc/passwd")) + b"R."))
write("pickle_name_with_newlines.pt", archive(b"\x80\x04\x8c\x04a\nb\n\x8c\x04eval\x93."))
write("pickle_getattr_chain.pt", archive(b"\x80\x02c__torch__\nX\n)\x81cbuiltins\ngetattr\n."))
write("pickle_object_with_code.pt", archive(b"\x80\x02(S'id'\nios\nsystem\n."))
write("pickle_extension_code.pt", archive(b"\x80\x02\x82\x01."))
write("pickle_old_protocol.pt", archive(b"\x80\x01N."))
write("pickle_calls_a_type.pt", archive(b"\x80\x02ctorch\nfloat32\n)R."))
write("pickle_asks_for_200_gb.pt", archive(state(rebuilt(50_000_000_000, [50_000_000_000], [1]))))
write("pickle_expands_to_200_gb.pt", archive(state(rebuilt(2, [50_000_000_000], [0]))))
write("pickle_shape_overflows.pt", archive(state(rebuilt(2, [2**62, 2**62], [0, 0]))))
write("pickle_strides_overflow.pt", archive(state(rebuilt(2, [2, 1], [2**63 - 1, 2**63 - 1], offset=2))))
write("pickle_offset_beyond.pt", archive(state(rebuilt(2, [1], [1], offset=2))))
write("pickle_offset_negative.pt", archive(state(rebuilt(2, [1], [1], offset=-1))))
write("pickle_stride_negative.pt", archive(state(rebuilt(2, [2], [-1], offset=1))))
write("pickle_many_axes.pt", archive(state(rebuilt(2, [1] * 9, [1] * 9))))
write("pickle_storage_missing.pt", archive(state(rebuilt(2, [2], [1], key="7"))))
write("pickle_storage_elsewhere.pt", archive(state(rebuilt(2, [2], [1], key="../data.pkl"))))
write("pickle_storage_shorter.pt", archive(state(rebuilt(2, [2], [1])), storages=(("0", b"\0" * 4),)))
write("pickle_text_too_long.pt", archive(b"\x80\x02X\xff\xff\xff\xffabc."))
write("pickle_text_of_2_63.pt", archive(b"\x80\x04\x8d" + struct.pack("<Q", 2**63 - 1) + b"abc."))
write("pickle_number_of_255_bytes.pt", archive(b"\x80\x02\x8a\xff" + b"\x7f" * 255 + b"."))
write("pickle_stack_underflow.pt", archive(b"\x80\x02R."))
write("pickle_pops_below_mark.pt", archive(b"\x80\x02N(0."))
write("pickle_mark_missing.pt", archive(b"\x80\x02t."))
write("pickle_memo_missing.pt", archive(b"\x80\x02h\x05."))
write("pickle_empty.pt", archive(b""))
write("pickle_stops_at_once.pt", archive(b"\x80\x02."))
write("pickle_without_end.pt", archive(b"\x80\x02" + b"N0" * 100))
write("pickle_key_is_a_list.pt", archive(b"\x80\x02}]Ns."))
write("pickle_is_a_number.pt", archive(b"\x80\x02K\x05."))


def module(attributes):
    return b"c__torch__\nM\n)\x81}(" + attributes + b"ub"


doubled = b"\x80\x02" + module(b"") + b"q\x00"
for level in range(60):
    doubled += b"0" + module(text("a") + b"h" + bytes([level]) + text("b") + b"h" + bytes([level])) + b"q" + bytes([level + 1])
write("module_of_2_to_the_60_parts.pt", archive(doubled + b"."))
write("module_within_itself.pt", archive(b"\x80\x02c__torch__\nM\n)\x81q\x00}" + text("a") + b"h\x00sb."))
attributes = b"}(" + b"".join(text(f"a{index}") + b"N" for index in range(2000)) + b"uq\x01"
write("module_given_2000_attributes_2000_times.pt", archive(b"\x80\x02" + attributes + b"0c__torch__\nM\n)\x81" + b"h\x01b" * 2000 + b"."))
write("pickle_key_of_600.pt", archive(b"\x80\x02}" + text("k" * 600) + b"Ns."))
deep = b"c__torch__\nM\n)\x81"
for level in range(300):
    deep = module(text("a") + deep)
write("module_nested_300_deep.pt", archive(b"\x80\x02" + deep + b"."))

write("legacy_before_1_6.pt", b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.")
write("zip_truncated.pt", good[:-30])
write("zip_cut_in_half.pt", good[: len(good) // 2])
write("zip_of_something_else.pt", archive(b"", storages=(), extra=()).replace(b"data.pkl", b"text.txt"))
write("zip_big_endian.pt", archive(state(rebuilt(2, [2], [1])), extra=(("byteorder", b"big"),)))
write("zip_two_roots.pt", archive(b"\x80\x02N.", storages=(("a/data.pkl", b""),)).replace(b"archive/data/a/", b"folder-of-bits/").replace(b"folder-of-bits/", b"archive-second/"))
write("zip_bomb.pt", archive(state(rebuilt(2, [2], [1])), storages=(("0", b"\0" * 50_000_000),), compression=zipfile.ZIP_DEFLATED))


def patched(archive_bytes, at, value, form="<I"):
    changed = bytearray(archive_bytes)
    struct.pack_into(form, changed, at, value)
    return bytes(changed)


directory = good.index(b"PK\x01\x02")
second = good.index(b"PK\x01\x02", directory + 4)
end = good.index(b"PK\x05\x06")
write("zip_entry_larger_than_file.pt", patched(patched(good, second + 24, 0x7FFFFFFF), second + 20, 0x7FFFFFFF))
write("zip_sizes_differ.pt", patched(good, second + 24, 4))
write("zip_header_beyond_file.pt", patched(good, second + 42, 0x7FFFFFFF))
write("zip_entries_overlap.pt", patched(good, second + 42, 0))
write("zip_two_names.pt", good.replace(b"archive/data/0", b"archive/data/1", 1))
write("zip_encrypted.pt", patched(good, second + 8, 1, "<H"))
write("zip_directory_elsewhere.pt", patched(good, end + 16, 4))
write("zip_directory_huge.pt", patched(good, end + 12, 0x7FFFFFFF))
write("zip_name_too_long.pt", patched(good, second + 28, 0xFFFF, "<H"))
write("zip64_missing.pt", patched(patched(good, second + 24, 0xFFFFFFFF), second + 20, 0xFFFFFFFF))
locator = struct.pack("<IIQI", 0x07064B50, 0, 2**63, 1)
write("zip64_locator_beyond.pt", good[:end] + b"\0" * 56 + locator + good[end:])
twice = archive(state(rebuilt(2, [2], [1])), storages=(("0", b"\0" * 8), ("1", b"\0" * 8)))
write("zip_name_twice.pt", twice.replace(b"archive/data/1", b"archive/data/0"))
