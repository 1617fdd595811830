package org.skiptuning.data.bundled;

import java.io.IOException;
import java.net.JarURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipFile;
import org.skiptuning.DataSetException;
import org.skiptuning.files.PathSetting;
import tools.jackson.core.JacksonException;

/** The jar {@code org.webjars.npm:iconify__json}, 88 MB, from which the bundled pictures are drawn. */
final class PictureArchive implements AutoCloseable {
    private final Path path;
    private final String folder;
    private final ZipFile zip;
    private final Map<String, IconSet> read = new ConcurrentHashMap<>();

    private PictureArchive(Path path, String folder, ZipFile zip) {
        this.path = path;
        this.folder = folder;
        this.zip = zip;
    }

    static PictureArchive open(Path path, String folder) {
        if (!Files.isRegularFile(path)) {
            throw new DataSetException("The jar of the bundled pictures isn't at " + path + ": check the path.");
        }
        try {
            return new PictureArchive(path, folder, new ZipFile(path.toFile()));
        } catch (IOException e) {
            throw new DataSetException(
                    path + " isn't a readable jar (" + e.getMessage() + "): fetch org.webjars.npm:iconify__json again.",
                    e);
        }
    }

    /** Where the jar lies: as {@link PathSetting#BUNDLED_PICTURES} says, else on the class path. */
    static Path locate(String folder) {
        var setting = PathSetting.BUNDLED_PICTURES;
        return setting.path()
                .or(() -> onClassPath(folder))
                .orElseThrow(() -> new DataSetException("The bundled pictures aren't there: set the system property "
                        + setting.property() + " or the variable " + setting.variable()
                        + " to the jar org.webjars.npm:iconify__json:2.2.378."));
    }

    private static Optional<Path> onClassPath(String folder) {
        var url = PictureArchive.class.getClassLoader().getResource(folder + "noto.json");
        try {
            return url != null && url.openConnection() instanceof JarURLConnection connection
                    ? Optional.of(Path.of(connection.getJarFileURL().toURI()))
                    : Optional.empty();
        } catch (IOException | java.net.URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The set of this name, read once. */
    IconSet set(String name) {
        return read.computeIfAbsent(name, this::read);
    }

    private IconSet read(String name) {
        var entry = zip.getEntry(folder + name + ".json");
        if (entry == null) {
            throw new DataSetException(path + " has no icon set " + name + ": it must be iconify__json 2.2.378.");
        }
        try (var stream = zip.getInputStream(entry)) {
            return IconSetReader.read(name, stream);
        } catch (IOException | JacksonException e) {
            throw new DataSetException(
                    path + ": the icon set " + name + " can't be read (" + e.getMessage()
                            + "): fetch org.webjars.npm:iconify__json again.",
                    e);
        }
    }

    /** The checksum that the archive keeps of the set's file. */
    long checksum(String name) {
        var entry = zip.getEntry(folder + name + ".json");
        return entry == null ? -1 : entry.getCrc();
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new DataSetException(path + " can't be closed: " + e.getMessage(), e);
        }
    }
}
