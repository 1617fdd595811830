package org.skiptuning.report;

/**
 * A row of a table of two columns.
 *
 * @param name what it is
 * @param value its value
 * @param note what it does, or nothing
 */
public record Fact(String name, String value, String note) {
    public Fact(String name, String value) {
        this(name, value, "");
    }
}
