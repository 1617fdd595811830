package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script at the top of the checkout, after a build: it builds and fetches nothing more. */
class LauncherTest {
    private static final Path SCRIPT =
            Path.of("..", "skip-tuning").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private ProcessRun run(Path script, String... arguments) throws Exception {
        return run(Map.of(), script.toString(), arguments);
    }

    private ProcessRun run(Map<String, String> environment, String program, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(() -> "still running; see " + err)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new ProcessRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void startsFromAnywhereThroughALink() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("ein Verweis ü"), SCRIPT);
        var run = run(link, "--version");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("skip-tuning ");
    }

    @Test
    void helpFetchesNoPictures() throws Exception {
        var run = run(SCRIPT, "demo", "--help");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("skip-tuning demo");
    }

    private String[] encoding() throws Exception {
        Path model = TinyClip.write(folder.resolve("model"), 3);
        return new String[] {"encode", "--model", model.toString(), "--text", "a", "--output", "x.safetensors"};
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "", "many", "99999999999999999999", "-2"})
    void aThreadCountThatIsNoneMakesNoNoise(String count) throws Exception {
        var run = run(Map.of("OMP_NUM_THREADS", count, "OMP_THREAD_LIMIT", count), SCRIPT.toString(), encoding());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
    }

    /** OneDNN's products are wrong where a team is smaller than it was asked to be. */
    @ParameterizedTest
    @CsvSource({"OMP_THREAD_LIMIT, 1", "OMP_THREAD_LIMIT, 3", "OMP_DYNAMIC, true"})
    void aLimitOfThreadsChangesNoFeature(String variable, String value) throws Exception {
        String model = SCRIPT.resolveSibling("models").resolve("bundled").toString();
        for (var limited : List.of(false, true)) {
            var environment = new HashMap<>(Map.of("SKIP_TUNING_GEMM", "onednn"));
            if (limited) {
                environment.put(variable, value);
            }
            var run = run(
                    environment,
                    SCRIPT.toString(),
                    "encode",
                    "--model",
                    model,
                    "--threads",
                    "4",
                    "--text",
                    "a cat",
                    "--text",
                    "a red brick",
                    "--output",
                    limited + ".safetensors");
            assertThat(run.err()).isEmpty();
            assertThat(run.status()).isZero();
        }
        var expected = features("false.safetensors");
        var found = features("true.safetensors");
        for (var index = 0; index < expected.capacity(); index++) {
            assertThat(found.get(index)).isCloseTo(expected.get(index), within(1e-4f));
        }
    }

    private FloatBuffer features(String file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(Math.toIntExact(Long.BYTES + bytes.getLong(0)));
        return bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    @Test
    void aWrongLibTorchIsBlamedOnTheVariableThatNamedIt() throws Exception {
        var run = run(Map.of("SKIP_TUNING_LIBTORCH", folder.toString()), SCRIPT.toString(), encoding());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("SKIP_TUNING_LIBTORCH names " + folder).doesNotContain("-Dskiptuning");
    }

    @Test
    void argumentsThatAreNoTextAreRefused() throws Exception {
        Files.createFile(Path.of(URI.create(folder.toUri() + "%FF.png")));
        var run =
                run(Map.of(), "bash", "-c", "exec '" + SCRIPT + "' encode --output x.safetensors --image $'\\xff.png'");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("'\\xff.png', which is not UTF-8 text");
    }

    /** {@code script} runs a command on a terminal of its own and passes on what that shows. */
    @ParameterizedTest
    @CsvSource({"dumb, false", "xterm, true"})
    void aDumbTerminalGetsNoEscapeCodes(String kind, boolean escapes) throws Exception {
        assumeThat(Path.of("/usr/bin/script")).isExecutable();
        String command = "'" + SCRIPT + "' '" + String.join("' '", encoding()) + "'";
        var run = run(Map.of("TERM", kind), "script", "-qec", command, "/dev/null");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("Saved to");
        assertThat(run.out().contains("\u001b")).isEqualTo(escapes);
    }

    @Test
    void passesTheExitStatusOn() throws Exception {
        var run = run(SCRIPT, "zero-shot", "--data", "no such folder", "--model", "no such model");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().startsWith("skip-tuning zero-shot: ");
    }

    /** A later build replaces the jars, and a command may run for hours. */
    @Test
    void aRunningCommandKeepsTheClassesItStartedWith() throws Exception {
        var checkout = builtCheckout();
        var target = checkout.resolve("java/target");
        assertThat(run(checkout.resolve("skip-tuning"), "--version").status()).isZero();
        var first = copies(target);
        assertThat(first).hasSize(1);
        var running = new ProcessBuilder(
                        "flock", "-s", first.getFirst().resolve("in-use").toString(), "sleep", "60")
                .start();
        try {
            awaitLocked(first.getFirst());
            assertThat(afterAnotherBuild(checkout)).hasSize(2).containsAll(first);
        } finally {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly().waitFor();
        }
        assertThat(afterAnotherBuild(checkout)).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    /** The one that a first start made: JVMs that must use it do. */
    @Test
    void startsGetAnArchiveOfTheirClasses() throws Exception {
        var checkout = builtCheckoutWithModel();
        var first = run(checkout.resolve("skip-tuning"), "--version");
        assertThat(first.err()).isEmpty();
        assertThat(first.status()).isZero();
        var classes = copies(checkout.resolve("java/target")).getFirst();
        var archive = archives(classes).getFirst();
        assertThat(archive).isNotEmptyFile();
        assertThat(classes.resolve("rehearsal")).doesNotExist();
        var used = run(
                Map.of(),
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:AOTMode=on",
                "-XX:AOTCache=" + archive,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes + "/*",
                "org.skiptuning.cli.Main",
                "--version");
        assertThat(used.out()).isEqualTo(first.out());
        assertThat(run(checkout.resolve("skip-tuning"), "--version")).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xshare:auto", "-XX:SharedArchiveFile=none.jsa", "-XX:AOTMode=auto"})
    void anArchiveOfTheUsersTakesItsPlace(String option) throws Exception {
        var checkout = builtCheckoutWithModel();
        var classes = withArchive(checkout, "no archive");
        var run = run(
                Map.of("JDK_JAVA_OPTIONS", option),
                checkout.resolve("skip-tuning").toString(),
                "--version");
        assertThat(run.status()).isZero();
        assertThat(archives(classes)).hasSize(1);
    }

    @Test
    void anArchiveThatCannotBeUsedOnlyMakesAStartSlower() throws Exception {
        var checkout = builtCheckoutWithModel();
        withArchive(checkout, "no archive");
        var run = run(checkout.resolve("skip-tuning"), "--version");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("skip-tuning ");
    }

    /** A JVM that maps one unchecked aborts. */
    @Test
    void aDamagedArchiveOnlyMakesAStartSlower() throws Exception {
        var checkout = builtCheckoutWithModel();
        var whole = run(checkout.resolve("skip-tuning"), "--version");
        var archive =
                archives(copies(checkout.resolve("java/target")).getFirst()).getFirst();
        var bytes = Files.readAllBytes(archive);
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
        Files.write(archive, bytes);
        assertThat(run(checkout.resolve("skip-tuning"), "--version")).isEqualTo(whole);
    }

    /** Else the JVM and OpenBLAS complain, on standard output. */
    @Test
    void tooLittleAddressSpaceIsRefusedInOneLine() throws Exception {
        var run = run(Map.of(), "bash", "-c", "ulimit -v 4000000; exec \"$0\" doctor", SCRIPT.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("skip-tuning: this shell allows 4000 MB of address space")
                .contains("ulimit -v unlimited")
                .hasLineCount(1);
    }

    /** It isn't tried again at each start. */
    @Test
    void aRehearsalThatFailsIsNotTold() throws Exception {
        var checkout = builtCheckoutWithModel();
        Files.delete(checkout.resolve("models"));
        Files.createDirectories(checkout.resolve("models/bundled"));
        var first = run(checkout.resolve("skip-tuning"), "--version");
        assertThat(first.err()).isEmpty();
        assertThat(first.status()).isZero();
        assertThat(archives(copies(checkout.resolve("java/target")).getFirst()))
                .singleElement()
                .asString()
                .endsWith(".aot.failed");
        var mark = archives(copies(checkout.resolve("java/target")).getFirst()).getFirst();
        var marked = Files.getLastModifiedTime(mark);
        assertThat(run(checkout.resolve("skip-tuning"), "--version")).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(mark)).isEqualTo(marked);
    }

    /** Neither the rehearsal nor the command goes on, and the next start makes the archive. */
    @Test
    void anInterruptDuringTheRehearsalEndsAll() throws Exception {
        var checkout = builtCheckoutWithModel();
        var out = folder.resolve("interrupted.txt");
        var process = new ProcessBuilder(checkout.resolve("skip-tuning").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        var target = checkout.resolve("java/target");
        while (copies(target).isEmpty()
                || Files.notExists(copies(target).getFirst().resolve("rehearsal"))) {
            Thread.sleep(10);
        }
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(out).isEmptyFile();
        assertThat(ProcessHandle.allProcesses()
                        .filter(other -> other.info().commandLine().orElse("").contains(checkout.toString())))
                .isEmpty();
        assertThat(copies(target).getFirst().resolve("rehearsal")).doesNotExist();
        assertThat(run(checkout.resolve("skip-tuning"), "--version").status()).isZero();
        assertThat(archives(copies(target).getFirst()))
                .singleElement()
                .asString()
                .endsWith(".aot");
    }

    private Path builtCheckoutWithModel() throws IOException {
        var checkout = builtCheckout();
        Files.createSymbolicLink(checkout.resolve("models"), SCRIPT.resolveSibling("models"));
        return checkout;
    }

    /** The copy of the classes, after a start that made no archive but found this one. */
    private Path withArchive(Path checkout, String content) throws Exception {
        Files.delete(checkout.resolve("models"));
        assertThat(run(checkout.resolve("skip-tuning"), "--version").status()).isZero();
        Files.createSymbolicLink(checkout.resolve("models"), SCRIPT.resolveSibling("models"));
        var classes = copies(checkout.resolve("java/target")).getFirst();
        Files.writeString(classes.resolve(archiveName()), content);
        return classes;
    }

    /** As the launcher names it after its JDK. */
    private static String archiveName() throws IOException {
        var name = new StringBuilder("start");
        for (var line : Files.readAllLines(Path.of(System.getProperty("java.home"), "release"))) {
            if (line.startsWith("IMPLEMENTOR=") || line.startsWith("JAVA_RUNTIME_VERSION=")) {
                name.append('-').append(line.substring(line.indexOf('=') + 1).replaceAll("[^A-Za-z0-9.+-]", ""));
            }
        }
        return name + ".aot";
    }

    private static List<Path> archives(Path classes) throws IOException {
        try (var entries = Files.list(classes)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("start"))
                    .toList();
        }
    }

    /** Looks to the launcher like a checkout that was built. */
    private Path builtCheckout() throws IOException {
        var real = SCRIPT.getParent();
        var checkout = Files.createDirectories(folder.resolve("check out"));
        for (var name : List.of("pom.xml", "CMakeLists.txt", "java/pom.xml", "native", "cmake", "java/src/main")) {
            var copy = checkout.resolve(name);
            Files.createDirectories(copy.getParent());
            Files.createSymbolicLink(copy, real.resolve(name));
        }
        Files.copy(SCRIPT, checkout.resolve("skip-tuning"));
        var lib = Files.createDirectories(checkout.resolve("java/target/lib"));
        try (var jars = Files.list(real.resolve("java/target/lib"))) {
            for (var jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
        Files.createSymbolicLink(lib.resolveSibling("native"), real.resolve("java/target/native"));
        Files.createFile(lib.resolveSibling("built"));
        return checkout;
    }

    private List<Path> afterAnotherBuild(Path checkout) throws Exception {
        var target = checkout.resolve("java/target");
        Files.setLastModifiedTime(
                target.resolve("built"), FileTime.from(Instant.now().plusSeconds(1)));
        assertThat(run(checkout.resolve("skip-tuning"), "--version").status()).isZero();
        var copies = copies(target);
        // The copy just made is to be older than the next build.
        for (var copy : copies) {
            Files.setLastModifiedTime(
                    copy.resolve("in-use"), FileTime.from(Instant.now().minusSeconds(1)));
        }
        return copies;
    }

    private static void awaitLocked(Path copy) throws Exception {
        var test =
                new ProcessBuilder("flock", "-n", "-x", copy.resolve("in-use").toString(), "true");
        while (test.start().waitFor() == 0) {
            Thread.sleep(10);
        }
    }

    private static List<Path> copies(Path target) throws IOException {
        try (var entries = Files.list(target)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("classes."))
                    .toList();
        }
    }
}
