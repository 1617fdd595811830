package org.skiptuning.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Which pictures each step of an epoch trains on. */
public final class BatchPlan {
    private BatchPlan() {}

    /**
     * The batches of one epoch, a function of its arguments alone.
     *
     * <p>With {@code oneClassABatch} (Skip Tuning from four shots on) a class is drawn among those with at least a
     * batch left and the batch is drawn from it without replacement; what is left of a class below a batch is dropped.
     * The pictures of classes that are smaller than a batch from the start are shuffled together into batches of their
     * own, which come at random places of the epoch.
     *
     * <p>Otherwise all pictures are shuffled and cut into batches. Wherever pictures are shuffled together, a remainder
     * smaller than a batch is dropped, unless there would be no batch of them at all: then they are one short batch.
     *
     * @param batch pictures a batch, at least 1
     * @param epoch from 0
     * @return indices into {@code images}
     */
    public static List<int[]> epoch(
            List<LabelledImage> images, int batch, boolean oneClassABatch, long seed, int epoch) {
        return epoch(images, batch, oneClassABatch, false, seed, epoch);
    }

    /** @param keepRemainder makes a batch of what is left at the end of the shuffled pictures */
    public static List<int[]> epoch(
            List<LabelledImage> images,
            int batch,
            boolean oneClassABatch,
            boolean keepRemainder,
            long seed,
            int epoch) {
        if (batch < 1) {
            throw new IllegalArgumentException("A batch of " + batch + " pictures");
        }
        var random = new CounterRandom(seed, Purpose.BATCH_PLAN, epoch, 0);
        if (!oneClassABatch) {
            return shuffled(IntStream.range(0, images.size()).toArray(), batch, keepRemainder, random);
        }
        var pooled = new ArrayList<Integer>();
        var large = new ArrayList<int[]>();
        for (var ofClass : byLabel(images)) {
            if (ofClass.size() < batch) {
                pooled.addAll(ofClass);
            } else {
                large.add(ofClass.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        var plan = oneClass(large, batch, random);
        for (var mixed :
                shuffled(pooled.stream().mapToInt(Integer::intValue).toArray(), batch, keepRemainder, random)) {
            plan.add(random.nextInt(plan.size() + 1), mixed);
        }
        return plan;
    }

    private static Collection<List<Integer>> byLabel(List<LabelledImage> images) {
        var groups = new TreeMap<Integer, List<Integer>>();
        for (var i = 0; i < images.size(); i++) {
            groups.computeIfAbsent(images.get(i).label(), label -> new ArrayList<>())
                    .add(i);
        }
        return groups.values();
    }

    private static List<int[]> oneClass(List<int[]> classes, int batch, CounterRandom random) {
        classes.forEach(random::shuffle);
        var taken = new int[classes.size()];
        var eligible =
                new ArrayList<>(IntStream.range(0, classes.size()).boxed().toList());
        var plan = new ArrayList<int[]>();
        while (!eligible.isEmpty()) {
            var at = random.nextInt(eligible.size());
            int drawn = eligible.get(at);
            var pictures = classes.get(drawn);
            plan.add(Arrays.copyOfRange(pictures, taken[drawn], taken[drawn] + batch));
            taken[drawn] += batch;
            if (pictures.length - taken[drawn] < batch) {
                eligible.remove(at);
            }
        }
        return plan;
    }

    private static List<int[]> shuffled(int[] pictures, int batch, boolean keepRemainder, CounterRandom random) {
        random.shuffle(pictures);
        var plan = new ArrayList<int[]>();
        var from = 0;
        for (; from + batch <= pictures.length; from += batch) {
            plan.add(Arrays.copyOfRange(pictures, from, from + batch));
        }
        if (from < pictures.length && (keepRemainder || plan.isEmpty())) {
            plan.add(Arrays.copyOfRange(pictures, from, pictures.length));
        }
        return plan;
    }
}
