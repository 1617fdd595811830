package org.skiptuning.report;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.List;
import org.skiptuning.report.templates.demo.JtereportGenerated;

/**
 * Everything the demo's report shows.
 *
 * @param taskTitle the task in a few words
 * @param taskText what the pictures are and what was held back, in one or two sentences
 * @param date when it ran
 * @param methods zero-shot first, then Skip Tuning, then others beside it
 * @param tally what became of all test pictures
 * @param pictures some of them
 * @param curves one a training run
 * @param classes one a class, of both halves
 * @param settings of the Skip Tuning run
 * @param machine what it ran on
 * @param licences of the pictures shown
 * @param bundledModel whether the model is the one that comes along
 */
public record DemoReport(
        String taskTitle,
        String taskText,
        String date,
        List<MethodRow> methods,
        Tally tally,
        List<PictureCard> pictures,
        List<Curve> curves,
        List<ClassChange> classes,
        List<Fact> settings,
        List<Fact> machine,
        List<Licence> licences,
        boolean bundledModel) {

    public DemoReport {
        methods = List.copyOf(methods);
        pictures = List.copyOf(pictures);
        curves = List.copyOf(curves);
        classes = List.copyOf(classes);
        settings = List.copyOf(settings);
        machine = List.copyOf(machine);
        licences = List.copyOf(licences);
        if (methods.size() < 2) {
            throw new IllegalArgumentException("a report compares zero-shot with at least one method");
        }
    }

    public MethodRow zeroShot() {
        return methods.get(0);
    }

    public MethodRow skipTuning() {
        return methods.get(1);
    }

    /** The methods trained for comparison. */
    public List<MethodRow> others() {
        return methods.subList(2, methods.size());
    }

    /** The whole file. */
    public String toHtml() {
        var text = new StringOutput(1 << 18);
        JtereportGenerated.render(new OwaspHtmlTemplateOutput(text), null, this);
        return text.toString();
    }
}
