package org.skiptuning.benchmark.report;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.report.templates.sweep.JtereportGenerated;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;

/**
 * A sweep as files: {@code report.md}, {@code report.csv}, {@code report.json}, plots, and {@code report.html}, which
 * holds all of them.
 *
 * @param title of the report
 * @param about lines on model, data, machine and date
 */
public record SweepReport(String title, List<String> about, SweepResults results) {
    public SweepReport {
        about = List.copyOf(about);
    }

    /** Its parts, as the protocol wants them. */
    public List<Section> sections() {
        var sections = new ArrayList<Section>();
        FailureSection.of(results).ifPresent(sections::add);
        sections.addAll(
                switch (results.protocol()) {
                    case BASE_TO_NEW -> new BaseToNewSections(results).sections();
                    case CROSS_DATASET, DOMAIN -> new TransferSections(results).sections();
                    case FEW_SHOT -> new FewShotSections(results).sections();
                });
        sections.add(EfficiencySection.of(results));
        WarningSection.of(results).ifPresent(sections::add);
        return sections;
    }

    /** What holds for all rows. */
    public String notes() {
        return new RowNotes(results.protocol(), results.rows()).text();
    }

    /** @throws org.skiptuning.SkipTuningException if a file cannot be written */
    public void write(Path folder) {
        Folders.create(folder);
        var sections = sections();
        for (var section : sections) {
            for (var picture : section.pictures()) {
                AtomicFile.write(folder.resolve(picture.file()), picture.png());
            }
        }
        AtomicFile.write(folder.resolve("report.md"), markdown(sections, true));
        AtomicFile.write(folder.resolve("report.html"), html(sections));
        AtomicFile.write(folder.resolve("report.csv"), SweepTable.csv(results));
        AtomicFile.write(folder.resolve("report.json"), SweepTable.jsonText(results));
    }

    /** For programs: what the tables hold, and each run; null where there is no figure. */
    public Map<String, Object> json() {
        return SweepTable.json(results);
    }

    /** Headings, tables and links to the plots. */
    public String markdown() {
        return markdown(sections(), true);
    }

    /** Headings and tables, for a terminal. */
    public String text() {
        return markdown(sections(), false);
    }

    private String markdown(List<Section> sections, boolean pictures) {
        var text = new StringBuilder("# " + title + "\n\n");
        about.forEach(line -> text.append(line).append("\n\n"));
        text.append(notes()).append("\n\n");
        for (var section : sections) {
            text.append("## ").append(section.title()).append("\n\n");
            section.notes().forEach(note -> text.append(note).append("\n\n"));
            section.tables().forEach(table -> text.append(table.markdown()).append('\n'));
            (pictures ? section.pictures() : List.<Section.Picture>of())
                    .forEach(picture -> text.append("![")
                            .append(picture.alternative())
                            .append("](")
                            .append(picture.file())
                            .append(")\n\n"));
        }
        return text.toString();
    }

    private String html(List<Section> sections) {
        var text = new StringOutput(1 << 18);
        JtereportGenerated.render(new OwaspHtmlTemplateOutput(text), null, new Page(title, about, notes(), sections));
        return text.toString();
    }

    /** What the template shows. */
    public record Page(String title, List<String> about, String notes, List<Section> sections) {}
}
