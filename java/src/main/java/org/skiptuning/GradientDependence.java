package org.skiptuning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;

/**
 * How much of the loss's gradient reaches each class's text feature, by the class's rank in similarity to the picture (GD
 * of the paper, arXiv 2412.11509, section 3). Most classes get almost none: they may be skipped.
 *
 * <p>With s = exp(logit_scale), p the probabilities and y the label, the gradient of a picture's cross entropy by class j's
 * feature of length 1 is s (p_j - y_j) times the picture's feature, whose length is 1: its size is s |p_j - y_j|.
 *
 * @param byRank mean over the pictures; rank 0 is the picture's own class, as class-wise skipping has it, then by
 *     similarity
 * @param kept ranks that hold nine tenths of what others than the picture's own class get, itself among them
 * @param lambda scale of the exponential that fits the decline behind them, as class-wise skipping's tail has it: over the
 *     ranks that are not surely kept, which lie evenly over [0, 5]
 * @param fit share of the logarithms' variance that the exponential explains, 0..1
 */
public record GradientDependence(List<Double> byRank, int kept, double lambda, double fit) {
    /** Of the other classes' gradient, what surely kept ones are to hold. */
    private static final double HELD = 0.9;

    /** The exponential's even places go this far: shared with class-wise skipping. */
    private static final double FURTHEST = 5;

    /** Below this share of the largest a gradient tells nothing of the decline. */
    private static final double NEGLIGIBLE = 1e-4;

    /** A line through fewer points fits whatever they are. */
    private static final int LEAST_POINTS = 3;

    public GradientDependence {
        byRank = List.copyOf(byRank);
    }

    /**
     * Of the untouched model.
     *
     * @param data some of whose training pictures are looked at, evenly over all
     */
    public static GradientDependence of(
            Clip clip, DataSet data, int mostPictures, TemplateSet templates, ProgressListener progress) {
        var model = clip.model();
        var looked = FeatureSensitivity.spread(data.train(), mostPictures);
        return model.using(() -> {
            var scale = model.logitScale();
            var texts = new TextEncoder(model)
                    .encode(templates.prompts(data), progress)
                    .toArray();
            var encoded = new ImageEncoder(model)
                    .encode(
                            looked.stream().<Path>map(LabelledImage::path).toList(),
                            model.options().skipBadImages(),
                            Phase.ENCODE_IMAGES,
                            progress);
            var pictures = without(looked, encoded.unreadable());
            var images = encoded.features().toArray();
            var width = model.info().embeddingSize();
            var sums = new double[data.classNames().size()];
            for (var picture = 0; picture < pictures.size(); picture++) {
                var label = pictures.get(picture).label();
                add(sums, gradients(images, texts, width, picture, label, scale), label);
            }
            return fitted(sums, pictures.size());
        });
    }

    private static List<LabelledImage> without(List<LabelledImage> pictures, List<BadPicture> unreadable) {
        var bad = unreadable.stream().map(BadPicture::file).collect(Collectors.toSet());
        var readable = pictures.stream()
                .filter(picture -> !bad.contains(picture.path()))
                .toList();
        if (readable.isEmpty()) {
            throw new DataSetException("None of the pictures that were looked at can be read");
        }
        return readable;
    }

    /** The probabilities of a picture, less 1 at its own class, in size and times the scale; and the similarities. */
    private record Gradients(double[] sizes, double[] similarities) {}

    private static Gradients gradients(float[] images, float[] texts, int width, int picture, int label, double scale) {
        var similarities = new double[texts.length / width];
        for (var text = 0; text < similarities.length; text++) {
            for (var place = 0; place < width; place++) {
                similarities[text] += (double) images[picture * width + place] * texts[text * width + place];
            }
        }
        var most = IntStream.range(0, similarities.length)
                .mapToDouble(text -> similarities[text])
                .max()
                .orElseThrow();
        var sizes = new double[similarities.length];
        var sum = 0.0;
        for (var text = 0; text < sizes.length; text++) {
            sizes[text] = Math.exp(scale * (similarities[text] - most));
            sum += sizes[text];
        }
        for (var text = 0; text < sizes.length; text++) {
            sizes[text] = scale * Math.abs(sizes[text] / sum - (text == label ? 1 : 0));
        }
        return new Gradients(sizes, similarities);
    }

