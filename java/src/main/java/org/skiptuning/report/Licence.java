package org.skiptuning.report;

/**
 * Where pictures come from.
 *
 * @param set the picture set
 * @param author who drew it
 * @param licence its licence
 */
public record Licence(String set, String author, String licence) {}
