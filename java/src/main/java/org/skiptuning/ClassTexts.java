package org.skiptuning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.LongBinaryProgress;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import tools.jackson.databind.node.ObjectNode;

/** The prompts of a data set's classes as a method wants them: with trained vectors in them, and those of its teacher. */
final class ClassTexts {
    /** Stands in a prompt where a trained vector will; any word does. */
    private static final String PLACEHOLDER = "a";

    private static final String RANDOM = "random";
    private static final String TEMPLATE = "template";
    private static final String END = "end";

    private final TrainingSettings settings;
    private final Model model;
    private final DataSet data;
    private final List<String> prompts;
    private final Prompt prompt;

    /**
     * How vectors stand in prompts.
     *
     * @param vectors of each prompt; 0 where a method trains none
     * @param initial what the core is to begin them as
     * @param words of them that begin as words, at their end
     * @param nameLengths tokens of each class's name, where it does not follow all vectors
     */
    private record Prompt(int vectors, String initial, int words, List<Integer> nameLengths) {}

    /** @throws SkipTuningException if a prompt is too long for the model */
    ClassTexts(TrainingSettings settings, Model model, DataSet data) {
        this.settings = settings;
        this.model = model;
        this.data = data;
        if (settings.own().containsKey("context_tokens")) {
            var vectors = settings.ownCount("context_tokens");
            var words = words(vectors);
            this.prompts = data.classNames().stream()
                    .map(name -> withVectors(TemplateSet.spoken(name), words, vectors))
                    .toList();
            this.prompt = prompt(vectors);
        } else {
            this.prompts = TemplateSet.of(settings.templates()).prompts(data);
            this.prompt = new Prompt(0, "", 0, List.of());
        }
    }

    private String initial() {
        return settings.ownText("initial").orElse(RANDOM);
    }

    private String position() {
        return settings.ownText("position").orElse(END);
    }

    /** The words before a class's name: the first as many tokens of them as there are vectors give way to those. */
    private List<String> words(int vectors) {
        var words = new ArrayList<String>();
        switch (initial()) {
            case RANDOM -> {}
            case TEMPLATE -> words.addAll(split(wordsOfTemplate()));
            default -> words.addAll(split(initial()));
        }
        var given = tokens(String.join(" ", words));
        if (given < vectors && !initial().equals(RANDOM) && !initial().equals(TEMPLATE)) {
            throw new SkipTuningException("The words \"" + initial() + "\" are " + given + " tokens, and there are "
                    + vectors + " vectors to begin as them: set context_tokens to " + given
                    + " or fewer, or initial to random");
        }
        words.addAll(0, Collections.nCopies(Math.max(0, vectors - given), PLACEHOLDER));
        return words;
    }

    private String wordsOfTemplate() {
        var template = TemplateSet.of(settings.ownText("teacher").orElse(settings.templates()))
                .template(data);
        return template.substring(0, template.indexOf("{}")).strip();
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private String withVectors(String name, List<String> words, int vectors) {
        if (!position().equals(END) && !initial().equals(RANDOM)) {
            throw new SkipTuningException(
                    "Vectors that stand " + position() + " begin at random: set initial to random");
        }
        var before = switch (position()) {
            case "middle" -> vectors / 2;
            case "front" -> 0;
            default -> words.size();
        };
        var behind = words.subList(before, words.size());
        var tail = TemplateSet.of(settings.ownText("prompts").orElse("{}."))
                .template(data)
                .replace("{}", name + (behind.isEmpty() ? "" : " " + String.join(" ", behind) + " "));
        var text = (String.join(" ", words.subList(0, before)) + " " + tail).strip();
        var length =
                tokens(String.join(" ", words.subList(0, before))) + tokens(name) + tokens(tail.replace(name, "")) + 2;
        var most = model.info().contextLength();
        if (length > most) {
            throw new SkipTuningException("The prompt of the class \"" + name + "\" has " + length + " tokens with "
                    + vectors + " vectors, and the model takes " + most + ": set context_tokens to fewer");
        }
        return text;
    }

    private Prompt prompt(int vectors) {
        var lengths = position().equals(END)
                ? List.<Integer>of()
                : data.classNames().stream()
                        .map(name -> tokens(TemplateSet.spoken(name)))
                        .toList();
        return switch (initial()) {
            case RANDOM -> new Prompt(vectors, "random", 0, lengths);
            case TEMPLATE -> new Prompt(vectors, "zero", Math.min(vectors, tokens(wordsOfTemplate())), lengths);
            default -> new Prompt(vectors, "prompt", 0, lengths);
        };
    }

    /** Tokens of a text without its start and end. */
    private int tokens(String text) {
        var tokenizer = model.checkpoint().tokenizer();
        var end = tokenizer.encode("")[1];
        var ids = tokenizer.encode(text);
        return IntStream.range(1, ids.length)
                        .filter(place -> ids[place] == end)
                        .findFirst()
                        .orElse(ids.length)
                - 1;
    }

    /** Says to the core how the vectors stand in the prompts. */
    void describe(ObjectNode trainer) {
        if (prompt.vectors() > 0) {
            var node = trainer.withObject("prompt").put("initial", prompt.initial());
            if (prompt.words() > 0) {
                node.put("words", prompt.words());
            }
            if (!prompt.nameLengths().isEmpty()) {
                prompt.nameLengths().forEach(node.withArray("name_lengths")::add);
            }
        }
    }

    List<String> prompts() {
        return prompts;
    }

    /** Puts prompts and teacher into a cache. */
    void put(NativeCache cache, ProgressListener progress) {
        put(prompts, progress, cache::putTexts);
        var teacher = settings.method().recipe().teacher();
        if (teacher == Recipe.Teacher.NONE) {
            return;
        }
        var ofTeacher = new ArrayList<String>();
        for (var template :
                TemplateSet.of(settings.ownText("teacher").orElseThrow()).all(data)) {
            ofTeacher.addAll(TemplateSet.of(template).prompts(data));
        }
        var ofLength1 = teacher == Recipe.Teacher.MEAN_OF_LENGTH_1;
        put(
                ofTeacher,
                progress,
                (tokens, count, length, told) -> cache.putTeacherTexts(tokens, count, length, ofLength1, told));
    }

    private interface TextsCall {
        void put(NativeBuffer tokens, long count, long length, LongBinaryProgress told);
    }

    private void put(List<String> texts, ProgressListener progress, TextsCall call) {
        try (var tokens = new TextEncoder(model).tokens(texts)) {
            call.put(tokens, texts.size(), model.info().contextLength(), (done, total) -> {
                progress.onProgress(Phase.CACHE_TEXTS, done, total);
                return true;
            });
        } catch (CancellationException e) {
            throw CancelledException.during(Phase.CACHE_TEXTS);
        }
    }
}
