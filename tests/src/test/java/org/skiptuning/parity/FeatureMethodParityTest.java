package org.skiptuning.parity;

class FeatureMethodParityTest extends FeatureMethodParity {
    FeatureMethodParityTest() {
        super("cpu", 1e-4);
    }
}
