package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lays out --help: the command's own options first, then each shared group under its heading. */
final class Help {
    /** A group of shared options, in the order in which help shows the groups. */
    private record Group(Class<?> type, String heading) {}

    private static final List<Group> GROUPS = List.of(
            new Group(SweepOptions.class, SweepOptions.HEADING),
            new Group(ExecutorOptions.class, ExecutorOptions.HEADING),
            new Group(ModelOptions.class, ModelOptions.HEADING),
            new Group(BaseModelOptions.class, ModelOptions.HEADING),
            new Group(DataOptions.class, DataOptions.HEADING),
            new Group(TrainingOptions.class, SettingOptions.HEADING),
            new Group(RecipeOptions.class, SettingOptions.HEADING),
            new Group(CommonOptions.class, CommonOptions.HEADING));

    private Help() {}

    static void install(CommandLine line) {
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, Help::options);
        line.getSubcommands().values().forEach(Help::install);
    }

    private static String options(CommandLine.Help help) {
        CommandSpec spec = help.commandSpec();
        var text = new StringBuilder();
        var own = new ArrayList<>(spec.options());
        var shared = new StringBuilder();
        for (Group group : GROUPS) {
            for (CommandSpec mixin : spec.mixins().values()) {
                if (group.type().isInstance(mixin.userObject())) {
                    own.removeIf(option -> mixin.optionsMap().containsKey(option.longestName()));
                    shared.append(group(help, group.heading(), mixin.options()));
                }
            }
        }
        text.append(group(help, "Options:", own)).append(shared);
        return text.toString();
    }

    private static String group(CommandLine.Help help, String heading, List<OptionSpec> options) {
        if (options.isEmpty()) {
            return "";
        }
        Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
        layout.addAllOptions(options, help.createDefaultParamLabelRenderer());
        return "\n" + help.colorScheme().text("@|bold " + heading + "|@") + "\n" + layout;
    }
}
