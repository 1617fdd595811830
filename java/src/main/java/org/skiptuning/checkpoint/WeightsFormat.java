package org.skiptuning.checkpoint;

import java.nio.file.Path;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.MappedFile;

/** What a file of weights is, by its first bytes and not by its name. */
final class WeightsFormat {
    private static final int ZIP_MAGIC = 0x04034b50;
    private static final int PICKLE_PROTOCOL = 0x80;
    /** "vers", of "version https://git-lfs..."; as a header's length it would be far too large. */
    private static final int GIT_LFS_MAGIC = 0x73726576;

    private WeightsFormat() {}

    /** @throws CheckpointException if the file is of no known format, or breaks a rule of its own */
    static WeightsFile open(Path weights) {
        int magic;
        int first;
        try (MappedFile file = InputFiles.map(weights)) {
            magic = file.size() >= Integer.BYTES ? file.intAt(0) : 0;
            first = file.size() > 0 ? file.byteAt(0) & 0xFF : 0;
        }
        if (magic == ZIP_MAGIC) {
            return TorchArchive.open(weights);
        }
        if (magic == GIT_LFS_MAGIC) {
            throw new CheckpointException(
                    weights + " is only Git LFS's pointer to the weights: fetch them with \"git lfs pull\"");
        }
        if (first == PICKLE_PROTOCOL && isPickle(magic)) {
            throw new CheckpointException(
                    weights + " is in PyTorch's old format from before version 1.6: convert it with"
                            + " torch.save(torch.load(old), new) or to safetensors");
        }
        return SafetensorsFile.open(weights);
    }

    /** A pickle's protocol is at most 5; a safetensors header of such a length would begin otherwise. */
    private static boolean isPickle(int magic) {
        int protocol = magic >> 8 & 0xFF;
        int opcode = magic >> 16 & 0xFF;
        return protocol >= 2 && protocol <= 5 && opcode != 0;
    }
}
