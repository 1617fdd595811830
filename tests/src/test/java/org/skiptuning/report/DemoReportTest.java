package org.skiptuning.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    private final String html = SampleReport.report().toHtml();

    @Test
    void holdsAllItShowsAndLoadsNothing() {
        var references = Pattern.compile("(?:src|href|url|srcset|action)\\s*[=(]\\s*[\"']?([^\"')\\s>]+)")
                .matcher(html);
        assertThat(references.results().map(found -> found.group(1)))
                .isNotEmpty()
                .allMatch(target -> target.startsWith("data:image/"));
        assertThat(html).doesNotContain("<script").doesNotContain("@import").doesNotContain("<link");
    }

    @Test
    void tellsTheFigures() {
        assertThat(html)
                .contains("Skip Tuning lifts H from 13.3 to 17.8 % in 27 s")
                .contains("+10.4 points")
                .contains("812 MiB")
                .contains("1.39 GiB")
                .contains("What this is, and what it is not")
                .contains("Noto Emoji")
                .contains("ω = 9");
    }

    @Test
    void namesOfClassesAreText() {
        assertThat(html).contains("&lt;b&gt;kite&lt;/b&gt;").doesNotContain("<b>kite");
    }

    @Test
    void rightAndWrongDifferWithoutColour() {
        assertThat(html).contains("✓").contains("✗").contains(">right: <").contains(">wrong: <");
    }

    @Test
    void suitsLightDarkAndSmallScreens() {
        assertThat(html)
                .contains("name=\"viewport\"")
                .contains("prefers-color-scheme: dark")
                .contains("@media (max-width");
    }

    /** By a shade at the side that hides something, and for the keyboard. */
    @Test
    void showsThatATableScrolls() {
        assertThat(html)
                .containsPattern("\\.scroll \\{[^}]*no-repeat local[^}]*no-repeat scroll")
                .contains("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Classes\">");
    }

    @Test
    void headlineSaysWhatHappened() {
        assertThat(headline(10, 12)).startsWith("Skip Tuning lifts H from 10.0 to 12.0 %");
        assertThat(headline(12, 10)).startsWith("Skip Tuning lowers H from 12.0 to 10.0 %");
        assertThat(headline(10, 10.01)).startsWith("Skip Tuning leaves H at 10.0 %");
    }

    private static String headline(double before, double after) {
        DemoReport sample = SampleReport.report();
        return Headline.of(new DemoReport(
                "",
                "",
                "",
                List.of(row(before), row(after)),
                sample.tally(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                true));
    }

    private static MethodRow row(double harmonic) {
        return new MethodRow(
                "skip",
                "",
                0,
                0,
                harmonic,
                OptionalDouble.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                "");
    }

    @Test
    void classesAreSortedByWhatTheyGained() {
        var changes = new ClassChanges(List.of(
                new ClassChange("a", "base", 1, 0, 4),
                new ClassChange("b", "new", 0, 3, 4),
                new ClassChange("c", "base", 2, 2, 4)));
        assertThat(changes.all()).extracting(ClassChange::name).containsExactly("b", "c", "a");
        assertThat(changes.gains()).extracting(ClassChange::change).containsExactly(75.0);
        assertThat(changes.losses()).extracting(ClassChange::change).containsExactly(-25.0);
        assertThat(changes.half("base").same()).isEqualTo(1);
    }

    @Test
    void figuresReadWell() {
        assertThat(Figures.signed(-1.25)).isEqualTo("−1.3");
        assertThat(Figures.signed(0.01)).isEqualTo("±0.0");
        assertThat(Figures.seconds(9.94)).isEqualTo("9.9 s");
        assertThat(Figures.seconds(125)).isEqualTo("2 min 05 s");
        assertThat(Figures.share(1, 3)).isEqualTo("33.33%");
        assertThat(Figures.roundAbove(3.4)).isEqualTo(4);
    }
}
