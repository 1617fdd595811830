package org.skiptuning.checkpoint;

class FeatureParityTest extends FeatureParity {
    FeatureParityTest() {
        super("cpu");
    }
}
