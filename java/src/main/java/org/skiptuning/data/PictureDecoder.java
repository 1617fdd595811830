package org.skiptuning.data;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageReader;
import org.skiptuning.DataSetException;
import org.skiptuning.data.webp.Vp8Decoder;

/**
 * Reads picture files as users of Pillow's {@code convert("RGB")} get them: JPEG in its colour models, PNG of any depth,
 * WebP, TIFF, BMP, and the first frame of GIF. Alpha is dropped, not blended; colour profiles are ignored.
 *
 * <p>NOTE: A picture takes its pixels' bytes outside the heap and, while it is decoded, as much or a third more on it.
 */
public final class PictureDecoder {
    private PictureDecoder() {}

    /**
     * @throws DataSetException naming the file, if it is missing, empty, damaged, of no known format or too large
     */
    public static DecodedPicture decode(Path file, DecodeOptions options) {
        return decode(file, bytes(file), options);
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw error(file, "is a folder: name a picture file");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw error(file, "is not a regular file: name a picture file");
            }
            if (Files.size(file) > Integer.MAX_VALUE - 8) {
                throw error(file, "has 2 GiB or more: shrink it");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new DataSetException("The picture " + file + " does not exist: check its path", missing);
        } catch (ClosedByInterruptException interrupted) {
            throw new DataSetException("Reading the picture " + file + " was interrupted", interrupted);
        } catch (IOException failure) {
            throw new DataSetException(
                    "The picture " + file + " cannot be read (" + failure + "): check its permissions", failure);
        }
    }

    /** @param name of the picture, for messages */
    private static DecodedPicture decode(Path name, byte[] file, DecodeOptions options) {
        if (file.length == 0) {
            throw error(name, "is empty (0 bytes): replace or remove it");
        }
        var format = PictureFormat.of(file)
                .orElseThrow(() -> error(name, "is not a " + PictureFormat.NAMES + " file: replace or remove it"));
        try {
            var reader = PictureReaders.open(format);
            try {
                return read(name, format, reader, file, options);
            } finally {
                reader.dispose();
            }
        } catch (DataSetException said) {
            throw said;
        } catch (UnsupportedPictureException has) {
            throw error(name, "is a " + format + " file with " + has.getMessage() + ": replace or remove it");
        } catch (OutOfMemoryError tooLarge) {
            throw new DataSetException(
                    "The picture " + name + " does not fit into the Java heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MiB: shrink it, or give Java more with -Xmx",
                    tooLarge);
        } catch (IOException | RuntimeException | StackOverflowError damaged) {
            throw new DataSetException(
                    "The picture " + name + " is a damaged " + format + " file (" + firstLine(damaged)
                            + "): replace or remove it",
                    damaged);
        }
    }

    private static String firstLine(Throwable failure) {
        var message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }

    private static DecodedPicture read(
            Path name, PictureFormat format, ImageReader reader, byte[] file, DecodeOptions options)
            throws IOException, UnsupportedPictureException {
        return switch (format) {
            case JPEG -> jpeg(name, reader, file, options);
            case WEBP -> webp(name, reader, file, options);
            case GIF -> gif(name, reader, file, options);
            case PNG -> {
                var image = image(name, reader, file, options);
                var rows = RgbRows.of(image.getRaster(), RasterColour.of(image, false));
                yield write(rows, options.applyOrientation() ? PngFile.orientation(file) : Exif.UPRIGHT);
            }
            case TIFF -> {
                if (Exif.isLab(file)) {
                    throw error(name, "is a TIFF file with CIELAB colours, which are not read: convert it to RGB");
                }
                var image = image(name, reader, file, options);
                var rows = RgbRows.of(image.getRaster(), RasterColour.of(image, Exif.isPremultiplied(file)));
                yield write(rows, Exif.orientation(file, 0, file.length));
            }
            case BMP -> {
                var image = image(name, reader, file, options);
                yield write(RgbRows.of(image.getRaster(), RasterColour.of(image, false)), Exif.UPRIGHT);
            }
        };
    }

    private static BufferedImage image(Path name, ImageReader reader, byte[] file, DecodeOptions options)
            throws IOException {
        open(reader, file);
        requireSize(name, reader.getWidth(0), reader.getHeight(0), options);
        return reader.read(0);
    }

    private static void open(ImageReader reader, byte[] file) {
        reader.setInput(new ByteArrayImageInputStream(file), true, true);
    }

    private static DecodedPicture jpeg(Path name, ImageReader reader, byte[] file, DecodeOptions options)
            throws IOException, UnsupportedPictureException {
        open(reader, file);
        requireSize(name, reader.getWidth(0), reader.getHeight(0), options);
        var header = JpegHeader.read(file);
        if (!header.complete()) {
            throw new UnsupportedPictureException("its end missing (truncated)");
        }
        var colour = RasterColour.of(header.colours());
        var raster = reader.readRaster(0, null);
        var rows = header.halvedRows().isEmpty()
                ? RgbRows.of(raster, colour)
                : RgbRows.ofHalvedRows(raster, colour, header.halvedRows());
        return write(rows, options.applyOrientation() ? header.orientation() : Exif.UPRIGHT);
    }

    private static DecodedPicture webp(Path name, ImageReader reader, byte[] file, DecodeOptions options)
            throws IOException, UnsupportedPictureException {
        var frame = WebPFile.read(file);
        var screen = frame.screen();
        requireSize(name, screen.width(), screen.height(), options);
        RgbRows rows;
        if (frame.lossless()) {
            open(reader, frame.alone(file));
            var image = reader.read(0);
            rows = RgbRows.of(image.getRaster(), RasterColour.of(image, false));
        } else {
            rows = RgbRows.of(Vp8Decoder.decode(file, frame.from(), frame.length()));
        }
        if (rows.width() != screen.width() || rows.height() != screen.height()) {
            return onScreen(rows, new byte[3 * screen.width()], screen);
        }
        return write(rows, options.applyOrientation() ? WebPFile.orientation(file) : Exif.UPRIGHT);
    }

    /** What the frame does not cover shows the transparent colour, or else the first of the palette. */
    private static DecodedPicture gif(Path name, ImageReader reader, byte[] file, DecodeOptions options)
            throws IOException, UnsupportedPictureException {
        open(reader, file);
        var screen = GifFile.screen(file);
        requireSize(name, screen.width(), screen.height(), options);
        var image = reader.read(0);
        var colour = RasterColour.of(image, false);
        var behind = new int[screen.width()];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            Arrays.fill(behind, Math.max(0, palette.getTransparentPixel()));
        }
        var background = new byte[3 * screen.width()];
        colour.convert(behind, background, screen.width());
        return onScreen(RgbRows.of(image.getRaster(), colour), background, screen);
    }

    private static void requireSize(Path name, int width, int height, DecodeOptions options) {
        if (width < 1 || height < 1) {
            throw error(name, "says that it has " + width + "x" + height + " pixels: replace or remove it");
        }
        var pixels = (long) width * height;
        if (pixels > options.maximumPixels()) {
            throw error(
                    name,
                    "has " + width + "x" + height + " pixels, " + pixels + " in all, and the limit is "
                            + options.maximumPixels() + ": shrink it");
        }
    }

    private static DecodedPicture write(RgbRows rows, int orientation) {
        var width = rows.width();
        var height = rows.height();
        var turned = Orientation.isTransposed(orientation);
        var picture = DecodedPicture.allocate(turned ? height : width, turned ? width : height);
        try {
            for (var y = 0; y < height; y++) {
                var row = rows.read(y);
                if (orientation == Exif.UPRIGHT) {
                    picture.rgb().put(y * picture.rowBytes(), row, 0, row.length);
                } else {
                    for (var x = 0; x < width; x++) {
                        picture.rgb().put(3 * Orientation.shownAt(orientation, x, y, width, height), row, 3 * x, 3);
                    }
                }
            }
            return picture;
        } catch (Throwable failure) {
            picture.close();
            throw failure;
        }
    }

    /** @param background one row of what the frame does not cover */
    private static DecodedPicture onScreen(RgbRows frame, byte[] background, Screen screen) {
        var picture = DecodedPicture.allocate(screen.width(), screen.height());
        try {
            for (var y = 0; y < screen.height(); y++) {
                picture.rgb().put(y * picture.rowBytes(), background, 0, background.length);
            }
            for (var y = 0; y < frame.height(); y++) {
                var part = frame.read(y);
                picture.rgb().put((screen.top() + y) * picture.rowBytes() + 3L * screen.left(), part, 0, part.length);
            }
            return picture;
        } catch (Throwable failure) {
            picture.close();
            throw failure;
        }
    }

    private static DataSetException error(Path picture, String what) {
        return new DataSetException("The picture " + picture + " " + what);
    }
}
