package org.skiptuning;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.skiptuning.ffi.NativeContext;

/** Tests that need a CUDA card; skipped, and reported so, where LibTorch finds none. */
@Tag("gpu")
@ExtendWith(OnCuda.Condition.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OnCuda {
    /** The card that the tests use. */
    String DEVICE = "cuda:0";

    /** Asks the core once. */
    final class Condition implements ExecutionCondition {
        private static final boolean FOUND = find();

        private static boolean find() {
            try (var context = NativeContext.create("cpu", 1)) {
                return context.infoJson().contains('"' + DEVICE + '"');
            }
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return FOUND
                    ? ConditionEvaluationResult.enabled(DEVICE + " is there")
                    : ConditionEvaluationResult.disabled("there is no device " + DEVICE);
        }
    }
}
