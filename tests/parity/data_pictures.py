"""Pictures of every format and what Pillow's convert("RGB") makes of them.

    python tests/parity/data_pictures.py      (Pillow 13.0, numpy; cjpeg of libjpeg-turbo, cwebp of libwebp)

Writes pictures/NAME, and pictures.csv with lines of file, orientation applied (0 or 1), width, height, crc32 of the RGB
rows, number of the rows in pictures.bin.gz. A picture that Pillow refuses has an empty size.
"""

import gzip
import io
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUTPUT = Path(__file__).parents[1] / "src/test/resources/golden/data"
PICTURES = OUTPUT / "pictures"
WIDTH, HEIGHT = 37, 27


def scene(width, height, seed=1):
    """Smooth shapes with a few hard edges and some noise, like a small photograph."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([
        128 + 100 * np.sin(x / 7.0 + y / 11.0), 128 + 90 * np.cos(x / 5.0 - y / 13.0), 255.0 * x / width], -1)
    rgb[height // 4 : height // 2, width // 3 : width // 2] = (250, 20, 30)
    rgb[(x - width * 0.7) ** 2 + (y - height * 0.6) ** 2 < (height / 5) ** 2] = (10, 200, 60)
    return np.clip(rgb + rng.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)


RGB = scene(WIDTH, HEIGHT)
PICTURE = Image.fromarray(RGB)
GREY = PICTURE.convert("L")
ALPHA = Image.fromarray(np.linspace(0, 255, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.uint8))
RGBA = PICTURE.copy()
RGBA.putalpha(ALPHA)
GREY_ALPHA = GREY.copy()
GREY_ALPHA.putalpha(ALPHA)
PALETTE = PICTURE.quantize(200)
CMYK = Image.fromarray(np.dstack([255 - RGB, scene(WIDTH, HEIGHT, 2)[:, :, 1] // 2]), "CMYK")


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png(width, height, depth, kind, rows, extra=b"", interlace=0):
    """A PNG of raw rows, for depths that Pillow doesn't write."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def interlaced(rgb):
    rows = []
    for y, x, dy, dx in ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)):
        rows += [row.tobytes() for row in rgb[y::dy, x::dx] if row.size]
    return png(rgb.shape[1], rgb.shape[0], 8, 2, rows, interlace=1)


def png_files():
    yield "rgb.png", encoded(PICTURE, "PNG")
    yield "rgba.png", encoded(RGBA, "PNG")
    yield "grey.png", encoded(GREY, "PNG")
    yield "grey-alpha.png", encoded(GREY_ALPHA, "PNG")
    yield "palette.png", encoded(PALETTE, "PNG")
    yield "palette-4-bit.png", encoded(PICTURE.quantize(13), "PNG")
    yield "palette-transparent.png", encoded(PALETTE, "PNG", transparency=bytes(range(0, 200)))
    yield "rgb-transparent.png", encoded(PICTURE, "PNG", transparency=(250, 20, 30))
    yield "bilevel.png", encoded(PICTURE.convert("1"), "PNG")
    yield "icc.png", encoded(PICTURE, "PNG", icc_profile=wide_profile())
    yield "exif.png", encoded(PICTURE, "PNG", exif=turned(3))
    whole = encoded(PICTURE, "PNG")
    yield "truncated.png", whole[: len(whole) // 2]
    yield "interlaced.png", interlaced(RGB[:9, :11])
    yield "gamma.png", encoded(PICTURE, "PNG")[:33] + chunk(b"gAMA", struct.pack(">I", 100000)) + encoded(PICTURE, "PNG")[33:]
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 65536, (9, 11, 4), dtype=np.uint16)
    wide[0, :8, :] = np.array([0, 1, 100, 254, 255, 256, 257, 65535])[:, None]
    rows = lambda values: [row.astype(">u2").tobytes() for row in values]
    yield "grey-16-bit.png", png(11, 9, 16, 0, rows(wide[:, :, 0] % np.array([300, 65535] * 5 + [1000])))
    yield "rgb-16-bit.png", png(11, 9, 16, 2, rows(wide[:, :, :3]))
    yield "grey-alpha-16-bit.png", png(11, 9, 16, 4, rows(wide[:, :, :2]))
    yield "rgba-16-bit.png", png(11, 9, 16, 6, rows(wide))
    packed = rng.integers(0, 256, (9, 6), dtype=np.uint8)
    yield "grey-2-bit.png", png(21, 9, 2, 0, [row.tobytes() for row in packed])
    yield "grey-4-bit.png", png(11, 9, 4, 0, [row.tobytes() for row in packed])
    # indices beyond the palette
    yield "palette-short.png", png(11, 9, 8, 3, [bytes(range(11))] * 9, chunk(b"PLTE", bytes(range(100, 115))))


