package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.TensorView;

/** Weights that are split over several files, as one. */
final class ShardedWeights implements WeightsFile {
    private final List<WeightsFile> shards;

    private ShardedWeights(List<WeightsFile> shards) {
        this.shards = List.copyOf(shards);
    }

    /**
     * @throws CheckpointException if a tensor isn't where the index says or is there twice, or a file cannot be used
     */
    static ShardedWeights open(ShardIndex index) {
        var opened = new ArrayList<WeightsFile>();
        try {
            Map<String, String> found = new HashMap<>();
            for (var path : index.shards()) {
                var shard = WeightsFormat.open(path);
                opened.add(shard);
                addNames(shard, path, found, index);
            }
            index.places().forEach((tensor, name) -> {
                if (!name.equals(found.get(tensor))) {
                    throw new CheckpointException(index.file() + " says that tensor " + tensor + " is in " + name
                            + ", which doesn't hold it: fetch all parts of the model again");
                }
            });
            return new ShardedWeights(opened);
        } catch (Throwable failure) {
            opened.forEach(WeightsFile::close);
            throw failure;
        }
    }

    private static void addNames(WeightsFile shard, Path path, Map<String, String> found, ShardIndex index) {
        for (var tensor : shard.names()) {
            var other = found.put(tensor, path.getFileName().toString());
            if (other != null) {
                throw new CheckpointException(path + " holds tensor " + tensor + ", which is in " + other
                        + ", too: the parts named by " + index.file().getFileName() + " aren't of one model");
            }
        }
    }

    @Override
    public List<TensorView> tensors() {
        return shards.stream().flatMap(shard -> shard.tensors().stream()).toList();
    }

    @Override
    public Map<String, String> unsupported() {
        return merged(shards.stream().map(WeightsFile::unsupported).toList());
    }

    @Override
    public Map<String, String> metadata() {
        return merged(shards.stream().map(WeightsFile::metadata).toList());
    }

    private static Map<String, String> merged(List<Map<String, String>> maps) {
        Map<String, String> all = new LinkedHashMap<>();
        maps.forEach(map -> map.forEach(all::putIfAbsent));
        return all;
    }

    @Override
    public List<MappedFile> files() {
        return shards.stream().flatMap(shard -> shard.files().stream()).toList();
    }

    @Override
    public boolean isTorchScript() {
        return false;
    }

    @Override
    public void close() {
        shards.forEach(WeightsFile::close);
    }
}
