package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.DataSetException;

@Timeout(60)
class HostilePictureTest {
    @TempDir
    private Path folder;

    private void refused(Path picture, String problem) {
        assertThatThrownBy(() ->
                        PictureDecoder.decode(picture, DecodeOptions.DEFAULT).close())
                .isInstanceOf(DataSetException.class)
                .message()
                .contains(picture.toString(), problem)
                .doesNotContain("\n");
    }

    @Test
    void emptyMissingAndForeignFilesAreNamed() throws IOException {
        refused(Files.createFile(folder.resolve("zero.jpg")), "is empty (0 bytes)");
        refused(folder.resolve("missing.jpg"), "does not exist");
        refused(Files.createDirectory(folder.resolve("folder.jpg")), "is a folder");
        refused(Files.writeString(folder.resolve("text.png"), "no picture at all"), "is not a JPEG, PNG, WebP");
        refused(Files.writeString(folder.resolve("start.png"), "BM"), "damaged BMP");
        refused(Path.of("/dev/zero"), "is not a regular file");
    }

    @Test
    void labColoursAreRefusedRatherThanGuessed() throws IOException {
        byte[] tiff = Files.readAllBytes(Golden.path("pictures/raw.tif"));
        var bytes = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
        var at = bytes.getInt(4) + 2;
        while (bytes.getShort(at) != 262) { // PhotometricInterpretation
            at += 12;
        }
        for (short lab : new short[] {8, 9, 10}) {
            bytes.putShort(at + 8, lab);
            refused(
                    Files.write(folder.resolve("lab.tif"), tiff),
                    "CIELAB colours, which are not read: convert it to RGB");
        }
    }

    @Test
    void theContentTellsTheFormatAndTheNameMayHoldAnything() throws IOException {
        var odd = folder.resolve("ein schönes Bild \uD83D\uDC31 (1).gif");
        Files.copy(Golden.path("pictures/rgb.png"), odd);
        try (var picture = PictureDecoder.decode(odd, DecodeOptions.DEFAULT)) {
            assertThat(picture.width()).isEqualTo(37);
        }
    }

    private static byte[] png(int width, int height) {
        var header = ByteBuffer.allocate(17).put("IHDR".getBytes(StandardCharsets.US_ASCII));
        header.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        var checksum = new CRC32();
        checksum.update(header.array());
        return ByteBuffer.allocate(33)
                .putLong(0x89504E470D0A1A0AL)
                .putInt(13)
                .put(header.array())
                .putInt((int) checksum.getValue())
                .array();
    }

    private static byte[] bmp(int width, int height) {
        var file = ByteBuffer.allocate(54).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(54).putInt(0).putInt(54);
        file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
        return file.array();
    }

    private static byte[] gif(int width, int height) {
        var file = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GIF89a".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) width)
                .putShort((short) height);
        file.put(
                new byte[] {(byte) 0x80, 0, 0, 0, 0, 0, 1, 1, 1, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B
                });
        return file.array();
    }

    private static byte[] jpeg(int width, int height) throws IOException {
        var file = Files.readAllBytes(Golden.path("pictures/444.jpg"));
        for (var at = 0; at < file.length; at++) {
            if (file[at] == (byte) 0xFF && file[at + 1] == (byte) 0xC0) {
                ByteBuffer.wrap(file).putShort(at + 5, (short) height).putShort(at + 7, (short) width);
                return file;
            }
        }
        throw new IllegalStateException("no frame");
    }

    /** Refused by the header alone: decoding any of these would take gigabytes. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "jpg", "tif"})
    void picturesAboveTheLimitAreRefusedBeforeDecoding(String format) throws IOException {
        var side = 60_000;
        var file = folder.resolve("large." + format);
        Files.write(
                file,
                switch (format) {
                    case "png" -> png(side, side);
                    case "gif" -> gif(side, side);
                    case "jpg" -> jpeg(side, side);
                    default -> {
                        var tiff = Files.readAllBytes(Golden.path("pictures/rgb-16-bit.tif"));
                        var bytes = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
                        yield bytes.putInt(10 + 8, side).putInt(22 + 8, side).array();
                    }
                });
        refused(file, "60000x60000 pixels, 3600000000 in all, and the limit is 178956970");
    }

    @Test
    void aPictureOf100MegapixelsIsDecodedWithinTheLimit() throws IOException {
        var file = folder.resolve("100.png");
        ImageIO.write(new BufferedImage(12_500, 8_000, BufferedImage.TYPE_BYTE_BINARY), "png", file.toFile());
        try (var picture = PictureDecoder.decode(file, DecodeOptions.DEFAULT)) {
            assertThat(picture.bytes()).isEqualTo(300_000_000);
        }
        assertThatThrownBy(() -> PictureDecoder.decode(file, DecodeOptions.DEFAULT.withMaximumPixels(99_999_999)))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("12500x8000 pixels, 100000000 in all, and the limit is 99999999");
    }

    @Test
    void largerThanTheHeapIsSaid() throws IOException {
        // no Java array holds the pixels that the header claims
        var file = Files.write(folder.resolve("x.bmp"), bmp(60_000, 60_000));
        assertThatThrownBy(() -> PictureDecoder.decode(file, DecodeOptions.DEFAULT.withMaximumPixels(Long.MAX_VALUE)))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("x.bmp");
    }

    /** Whatever is cut off or changed, the answer is a picture or one line that names the file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "palette.png",
                "grey-16-bit.png",
                "interlaced.png",
                "420.jpg",
                "420-progressive.jpg",
                "cmyk.jpg",
                "440.jpg",
                "exif-6.jpg",
                "lossless-alpha.webp",
                "lossy-alpha.webp",
                "lossy-segments.webp",
                "animated.webp",
                "tiff_lzw.tif",
                "jpeg.tif",
                "palette.tif",
                "bilevel.tif",
                "palette.bmp",
                "rgb-565.bmp",
                "transparent.gif",
                "small-frame.gif"
            })
    void damagedFilesNeverDoMore(String name) throws IOException {
        var whole = Files.readAllBytes(Golden.path("pictures/" + name));
        var file = folder.resolve(name);
        var random = new Random(name.hashCode());
        var options = new DecodeOptions(1_000_000, true);
        for (var round = 0; round < 60; round++) {
            var damaged = whole.clone();
            var length = round % 3 == 0 ? 1 + random.nextInt(whole.length) : whole.length;
            for (var change = round % 3 == 0 ? 0 : 1 + random.nextInt(4); change > 0; change--) {
                damaged[random.nextInt(round % 2 == 0 ? Math.min(64, length) : length)] = (byte) random.nextInt(256);
            }
            Files.write(file, Arrays.copyOf(damaged, length));
            try (var picture = PictureDecoder.decode(file, options)) {
                assertThat(picture.bytes()).isEqualTo(3L * picture.width() * picture.height());
            } catch (DataSetException refused) {
                assertThat(refused).message().contains(file.toString()).doesNotContain("\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "interlaced.png",
                "420.jpg",
                "420-progressive.jpg",
                "lossless.webp",
                "lossy.webp",
                "small-frame.webp",
                "tiff_lzw.tif",
                "raw.tif",
                "rgb.bmp",
                "palette.gif"
            })
    void aPictureCutInHalfIsRefused(String name) throws IOException {
        var whole = Files.readAllBytes(Golden.path("pictures/" + name));
        refused(Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length / 2)), "replace or remove it");
    }
}
