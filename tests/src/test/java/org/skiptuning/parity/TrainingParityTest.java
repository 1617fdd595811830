package org.skiptuning.parity;

class TrainingParityTest extends TrainingParity {
    TrainingParityTest() {
        super("cpu", 1e-5);
    }
}
