package org.skiptuning.files;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON text in plain words: Jackson's own are for those who program with it. */
public final class JsonProblem {
    private static final String TWICE = "Duplicate Object property ";
    private static final String TRAILING = "Trailing token";
    private static final int LONGEST = 200;

    private JsonProblem() {}

    /** A few words without the file's name: where it is and what, as far as that is known. */
    public static String describe(JacksonException problem) {
        var text = words(problem).replaceAll("\\p{Cntrl}", "?"); // keys of untrusted files may be among them
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
    }

    private static String words(JacksonException problem) {
        for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
                return cause.getMessage(); // of a record's own checks
            }
        }
        if (!problem.getPath().isEmpty()) {
            return ofValue(problem);
        }
        if (problem instanceof UnexpectedEndOfInputException) {
            return "it ends too early";
        }
        return place(problem) + ofText(problem, String.valueOf(problem.getOriginalMessage()));
    }

    private static String ofText(JacksonException problem, String message) {
        if (problem instanceof StreamConstraintsException) {
            return "it is nested too deeply, or a text or number is too long";
        }
        if (problem instanceof InputCoercionException) {
            return "a number is too large";
        }
        if (message.startsWith(TWICE)) {
            return message.substring(TWICE.length()) + " is there twice";
        }
        return message.startsWith(TRAILING) ? "something comes after its end" : "an unexpected character or word";
    }

    private static String place(JacksonException problem) {
        var location = problem.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    /** JSON that is well-formed, but has a value that isn't what it must be. */
    private static String ofValue(JacksonException problem) {
        var name = problem.getPath().stream()
                .map(step -> step.getPropertyName() != null ? step.getPropertyName() : "[" + step.getIndex() + "]")
                .collect(Collectors.joining("."));
        return "\"" + name + "\" is "
                + (problem instanceof UnrecognizedPropertyException ? "unknown" : "missing or of the wrong kind");
    }
}
