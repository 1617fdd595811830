package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.skiptuning.files.CacheFolder;

class GemmChoiceTest {
    private static String gemm(NativeContext context) {
        return context.infoJson().replaceAll("(?s).*\"gemm\":\"(\\w+)\".*", "$1");
    }

    /** Whoever else writes the file meanwhile: the bits of this process's runs hang on it. */
    @Test
    void everyContextOfAProcessMultipliesAlike() {
        try (var first = NativeContext.create("cpu", 1);
                var second = NativeContext.create("cpu", 2)) {
            assertThat(gemm(first)).isIn("blas", "onednn", "tiles").isEqualTo(gemm(second));
        }
    }

    @Test
    void whatWasMeasuredIsKeptByProcessorAndLibtorch() throws Exception {
        try (var context = NativeContext.create("cpu", 1)) {
            var kept = new Properties();
            try (var reader = Files.newBufferedReader(CacheFolder.root().resolve("gemm.properties"))) {
                kept.load(reader);
            }
            var folder = NativeLibrary.libtorchFolder().toRealPath().toString();
            assertThat(kept.entrySet()).anySatisfy(entry -> {
                assertThat(entry.getKey().toString()).contains(" with " + folder + " among ");
                assertThat(entry.getValue()).isEqualTo(gemm(context));
            });
        }
    }
}
