package org.skiptuning.data.published;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a data set's makers say of its pictures, which a split is drawn from where the published one is missing. The rules
 * are those by which CoOp's {@code datasets/*.py} made the published ones.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "form")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FolderAnnotations.class, name = "folders"),
    @JsonSubTypes.Type(value = PetAnnotations.class, name = "pets"),
    @JsonSubTypes.Type(value = CarAnnotations.class, name = "cars"),
    @JsonSubTypes.Type(value = FlowerAnnotations.class, name = "flowers"),
    @JsonSubTypes.Type(value = SceneAnnotations.class, name = "scenes"),
    @JsonSubTypes.Type(value = ActionAnnotations.class, name = "actions"),
})
sealed interface Annotations
        permits FolderAnnotations,
                PetAnnotations,
                CarAnnotations,
                FlowerAnnotations,
                SceneAnnotations,
                ActionAnnotations {
    /** Files, beside the pictures, that {@link #read} needs, below the data set's folder. */
    List<String> files();

    /**
     * @param home the data set's folder
     * @param pictures the folder that paths are relative to
     * @throws org.skiptuning.DataSetException if a file is missing or broken
     */
    Annotated read(Path home, Path pictures);

    /**
     * A picture as a split file lists it.
     *
     * @param path below the folder of pictures, with {@code /} between its parts
     * @param label from 0
     */
    record Picture(String path, int label, String className) {}

    /**
     * All pictures.
     *
     * @param rest those for training and validation; without a published test part, for test, too
     * @param test the published test part; empty where there is none
     */
    record Annotated(List<Picture> rest, List<Picture> test) {
        public Annotated {
            rest = List.copyOf(rest);
            test = List.copyOf(test);
        }

        Stream<Picture> all() {
            return Stream.concat(rest.stream(), test.stream());
        }
    }
}
