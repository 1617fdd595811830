package org.skiptuning;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Data flows one way: cli → api → data, checkpoint, ffi. */
class ArchitectureTest {
    private static final String API = "org.skiptuning";
    private static final String FFI = "org.skiptuning.ffi..";
    private static final String DATA = "org.skiptuning.data..";
    private static final String CHECKPOINT = "org.skiptuning.checkpoint..";
    private static final String CLI = "org.skiptuning.cli..";
    private static final String REPORT = "org.skiptuning.report..";
    private static final String FILES = "org.skiptuning.files..";
    private static final String PRETRAIN = "org.skiptuning.pretrain..";
    private static final String BENCHMARK = "org.skiptuning.benchmark..";
    private static final String SPEED = "org.skiptuning.speed..";

    /** The public API less the words that every layer speaks: exceptions, progress and precision. */
    private static final DescribedPredicate<JavaClass> API_PROPER = resideInAPackage(API)
            .and(not(assignableTo(SkipTuningException.class)))
            .and(not(belongToAnyOf(Phase.class, Precision.class, ProgressListener.class)));

    private static JavaClasses library;

    @BeforeAll
    static void read() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false); // the JDK's classes need no reading
        library = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.skiptuning");
        assertThat(library).hasSizeGreaterThan(50);
    }

    @Test
    void onlyTheBindingKnowsForeignMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackage(FFI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(library);
    }

    /** Else the rule above would hold of anything. */
    @Test
    void theBindingDoesKnowForeignMemory() {
        classes()
                .that()
                .haveFullyQualifiedName("org.skiptuning.ffi.NativeBuffer")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(library);
    }

    @Test
    void theBindingStandsOnNothing() {
        noClasses()
                .that()
                .resideInAPackage(FFI)
                .should()
                .dependOnClassesThat(
                        API_PROPER.or(resideInAnyPackage(DATA, CHECKPOINT, CLI, REPORT, PRETRAIN, SPEED, BENCHMARK)))
                .check(library);
    }

    @Test
    void checkpointsStandOnTheBindingAlone() {
        noClasses()
                .that()
                .resideInAPackage(CHECKPOINT)
                .should()
                .dependOnClassesThat(API_PROPER.or(resideInAnyPackage(DATA, CLI, REPORT, PRETRAIN, SPEED, BENCHMARK)))
                .check(library);
    }

    @Test
    void dataStandsOnTheBindingAlone() {
        noClasses()
                .that()
                .resideInAPackage(DATA)
                .should()
                .dependOnClassesThat(
                        API_PROPER.or(resideInAnyPackage(CHECKPOINT, CLI, REPORT, PRETRAIN, SPEED, BENCHMARK)))
                .check(library);
    }

    /** They are made of {@code data}'s records, so that it knows of them only where they are opened by name. */
    @Test
    void onlyTheirDoorKnowsThePublishedDataSets() {
        noClasses()
                .that()
                .resideInAPackage("org.skiptuning.data")
                .and()
                .doNotHaveSimpleName("Datasets")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.skiptuning.data.published..")
                .check(library);
    }

    @Test
    void writingFilesStandsOnNothing() {
        noClasses()
                .that()
                .resideInAPackage(FILES)
                .should()
                .dependOnClassesThat(API_PROPER.or(
                        resideInAnyPackage(FFI, DATA, CHECKPOINT, CLI, REPORT, PRETRAIN, SPEED, BENCHMARK)))
                .check(library);
    }

    @Test
    void theApiKnowsNoCommandLineAndNoReports() {
        noClasses()
                .that()
                .resideInAPackage(API)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CLI, REPORT, PRETRAIN, SPEED, BENCHMARK)
                .check(library);
        noClasses()
                .that()
                .resideInAnyPackage(REPORT, PRETRAIN, SPEED, BENCHMARK)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLI)
                .check(library);
    }

    @Test
    void onlyTheCommandLineTalksToTheTerminal() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLI)
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(library);
        noClasses()
                .that()
                .resideOutsideOfPackage(CLI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(library);
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(library);
    }

    @Test
    void everyExceptionIsOurs() {
        classes()
                .that()
                .resideInAPackage(API)
                .and()
                .haveSimpleNameEndingWith("Exception")
                .should()
                .beAssignableTo(SkipTuningException.class)
                .check(library);
    }
}
