package org.skiptuning.cli;

import org.skiptuning.data.TemplateSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads --templates. */
final class TemplateOption implements ITypeConverter<TemplateSet> {
    @Override
    public TemplateSet convert(String value) {
        try {
            return TemplateSet.of(value);
        } catch (IllegalArgumentException unknown) {
            throw new TypeConversionException(unknown.getMessage());
        }
    }
}
