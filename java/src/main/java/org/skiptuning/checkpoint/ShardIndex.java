package org.skiptuning.checkpoint;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;

/**
 * Which tensor is in which file, where Hugging Face has split a model's weights: {@code {"weight_map": {TENSOR: FILE}}}.
 *
 * @param file the index itself
 * @param places tensor → name of a file beside the index
 */
record ShardIndex(Path file, Map<String, String> places) {
    private static final String SUFFIX = ".index.json";
    /** Nothing but a plain name, so that no index reaches out of its folder. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.(safetensors|bin)");

    private static final Pattern SHARD_NAME = Pattern.compile(".*-\\d{5}-of-(?!00001\\.)\\d{5}\\.(safetensors|bin)");

    private static final int MAX_SHARDS = 1000;

    static boolean isIndex(Path file) {
        return file.toString().endsWith(SUFFIX);
    }

    /** Whether a file is named as Hugging Face names one of several parts. */
    static boolean isShard(Path file) {
        return SHARD_NAME.matcher(file.toString()).matches();
    }

    /** @throws CheckpointException if it isn't such an index, or names a file that isn't there or lies elsewhere */
    static ShardIndex read(Path file) {
        var map = JsonObject.read(file).requiredObject("weight_map");
        Map<String, String> places = new LinkedHashMap<>();
        for (var tensor : map.keys()) {
            var name = UntrustedNames.require(tensor, file.toString());
            var shard = map.text(name, "");
            if (!PLAIN_NAME.matcher(shard).matches()) {
                throw map.wrong(name, "the name of a .safetensors or .bin file in the same folder");
            }
            places.put(name, shard);
        }
        var index = new ShardIndex(file, places);
        index.requireShards();
        return index;
    }

    private void requireShards() {
        var shards = shards();
        if (shards.isEmpty() || shards.size() > MAX_SHARDS) {
            throw new CheckpointException(
                    file + " names " + shards.size() + " files of weights, not between 1 and " + MAX_SHARDS);
        }
        for (var shard : shards) {
            if (!Files.exists(shard, LinkOption.NOFOLLOW_LINKS)) {
                throw new CheckpointException(shard + " does not exist, which " + file.getFileName()
                        + " names: fetch all parts of the model");
            }
        }
    }

    /** The files of weights in the order of their names. */
    List<Path> shards() {
        return new TreeSet<>(places.values()).stream().map(file::resolveSibling).toList();
    }
}
