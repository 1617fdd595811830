package org.skiptuning.pretrain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.skiptuning.data.CounterRandom;
import org.skiptuning.data.Purpose;

/** Puts a name into a sentence, as a function of (seed, step, place in the batch). */
final class CaptionWriter {
    private final Recipe.Captions recipe;
    private final long seed;

    CaptionWriter(Recipe.Captions recipe, long seed) {
        this.recipe = recipe;
        this.seed = seed;
    }

    String caption(String name, int step, int index) {
        var random = new CounterRandom(seed, Purpose.CAPTION, step, index);
        var main = random.nextDouble() < recipe.mainShare() || recipe.others().isEmpty();
        return fill(
                main
                        ? recipe.main()
                        : recipe.others().get(random.nextInt(recipe.others().size())),
                name);
    }

    /** The sentence that zero-shot classification uses. */
    String mainCaption(String name) {
        return fill(recipe.main(), name);
    }

    /** Every caption that any of the names can get. */
    List<String> all(Collection<String> names) {
        List<String> all = new ArrayList<>();
        for (var name : names) {
            all.add(mainCaption(name));
            recipe.others().forEach(template -> all.add(fill(template, name)));
        }
        return all;
    }

    private static String fill(String template, String name) {
        return template.replace("{}", name);
    }
}
