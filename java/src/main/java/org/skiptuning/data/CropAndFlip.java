package org.skiptuning.data;

/**
 * torchvision's RandomResizedCrop (scale {@code lowestScale} to 1, ratio 3/4 to 4/3) and RandomHorizontalFlip.
 *
 * <p>The draws are a function of (seed, epoch, index): target area, ratio, then top and left for each of up to ten tries,
 * and the flip last.
 */
record CropAndFlip(int size, long seed, int epoch, double lowestScale) implements PictureTransform {
    private static final double LOWEST_RATIO = 3.0 / 4;
    private static final double HIGHEST_RATIO = 4.0 / 3;
    private static final int TRIES = 10;

    @Override
    public Placement place(int width, int height, int index) {
        var random = new CounterRandom(seed, Purpose.CROP_AND_FLIP, epoch, index);
        for (var attempt = 0; attempt < TRIES; attempt++) {
            var area = random.nextDouble(lowestScale, 1) * width * height;
            var ratio = Math.exp(random.nextDouble(Math.log(LOWEST_RATIO), Math.log(HIGHEST_RATIO)));
            var boxWidth = (int) Math.rint(Math.sqrt(area * ratio));
            var boxHeight = (int) Math.rint(Math.sqrt(area / ratio));
            if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
                var top = random.nextInt(height - boxHeight + 1);
                var left = random.nextInt(width - boxWidth + 1);
                return crop(left, top, boxWidth, boxHeight, random);
            }
        }
        return centre(width, height, random);
    }

    /** The largest box in the middle with an allowed ratio. */
    private Placement centre(int width, int height, CounterRandom random) {
        var ratio = (double) width / height;
        var boxWidth = ratio > HIGHEST_RATIO ? (int) Math.rint(height * HIGHEST_RATIO) : width;
        var boxHeight = ratio < LOWEST_RATIO ? (int) Math.rint(width / LOWEST_RATIO) : height;
        return crop((width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight, random);
    }

    private Placement crop(int left, int top, int boxWidth, int boxHeight, CounterRandom random) {
        var flip = random.nextDouble() < 0.5;
        return new Placement(left, top, boxWidth, boxHeight, size, size, 0, 0, flip);
    }
}
