package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.skiptuning.ffi.NativeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes of image features may be kept.
 *
 * @param folder of the file
 * @param memory up to which all views of all pictures are held there
 * @param disk up to which they lie in a file where memory does not do
 * @param window of pictures that are used one after the other, where neither does
 */
record CacheRoom(Path folder, long memory, long disk, long window) {
    /** Some hundred pictures of a ViT-B. */
    private static final long WINDOW = 256L << 20;

    /** File systems that are no disk. */
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");

    private static final Logger LOG = LoggerFactory.getLogger(CacheRoom.class);

    /**
     * Half of the memory and half of the folder's free disk. A card gets no file: from there a step's features would be
     * uploaded each time, while its frozen blocks are passed in no time.
     */
    static CacheRoom of(NativeContext context, Path folder) {
        return new CacheRoom(
                folder,
                MemoryFigures.cacheLimit(context),
                Devices.isCard(context) ? 0 : usableSpace(folder) / 2,
                WINDOW);
    }

    /** The same where the disk turned out to have none. */
    CacheRoom withoutDisk() {
        return new CacheRoom(folder, memory, 0, window);
    }

    /** Of the file system that the folder is in or will be. */
    private static long usableSpace(Path folder) {
        try {
            var made = folder.toAbsolutePath();
            while (!Files.exists(made) && made.getParent() != null) {
                made = made.getParent();
            }
            var store = Files.getFileStore(made);
            return MEMORY.contains(store.type()) ? 0 : store.getUsableSpace();
        } catch (IOException e) {
            LOG.debug("no features are kept in {}", folder, e);
            return 0;
        }
    }
}