def wide_profile():
    """Adobe RGB's primaries and gamma 2.2 as a version 2 matrix profile."""
    def fixed(*values):
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    xyz = lambda *values: b"XYZ \0\0\0\0" + fixed(*values)
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, 563, 0)
    tags = [
        (b"wtpt", xyz(0.9505, 1.0, 1.0891)), (b"rXYZ", xyz(0.60974, 0.31111, 0.01947)),
        (b"gXYZ", xyz(0.20528, 0.62567, 0.06087)), (b"bXYZ", xyz(0.14919, 0.06322, 0.74457)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(79)), (b"cprt", b"text\0\0\0\0none\0")]
    table, content, offset = b"", b"", 132 + 12 * len(tags)
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", offset + len(content), len(data))
        content += data
    header = struct.pack(
        ">I4sI4s4s4s12s4s24s", offset + len(content), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp",
        bytes(24)) + bytes(4) + fixed(0.9642, 1.0, 0.8249) + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + content


def adobe(jpeg, transform):
    """Replaces the markers before the first table by Adobe's."""
    at = 2
    while jpeg[at + 1] in (0xE0, 0xEE):
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    return b"\xff\xd8" + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform]) + jpeg[at:]


def component_ids(jpeg, ids):
    """Without JFIF's marker and with other component ids."""
    at = 2 + 2 + struct.unpack(">H", jpeg[4:6])[0] if jpeg[3] == 0xE0 else 2
    body = bytearray(b"\xff\xd8" + jpeg[at:])
    sof = body.index(b"\xff\xc0")
    sos = body.index(b"\xff\xda")
    for i, value in enumerate(ids):
        body[sof + 10 + 3 * i] = value
        body[sos + 5 + 2 * i] = value
    return bytes(body)


def turned(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def tiff(width, height, samples, bits, values, extra=None):
    """An uncompressed RGB TIFF of one strip, for kinds that Pillow doesn't write."""
    entries = [(256, 3, 1, width), (257, 3, 1, height), (259, 3, 1, 1), (262, 3, 1, 2), (277, 3, 1, samples),
               (278, 3, 1, height), (279, 4, 1, values.nbytes), (284, 3, 1, 1)]
    if extra is not None:
        entries.append((338, 3, 1, extra))
    end = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries += [(258, 3, samples, end), (273, 4, 1, end + 2 * samples)]
    directory = b"".join(
        struct.pack("<HHI", tag, kind, count) + struct.pack("<I", value) for tag, kind, count, value in sorted(entries))
    return (b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4)
            + struct.pack("<H", bits) * samples + values.tobytes())


def bmp_565():
    """A 16-bit bitmap with masks of 5, 6 and 5 bits."""
    values = np.random.default_rng(5).integers(0, 65536, (9, 12), dtype=np.uint16)
    header = struct.pack("<IiiHHIIiiII", 40, 12, -9, 1, 16, 3, values.nbytes, 0, 0, 0, 0)
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    return b"BM" + struct.pack("<IHHI", 66 + values.nbytes, 0, 0, 66) + header + masks + values.tobytes()


