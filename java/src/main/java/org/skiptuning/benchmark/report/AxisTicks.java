package org.skiptuning.benchmark.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Round numbers within an axis's range, as places and as text. */
final class AxisTicks {
    /** Fewer tell no scale. */
    private static final int LEAST = 3;

    private static final int MOST = 8;

    /** Leading digits of a logarithmic axis's ticks, from the sparsest choice to the densest. */
    private static final List<List<String>> LEADING =
            List.of(List.of("1"), List.of("1", "3"), List.of("1", "2", "5"), List.of("1", "1.5", "2", "3", "5", "7"));

    private AxisTicks() {}

    /** A number on an axis. */
    record Tick(double place, String label) {}

    /** Multiples of 1, 2 or 5 times a power of ten. */
    static List<Tick> linear(double low, double high) {
        var power = (int) Math.floor(Math.log10((high - low) / MOST));
        for (var scaled = power; ; scaled++) {
            for (var digit : List.of("1", "2", "5")) {
                var step = new BigDecimal(digit).scaleByPowerOfTen(scaled);
                if ((high - low) / step.doubleValue() <= MOST) {
                    return multiples(step, low, high);
                }
            }
        }
    }

    private static List<Tick> multiples(BigDecimal step, double low, double high) {
        var ticks = new ArrayList<Tick>();
        var place = BigDecimal.valueOf(low)
                .divide(step, 0, RoundingMode.CEILING)
                .multiply(step)
                .setScale(Math.max(0, step.scale()), RoundingMode.UNNECESSARY);
        for (; place.doubleValue() <= high; place = place.add(step)) {
            ticks.add(new Tick(place.doubleValue(), place.toPlainString()));
        }
        return ticks;
    }

    /** Powers of ten, with numbers between them where those are few; of a short range what a linear axis has. */
    static List<Tick> logarithmic(double low, double high) {
        for (var leading : LEADING) {
            var ticks = leading.stream()
                    .flatMap(digits -> powersTimes(new BigDecimal(digits), low, high).stream())
                    .sorted(Comparator.comparingDouble(Tick::place))
                    .toList();
            if (ticks.size() >= LEAST) {
                return thinned(ticks);
            }
        }
        return linear(low, high);
    }

    private static List<Tick> powersTimes(BigDecimal digits, double low, double high) {
        var ticks = new ArrayList<Tick>();
        for (var power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
            var place = digits.scaleByPowerOfTen(power);
            if (place.doubleValue() >= low && place.doubleValue() <= high) {
                ticks.add(
                        new Tick(place.doubleValue(), place.stripTrailingZeros().toPlainString()));
            }
        }
        return ticks;
    }

    private static List<Tick> thinned(List<Tick> ticks) {
        var every = Math.ceilDiv(ticks.size(), MOST);
        var kept = new ArrayList<Tick>();
        for (var index = 0; index < ticks.size(); index += every) {
            kept.add(ticks.get(index));
        }
        return kept;
    }
}
