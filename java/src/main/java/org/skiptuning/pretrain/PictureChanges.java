package org.skiptuning.pretrain;

import java.util.List;
import java.util.Set;
import org.skiptuning.data.CounterRandom;
import org.skiptuning.data.Purpose;
import org.skiptuning.data.bundled.BundledPicture;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.PictureWarp;

/** Turns, moves, mirrors and recolours a picture, as a function of (seed, step, place in the batch). */
final class PictureChanges {
    private final Recipe.Pictures recipe;
    private final Set<String> unmirrored;
    private final long seed;
    private final int outputSize;

    PictureChanges(Recipe.Pictures recipe, long seed, int outputSize) {
        this.recipe = recipe;
        this.unmirrored = Set.copyOf(recipe.unmirrored());
        this.seed = seed;
        this.outputSize = outputSize;
    }

    /** How the picture, {@code size} pixels a side, is shown. */
    PictureWarp change(BundledPicture picture, NativeBuffer rgb, int size, int step, int index) {
        var random = new CounterRandom(seed, Purpose.PRETRAIN_PICTURE, step, index);
        var change = random.nextDouble() < recipe.strongShare() ? recipe.strong() : recipe.light();
        var scale = random.nextDouble(change.leastScale(), change.mostScale());
        var angle = random.nextDouble(-change.rotation(), change.rotation());
        var shiftX = random.nextDouble(-change.shift(), change.shift());
        var shiftY = random.nextDouble(-change.shift(), change.shift());
        var mirrored = random.nextBoolean() && mayBeMirrored(picture);
        var brightness = factor(random, change);
        var contrast = factor(random, change);
        var saturation = factor(random, change);
        var greyscale = random.nextDouble() < change.greyscale();
        return new PictureWarp(
                rgb,
                size,
                size,
                3L * size,
                map(size, scale, angle, shiftX, shiftY, mirrored),
                brightness,
                contrast,
                saturation,
                greyscale,
                PictureWarp.WHITE);
    }

    private static float factor(CounterRandom random, Recipe.Change change) {
        return (float) random.nextDouble(1 - change.colour(), 1 + change.colour());
    }

    private boolean mayBeMirrored(BundledPicture picture) {
        return java.util.Arrays.stream(picture.name().split("-")).noneMatch(unmirrored::contains);
    }

    /**
     * Output place (x, y) to source place: a turn about the centre of the window, whose side is {@code scale} times the
     * picture's and whose centre is moved by the shifts.
     */
    private List<Float> map(int size, double scale, double angle, double shiftX, double shiftY, boolean mirrored) {
        var step = scale * size / outputSize;
        var acrossX = step * Math.cos(angle) * (mirrored ? -1 : 1);
        var acrossY = step * Math.sin(angle) * (mirrored ? -1 : 1);
        var downX = -step * Math.sin(angle);
        var downY = step * Math.cos(angle);
        var half = outputSize / 2.0;
        return List.of(
                (float) acrossX,
                (float) downX,
                (float) (size * (0.5 + shiftX) - half * (acrossX + downX)),
                (float) acrossY,
                (float) downY,
                (float) (size * (0.5 + shiftY) - half * (acrossY + downY)));
    }
}