    private static void add(double[] sums, Gradients gradients, int label) {
        var ranked = IntStream.range(0, sums.length)
                .boxed()
                .sorted((one, other) -> one == label
                        ? -1
                        : other == label
                                ? 1
                                : Double.compare(
                                        gradients.similarities()[other],
                                        gradients.similarities()[one]))
                .toList();
        for (var rank = 0; rank < sums.length; rank++) {
            sums[rank] += gradients.sizes()[ranked.get(rank)];
        }
    }

    static GradientDependence fitted(double[] sums, int pictures) {
        var byRank = new ArrayList<Double>();
        for (var sum : sums) {
            byRank.add(sum / pictures);
        }
        var kept = sure(byRank);
        var line = Line.through(logarithms(byRank, kept));
        return new GradientDependence(byRank, kept, line.slope() < 0 ? -1 / line.slope() : FURTHEST, line.explained());
    }

    /** How many of the first ranks hold nine tenths of what others than the picture's own class get; itself among them. */
    private static int sure(List<Double> byRank) {
        var others = byRank.subList(1, byRank.size());
        var all = others.stream().mapToDouble(Double::doubleValue).sum();
        var held = 0.0;
        var kept = 1;
        for (var size : others) {
            if (held >= HELD * all) {
                break;
            }
            held += size;
            kept++;
        }
        return kept;
    }

    /** Where class-wise skipping has a rank that is not surely kept: they lie evenly over [0, 5]. */
    private static double place(int rank, int kept, int classes) {
        var last = classes - kept - 1;
        return last < 1 ? 0 : FURTHEST * (rank - kept) / last;
    }

    private static List<double[]> logarithms(List<Double> byRank, int kept) {
        var points = new ArrayList<double[]>();
        for (var rank = kept; rank < byRank.size(); rank++) {
            var size = byRank.get(rank);
            if (size > NEGLIGIBLE * byRank.get(1)) {
                points.add(new double[] {place(rank, kept, byRank.size()), Math.log(size)});
            }
        }
        return points;
    }

    /** What the exponential that was fitted has at each rank of the other classes, those surely kept among them. */
    public List<Double> fitted() {
        var points = logarithms(byRank, kept);
        var meanX = points.stream().mapToDouble(point -> point[0]).average().orElse(0);
        var meanY = points.stream().mapToDouble(point -> point[1]).average().orElse(0);
        return IntStream.range(1, byRank.size())
                .mapToObj(rank -> Math.exp(meanY - (place(rank, kept, byRank.size()) - meanX) / lambda))
                .toList();
    }

    /** Whether there are classes enough for a decline to be told. */
    public boolean suggests() {
        return byRank.size() > 1 && logarithms(byRank, kept).size() >= LEAST_POINTS;
    }

    /** The share of the classes to be surely kept. */
    public double suggestedTopRatio() {
        return (double) kept / byRank.size();
    }

    /** A least-squares line. */
    private record Line(double slope, double explained) {
        static Line through(List<double[]> points) {
            var count = points.size();
            if (count < 2) {
                return new Line(0, 0);
            }
            var meanX = points.stream().mapToDouble(point -> point[0]).average().orElseThrow();
            var meanY = points.stream().mapToDouble(point -> point[1]).average().orElseThrow();
            var xx = 0.0;
            var xy = 0.0;
            var yy = 0.0;
            for (var point : points) {
                xx += (point[0] - meanX) * (point[0] - meanX);
                xy += (point[0] - meanX) * (point[1] - meanY);
                yy += (point[1] - meanY) * (point[1] - meanY);
            }
            return new Line(xy / xx, yy == 0 ? 1 : xy * xy / (xx * yy));
        }
    }
}
