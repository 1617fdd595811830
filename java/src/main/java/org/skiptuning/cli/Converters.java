package org.skiptuning.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.skiptuning.BatchPolicy;
import org.skiptuning.ClassSubset;
import org.skiptuning.Device;
import org.skiptuning.MaskPolicy;
import org.skiptuning.Method;
import org.skiptuning.Optimizer;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.Precision;
import org.skiptuning.RateChange;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.report.Prose;
import org.skiptuning.speed.TimedMethod;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads option values; an unknown word is answered with the known ones and the nearest of them. */
final class Converters {
    private static final String AUTOMATIC = "auto";

    private Converters() {}

    /** The value whose text was given. */
    static <T> T choose(String what, String given, T[] values) {
        List<String> known = Arrays.stream(values).map(Object::toString).toList();
        int index = known.indexOf(given.strip().toLowerCase(java.util.Locale.ROOT));
        if (index < 0) {
            throw new TypeConversionException(unknown(what, given, known));
        }
        return values[index];
    }

    static String unknown(String what, String given, List<String> known) {
        return "there is no " + what + " '" + given + "': use " + String.join(", ", known)
                + Nearest.of(given, known)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
    }

    static final class DeviceConverter implements ITypeConverter<Device> {
        @Override
        public Device convert(String value) {
            try {
                return Device.parse(value);
            } catch (IllegalArgumentException unknown) {
                throw new TypeConversionException(unknown("device", value, List.of("auto", "cpu", "cuda", "cuda:N")));
            }
        }
    }

    static final class PrecisionConverter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String value) {
            return choose("precision", value, Precision.values());
        }
    }

    static final class ClassSubsetConverter implements ITypeConverter<ClassSubset> {
        @Override
        public ClassSubset convert(String value) {
            return choose("class subset", value, ClassSubset.values());
        }
    }

    static final class MethodConverter implements ITypeConverter<Method> {
        @Override
        public Method convert(String value) {
            return choose("method", value, Method.all().toArray(Method[]::new));
        }
    }

    static final class BatchesConverter implements ITypeConverter<BatchPolicy> {
        @Override
        public BatchPolicy convert(String value) {
            return choose("batch policy", value, BatchPolicy.values());
        }
    }

    static final class RateConverter implements ITypeConverter<RateChange> {
        @Override
        public RateChange convert(String value) {
            return choose("rate change", value, RateChange.values());
        }
    }

    /** A part of a method, with it or without. */
    enum Switch {
        ON,
        OFF;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static final class SwitchConverter implements ITypeConverter<Switch> {
        @Override
        public Switch convert(String value) {
            return choose("position of a switch", value, Switch.values());
        }
    }

    static final class TimedMethodConverter implements ITypeConverter<TimedMethod> {
        @Override
        public TimedMethod convert(String value) {
            TimedMethod[] timed = TimedMethod.all().toArray(TimedMethod[]::new);
            List<String> untimed = Method.all().stream()
                    .map(Method::toString)
                    .filter(name -> Arrays.stream(timed).map(Object::toString).noneMatch(name::equals))
                    .toList();
            if (untimed.contains(value.strip().toLowerCase(java.util.Locale.ROOT))) {
                throw new TypeConversionException(
                        value.strip() + " has no steps that could be timed: it trains nothing");
            }
            return choose("method", value, timed);
        }
    }

    /** {@code 2/8}: the second of eight parts. */
    static final class ShardConverter implements ITypeConverter<Shard> {
        @Override
        public Shard convert(String value) {
            try {
                String[] parts = value.strip().split("/", -1);
                if (parts.length == 2) {
                    return new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                }
            } catch (IllegalArgumentException notThat) { // no number, or out of range
                // told below
            }
            throw new TypeConversionException("'" + value + "' is no part of a sweep: use I/N, such as 1/4 to 4/4");
        }
    }

    static final class MaskConverter implements ITypeConverter<MaskPolicy> {
        @Override
        public MaskPolicy convert(String value) {
            return choose("mask", value, MaskPolicy.values());
        }
    }

    static final class OptimizerConverter implements ITypeConverter<Optimizer> {
        @Override
        public Optimizer convert(String value) {
            return choose("optimizer", value, Optimizer.values());
        }
    }

    static final class AugmentationConverter implements ITypeConverter<PictureAugmentation> {
        @Override
        public PictureAugmentation convert(String value) {
            return choose("augmentation", value, PictureAugmentation.values());
        }
    }

    /** The start layers of the two towers as they were given, in range or not. */
    record StartLayers(double image, double text, boolean isAutomatic) {
        /** The analyses choose. */
        static final StartLayers AUTOMATIC = new StartLayers(0, 0, true);

        @Override
        public String toString() {
            if (isAutomatic) {
                return Converters.AUTOMATIC;
            }
            return image == text ? Prose.number(image) : Prose.number(image) + "," + Prose.number(text);
        }
    }

    /** A share or number of classes; empty where the analyses choose. */
    record TopRatio(Optional<Double> value) {
        boolean isAutomatic() {
            return value.isEmpty();
        }

        @Override
        public String toString() {
            return value.map(Prose::number).orElse(AUTOMATIC);
        }
    }

    /** {@code 0.05}, {@code 50} or {@code auto}. */
    static final class TopRatioConverter implements ITypeConverter<TopRatio> {
        @Override
        public TopRatio convert(String value) {
            if (value.strip().equalsIgnoreCase(AUTOMATIC)) {
                return new TopRatio(Optional.empty());
            }
            try {
                return new TopRatio(Optional.of(Double.valueOf(value.strip())));
            } catch (NumberFormatException notNumber) {
                throw new TypeConversionException("'" + value + "' is no share of the classes: use a number, or auto");
            }
        }
    }

    /** {@code 9}, {@code 0.75}, or {@code 18,9} for image and text tower. */
    static final class StartLayersConverter implements ITypeConverter<StartLayers> {
        @Override
        public StartLayers convert(String value) {
            if (value.strip().equalsIgnoreCase(AUTOMATIC)) {
                return StartLayers.AUTOMATIC;
            }
            String[] parts = value.split(",", -1);
            if (parts.length > 2) {
                throw new TypeConversionException("'" + value + "' is not a start layer: use W, or IMAGE,TEXT");
            }
            return new StartLayers(one(parts[0]), one(parts[parts.length - 1]), false);
        }

        private static double one(String text) {
            try {
                return Double.parseDouble(text.strip());
            } catch (NumberFormatException notNumber) {
                throw new TypeConversionException(
                        "'" + text + "' is not a start layer: use a number of blocks, or a share such as 0.75");
            }
        }
    }
}
