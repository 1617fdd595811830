package org.skiptuning.parity;

class LoraParityTest extends LoraParity {
    LoraParityTest() {
        super("cpu", 1e-4);
    }
}