def jpeg_files():
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        yield f"{name}.jpg", encoded(PICTURE, "JPEG", quality=90, subsampling=subsampling)
    for name, factors in (("440", "1x2"), ("411", "4x1"), ("mixed", "2x2,1x2,2x1")):
        ppm = encoded(PICTURE, "PPM")
        yield f"{name}.jpg", subprocess.run(
            ["cjpeg", "-quality", "90", "-sample", factors], input=ppm, stdout=subprocess.PIPE, check=True).stdout
    yield "420-progressive.jpg", encoded(PICTURE, "JPEG", quality=60, progressive=True, subsampling=2)
    yield "420-odd.jpg", encoded(Image.fromarray(scene(17, 9)), "JPEG", quality=75, subsampling=2)
    yield "420-one.jpg", encoded(Image.fromarray(scene(17, 9)).crop((3, 3, 4, 4)), "JPEG", quality=75, subsampling=2)
    yield "420-restart.jpg", encoded(PICTURE, "JPEG", quality=80, subsampling=2, restart_marker_rows=1)
    yield "grey.jpg", encoded(GREY, "JPEG", quality=90)
    yield "cmyk.jpg", encoded(CMYK, "JPEG", quality=90)
    yield "cmyk-no-marker.jpg", component_ids(encoded(CMYK, "JPEG", quality=90), (1, 2, 3, 4))[:2] + encoded(CMYK, "JPEG", quality=90)[18:]
    yield "ycck.jpg", adobe(encoded(CMYK, "JPEG", quality=90), 2)
    yield "rgb-adobe.jpg", adobe(encoded(PICTURE, "JPEG", quality=90, subsampling=0), 0)
    yield "ycc-adobe.jpg", adobe(encoded(PICTURE, "JPEG", quality=90, subsampling=2), 1)
    yield "no-marker.jpg", component_ids(encoded(PICTURE, "JPEG", quality=90, subsampling=0), (1, 2, 3))
    yield "rgb-ids.jpg", component_ids(encoded(PICTURE, "JPEG", quality=90, subsampling=0), (82, 71, 66))
    yield "odd-ids.jpg", component_ids(encoded(PICTURE, "JPEG", quality=90, subsampling=0), (0, 1, 2))
    yield "icc.jpg", encoded(PICTURE, "JPEG", quality=90, icc_profile=wide_profile())
    for orientation in range(1, 9):
        yield f"exif-{orientation}.jpg", encoded(PICTURE.crop((0, 0, 11, 7)), "JPEG", exif=turned(orientation))
    whole = encoded(PICTURE, "JPEG", quality=90, subsampling=2)
    yield "truncated-half.jpg", whole[: len(whole) // 2]
    yield "truncated-end.jpg", whole[:-2]
    yield "trailing.jpg", whole + b"trailing bytes"
    yield "mpo.jpg", encoded(PICTURE, "MPO", save_all=True, append_images=[GREY.convert("RGB")])


def cwebp(image, options):
    command = ["cwebp", "-quiet", *options.split(), "-o", "-", "--", "-"]
    return subprocess.run(command, input=encoded(image, "PNG"), stdout=subprocess.PIPE, check=True).stdout


def animation(still, width, height, left, top):
    """A WebP animation with one frame that does not fill the screen."""
    def part(name, data):
        return name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)

    three = lambda value: struct.pack("<I", value)[:3]
    frame = Image.open(io.BytesIO(still))
    header = three(left // 2) + three(top // 2) + three(frame.width - 1) + three(frame.height - 1) + three(100) + b"\0"
    body = (part(b"VP8X", b"\x02\0\0\0" + three(width - 1) + three(height - 1)) + part(b"ANIM", bytes(6))
            + part(b"ANMF", header + still[12:]))
    return part(b"RIFF", b"WEBP" + body)


def other_files():
    yield "lossless.webp", encoded(PICTURE, "WEBP", lossless=True)
    yield "lossless-alpha.webp", encoded(RGBA, "WEBP", lossless=True, exact=True)
    yield "lossy.webp", encoded(PICTURE, "WEBP", quality=80)
    yield "lossy-alpha.webp", encoded(RGBA, "WEBP", quality=80, exact=True)
    yield "icc.webp", encoded(PICTURE, "WEBP", lossless=True, icc_profile=wide_profile())
    yield "exif.webp", encoded(PICTURE, "WEBP", lossless=True, exif=turned(8))
    for name, options in (
            ("segments", "-q 20 -segments 4 -f 80 -sharpness 6 -strong"),
            ("simple-filter", "-q 40 -segments 3 -f 70 -sharpness 2 -nostrong"), ("coarse", "-q 0"), ("fine", "-q 100")):
        yield f"lossy-{name}.webp", cwebp(PICTURE, options)
    yield "lossy-one.webp", cwebp(PICTURE.crop((3, 3, 4, 4)), "-q 50")
    yield "lossy-animated.webp", encoded(PICTURE, "WEBP", save_all=True, append_images=[GREY.convert("RGB")])
    yield "small-frame.webp", animation(encoded(PICTURE.crop((0, 0, 20, 11)), "WEBP", quality=60), 37, 27, 6, 10)
    yield "animated.webp", encoded(PICTURE, "WEBP", save_all=True, append_images=[GREY.convert("RGB")], lossless=True)
    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield f"{name}.tif", encoded(PICTURE, "TIFF", compression=name)
    yield "grey.tif", encoded(GREY, "TIFF")
    yield "grey-16-bit.tif", encoded(Image.fromarray(np.arange(99, dtype=np.uint16).reshape(9, 11) * 7), "TIFF")
    yield "bilevel.tif", encoded(PICTURE.convert("1"), "TIFF", compression="group4")
    yield "white-is-zero.tif", encoded(GREY, "TIFF", tiffinfo={262: 0})
    yield "palette.tif", encoded(PALETTE, "TIFF")
    yield "rgba.tif", encoded(RGBA, "TIFF", compression="tiff_lzw")
    yield "cmyk.tif", encoded(CMYK, "TIFF")
    yield "icc.tif", encoded(PICTURE, "TIFF", compression="tiff_lzw", icc_profile=wide_profile())
    yield "rgb-16-bit.tif", tiff(11, 9, 3, 16, np.random.default_rng(4).integers(0, 65536, 297, dtype=np.uint16))
    yield "premultiplied.tif", tiff(11, 9, 4, 8, np.random.default_rng(4).integers(0, 256, 396, dtype=np.uint8), 1)
    yield "orientation.tif", encoded(PICTURE, "TIFF", tiffinfo={274: 6})
    yield "two-pages.tif", encoded(PICTURE, "TIFF", save_all=True, append_images=[GREY])
    yield "rgb.bmp", encoded(PICTURE, "BMP")
    yield "rgb-565.bmp", bmp_565()
    yield "palette.bmp", encoded(PALETTE, "BMP")
    yield "grey.bmp", encoded(GREY, "BMP")
    yield "bilevel.bmp", encoded(PICTURE.convert("1"), "BMP")
    yield "rgba.bmp", encoded(RGBA, "BMP")
    yield "palette.gif", encoded(PALETTE, "GIF")
    yield "transparent.gif", encoded(PALETTE, "GIF", transparency=5)
    yield "animated.gif", encoded(PALETTE, "GIF", save_all=True, append_images=[GREY])
    yield "interlaced.gif", encoded(PALETTE, "GIF", interlace=1)
    small = bytearray(encoded(PALETTE.crop((0, 0, 20, 10)), "GIF"))
    small[6:10] = struct.pack("<HH", 30, 25)  # a frame smaller than the screen
    yield "small-frame.gif", bytes(small)


def row(name, apply, data, rows):
    try:
        opened = Image.open(io.BytesIO(data))
        rgb = (ImageOps.exif_transpose(opened) if apply else opened).convert("RGB")
    except Exception as refused:
        print(name, "refused:", refused)
        return f"{name},{apply},,,,"
    pixels = rgb.tobytes()
    number = list(rows).index(pixels) if pixels in rows else len(rows)
    rows[pixels] = number
    return f"{name},{apply},{rgb.width},{rgb.height},{zlib.crc32(pixels)},{number}"


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.iterdir():
        old.unlink()
    lines, rows = [], {}
    for files in (png_files(), jpeg_files(), other_files()):
        for name, data in files:
            (PICTURES / name).write_bytes(data)
            for apply in (0, 1) if "exif" in name or "orientation" in name else (0,):
                lines.append(row(name, apply, data, rows))
    (OUTPUT / "pictures.csv").write_text("\n".join(lines) + "\n")
    packed = b"".join(struct.pack(">i", len(pixels)) + pixels for pixels in rows)
    (OUTPUT / "pictures.bin.gz").write_bytes(gzip.compress(packed, mtime=0))


if __name__ == "__main__":
    main()
