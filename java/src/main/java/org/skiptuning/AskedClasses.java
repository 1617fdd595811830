package org.skiptuning;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import org.skiptuning.data.TemplateSet;

/**
 * The classes that a method is asked about, beside those that it was trained on. A name is the same class in both; where
 * several have one name, as two of ImageNet's do, the first is the first.
 *
 * @param all those that it was trained on, in their order, then the unknown ones
 * @param trained how many it was trained on
 * @param places of those asked about, among all
 */
record AskedClasses(List<String> all, int trained, List<Integer> places) {
    AskedClasses {
        all = List.copyOf(all);
        places = List.copyOf(places);
    }

    static AskedClasses of(List<String> asked, List<String> trained) {
        var placesByName = new HashMap<String, Deque<Integer>>();
        for (var place = 0; place < trained.size(); place++) {
            placesByName
                    .computeIfAbsent(TemplateSet.spoken(trained.get(place)), name -> new ArrayDeque<>())
                    .add(place);
        }
        var all = new ArrayList<>(trained);
        var places = new ArrayList<Integer>();
        for (var name : asked) {
            var known = placesByName.get(TemplateSet.spoken(name));
            if (known == null) {
                places.add(all.size());
                all.add(name);
            } else {
                places.add(known.size() > 1 ? known.remove() : known.element());
            }
        }
        return new AskedClasses(all, trained.size(), places);
    }

    /** Those that it was not trained on. */
    List<String> unknown() {
        return all.subList(trained, all.size());
    }

    boolean hasTrained() {
        return places.stream().anyMatch(place -> place < trained);
    }

    /** Of a number for each of all classes those that were asked for. */
    float[] pick(float[] numbers) {
        var asked = new float[places.size()];
        for (var i = 0; i < asked.length; i++) {
            asked[i] = numbers[places.get(i)];
        }
        return asked;
    }
}
