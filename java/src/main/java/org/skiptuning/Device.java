package org.skiptuning;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.skiptuning.ffi.NativeContext;

/**
 * Where tensors live and are computed.
 *
 * @param kind processor, CUDA card, or whichever is best on this machine
 * @param index which CUDA card, from 0; 0 for the other kinds
 */
public record Device(Kind kind, int index) {
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /** What computes. */
    public enum Kind {
        /** The first CUDA card if this LibTorch sees one, the processor otherwise. */
        AUTO,
        CPU,
        CUDA
    }

    public Device {
        if (index < 0 || (kind != Kind.CUDA && index != 0)) {
            throw new IllegalArgumentException("Device index " + index + " is out of range for " + kind);
        }
    }

    public static Device auto() {
        return new Device(Kind.AUTO, 0);
    }

    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /**
     * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Device parse(String text) {
        var lower = text.strip().toLowerCase(Locale.ROOT);
        var cuda = CUDA.matcher(lower);
        if (cuda.matches()) {
            return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (lower) {
            case "auto" -> auto();
            case "cpu" -> cpu();
            default ->
                throw new IllegalArgumentException("Unknown device '" + text + "': use auto, cpu, cuda or cuda:N");
        };
    }

    /**
     * The device that this means on this machine: of auto the first CUDA card if LibTorch sees one, else the processor.
     *
     * @throws SkipTuningException if LibTorch is needed to tell and cannot be loaded
     */
    public Device resolve() {
        return resolve(Runtime.getRuntime().availableProcessors());
    }

    /** @param threads of the computation to come: by them the core finds out who multiplies fastest */
    Device resolve(int threads) {
        if (kind != Kind.AUTO) {
            return this;
        }
        var cards = cards(threads);
        return cards.isEmpty() ? cpu() : cards.getFirst();
    }

    /**
     * The CUDA cards that LibTorch sees on this machine.
     *
     * @throws SkipTuningException if LibTorch is needed to tell and cannot be loaded
     */
    public static List<Device> cards() {
        return cards(Runtime.getRuntime().availableProcessors());
    }

    private static List<Device> cards(int threads) {
        try (var context = NativeContext.create(cpu().toString(), threads)) {
            return SettingsJson.MAPPER
                    .readTree(context.infoJson())
                    .path("devices")
                    .valueStream()
                    .map(name -> parse(name.asString("")))
                    .filter(device -> device.kind() == Kind.CUDA)
                    .toList();
        }
    }

    @Override
    public String toString() {
        return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
    }
}
