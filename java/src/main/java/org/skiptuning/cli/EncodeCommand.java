package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.DataSetException;
import org.skiptuning.Features;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code encode}. */
@Command(
        name = "encode",
        header = "Features of texts and pictures, as a safetensors file.",
        description =
                "Its tensors text and image hold a row each text and picture, in the order given: fp32, of length 1, so that"
                        + " the product of two rows is their cosine.",
        customSynopsis = "skip-tuning encode [--text T...] [--image F...] --output FILE [OPTIONS]",
        footer = {
            "  skip-tuning encode --text \"a photo of a cat.\" \"a photo of a dog.\" \\",
            "      --output texts.safetensors",
            "  skip-tuning encode --model ViT-B-16.pt --image photos/*.jpg \\",
            "      --output photos.safetensors"
        })
final class EncodeCommand extends ToolCommand {
    @Option(names = "--text", paramLabel = "T", arity = "1..*", description = "Texts.")
    private List<String> texts = List.of();

    @Option(names = "--image", paramLabel = "F", arity = "1..*", description = "Picture files.")
    private List<Path> images = List.of();

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "The .safetensors file to write.")
    private @Nullable Path target;

    @Option(
            names = "--apply-exif-orientation",
            description = "Turn pictures as their EXIF data say; CLIP's own preprocessing does not.")
    private boolean applyOrientation;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Override
    int run(Output output) {
        Path file = target;
        if (file == null || (texts.isEmpty() && images.isEmpty())) {
            throw new UsageException("there is nothing to encode: give --text, --image or both");
        }
        WholeFile.check(file);
        model.check();
        requireFiles(images);
        OutputFiles.of(common())
                .writes("--output", file)
                .reads("--image", images)
                .reads("--model", model.file())
                .check();
        loadCoreAhead();
        try (var clip = model.load(common().loadOptions().withApplyOrientation(applyOrientation))) {
            var progress = new ProgressAdapter(output);
            Optional<Features> text =
                    texts.isEmpty() ? Optional.empty() : Optional.of(clip.encodeTexts(texts, progress));
            Optional<Features> image =
                    images.isEmpty() ? Optional.empty() : Optional.of(clip.encodeImages(images, progress));
            save(file, text, image);
            var result = new LinkedHashMap<String, Object>();
            result.put("text_shape", text.map(EncodeCommand::shape).orElse(null));
            result.put("image_shape", image.map(EncodeCommand::shape).orElse(null));
            result.put("output", file.toString());
            text.ifPresent(features -> output.line("text   %d x %d", features.rows(), features.width()));
            image.ifPresent(features -> output.line("image  %d x %d", features.rows(), features.width()));
            output.line("Saved to %s", file);
            output.json(result);
            return 0;
        }
    }

    /** Names the first picture that isn't there, before the model is loaded. */
    static void requireFiles(List<Path> images) {
        for (Path image : images) {
            if (!Files.isRegularFile(image)) {
                throw new DataSetException(
                        image + (Files.exists(image) ? " is not a file" : " does not exist") + ": name a picture");
            }
        }
    }

    private static void save(Path file, Optional<Features> text, Optional<Features> image) {
        var buffers = new ArrayList<NativeBuffer>();
        try {
            var tensors = new ArrayList<TensorView>();
            text.ifPresent(features -> tensors.add(tensor("text", features, buffers)));
            image.ifPresent(features -> tensors.add(tensor("image", features, buffers)));
            SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
        } finally {
            buffers.forEach(NativeBuffer::close);
        }
    }

    private static TensorView tensor(String name, Features features, List<NativeBuffer> buffers) {
        float[] values = features.toArray();
        var buffer = NativeBuffer.allocate((long) values.length * Float.BYTES);
        buffers.add(buffer);
        for (int i = 0; i < values.length; i++) {
            buffer.putFloat((long) i * Float.BYTES, values[i]);
        }
        return TensorView.contiguous(name, ElementType.FLOAT32, new long[] {features.rows(), features.width()}, buffer);
    }

    private static List<Integer> shape(Features features) {
        return List.of(features.rows(), features.width());
    }
}
