package org.skiptuning.pretrain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.skiptuning.data.CounterRandom;
import org.skiptuning.data.Purpose;
import org.skiptuning.data.bundled.BundledPicture;

/**
 * Chooses the pictures of a step: all of different things, a thing the more often the more pictures it has.
 *
 * <p>Sampling without replacement by weight after Efraimidis and Spirakis ("Weighted random sampling with a reservoir",
 * 2006): each thing draws -ln(u) / weight, and the smallest win. A thing then shows one of its pictures, all alike.
 */
final class PairSampler {
    private final List<List<BundledPicture>> things;
    private final long seed;

    PairSampler(List<BundledPicture> pictures, long seed) {
        var byName = new TreeMap<String, List<BundledPicture>>();
        pictures.forEach(picture -> byName.computeIfAbsent(picture.name(), name -> new ArrayList<>())
                .add(picture));
        this.things = List.copyOf(byName.values());
        this.seed = seed;
    }

    int things() {
        return things.size();
    }

    private record Draw(int thing, double key) {}

    /** {@code count} pictures for a step, the same whenever it is asked. */
    List<BundledPicture> pictures(int step, int count) {
        var random = new CounterRandom(seed, Purpose.PRETRAIN_PAIRS, step, 0);
        List<Draw> draws = new ArrayList<>(things.size());
        for (var thing = 0; thing < things.size(); thing++) {
            draws.add(new Draw(
                    thing,
                    -Math.log(1 - random.nextDouble()) / things.get(thing).size()));
        }
        draws.sort(Comparator.comparingDouble(Draw::key).thenComparingInt(Draw::thing));
        List<BundledPicture> chosen = new ArrayList<>(count);
        for (var draw : draws.subList(0, Math.min(count, draws.size()))) {
            var own = things.get(draw.thing());
            chosen.add(own.get(random.nextInt(own.size())));
        }
        return chosen;
    }
}
